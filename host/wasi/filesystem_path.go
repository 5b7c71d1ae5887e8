package wasi

import (
	"context"
	"io"
	"os"

	"github.com/edgelint/edgelint/host/bind"
)

// DirectoryEntry is the record directory-entry.
type DirectoryEntry struct {
	Type DescriptorType
	Name string
}

// entryStream is the resource directory-entry-stream.
type entryStream struct{ entries []os.DirEntry }

func (s *entryStream) next() (bind.Option[DirectoryEntry], error) {
	if len(s.entries) == 0 {
		return bind.None[DirectoryEntry](), nil
	}
	e := s.entries[0]
	s.entries = s.entries[1:]
	return bind.Some(DirectoryEntry{typeOf(e.Type()), e.Name()}), nil
}

// MaxDirectoryEntries bounds the listing of a directory.
const MaxDirectoryEntries = 100_000

func addPathMethods(method func(name string, f bind.Func)) {
	method("open-at", fsFunc5((*Descriptor).openAt))
	method("read-directory", fsFunc1((*Descriptor).list))
	method("create-directory-at", fsFunc2(func(d *Descriptor, name string) (bind.Unit, error) {
		return d.change(name, func(p string) error { return d.root.Mkdir(p, 0o777) })
	}))
	method("stat-at", fsFunc3(func(d *Descriptor, flags uint8, name string) (DescriptorStat, error) {
		info, err := d.statAt(flags, name)
		if err != nil {
			return DescriptorStat{}, err
		}
		return statOf(info), nil
	}))
	method("metadata-hash-at", fsFunc3(func(d *Descriptor, flags uint8, name string) (MetadataHash, error) {
		info, err := d.statAt(flags, name)
		if err != nil {
			return MetadataHash{}, err
		}
		return hashOf(info), nil
	}))
	method("set-times-at", fsFunc5(
		func(d *Descriptor, _ uint8, name string, access, modified NewTimestamp) (bind.Unit, error) {
			return d.change(name, func(p string) error { return d.root.Chtimes(p, access.in(), modified.in()) })
		}))
	method("readlink-at", fsFunc2(func(d *Descriptor, name string) (string, error) {
		p, err := d.inside(name)
		if err != nil {
			return "", err
		}
		return d.root.Readlink(p)
	}))
	method("remove-directory-at", fsFunc2(func(d *Descriptor, name string) (bind.Unit, error) {
		return d.change(name, func(p string) error { return d.remove(p, true) })
	}))
	method("unlink-file-at", fsFunc2(func(d *Descriptor, name string) (bind.Unit, error) {
		return d.change(name, func(p string) error { return d.remove(p, false) })
	}))
	method("symlink-at", fsFunc3(func(d *Descriptor, target, name string) (bind.Unit, error) {
		return d.change(name, func(p string) error { return d.root.Symlink(target, p) })
	}))
	method("rename-at", fsFunc4(func(d *Descriptor, from string, to *Descriptor, name string) (bind.Unit, error) {
		return d.pair(from, to, name, d.root.Rename)
	}))
	method("link-at", fsFunc5(func(d *Descriptor, _ uint8, from string, to *Descriptor, name string) (bind.Unit, error) {
		return d.pair(from, to, name, d.root.Link)
	}))
	method("is-same-object", bind.Func2(func(_ context.Context, d, other *Descriptor) (bool, error) {
		a, errA := d.stat()
		b, errB := other.stat()
		return errA == nil && errB == nil && os.SameFile(a, b), nil
	}))
}

// change does something to a path of a directory that may be changed.
func (d *Descriptor) change(name string, do func(p string) error) (bind.Unit, error) {
	p, err := d.changing(name)
	if err != nil {
		return bind.Unit{}, err
	}
	return bind.Unit{}, do(p)
}

// pair does something to two paths. Both must be in one directory tree: os.Root
// cannot reach from one into another.
func (d *Descriptor) pair(from string, to *Descriptor, name string, do func(from, to string) error) (bind.Unit, error) {
	p, err := d.changing(from)
	if err != nil {
		return bind.Unit{}, err
	}
	q, err := to.changing(name)
	switch {
	case err != nil:
		return bind.Unit{}, err
	case d.root.Name() != to.root.Name():
		return bind.Unit{}, codeError(CodeCrossDevice)
	}
	return bind.Unit{}, do(p, q)
}

func (d *Descriptor) statAt(flags uint8, name string) (os.FileInfo, error) {
	p, err := d.inside(name)
	if err != nil {
		return nil, err
	}
	return d.statPath(flags, p)
}

// remove removes a directory, or anything else.
func (d *Descriptor) remove(p string, directory bool) error {
	info, err := d.root.Lstat(p)
	switch {
	case err != nil:
		return err
	case directory && !info.IsDir():
		return codeError(CodeNotDirectory)
	case !directory && info.IsDir():
		return codeError(CodeIsDirectory)
	}
	return d.root.Remove(p)
}

// list opens the listing of a directory.
func (d *Descriptor) list() (*entryStream, error) {
	if d.root == nil {
		return nil, codeError(CodeNotDirectory)
	}
	dir, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(MaxDirectoryEntries)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return &entryStream{entries}, nil
}
