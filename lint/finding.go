package lint

import (
	"cmp"
	"strings"
)

// Finding is one thing a rule found.
type Finding struct {
	Rule     *Rule
	Severity Severity
	// Artifact is the name of the artifact, as its source gave it.
	Artifact string

	// Path is the structural place in the component, such as
	// `root/import "wasi:sockets/tcp@0.2.0"`; empty if the finding is about the
	// artifact as a whole.
	Path string
	// Span is the place in the artifact's bytes; nil if there is none.
	Span *Span
	// Source is the place in a text file, such as the app's Python source.
	Source *Position
	// Excerpt shows the place; nil if there is nothing to show.
	Excerpt *Excerpt

	// Related are further places that have to do with it.
	Related []Related

	// Message says what is wrong, in one line.
	Message string
	// Details say more, a line each.
	Details []string
	// Help says what to do.
	Help string
	// Key tells findings of one rule in one artifact apart without depending on
	// offsets or lines, so that it stays the same when the artifact is rebuilt.
	Key string
	// Suppression is why the finding does not count; nil if it does.
	Suppression *Suppression
}

// Span is a run of bytes of the artifact.
type Span struct {
	Off int64 `json:"offset"`
	Len int64 `json:"length"`
}

// Position is a place in a text file. Lines and columns count from 1; a column of
// 0 is unknown. Columns count bytes.
type Position struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Col     int    `json:"column,omitempty"`
	EndLine int    `json:"end_line,omitempty"`
	EndCol  int    `json:"end_column,omitempty"`
}

// Related is a place in a text file with what it has to do with a finding.
type Related struct {
	Position Position
	Message  string
}

// Excerpt is what stands at a finding's place: lines of a text file, or bytes.
type Excerpt struct {
	// Lines are lines of a text file from number Line on.
	Line  int
	Lines []string
	// Bytes stand at the offset Off of the artifact, if there are no lines.
	Off   int64
	Bytes []byte
}

// compareFindings orders findings by artifact, then errors first, then by place,
// then by rule.
func compareFindings(a, b Finding) int {
	return cmp.Or(
		strings.Compare(a.Artifact, b.Artifact),
		cmp.Compare(b.Severity, a.Severity),
		comparePositions(a.Source, b.Source),
		cmp.Compare(offset(a.Span), offset(b.Span)),
		strings.Compare(a.Rule.ID, b.Rule.ID),
		strings.Compare(a.Key, b.Key),
		strings.Compare(a.Message, b.Message),
	)
}

func comparePositions(a, b *Position) int {
	if a == nil || b == nil {
		return cmp.Compare(boolInt(a != nil), boolInt(b != nil))
	}
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func offset(s *Span) int64 {
	if s == nil {
		return -1
	}
	return s.Off
}
