package syntax

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const byteOrderMark = "\ufeff"

// lexer turns a file into tokens and comments. It goes on after errors.
type lexer struct {
	src      string
	off      int
	tokens   []token
	comments []comment
	fail     func(start, end int, message, help string)
}

// lex reads all tokens; the last is eof.
func (l *lexer) lex() {
	l.checkCharacters()
	if strings.HasPrefix(l.src, byteOrderMark) {
		l.off = len(byteOrderMark)
	}
	for l.next() {
	}
	l.add(eof, len(l.src))
}

func (l *lexer) add(k kind, start int) {
	l.tokens = append(l.tokens, token{
		start: int32(start), end: int32(l.off), comments: int32(len(l.comments)), kind: k,
	})
}

// class is what a byte may be part of.
type class uint8

const (
	// word is for identifiers and keywords. Every byte beyond ASCII is part of
	// one, so that what is no identifier is refused as a whole.
	word       class = 1 << iota
	digit            // numbers
	blankSpace       // white space
	plain            // text that is fine anywhere
)

// classes are the classes of all bytes.
var classes = func() (t [256]class) {
	for c := range t {
		switch b := byte(c); {
		case b >= '0' && b <= '9':
			t[c] = word | digit | plain
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b == '-', b == '_':
			t[c] = word | plain
		case b >= utf8.RuneSelf:
			t[c] = word
		case b == ' ', b == '\n', b == '\t':
			t[c] = blankSpace | plain
		case b == '\r', b > ' ' && b < 0x7f:
			t[c] = plain
		}
	}
	return t
}()

var punctuation = [256]kind{
	'=': equals, ',': comma, ':': colon, '.': period, ';': semicolon, '(': lparen, ')': rparen, '{': lbrace,
	'}': rbrace, '<': less, '>': greater, '*': star, '@': at, '+': plus,
}

// next reads one token or comment; it reports false at the end.
func (l *lexer) next() bool {
	l.space()
	if l.off == len(l.src) {
		return false
	}
	start, c := l.off, l.src[l.off]
	switch k := punctuation[c]; {
	case k != eof:
		l.off++
		l.add(k, start)
	case c == '-':
		l.dash()
	case isDigit(c):
		l.skip(digit)
		l.add(integer, start)
	case classes[c]&word != 0:
		l.skip(word)
		l.add(lookup(l.src[start:l.off]), start)
	case c == '/':
		l.slash()
	case c == '%':
		l.off++
		l.skip(word)
		l.add(explicitIdent, start)
	case c == '"':
		l.string()
	default:
		l.unexpected()
	}
	return true
}

func isDigit(c byte) bool { return classes[c]&digit != 0 }

// skip goes to the next byte that is not of the class.
func (l *lexer) skip(c class) {
	i := l.off
	for i < len(l.src) && classes[l.src[i]]&c != 0 {
		i++
	}
	l.off = i
}

// space skips white space. A carriage return is some only before a line feed.
func (l *lexer) space() {
	l.skip(blankSpace)
	for l.off+1 < len(l.src) && l.src[l.off] == '\r' && l.src[l.off+1] == '\n' {
		l.off++
		l.skip(blankSpace)
	}
}

func (l *lexer) dash() {
	start := l.off
	l.off++
	if l.off < len(l.src) && l.src[l.off] == '>' {
		l.off++
		l.add(arrow, start)
		return
	}
	l.add(minus, start)
}

func (l *lexer) slash() {
	start := l.off
	l.off++
	switch {
	case strings.HasPrefix(l.src[l.off:], "/"):
		n := strings.IndexByte(l.src[l.off:], '\n')
		if n < 0 {
			n = len(l.src) - l.off
		}
		l.off += n
		end := len(strings.TrimSuffix(l.src[start:l.off], "\r")) + start
		l.comments = append(l.comments, comment{int32(start), int32(end)})
	case strings.HasPrefix(l.src[l.off:], "*"):
		l.blockComment(start)
	default:
		l.add(slash, start)
	}
}

func (l *lexer) blockComment(start int) {
	l.off++
	for depth := 1; depth > 0; {
		n := strings.IndexAny(l.src[l.off:], "*/")
		if n < 0 {
			l.off = len(l.src)
			l.fail(start, start+2, "the comment is not closed", "end it with `*/`; comments nest")
			return
		}
		l.off += n
		switch rest := l.src[l.off:]; {
		case strings.HasPrefix(rest, "/*"):
			depth++
			l.off += 2
		case strings.HasPrefix(rest, "*/"):
			depth--
			l.off += 2
		default:
			l.off++
		}
	}
	l.comments = append(l.comments, comment{int32(start), int32(l.off)})
}

func (l *lexer) unexpected() {
	start := l.off
	r, n := utf8.DecodeRuneInString(l.src[start:])
	l.off += n
	l.add(invalid, start)
	if forbidden(r, n) == "" {
		l.fail(start, l.off, fmt.Sprintf("the character %q has no place here", r), "")
	}
}

// checkCharacters refuses what makes text look like something else than it is,
// wherever it stands: directional overrides, control codes and the characters
// that Unicode deprecates or discourages.
func (l *lexer) checkCharacters() {
	for i := 0; i < len(l.src); i++ {
		if classes[l.src[i]]&plain != 0 {
			continue
		}
		r, n := utf8.DecodeRuneInString(l.src[i:])
		if what := forbidden(r, n); what != "" {
			l.fail(i, i+n, what, "")
		}
		i += n - 1
	}
}

// discouraged are the characters that Unicode deprecates or says not to use.
var discouraged = []rune{0x149, 0x673, 0xf77, 0xf79, 0x17a3, 0x17a4, 0x17b4, 0x17b5}

// forbidden tells what is wrong with a character of n bytes, or gives "".
func forbidden(r rune, n int) string {
	switch {
	case r == utf8.RuneError && n == 1:
		return "the file is not valid UTF-8 from here on"
	case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
		return fmt.Sprintf("the character %U, which changes the direction of text, is not allowed", r)
	case slices.Contains(discouraged, r):
		return fmt.Sprintf("the character %U, which Unicode discourages, is not allowed", r)
	case unicode.IsControl(r) && r != '\r':
		return fmt.Sprintf("the control character %U is not allowed", r)
	}
	return ""
}
