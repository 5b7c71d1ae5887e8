package abi

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// StoreText allocates room for a string in the component's memory and writes it
// there; units is its length as the component's encoding counts it. The calls of
// realloc are those of store_string_into_range in definitions.py.
func (cx *Context) StoreText(t Text) (ptr, units uint32, err error) {
	if len(t.s) > MaxStringBytes {
		return 0, 0, Trapf("string of %d bytes is longer than %d", len(t.s), MaxStringBytes)
	}
	from, n := t.from, t.units
	latin1 := false
	if from == Latin1UTF16 {
		latin1 = n&utf16Tag == 0
		n &^= utf16Tag
	}
	switch {
	case cx.Opts.Encoding == UTF8 && from == UTF8:
		return cx.copyText(t.s, n, 1)
	case cx.Opts.Encoding == UTF8 && latin1:
		return cx.storeUTF8(t.s, n, 2)
	case cx.Opts.Encoding == UTF8:
		return cx.storeUTF8(t.s, n, 3)
	case cx.Opts.Encoding == UTF16 && from == UTF8:
		return cx.storeUTF16(t.s, n)
	case cx.Opts.Encoding == UTF16:
		return cx.copyUTF16(t.s, n)
	case latin1:
		return cx.copyLatin1(t.s, n)
	case from == Latin1UTF16:
		return cx.storeProbablyUTF16(t.s, n)
	}
	return cx.storeLatin1OrUTF16(t.s, n)
}

func (cx *Context) copyText(s string, n, align uint32) (uint32, uint32, error) {
	ptr, err := cx.Allocate(align, n)
	if err != nil {
		return 0, 0, err
	}
	copy(cx.Bytes(ptr, n), s)
	return ptr, n, nil
}

func (cx *Context) copyUTF16(s string, n uint32) (uint32, uint32, error) {
	ptr, err := cx.Allocate(2, 2*n)
	if err != nil {
		return 0, 0, err
	}
	putUTF16(cx.Bytes(ptr, 2*n), s)
	return ptr, n, nil
}

func (cx *Context) copyLatin1(s string, n uint32) (uint32, uint32, error) {
	ptr, err := cx.Allocate(2, n)
	if err != nil {
		return 0, 0, err
	}
	putLatin1(cx.Bytes(ptr, n), s)
	return ptr, n, nil
}

// storeUTF8 hopes for ASCII, which needs a byte for each of the n units of the
// source, and falls back to worst bytes for each.
func (cx *Context) storeUTF8(s string, n, worst uint32) (uint32, uint32, error) {
	ptr, err := cx.Allocate(1, n)
	if err != nil {
		return 0, 0, err
	}
	ascii := asciiPrefix(s)
	copy(cx.Bytes(ptr, uint32(ascii)), s[:ascii])
	if ascii == len(s) {
		return ptr, n, nil
	}
	if ptr, err = cx.reallocate(ptr, n, 1, worst*n); err != nil {
		return 0, 0, err
	}
	size := uint32(len(s))
	copy(cx.Bytes(ptr, size)[ascii:], s[ascii:])
	return cx.shrink(ptr, worst*n, 1, size, size)
}

func (cx *Context) storeUTF16(s string, n uint32) (uint32, uint32, error) {
	ptr, err := cx.Allocate(2, 2*n)
	if err != nil {
		return 0, 0, err
	}
	size := uint32(putUTF16(cx.Bytes(ptr, 2*n), s))
	return cx.shrink(ptr, 2*n, 2, size, size/2)
}

// storeLatin1OrUTF16 hopes for Latin-1 and inflates to UTF-16 at the first
// character beyond it.
func (cx *Context) storeLatin1OrUTF16(s string, n uint32) (uint32, uint32, error) {
	ptr, err := cx.Allocate(2, n)
	if err != nil {
		return 0, 0, err
	}
	prefix, units := latin1Prefix(s)
	putLatin1(cx.Bytes(ptr, uint32(units)), s[:prefix])
	if prefix == len(s) {
		return cx.shrink(ptr, n, 2, uint32(units), uint32(units))
	}
	if ptr, err = cx.reallocate(ptr, n, 2, 2*n); err != nil {
		return 0, 0, err
	}
	b := cx.Bytes(ptr, 2*n)
	for i := units - 1; i >= 0; i-- {
		b[2*i], b[2*i+1] = b[i], 0
	}
	size := uint32(2*units + putUTF16(b[2*units:], s[prefix:]))
	return cx.shrink(ptr, 2*n, 2, size, size/2|utf16Tag)
}

// storeProbablyUTF16 writes what was UTF-16 as such and deflates it if all of it
// is Latin-1.
func (cx *Context) storeProbablyUTF16(s string, n uint32) (uint32, uint32, error) {
	ptr, err := cx.Allocate(2, 2*n)
	if err != nil {
		return 0, 0, err
	}
	b := cx.Bytes(ptr, 2*n)
	putUTF16(b, s)
	if prefix, _ := latin1Prefix(s); prefix < len(s) {
		return ptr, n | utf16Tag, nil
	}
	for i := range n {
		b[i] = b[2*i]
	}
	ptr, err = cx.reallocate(ptr, 2*n, 1, n)
	return ptr, n, err
}

// shrink gives back what of size bytes at ptr is not needed.
func (cx *Context) shrink(ptr, size, align, need, units uint32) (uint32, uint32, error) {
	if need == size {
		return ptr, units, nil
	}
	ptr, err := cx.reallocate(ptr, size, align, need)
	return ptr, units, err
}

func asciiPrefix(s string) int {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return i
		}
	}
	return len(s)
}

// latin1Prefix is the length of the part of s that is Latin-1, in bytes of s and
// in characters.
func latin1Prefix(s string) (bytes, chars int) {
	for i, r := range s {
		if r > 0xff {
			return i, chars
		}
		chars++
	}
	return len(s), chars
}

func putLatin1(dst []byte, s string) {
	i := 0
	for _, r := range s {
		dst[i] = byte(r)
		i++
	}
}

// putUTF16 writes s and returns the number of bytes written.
func putUTF16(dst []byte, s string) int {
	n := 0
	for _, r := range s {
		if hi, lo := utf16.EncodeRune(r); hi != utf8.RuneError {
			binary.LittleEndian.PutUint16(dst[n:], uint16(hi))
			r = lo
			n += 2
		}
		binary.LittleEndian.PutUint16(dst[n:], uint16(r))
		n += 2
	}
	return n
}
