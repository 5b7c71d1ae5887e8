package heap

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// strData gives a str's characters: their number, the bytes of one, and where
// they lie.
func (o Object) strData() (length uint64, width uint32, addr uint32) {
	length = min(uint64(o.u32(offStrLength)), maxText)
	state := o.u32(offStrState)
	width = state >> 2 & 7
	compact, ascii := state>>5&1 != 0, state>>6&1 != 0
	switch {
	case !compact:
		return length, width, o.u32(offStrWide)
	case ascii:
		return length, 1, o.addr + offStrASCII
	}
	return length, width, o.addr + offStrWide
}

// Text is the value of a str, "" for any other object. A lone surrogate
// becomes U+FFFD.
func (o Object) Text() string {
	if !o.IsStr() {
		return ""
	}
	length, width, addr := o.strData()
	if !o.h.spend(length) {
		return ""
	}
	raw := o.h.img.span(addr, length*uint64(width))
	switch width {
	case 1:
		return latin1(raw)
	case 2:
		return ucs2(raw)
	case 4:
		return ucs4(raw)
	}
	return ""
}

// Is reports whether the object is the str with this text; text must be ASCII.
func (o Object) Is(text string) bool {
	if o.addr == 0 || o.u32(offStrLength) != uint32(len(text)) || !o.IsStr() {
		return false
	}
	_, width, addr := o.strData()
	return width == 1 && string(o.h.img.span(addr, uint64(len(text)))) == text
}

// Bytes is the value of a bytes object, nil for any other. The caller must
// not change it: it lies in the image.
func (o Object) Bytes() []byte {
	if !o.IsBytes() {
		return nil
	}
	return o.h.img.span(o.addr+offBytesData, min(uint64(o.u32(offSize)), maxText))
}

func latin1(raw []byte) string {
	ascii := true
	for _, c := range raw {
		if c >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return string(raw)
	}
	var b strings.Builder
	b.Grow(len(raw) + len(raw)/4)
	for _, c := range raw {
		b.WriteRune(rune(c))
	}
	return b.String()
}

func ucs2(raw []byte) string {
	var b strings.Builder
	b.Grow(len(raw))
	for ; len(raw) >= 2; raw = raw[2:] {
		r := rune(raw[0]) | rune(raw[1])<<8
		if utf16.IsSurrogate(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}

func ucs4(raw []byte) string {
	var b strings.Builder
	b.Grow(len(raw))
	for ; len(raw) >= 4; raw = raw[4:] {
		r := uint32(raw[0]) | uint32(raw[1])<<8 | uint32(raw[2])<<16 | uint32(raw[3])<<24
		if r > utf8.MaxRune {
			r = utf8.RuneError
		}
		b.WriteRune(rune(r))
	}
	return b.String()
}
