package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// string reads a string literal as one token, up to the end of the line if it is
// not closed.
func (l *lexer) string() {
	start := l.off
	for l.off++; l.off < len(l.src); l.off++ {
		switch l.src[l.off] {
		case '"':
			l.off++
			l.add(stringLit, start)
			return
		case '\\':
			if l.off+1 < len(l.src) && l.src[l.off+1] != '\n' {
				l.off++
			}
		case '\n':
			l.fail(start, l.off, "the string is not closed on its line", "")
			l.add(stringLit, start)
			return
		}
	}
	l.fail(start, l.off, "the string is not closed", "")
	l.add(stringLit, start)
}

// unquote gives the value of a closed string literal. On failure, off is the
// place of it in lit.
func unquote(lit string) (value string, off int, message string) {
	u := unquoter{s: strings.TrimSuffix(strings.TrimPrefix(lit, `"`), `"`)}
	for u.off < len(u.s) && u.message == "" {
		c := u.s[u.off]
		switch {
		case c == '\\':
			u.off++
			u.escape()
		case c < ' ' || c == 0x7f:
			u.fail(fmt.Sprintf("the character %q must be escaped in a string", rune(c)))
		default:
			u.off++
			u.out = append(u.out, c)
		}
	}
	if u.message == "" && !utf8.Valid(u.out) {
		u.off = 0
		u.fail("the escapes of the string do not make valid UTF-8")
	}
	return string(u.out), u.off + 1, u.message
}

type unquoter struct {
	s       string
	off     int
	out     []byte
	message string
}

func (u *unquoter) fail(message string) {
	if u.message == "" {
		u.message = message
	}
}

func (u *unquoter) escape() {
	if u.off == len(u.s) {
		u.fail("the string ends in an escape")
		return
	}
	c := u.s[u.off]
	if plain, ok := plainEscapes[c]; ok {
		u.off++
		u.out = append(u.out, plain)
		return
	}
	if c == 'u' {
		u.off++
		u.unicodeEscape()
		return
	}
	hi, ok1 := u.hex(0)
	lo, ok2 := u.hex(1)
	if !ok1 || !ok2 {
		u.fail(`no such escape: known are \t \n \r \\ \" \' \u{hex} and two hexadecimal digits`)
		return
	}
	u.off += 2
	u.out = append(u.out, byte(hi<<4|lo))
}

var plainEscapes = map[byte]byte{'"': '"', '\'': '\'', 't': '\t', 'n': '\n', 'r': '\r', '\\': '\\'}

// hex is the value of the hexadecimal digit i bytes on.
func (u *unquoter) hex(i int) (rune, bool) {
	if u.off+i >= len(u.s) {
		return 0, false
	}
	c := u.s[u.off+i]
	switch {
	case isDigit(c):
		return rune(c - '0'), true
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10, true
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10, true
	}
	return 0, false
}

// unicodeEscape reads {hex}, in which underscores may stand between digits.
func (u *unquoter) unicodeEscape() {
	const want = `the escape must be \u{hex} with a Unicode scalar value`
	open, end := u.off, strings.IndexByte(u.s[u.off:], '}')
	if end < 2 || u.s[open] != '{' || u.s[open+1] == '_' || u.s[open+end-1] == '_' {
		u.fail(want)
		return
	}
	var r rune
	for u.off++; u.off < open+end; u.off++ {
		d, ok := u.hex(0)
		switch {
		case u.s[u.off] == '_':
			continue
		case !ok || r > utf8.MaxRune>>4:
			u.fail(want)
			return
		}
		r = r<<4 | d
	}
	if !utf8.ValidRune(r) {
		u.fail(want)
		return
	}
	u.off++
	u.out = utf8.AppendRune(u.out, r)
}
