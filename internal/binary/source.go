package binary

import (
	"errors"
	"fmt"
	"io"
)

const (
	readChunk  = 1 << 20  // growth of a read whose length the input claims
	windowSize = 64 << 10 // bytes a Windows reads ahead
)

// Memory is what an [io.ReaderAt] implements when its bytes lie in memory, read
// or mapped: Bytes gives n bytes at an offset without copying them. The caller
// does not change them.
type Memory interface {
	Bytes(off, n int64) ([]byte, error)
}

// Data is bytes in memory as an [io.ReaderAt] and a [Memory].
type Data []byte

// ReadAt implements [io.ReaderAt].
func (d Data) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off > int64(len(d)) {
		return 0, io.EOF
	}
	n := copy(p, d[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Bytes implements [Memory].
func (d Data) Bytes(off, n int64) ([]byte, error) {
	if off < 0 || n < 0 || n > int64(len(d))-off {
		return nil, io.ErrUnexpectedEOF
	}
	return d[off : off+n : off+n], nil
}

// Source is the part of a file that holds a module or component: size bytes at
// an offset. All offsets given to its methods are those of the file. Bytes are
// not copied when the file is a [Memory].
type Source struct {
	file      io.ReaderAt
	memory    Memory
	off, size int64
}

// NewSource is the part of file from off on, size bytes long.
func NewSource(file io.ReaderAt, off, size int64) Source {
	memory, _ := file.(Memory)
	return Source{file: file, memory: memory, off: off, size: size}
}

// Offset is where the source begins in the file.
func (s Source) Offset() int64 { return s.off }

// Size is the length of the source in bytes.
func (s Source) Size() int64 { return s.size }

// End is the file offset behind the source's last byte.
func (s Source) End() int64 { return s.off + s.size }

// InMemory reports whether [Source.Bytes] hands out bytes without reading.
func (s Source) InMemory() bool { return s.memory != nil }

// Part is the n bytes at off as a source of their own.
func (s Source) Part(off, n int64) (Source, error) {
	if err := s.check(off, n); err != nil {
		return Source{}, err
	}
	return Source{file: s.file, memory: s.memory, off: off, size: n}, nil
}

// Section is the n bytes at off as an independent stream, nil outside of the
// source.
func (s Source) Section(off, n int64) *io.SectionReader {
	if s.check(off, n) != nil {
		return nil
	}
	return io.NewSectionReader(s.file, off, n)
}

// Bytes is the n bytes at off. Memory is claimed as bytes arrive, not on the
// word of n.
func (s Source) Bytes(off, n int64) ([]byte, error) { return s.Append(nil, off, n) }

// Append is [Source.Bytes] into the room behind buf's length for files that are
// read; bytes in memory are returned as they lie, and buf is not used.
func (s Source) Append(buf []byte, off, n int64) ([]byte, error) {
	if err := s.check(off, n); err != nil {
		return nil, err
	}
	if s.memory != nil {
		b, err := s.memory.Bytes(off, n)
		if err != nil {
			return nil, readError(off, err)
		}
		return b, nil
	}
	for n > 0 {
		part := int(min(n, max(readChunk, int64(cap(buf)-len(buf)))))
		at := len(buf)
		buf = append(buf, make([]byte, part)...)
		if got, err := s.file.ReadAt(buf[at:], off); got < part {
			return nil, readError(off+int64(got), err)
		}
		off, n = off+int64(part), n-int64(part)
	}
	return buf, nil
}

func (s Source) check(off, n int64) error {
	if off < s.off || n < 0 || off > s.End() || n > s.End()-off {
		return Errorf(off, "%d bytes lie outside of the %d bytes at 0x%x", n, s.size, s.off)
	}
	return nil
}

func readError(off int64, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &Error{Offset: off, Err: fmt.Errorf("the file cannot be read: %w", err)}
}

// Windows gives readers over successive places of a source, reading a file
// ahead in windows of bounded size.
type Windows struct {
	src Source
	buf []byte
	off int64 // of buf
}

// NewWindows begins a walk over src.
func NewWindows(src Source) *Windows { return &Windows{src: src} }

// Reader reads from off on and sees at least n bytes, or all up to the end of
// the source. It is valid until the next call.
func (w *Windows) Reader(off int64, n int) (Reader, error) {
	left := w.src.End() - off
	if err := w.src.check(off, max(left, 0)); err != nil {
		return Reader{}, err
	}
	if want := min(int64(n), left); off < w.off || off+want > w.off+int64(len(w.buf)) {
		size := left
		if !w.src.InMemory() {
			size = min(left, max(int64(n), windowSize))
		}
		buf, err := w.src.Append(w.buf[:0], off, size)
		if err != nil {
			return Reader{}, err
		}
		w.buf, w.off = buf, off
	}
	return NewReader(w.buf[off-w.off:], off), nil
}
