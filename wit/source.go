package wit

import "github.com/edgelint/edgelint/wit/syntax"

// Where things stand in source text, and what is wrong with it: see package
// syntax.
type (
	// Sources is the text that the spans of a [Resolve] point into.
	Sources = syntax.Sources
	// Pos is a place in a [Sources].
	Pos = syntax.Pos
	// Span is a stretch of text in a [Sources].
	Span = syntax.Span
	// Location is a [Pos] made readable: file, line and column.
	Location = syntax.Location
	// Error is one thing wrong with WIT text.
	Error = syntax.Error
	// ErrorList is everything wrong with WIT text. Functions that read WIT
	// return one as their error.
	ErrorList = syntax.ErrorList
)
