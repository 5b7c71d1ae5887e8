package syntax

import (
	"fmt"
	"sort"
	"strings"
)

// Pos is a place in a [Sources]: 1 plus the byte offset in all its files laid
// end to end. The zero value is no place.
type Pos int32

// IsValid reports whether the position is a place.
func (p Pos) IsValid() bool { return p > 0 }

// Span is a stretch of source text, End excluded.
type Span struct{ Start, End Pos }

// Sources is a set of source files that share one space of positions. The zero
// value is empty and ready.
type Sources struct {
	files []sourceFile
	next  Pos
}

type sourceFile struct {
	name string
	text string
	base Pos
}

// Location is a position made readable.
type Location struct {
	File   string
	Line   int // from 1
	Column int // from 1, in bytes
}

// String is file:line:col.
func (l Location) String() string {
	if l.Line == 0 {
		return l.File
	}
	return fmt.Sprintf("%s:%d:%d", l.File, l.Line, l.Column)
}

// Add appends a file and gives the position of its first byte. It fails when the
// file or all files together are too large to have positions: [MaxFileSize],
// [MaxSourcesSize].
func (s *Sources) Add(name, text string) (Pos, error) {
	if len(text) > MaxFileSize {
		return 0, fmt.Errorf("%s: %d bytes are more than the %d a WIT file may have", name, len(text), MaxFileSize)
	}
	base := max(s.next, 1)
	if int64(base)+int64(len(text)) > MaxSourcesSize {
		return 0, fmt.Errorf("%s: the sources are larger than %d bytes together", name, MaxSourcesSize)
	}
	s.files = append(s.files, sourceFile{name: name, text: text, base: base})
	s.next = base + Pos(len(text)) + 1 // so that the end of a file is its own place
	return base, nil
}

// Len is the number of bytes of all files.
func (s *Sources) Len() int { return int(s.next) }

// Locate gives file, line and column of a position; ok is false when there is
// no such place.
func (s *Sources) Locate(p Pos) (loc Location, ok bool) {
	f := s.file(p)
	if f == nil {
		return Location{}, false
	}
	off := int(p - f.base)
	start := strings.LastIndexByte(f.text[:off], '\n') + 1
	return Location{f.name, 1 + strings.Count(f.text[:start], "\n"), off - start + 1}, true
}

// line gives the whole line p is on, without its end.
func (s *Sources) line(p Pos) string {
	f := s.file(p)
	if f == nil {
		return ""
	}
	off := int(p - f.base)
	start := strings.LastIndexByte(f.text[:off], '\n') + 1
	line, _, _ := strings.Cut(f.text[start:], "\n")
	return strings.TrimSuffix(line, "\r")
}

func (s *Sources) file(p Pos) *sourceFile {
	i := sort.Search(len(s.files), func(i int) bool { return s.files[i].base > p }) - 1
	if i < 0 || int(p-s.files[i].base) > len(s.files[i].text) {
		return nil
	}
	return &s.files[i]
}

// Append adds all files of other and gives what positions of other must be
// moved by. It fails when the files are larger than [MaxSourcesSize] together.
func (s *Sources) Append(other *Sources) (Pos, error) {
	if len(other.files) == 0 {
		return 0, nil
	}
	by := max(s.next, 1) - 1
	if int64(by)+int64(other.next) > MaxSourcesSize {
		return 0, fmt.Errorf("the sources are larger than %d bytes together", MaxSourcesSize)
	}
	for _, f := range other.files {
		f.base += by
		s.files = append(s.files, f)
	}
	s.next = other.next + by
	return by, nil
}
