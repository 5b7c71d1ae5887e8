package core

import (
	"errors"
	"fmt"

	"github.com/edgelint/edgelint/internal/binary"
)

// Error is a fault of a module at one place of its file.
type Error struct {
	Offset  int64  // in the file
	Path    string // the place in the module: "import[3]", `code[12] "main"`
	Missing int64  // when the input ends too early: how many bytes are missing at least
	Err     error  // what is wrong
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%v (at offset 0x%x)", e.Err, e.Offset)
	}
	return fmt.Sprintf("%s: %v (at offset 0x%x)", e.Path, e.Err, e.Offset)
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// place gives an error of the reader its path.
func place(err error, path string) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Path == "" {
			e.Path = path
		}
		return e
	}
	if e, ok := errors.AsType[*binary.Error](err); ok {
		return &Error{Offset: e.Offset, Path: path, Missing: e.Missing, Err: e.Err}
	}
	return &Error{Path: path, Err: err}
}
