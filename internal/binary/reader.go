// Package binary reads the pieces that core modules and components share:
// LEB128 integers, names, counted vectors and sections, with every error tied
// to its offset in the file.
//
//	r := binary.NewReader(content, sectionOffset)
//	for range r.Count("exports", limit) {
//		name, kind, index := r.Name(), r.Byte(), r.U32()
//		if r.Err() != nil {
//			break
//		}
//		...
//	}
//	r.Finish("export section")
//	return r.Err()
//
// A [Reader] keeps its first error and then reads zeros: callers check
// [Reader.Err] before they act on what they read, not after each field.
package binary

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// MaxString is the longest name in bytes that a reader accepts.
const MaxString = 100_000

// Reader is a cursor over bytes that knows where they lie in the file. The
// bytes it hands out alias its input.
type Reader struct {
	data []byte
	pos  int
	base int64  // file offset of data[0]
	text string // data, once names are shared
	err  *Error
}

// NewReader reads data, whose first byte lies at offset base of the file.
func NewReader(data []byte, base int64) Reader {
	return Reader{data: data, base: base}
}

// Offset is the file offset of the next byte.
func (r *Reader) Offset() int64 { return r.base + int64(r.pos) }

// Len is the number of bytes left, zero after an error.
func (r *Reader) Len() int { return len(r.data) - r.pos }

// More reports whether bytes are left and no error has happened.
func (r *Reader) More() bool { return r.pos < len(r.data) }

// Err is the first error met, an [*Error], or nil.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// Fail records that what lies at the file offset is wrong and drops the rest of
// the input. Only the first error of a reader is kept.
func (r *Reader) Fail(offset int64, format string, args ...any) {
	r.Adopt(Errorf(offset, format, args...))
}

// Adopt records an error found elsewhere as this reader's; nil is ignored.
func (r *Reader) Adopt(err error) {
	if err == nil {
		return
	}
	if r.err == nil {
		r.err = asError(err, r.Offset())
	}
	r.pos = len(r.data)
}

// ShareNames makes the names read from now on parts of one copy of the reader's
// bytes, for sections that hold little else.
func (r *Reader) ShareNames() { r.text = string(r.data) }

// Peek is the next byte, left unread; zero at the end, without an error.
func (r *Reader) Peek() byte {
	if r.pos >= len(r.data) {
		return 0
	}
	return r.data[r.pos]
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if r.pos >= len(r.data) {
		r.truncated(1)
		return 0
	}
	b := r.data[r.pos]
	r.pos++
	return b
}

// Flag reads a byte that must be 0 or 1; what names it in the error.
func (r *Reader) Flag(what string) bool {
	b := r.Byte()
	if b > 1 {
		r.Fail(r.Offset()-1, "%s must be 0x00 or 0x01, found 0x%02x", what, b)
	}
	return b == 1
}

// Bytes reads n bytes without copying them; nil if fewer are left.
func (r *Reader) Bytes(n int) []byte {
	if n < 0 || n > r.Len() {
		r.truncated(int64(n) - int64(r.Len()))
		return nil
	}
	b := r.data[r.pos : r.pos+n : r.pos+n]
	r.pos += n
	return b
}

// Rest reads all bytes left.
func (r *Reader) Rest() []byte { return r.Bytes(r.Len()) }

// Skip passes over n bytes.
func (r *Reader) Skip(n int64) { r.Part(n) }

// Part reads n bytes as a reader of their own, which shares names if r does. The
// caller takes its error back with [Reader.Adopt].
func (r *Reader) Part(n int64) Reader {
	if n < 0 || n > int64(r.Len()) {
		r.truncated(n - int64(r.Len()))
		return Reader{base: r.Offset(), err: r.err}
	}
	part := NewReader(r.Bytes(int(n)), r.Offset()-n)
	if r.text != "" {
		part.text = r.text[r.pos-int(n) : r.pos]
	}
	return part
}

// Word reads a little-endian u32 of four bytes: a version, or the bits of an f32.
func (r *Reader) Word() uint32 {
	if b := r.Bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// Double reads a little-endian u64 of eight bytes: the bits of an f64.
func (r *Reader) Double() uint64 {
	if b := r.Bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Name reads a length and that many bytes of UTF-8, at most [MaxString].
func (r *Reader) Name() string { return r.name(MaxString) }

// LongName reads a name whose length only the input bounds.
func (r *Reader) LongName() string { return r.name(len(r.data)) }

func (r *Reader) name(limit int) string {
	at := r.Offset()
	n := r.U32()
	if int64(n) > int64(r.Len()) && r.err == nil {
		r.truncated(int64(n) - int64(r.Len()))
		return ""
	}
	if int64(n) > int64(limit) {
		r.Fail(at, "name of %d bytes exceeds the limit of %d", n, limit)
		return ""
	}
	start := r.Offset()
	b := r.Bytes(int(n))
	if !utf8.Valid(b) {
		r.Fail(start+int64(invalidUTF8(b)), "malformed UTF-8 encoding in a name")
		return ""
	}
	if r.text != "" {
		return r.text[r.pos-len(b) : r.pos]
	}
	return string(b)
}

func invalidUTF8(b []byte) int {
	for i := 0; i < len(b); {
		c, n := utf8.DecodeRune(b[i:])
		if c == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return len(b)
}

// Count reads the length of a vector of what, at most limit. Every element
// takes at least one byte, so a count above the bytes left is refused here and
// loops over it are bounded by the input.
func (r *Reader) Count(what string, limit int) int {
	at := r.Offset()
	n := r.U32()
	switch {
	case r.err != nil:
		return 0
	case int64(n) > int64(limit):
		r.Fail(at, "%d %s exceed the limit of %d", n, what, limit)
		return 0
	case int64(n) > int64(r.Len()):
		r.fail(&Error{
			Offset: at, Missing: int64(n) - int64(r.Len()),
			Err: fmt.Errorf("unexpected end: %d %s announced but only %d bytes remain", n, what, r.Len()),
		})
		return 0
	}
	return int(n)
}

// Finish demands that all bytes were read; what names their container.
func (r *Reader) Finish(what string) {
	if r.err == nil && r.More() {
		r.Fail(r.Offset(), "unexpected bytes at the end of the %s: %d", what, r.Len())
	}
}

func (r *Reader) truncated(missing int64) {
	r.fail(&Error{
		Offset: r.base + int64(len(r.data)), Missing: missing,
		Err: fmt.Errorf("unexpected end: at least %d more %s", missing, plural(missing, "byte", "bytes")),
	})
}

func (r *Reader) fail(err *Error) {
	if r.err == nil {
		r.err = err
	}
	r.pos = len(r.data)
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return one + " is needed"
	}
	return many + " are needed"
}
