package abi

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how strings lie in a memory.
type Encoding uint8

// The encodings; the values are those of the canonical options.
const (
	UTF8 Encoding = iota
	UTF16
	Latin1UTF16
)

// String is the encoding as the text format writes it.
func (e Encoding) String() string {
	switch e {
	case UTF8:
		return "utf8"
	case UTF16:
		return "utf16"
	case Latin1UTF16:
		return "latin1+utf16"
	}
	return "invalid"
}

// utf16Tag marks the length of a latin1+utf16 string that is in UTF-16.
const utf16Tag = 1 << 31

// Text is a string with its origin, which decides how room for it is allocated
// when it is lowered: the encoding it had in memory, and its length there, as it
// was written there.
type Text struct {
	s     string
	from  Encoding
	units uint32
}

// TextOf is a string of the host's, which is UTF-8.
func TextOf(s string) Text { return Text{s: s, from: UTF8, units: uint32(len(s))} }

// String is the string itself.
func (t Text) String() string { return t.s }

// LoadText reads the string of a length, as it is written in memory, at ptr.
func (cx *Context) LoadText(ptr, units uint32) (Text, error) {
	size, align := uint64(units), uint32(1)
	wide := cx.Opts.Encoding == UTF16
	if cx.Opts.Encoding == Latin1UTF16 && units&utf16Tag != 0 {
		size, wide = uint64(units&^utf16Tag), true
	}
	if cx.Opts.Encoding != UTF8 {
		align = 2
	}
	if wide {
		size *= 2
	}
	if size > MaxStringBytes {
		return Text{}, Trapf("string of %d bytes is longer than %d", size, MaxStringBytes)
	}
	if err := cx.CheckRange(ptr, size, align); err != nil {
		return Text{}, err
	}
	if err := cx.Spend(size); err != nil {
		return Text{}, err
	}
	s, err := decode(cx.Bytes(ptr, uint32(size)), cx.Opts.Encoding, wide)
	return Text{s: s, from: cx.Opts.Encoding, units: units}, err
}

func decode(b []byte, e Encoding, wide bool) (string, error) {
	switch {
	case wide:
		return decodeUTF16(b)
	case e == Latin1UTF16:
		return decodeLatin1(b), nil
	case !utf8.Valid(b):
		return "", Trapf("string is not valid UTF-8")
	}
	return string(b), nil
}

func decodeLatin1(b []byte) string {
	out := make([]byte, 0, len(b))
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return string(out)
}

func decodeUTF16(b []byte) (string, error) {
	out := make([]byte, 0, len(b)/2)
	for i := 0; i < len(b); i += 2 {
		r := rune(binary.LittleEndian.Uint16(b[i:]))
		if utf16.IsSurrogate(r) {
			if i+2 < len(b) {
				r = utf16.DecodeRune(r, rune(binary.LittleEndian.Uint16(b[i+2:])))
			} else {
				r = utf8.RuneError
			}
			if r == utf8.RuneError {
				return "", Trapf("string is not valid UTF-16: unpaired surrogate at unit %d", i/2)
			}
			i += 2
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out), nil
}
