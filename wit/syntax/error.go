package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error is one thing wrong with WIT text.
type Error struct {
	Location Location // where; empty for what has no place in the text
	Span     Span
	Message  string // what is wrong and what was expected
	Help     string // what to do about it, or ""
	Line     string // the source line of Location, for an excerpt
	Width    int    // how many bytes of Line are meant, from Location.Column on
}

// NewError makes an error at a span of s.
func (s *Sources) NewError(sp Span, message, help string) *Error {
	e := &Error{Span: sp, Message: message, Help: help}
	loc, ok := s.Locate(sp.Start)
	if !ok {
		return e
	}
	e.Location, e.Line = loc, s.line(sp.Start)
	e.Width = max(1, min(int(sp.End-sp.Start), len(e.Line)-loc.Column+1))
	return e
}

// Error is one line: file:line:col, the message, and the help in parentheses.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Location.File != "" {
		b.WriteString(e.Location.String())
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Help != "" {
		fmt.Fprintf(&b, " (%s)", e.Help)
	}
	return b.String()
}

// Detail is the error with an excerpt of the source, a caret below the place,
// and the help on its own line. It ends in a newline.
func (e *Error) Detail() string {
	var b strings.Builder
	if e.Location.File != "" {
		b.WriteString(e.Location.String())
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	b.WriteByte('\n')
	if e.Location.Line > 0 {
		before, marked, after := e.excerpt()
		number := fmt.Sprint(e.Location.Line)
		margin := strings.Repeat(" ", len(number))
		fmt.Fprintf(&b, " %s |\n %s | %s%s%s\n", margin, number, before, marked, after)
		dashes := strings.Repeat("-", max(utf8.RuneCountInString(marked)-1, 0))
		fmt.Fprintf(&b, " %s | %s^%s\n", margin, blank(before), dashes)
	}
	if e.Help != "" {
		fmt.Fprintf(&b, "  help: %s\n", e.Help)
	}
	return b.String()
}

// excerpt is the line in three parts, of which the middle one is meant. Of a
// long line it is what is near.
func (e *Error) excerpt() (before, marked, after string) {
	start := min(e.Location.Column-1, len(e.Line))
	end := min(start+e.Width, len(e.Line))
	from, to := 0, len(e.Line)
	if len(e.Line) > maxExcerpt {
		end = min(end, start+maxExcerpt/2)
		from = max(0, start-maxExcerpt/2)
		to = min(len(e.Line), max(end, start+maxExcerpt/2))
	}
	before, marked, after = e.Line[from:start], e.Line[start:end], e.Line[end:to]
	if from > 0 {
		before = "..." + strings.ToValidUTF8(before, "")
	}
	if to < len(e.Line) {
		after = strings.ToValidUTF8(after, "") + "..."
	}
	return printable(before), printable(marked), printable(after)
}

// printable is s without what terminals act on.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && forbidden(r, utf8.RuneLen(r)) != "" || r == '\r' {
			return utf8.RuneError
		}
		return r
	}, s)
}

// blank is white space as wide as s.
func blank(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, s)
}

// ErrorList is everything wrong with WIT text, in the order of the text as far
// as it has places. A list that is handed out as an error is not empty.
type ErrorList []*Error

// Error is every error on a line of its own.
func (l ErrorList) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Detail is every error with its excerpt, with an empty line between.
func (l ErrorList) Detail() string {
	parts := make([]string, len(l))
	for i, e := range l {
		parts[i] = e.Detail()
	}
	return strings.Join(parts, "\n")
}

// Unwrap gives the errors to errors.As.
func (l ErrorList) Unwrap() []error {
	errs := make([]error, len(l))
	for i, e := range l {
		errs[i] = e
	}
	return errs
}

// Err is the list as an error, or nil if it is empty.
func (l ErrorList) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}
