package abi

import (
	"fmt"
	"runtime/debug"
)

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

// Guard runs a part of a host function that has a goroutine of its own. A panic, such as
// that of a driver whose server sends nonsense, becomes a trap there, as the engine makes
// it one elsewhere; it would end the process.
func Guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Trap{Message: fmt.Sprintf("panic in the host: %v", p), Stack: string(debug.Stack())}
		}
	}()
	return f()
}
