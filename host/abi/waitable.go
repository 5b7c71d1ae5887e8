package abi

import "slices"

// EventCode says what an event is about (CanonicalABI.md, "Waitable State").
type EventCode uint32

// The codes of events.
const (
	EventNone EventCode = iota
	EventSubtask
	EventStreamRead
	EventStreamWrite
	EventFutureRead
	EventFutureWrite
	EventTaskCancelled
)

// Event is what a component is told of a waitable.
type Event struct {
	Code EventCode
	// Index is the waitable's index in the component's table.
	Index uint32
	// Payload is the state of a subtask, or the packed result of a copy.
	Payload uint32
}

// Waitable is what a component can wait for: a subtask, or an end of a stream or
// future.
type Waitable struct {
	// SyncWaiter is set while a synchronous operation waits for the event.
	SyncWaiter bool

	pending  func() Event
	set      *WaitableSet
	notified func() // called when an event has become pending; may be nil
}

// Notify makes an event pending. It is made when it is delivered, so that it tells
// of all that happened until then.
func (w *Waitable) Notify(event func() Event) {
	if w.pending == nil && w.set != nil {
		w.set.pending++
	}
	w.pending = event
	if w.notified != nil {
		w.notified()
	}
}

// Pending reports whether an event is pending.
func (w *Waitable) Pending() bool { return w.pending != nil }

// Take delivers the pending event.
func (w *Waitable) Take() Event {
	event := w.pending
	w.pending = nil
	if w.set != nil {
		w.set.pending--
	}
	return event()
}

// InSet reports whether the waitable is in a set.
func (w *Waitable) InSet() bool { return w.set != nil }

// Join moves the waitable to a set; nil takes it out of the one it is in.
func (w *Waitable) Join(set *WaitableSet) {
	if w.set != nil {
		w.set.remove(w)
	}
	w.set = set
	if set != nil {
		set.add(w)
	}
}

// WaitableSet is a set of waitables.
type WaitableSet struct {
	// Waiting is the number of threads that wait for an event of the set.
	Waiting int

	elems   []*Waitable
	pending int // members that have an event
}

func (s *WaitableSet) add(w *Waitable) {
	s.elems = append(s.elems, w)
	if w.Pending() {
		s.pending++
	}
}

func (s *WaitableSet) remove(w *Waitable) {
	if i := slices.Index(s.elems, w); i >= 0 {
		s.elems = slices.Delete(s.elems, i, i+1)
	}
	if w.Pending() {
		s.pending--
	}
}

// Pending reports whether an event of a member is pending.
func (s *WaitableSet) Pending() bool { return s.pending > 0 }

// Take delivers a pending event, EventNone if there is none. The member it comes
// from goes behind the others, so that all have their turn.
func (s *WaitableSet) Take() Event {
	if s.pending == 0 {
		return Event{}
	}
	i := slices.IndexFunc(s.elems, (*Waitable).Pending)
	w := s.elems[i]
	s.elems = append(slices.Delete(s.elems, i, i+1), w)
	return w.Take()
}

// Drop traps unless the set is empty and nothing waits for it.
func (s *WaitableSet) Drop() error {
	switch {
	case len(s.elems) > 0:
		return Trapf("cannot drop waitable set with waitables in it: %d", len(s.elems))
	case s.Waiting > 0:
		return Trapf("cannot drop waitable set with waiters: %d", s.Waiting)
	}
	return nil
}

// Set finds a waitable set.
func (t *Table) Set(i uint32) (*WaitableSet, error) {
	return object[*WaitableSet](t, i, "waitable set")
}

// Waitable finds a subtask, or an end of a stream or future.
func (t *Table) Waitable(i uint32) (*Waitable, error) {
	w, err := object[interface{ waitable() *Waitable }](t, i, "waitable")
	if err != nil {
		return nil, err
	}
	return w.waitable(), nil
}

func (w *Waitable) waitable() *Waitable { return w }

// AddObject puts what is no handle of a resource into the table.
func (t *Table) AddObject(obj any) (uint32, error) { return t.Add(Entry{Rep: Rep{Obj: obj}}) }

// object finds an entry that is no handle of a resource.
func object[T any](t *Table, i uint32, what string) (T, error) {
	var none T
	e, err := t.Get(i)
	if err != nil {
		return none, err
	}
	if obj, ok := e.Rep.Obj.(T); ok && e.Type == nil {
		return obj, nil
	}
	return none, Trapf("table index %d is not a %s", i, what)
}

// ErrorContext is an error context (Explainer.md, "Error Context"). As the
// canonical ABI allows, its message is not kept.
type ErrorContext struct{}

// ErrorContext finds an error context.
func (t *Table) ErrorContext(i uint32) (*ErrorContext, error) {
	return object[*ErrorContext](t, i, "error context")
}
