package source

import (
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokenEnd     tokenKind = iota // end of the file
	tokenNewline                  // end of a logical line
	tokenName
	tokenNumber
	tokenString
	tokenOp
)

// token is a token with its place; lines and columns count from 1, columns in
// bytes.
type token struct {
	kind      tokenKind
	text      string
	line, col int
}

// scanner takes a text apart. Newlines inside brackets and after a backslash
// do not end a logical line.
type scanner struct {
	text      string
	pos       int
	line      int
	lineStart int
	depth     int // open brackets
}

func (s *scanner) rest() string { return s.text[s.pos:] }

func (s *scanner) newline() {
	s.line++
	s.lineStart = s.pos
}

// next is the next token.
func (s *scanner) next() token {
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		switch {
		case c == '\n':
			t := s.token(tokenNewline, 1)
			s.newline()
			if s.depth == 0 {
				return t
			}
		case c == ' ' || c == '\t' || c == '\r' || c == '\f':
			s.pos++
		case c == '\\' && strings.HasPrefix(s.rest(), "\\\n"):
			s.pos += 2
			s.newline()
		case c == '\\' && strings.HasPrefix(s.rest(), "\\\r\n"):
			s.pos += 3
			s.newline()
		case c == '#':
			s.skipComment()
		case c == '"' || c == '\'':
			return s.stringToken(0)
		case isNameStart(c):
			return s.nameToken()
		case c >= '0' && c <= '9':
			return s.token(tokenNumber, s.wordLength())
		default:
			return s.operator()
		}
	}
	return token{kind: tokenEnd, line: s.line, col: s.pos - s.lineStart + 1}
}

// token takes n bytes as a token.
func (s *scanner) token(kind tokenKind, n int) token {
	t := token{kind, s.text[s.pos : s.pos+n], s.line, s.pos - s.lineStart + 1}
	s.pos += n
	return t
}

func (s *scanner) skipComment() {
	if i := strings.IndexByte(s.rest(), '\n'); i >= 0 {
		s.pos += i
		return
	}
	s.pos = len(s.text)
}

func isNameStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

func (s *scanner) wordLength() int {
	n := 0
	for _, c := range []byte(s.rest()) {
		if !isNameStart(c) && (c < '0' || c > '9') && (c != '.' || s.text[s.pos] > '9') {
			break
		}
		n++
	}
	return max(n, 1)
}

// nameToken takes a name, or a string that a prefix such as rb begins.
func (s *scanner) nameToken() token {
	n := s.wordLength()
	word := s.text[s.pos : s.pos+n]
	if end := s.pos + n; n <= 2 && end < len(s.text) && (s.text[end] == '"' || s.text[end] == '\'') &&
		strings.Trim(strings.ToLower(word), "rbuft") == "" {
		return s.stringToken(n)
	}
	return s.token(tokenName, n)
}

func (s *scanner) operator() token {
	switch s.text[s.pos] {
	case '(', '[', '{':
		s.depth++
	case ')', ']', '}':
		s.depth = max(0, s.depth-1)
	}
	for _, op := range []string{
		"**=", "//=", ">>=", "<<=", "...", "==", "!=", "<=", ">=", ":=", "->", "+=", "-=", "*=",
		"/=", "%=", "&=", "|=", "^=", "@=", "**", "//", "<<", ">>",
	} {
		if strings.HasPrefix(s.rest(), op) {
			return s.token(tokenOp, len(op))
		}
	}
	_, n := utf8.DecodeRuneInString(s.rest())
	return s.token(tokenOp, n)
}

// stringToken takes a string with a prefix of so many bytes. In an f-string
// the quotes may occur again inside braces.
func (s *scanner) stringToken(prefix int) token {
	t := token{kind: tokenString, line: s.line, col: s.pos - s.lineStart + 1}
	start := s.pos
	marks := strings.ToLower(s.text[s.pos : s.pos+prefix])
	s.pos += prefix
	quote := s.text[s.pos : s.pos+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s.rest(), triple) {
		quote = triple
	}
	s.pos += len(quote)
	s.stringBody(quote, strings.ContainsAny(marks, "ft"), 0)
	t.text = s.text[start:s.pos]
	return t
}

// maxNesting bounds strings within the braces of f-strings.
const maxNesting = 32

func (s *scanner) stringBody(quote string, braces bool, nesting int) {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case strings.HasPrefix(s.rest(), quote):
			s.pos += len(quote)
			return
		case c == '\\':
			s.pos++
			s.advance()
		case c == '\n' && len(quote) == 1:
			return // the string is not closed
		case c == '{' && braces && strings.HasPrefix(s.rest(), "{{"):
			s.pos += 2
		case c == '{' && braces && nesting < maxNesting:
			s.pos++
			s.braces(nesting + 1)
		default:
			s.advance()
		}
	}
}

// advance takes one byte, and counts lines.
func (s *scanner) advance() {
	if s.pos >= len(s.text) {
		return
	}
	newline := s.text[s.pos] == '\n'
	s.pos++
	if newline {
		s.newline()
	}
}

// braces skips a replacement field up to its closing brace.
func (s *scanner) braces(nesting int) {
	depth := 1
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; c {
		case '{', '[', '(':
			depth++
			s.pos++
		case '}', ']', ')':
			depth--
			s.pos++
			if depth == 0 {
				return
			}
		case '"', '\'':
			quote := s.text[s.pos : s.pos+1]
			if triple := strings.Repeat(quote, 3); strings.HasPrefix(s.rest(), triple) {
				quote = triple
			}
			s.pos += len(quote)
			s.stringBody(quote, true, nesting)
		default:
			s.advance()
		}
	}
}
