package spin

import (
	"fmt"
	"strings"

	"github.com/edgelint/edgelint/internal/spelling"
)

// Position is a place in a file; Line and Col count from 1.
type Position struct {
	File      string
	Line, Col int
}

// String is "file:line:col".
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// MarshalText implements [encoding.TextMarshaler] by String; no position is "".
func (p Position) MarshalText() ([]byte, error) {
	if p == (Position{}) {
		return nil, nil
	}
	return []byte(p.String()), nil
}

// Error is one fault of a manifest or runtime configuration.
type Error struct {
	Pos  Position
	Key  string // dotted path of the key at fault, "" for the file as a whole
	Msg  string
	Kind Kind `json:"-"`
}

// Kind tells faults and warnings apart for those who treat some of them
// differently.
type Kind uint8

// The kinds.
const (
	KindOther           Kind = iota // syntax, wrong types, missing keys and the like
	KindUnknownKey                  // a key that Spin does not know
	KindUnknownVariable             // a template names no variable of the application
	KindHost                        // an allowed outbound host that is malformed
	KindRoute                       // a route that is malformed, or that no request takes
	KindDeprecated                  // what Spin still reads and has another form of
)

func (e *Error) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("%s: %s", e.Pos, e.Msg)
	}
	return fmt.Sprintf("%s: %s: %s", e.Pos, e.Key, e.Msg)
}

// ErrorList is all faults of a file, in file order.
type ErrorList []*Error

func (l ErrorList) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap is the errors of the list.
func (l ErrorList) Unwrap() []error {
	out := make([]error, len(l))
	for i, e := range l {
		out[i] = e
	}
	return out
}

// unknownName says that a name is not known, and which was probably meant.
func unknownName(what, name string, known []string) string {
	if near := spelling.Nearest(name, known); near != "" {
		return fmt.Sprintf("unknown %s %q: did you mean %q?", what, name, near)
	}
	return fmt.Sprintf("unknown %s %q: expected one of %s", what, name, strings.Join(known, ", "))
}
