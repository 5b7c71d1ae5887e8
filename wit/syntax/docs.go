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

// Len is the number of comments.
func (c Comments) Len() int { return int(c.count) }

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
	if c.count == 0 {
		return "", false
	}
	docs := make([]string, c.count)
	indent := -1
	for i := range docs {
		docs[i] = c.file.commentText(c.file.comments[int(c.first)+i])
		if docs[i] != "" {
			n := len(docs[i]) - len(strings.TrimLeft(docs[i], " \t\n\f\r"))
			if indent < 0 || n < indent {
				indent = n
			}
		}
	}
	var b strings.Builder
	for _, doc := range docs {
		if indent > 0 {
			doc = strings.TrimPrefix(doc, strings.Repeat(" ", indent))
		}
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
	return strings.TrimRight(b.String(), "\n"), true
}

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
