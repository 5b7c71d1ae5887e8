package abi

// SubtaskState is how far a call is, as its caller sees it (CanonicalABI.md,
// "Subtask State").
type SubtaskState uint32

// The states of subtasks.
const (
	SubtaskStarting SubtaskState = iota
	SubtaskStarted
	SubtaskReturned
	SubtaskCancelledBeforeStarted
	SubtaskCancelledBeforeReturned
)

// Subtask is a call that a component has made and not forgotten.
type Subtask struct {
	Waitable
	State SubtaskState
	// Lent are the handles that are lent for the time of the call.
	Lent Lenders
	// Cancelling is set when the caller has asked for cancellation.
	Cancelling bool
	// Delivered is set when the caller knows that the call has ended.
	Delivered bool
	// Cancel asks the callee to cancel the call.
	Cancel func() error
}

// Resolved reports whether the call has ended.
func (s *Subtask) Resolved() bool { return s.State >= SubtaskReturned }

// Deliver tells the caller, whose table is given, that the call has ended.
func (s *Subtask) Deliver(t *Table) {
	s.Lent.Release(t)
	s.Delivered = true
}

// Cancelled ends the call without a result.
func (s *Subtask) Cancelled() {
	if s.State == SubtaskStarting {
		s.State = SubtaskCancelledBeforeStarted
	} else {
		s.State = SubtaskCancelledBeforeReturned
	}
}

// Subtask finds a subtask.
func (t *Table) Subtask(i uint32) (*Subtask, error) { return object[*Subtask](t, i, "subtask") }
