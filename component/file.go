package component

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/binary"
)

// File is an open binary: a component, or a core module.
type File struct {
	// Root is the component, nil if the file is a core module.
	Root *Component
	// Module is the core module that the file is, nil for a component.
	Module *core.Module
	// Size is the length of the file in bytes.
	Size int64

	src    binary.Source
	closer io.Closer
}

// Open opens the named file. The caller closes it.
func Open(name string) (*File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	file, err := openFile(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	file.closer = f
	return file, nil
}

func openFile(f *os.File) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "open", Path: f.Name(), Err: fmt.Errorf("not a regular file")}
	}
	return NewFile(f, info.Size())
}

// NewFile decodes the first size bytes of r, which stays in use as long as the
// file does.
func NewFile(r io.ReaderAt, size int64) (*File, error) {
	file := &File{Size: size, src: binary.NewSource(r, 0, size)}
	isModule, err := readPreamble(file.src)
	if err != nil {
		return nil, err
	}
	if isModule {
		file.Module, err = core.NewModule(r, 0, size)
		return file, located("root", err)
	}
	d := &decoder{file: r, src: file.src}
	file.Root, err = d.component(nil, "root", Range{Off: 0, Len: size})
	if err != nil {
		return nil, err
	}
	return file, nil
}

// Parse decodes a binary in memory. The caller does not change data afterwards.
func Parse(data []byte) (*File, error) {
	return NewFile(binary.Data(data), int64(len(data)))
}

// Close closes the file if [Open] opened it. Closing twice does no harm.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	c := f.closer
	f.closer = nil
	return c.Close()
}

// Bytes reads a range of the file. Bytes in memory are not copied; the caller
// does not change them.
func (f *File) Bytes(r Range) ([]byte, error) {
	b, err := f.src.Bytes(r.Off, r.Len)
	return b, located("root", err)
}

// Section reads a range of the file as an independent stream.
func (f *File) Section(r Range) *io.SectionReader { return f.src.Section(r.Off, r.Len) }

const (
	preambleSize   = 8
	versionModule  = 0x0000_0001 // version 1, layer 0
	versionCurrent = 0x0001_000d // version 13, layer 1
)

// readPreamble tells a component from a core module.
func readPreamble(src binary.Source) (isModule bool, err error) {
	head, err := src.Bytes(src.Offset(), min(src.Size(), preambleSize))
	if err != nil {
		return false, located("root", err)
	}
	magic := []byte("\x00asm")
	if !bytes.HasPrefix(head, magic[:min(len(head), len(magic))]) || len(head) == 0 {
		return false, &Error{Offset: src.Offset(), Err: fmt.Errorf("%w: %s", ErrNotWasm, describeHead(head))}
	}
	if len(head) < preambleSize {
		return false, &Error{
			Offset: src.End(), Missing: preambleSize - int64(len(head)),
			Err: fmt.Errorf("unexpected end: the preamble takes %d bytes, found %d", preambleSize, len(head)),
		}
	}
	r := binary.NewReader(head[len(magic):], src.Offset()+int64(len(magic)))
	switch version := r.Word(); version {
	case versionModule:
		return true, nil
	case versionCurrent:
		return false, nil
	default:
		return false, &Error{
			Offset: src.Offset() + int64(len(magic)),
			Err: fmt.Errorf("%w %d of layer %d: known are version 13 of layer 1 (components) and version 1 of layer 0 (core modules)",
				ErrVersion, version&0xffff, version>>16),
		}
	}
}

// describeHead says what a file that is no wasm binary looks like.
func describeHead(head []byte) string {
	switch {
	case len(head) == 0:
		return "the file is empty"
	case bytes.Count(head, []byte{0}) == len(head):
		return "it begins with zero bytes"
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return "it is gzip-compressed"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "it is a zip archive"
	case bytes.HasPrefix(head, []byte("\x7fELF")):
		return "it is a native ELF file"
	case bytes.HasPrefix(head, []byte("(")):
		return "it looks like the text format; assemble it first"
	case isText(head):
		return "it is a text file"
	}
	return fmt.Sprintf("it begins with the bytes % x", head[:min(len(head), 4)])
}

func isText(head []byte) bool {
	for _, c := range head {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
