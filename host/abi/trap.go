package abi

import "fmt"

// Trap is the end of a component instance: the guest broke a rule of the
// canonical ABI, or a host function gave up. Nothing of the instance may run
// after it.
type Trap struct {
	Message string
	Cause   error // may be nil
	// Stack is the guest's stack, a line for each function, if the trap came
	// from core WebAssembly code.
	Stack string
}

// Error is the message, and the cause behind it.
func (t *Trap) Error() string {
	if t.Cause != nil {
		return t.Message + ": " + t.Cause.Error()
	}
	return t.Message
}

// Unwrap is the cause.
func (t *Trap) Unwrap() error { return t.Cause }

// Trapf is a trap with a formatted message.
func Trapf(format string, args ...any) error { return &Trap{Message: fmt.Sprintf(format, args...)} }
