package binary

import (
	"errors"
	"fmt"
)

// Error is a fault of the input at one place of the file. Its text ends in the
// offset; the packages that face users wrap it with a structural path.
type Error struct {
	Offset  int64 // in the file
	Missing int64 // when the input ends too early: how many bytes are missing at least
	Err     error // what is wrong
}

// Errorf is an [*Error] at an offset.
func Errorf(offset int64, format string, args ...any) *Error {
	return &Error{Offset: offset, Err: fmt.Errorf(format, args...)}
}

func (e *Error) Error() string { return fmt.Sprintf("%v (at offset 0x%x)", e.Err, e.Offset) }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

func asError(err error, offset int64) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Offset: offset, Err: err}
}
