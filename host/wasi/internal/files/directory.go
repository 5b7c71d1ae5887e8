package files

import (
	"os"
)

// listed is how many entries of a directory are read at once.
const listed = 256

// Entry is an entry of a directory.
type Entry struct {
	Type Type
	Name string
}

// Listing reads the entries of a directory.
type Listing struct {
	dir     *os.File
	entries []Entry
}

// List opens the listing of a directory, without "." and "..".
func (d *Descriptor) List() (*Listing, error) {
	if d.root == nil {
		return nil, CodeNotDirectory
	}
	dir, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	return &Listing{dir: dir}, nil
}

// Next gives some more entries, at least one; io.EOF means that there are none.
func (l *Listing) Next() ([]Entry, error) {
	found, err := l.dir.ReadDir(listed)
	if err != nil {
		return nil, err
	}
	l.entries = l.entries[:0]
	for _, e := range found {
		l.entries = append(l.entries, Entry{typeOf(e.Type()), e.Name()})
	}
	return l.entries, nil
}

// Close ends the listing.
func (l *Listing) Close() error { return l.dir.Close() }
