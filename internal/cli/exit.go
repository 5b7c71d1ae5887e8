package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Trouble is the exit status of runs that fail: usage, unreadable input, network or
// internal errors.
const Trouble = 2

// Status is the error of a run that has said how it went, and ends with this exit
// status.
type Status int

func (s Status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// UsageError is a fault in how the command was called.
type UsageError struct {
	Err  error
	Hint string // the command that helps; empty within Run, which adds it
}

func (e *UsageError) Error() string {
	if e.Hint == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + "; see " + e.Hint
}

// Unwrap gives the fault.
func (e *UsageError) Unwrap() error { return e.Err }

// Usagef is a [UsageError].
func Usagef(format string, args ...any) error {
	return &UsageError{Err: fmt.Errorf(format, args...)}
}

// usageError is a fault in how a verb was called, or the program if v has no name.
func (p Program) usageError(v Verb, err error) error {
	name := p.Name
	if v.Name != "" && v.Name != p.Default.Name {
		name += " " + v.Name
	}
	return &UsageError{err, name + " --help"}
}

// Exit gives the exit status that an error of Run stands for, 0 for nil. It prints
// the error, but for a [Status].
func (p Program) Exit(stderr io.Writer, err error) int {
	if err == nil {
		return 0
	}
	if status, ok := errors.AsType[Status](err); ok {
		return int(status)
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(stderr, "%s: %s\n", p.Name, line)
	}
	return Trouble
}
