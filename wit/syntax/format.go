package syntax

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// maxLine is how many columns a line may have before the formatter puts
// parameters, or the names of a use statement, on lines of their own.
const maxLine = 100

// Format gives WIT text in its canonical layout: two spaces a level, one item a
// line, fields and cases on lines of their own, one empty line at most. Only
// white space and commas before closing brackets change. All comments are kept,
// at the same place among the words. Formatting the result again changes
// nothing. It fails if the text does not parse; name is for the errors.
func Format(name string, src []byte) ([]byte, error) {
	var sources Sources
	text := string(src)
	base, err := sources.Add(name, text)
	if err != nil {
		return nil, ErrorList{{Location: Location{File: name}, Message: err.Error()}}
	}
	var parser Parser
	f, err := parser.Parse(&sources, base, name, text)
	if err != nil {
		return nil, err
	}
	w := formatter{f: f, tokens: parser.tokens, out: make([]byte, 0, len(src)+len(src)/8)}
	for i := range w.tokens {
		w.token(i)
	}
	return w.out, nil
}

// gap is what stands between two tokens.
type gap uint8

const (
	tight gap = iota
	space
	newline
)

// formatter writes the tokens of a file one by one. What stands between two of
// them follows from their kinds and the parser's marks.
type formatter struct {
	f       *File
	tokens  []token
	out     []byte
	groups  []group // the brackets that are open
	closed  mark    // of the bracket that the last token closed
	comment int     // the next comment
	end     int32   // where the last token or comment ends in the source
	broken  bool    // a comment broke the line within an item
}

// group is an open bracket.
type group struct {
	mark  mark
	split bool // its elements are on lines of their own
}

func (w *formatter) token(i int) {
	t := w.tokens[i]
	if t.kind == comma && !w.group().split && closes(w.tokens[i+1]) {
		w.end = t.end
		return
	}
	closing := closes(t)
	if closing && w.wantsComma(i) {
		w.out = append(w.out, ',')
	}
	g := w.gap(i)
	g, blank := w.comments(i, g)
	if closing {
		w.closed = w.group().mark
		w.groups = w.groups[:max(len(w.groups)-1, 0)]
	}
	w.separate(g, blank && !closing && t.kind != eof)
	w.out = append(w.out, w.f.src[t.start:t.end]...)
	w.end = t.end
	if opens(t) {
		w.groups = append(w.groups, group{t.mark, w.splits(i)})
	}
}

func opens(t token) bool  { return t.kind == lbrace || t.kind == lparen || t.kind == less }
func closes(t token) bool { return t.kind == rbrace || t.kind == rparen || t.kind == greater }

func (w *formatter) group() group {
	if len(w.groups) == 0 {
		return group{}
	}
	return w.groups[len(w.groups)-1]
}

// wantsComma reports whether a comma is missing behind the last element of the
// group that token i closes.
func (w *formatter) wantsComma(i int) bool {
	g, prev := w.group(), w.tokens[i-1]
	return g.split && g.mark != blockOpen && prev.kind != comma && !opens(prev)
}

// gap is what stands before token i, comments aside.
func (w *formatter) gap(i int) gap {
	if i == 0 {
		return newline
	}
	prev, t := w.tokens[i-1], w.tokens[i]
	switch {
	case t.kind == eof, prev.kind == semicolon, prev.mark == attributeClose,
		prev.kind == rbrace && w.closed != wrapOpen:
		return newline
	case w.group().split && (opens(prev) || closes(t) || prev.kind == comma):
		return newline
	}
	return flatGap(prev, t)
}

// flatGap is what stands between two tokens on a line.
func flatGap(a, b token) gap {
	switch {
	case b.kind == comma, b.kind == semicolon, b.kind == period, b.kind == colon, b.kind == slash, b.kind == at,
		b.kind == lparen, b.kind == less, b.mark == inVersion, closes(b):
		return tight
	case opens(a), a.kind == period, a.kind == slash, a.kind == at, a.mark == pathColon:
		return tight
	}
	return space
}

// splits reports whether the group that token i opens, which was just written,
// goes over several lines.
func (w *formatter) splits(i int) bool {
	t, next := w.tokens[i], w.tokens[i+1]
	switch {
	case closes(next) && next.comments == t.comments:
		return false // it is empty
	case t.mark == blockOpen, t.mark == listOpen:
		return true
	}
	return t.mark == wrapOpen && !w.fits(i)
}

// fits reports whether the group that token i opens, and what follows up to the
// end of the line, can stand on the line. A comment within the group cannot.
func (w *formatter) fits(i int) bool {
	comments := w.tokens[i].comments
	width := utf8.RuneCount(w.out[bytes.LastIndexByte(w.out, '\n')+1:])
	inside := true
	for i++; width <= maxLine; i++ {
		a, b := w.tokens[i-1], w.tokens[i]
		switch {
		case inside && b.comments != comments:
			return false
		case b.kind == eof, !inside && (a.kind == semicolon || opens(a)):
			return true
		case b.kind == comma && closes(w.tokens[i+1]):
			continue
		}
		if flatGap(a, b) == space {
			width++
		}
		width += int(b.end - b.start)
		inside = inside && b.kind != rparen && b.kind != rbrace
	}
	return false
}

// comments writes the comments before token i. It gives what must stand between
// them and the token, and whether the source has an empty line there.
func (w *formatter) comments(i int, g gap) (_ gap, blank bool) {
	if g == newline {
		w.broken = false
	}
	t := w.tokens[i]
	// Empty lines are not kept behind an opening bracket or an attribute.
	keep := i > 0 && !opens(w.tokens[i-1]) && w.tokens[i-1].mark != attributeClose || i == 0 && t.comments > 0
	item := g
	for ; w.comment < int(t.comments); w.comment++ {
		c := w.f.comments[w.comment]
		lines := w.lines(c.start)
		if lines == 0 && len(w.out) > 0 {
			w.separate(space, false)
		} else {
			w.broken = w.broken || item != newline
			w.separate(newline, keep && lines > 1)
		}
		keep = true
		text := w.f.commentSource(c)
		w.out = append(w.out, text...)
		w.end = c.end
		if item != newline && (strings.HasPrefix(text, "//") || w.lines(t.start) > 0) {
			g, w.broken = newline, true
		}
	}
	return g, keep && w.lines(t.start) > 1
}

// lines counts the ends of lines between what was written last and a place in
// the source.
func (w *formatter) lines(start int32) int { return strings.Count(w.f.src[w.end:start], "\n") }

// separate writes what stands between two tokens or comments.
func (w *formatter) separate(g gap, blank bool) {
	if g == space {
		w.out = append(w.out, ' ')
	}
	if g != newline || len(w.out) == 0 {
		return
	}
	w.out = append(w.out, '\n')
	if blank && !w.broken {
		w.out = append(w.out, '\n')
	}
	depth := 0
	for _, open := range w.groups {
		if open.split {
			depth++
		}
	}
	if w.broken {
		depth++
	}
	for range depth {
		w.out = append(w.out, "  "...)
	}
}

// commentSource is a comment as it stands, without space at its end. The lines
// of a block comment keep their indentation, since it is part of what they say.
func (f *File) commentSource(c comment) string {
	text := strings.ReplaceAll(f.src[c.start:c.end], "\r\n", "\n")
	return strings.TrimRight(text, " \t\r")
}
