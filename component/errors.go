package component

import (
	"errors"
	"fmt"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/binary"
)

// What callers tell apart when a file cannot be opened.
var (
	// ErrNotWasm: the file does not begin as a WebAssembly binary does.
	ErrNotWasm = errors.New("not a WebAssembly binary")
	// ErrVersion: the preamble names a version that this package does not know.
	ErrVersion = errors.New("unknown binary version")
)

// Error is a fault of a component binary.
type Error struct {
	Offset  int64  // in the file
	Path    string // structural place: "root/component[1]/type section"
	Missing int64  // if the input ends too early: how many bytes are missing at least
	Rule    Rule   // the rule that is broken, "" if the binary is malformed
	Err     error  // what is wrong
}

// Error is the path, the fault and the offset.
func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%v (at offset 0x%x)", e.Err, e.Offset)
	}
	return fmt.Sprintf("%s: %v (at offset 0x%x)", e.Path, e.Err, e.Offset)
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// located gives an error of the byte readers its place in the structure.
func located(path string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	if e, ok := errors.AsType[*binary.Error](err); ok {
		return &Error{Offset: e.Offset, Path: path, Missing: e.Missing, Err: e.Err}
	}
	if e, ok := errors.AsType[*core.Error](err); ok {
		if e.Path != "" {
			path += "/" + e.Path
		}
		return &Error{Offset: e.Offset, Path: path, Missing: e.Missing, Err: e.Err}
	}
	return fmt.Errorf("%s: %w", path, err)
}
