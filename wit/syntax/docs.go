package syntax

import (
	"strings"
	"unicode"
)

// Comments are the comments that stand before an item. WIT takes every one of
// them for documentation, not just those that begin with /// or /**.
type Comments struct {
	file  *File
	first int32
	count int32
}

// Span is the place from the first comment to the last.
func (c Comments) Span() Span {
	if c.count == 0 {
		return Span{}
	}
	all := c.file.comments
	return c.file.span(int(all[c.first].start), int(all[c.first+c.count-1].end))
}

// Text is the documentation: the comments without their markers and without the
// indentation they share. ok is false when there is none.
func (c Comments) Text() (text string, ok bool) {
	indent, size := -1, 0
	for i := range c.count {
		doc := c.text(i)
		size += len(doc) + 1
		if doc == "" {
			continue
		}
		n := len(doc) - len(strings.TrimLeft(doc, " \t\n\f\r"))
		if indent < 0 || n < indent {
			indent = n
		}
	}
	shared := strings.Repeat(" ", max(indent, 0))
	if c.count == 1 {
		if doc := strings.TrimPrefix(c.text(0), shared); !strings.Contains(doc, "\n") {
			return doc, true // no copy: most comments are such
		}
	}
	var b strings.Builder
	b.Grow(size)
	for i := range c.count {
		doc := strings.TrimPrefix(c.text(i), shared)
		if doc == "" {
			b.WriteByte('\n')
			continue
		}
		for line := range strings.Lines(doc) {
			line = strings.TrimSuffix(line, "\n")
			b.WriteString(strings.TrimSuffix(line, "\r"))
			b.WriteByte('\n')
		}
	}
	return strings.TrimRight(b.String(), "\n"), c.count > 0
}

// text is comment i without its markers.
func (c Comments) text(i int32) string { return c.file.commentText(c.file.comments[c.first+i]) }

// commentText is a comment without its markers and without trailing space.
func (f *File) commentText(c comment) string {
	s := f.src[c.start:c.end]
	if rest, ok := strings.CutPrefix(s, "/**"); ok {
		s = strings.TrimSuffix(rest, "*/")
		if rest == "/" {
			s = "" // the comment is /**/
		}
	} else {
		s = strings.TrimLeft(s, "/")
	}
	return strings.TrimRightFunc(s, unicode.IsSpace)
}

func (f *File) span(start, end int) Span { return Span{f.base + Pos(start), f.base + Pos(end)} }
