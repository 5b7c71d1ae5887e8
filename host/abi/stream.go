package abi

// EndState is what an end of a stream or future does.
type EndState uint8

// The states of ends.
const (
	EndIdle EndState = iota
	EndCopying
	EndCancelling
	EndDone
)

// CopyResult is how a copy has ended.
type CopyResult uint32

// The results of copies.
const (
	CopyCompleted CopyResult = iota
	CopyDropped
	CopyCancelled
)

// Blocked is what reads, writes and cancellations return that have not ended yet.
const Blocked = 0xffffffff

// End is one end of a stream or future (CanonicalABI.md, "Stream and Future
// State"). The two ends meet: elements go from the buffer of a write to that of a
// read, without one in between.
type End struct {
	Waitable
	// Kind is KindStream or KindFuture, and Elem what is passed; Elem may be nil.
	Kind  Kind
	Elem  *Type
	Read  bool // the readable end
	State EndState

	other  *End // nil if it has been dropped
	buffer *Buffer
	owner  *Instance // nil for the host, and while an end is passed on
	index  uint32
}

// NewEnds makes a stream or future without owner.
func NewEnds(t *Type) (readable, writable *End) {
	readable = &End{Kind: t.Kind, Elem: t.Elem, Read: true}
	writable = &End{Kind: t.Kind, Elem: t.Elem, other: readable}
	readable.other = writable
	return readable, writable
}

// Own gives an end to a component instance.
func (e *End) Own(in *Instance) (index uint32, err error) {
	e.owner = in
	e.index, err = in.Table.AddObject(e)
	return e.index, err
}

// Is reports whether the end is one of a type.
func (e *End) Is(t *Type) bool { return e.Kind == t.Kind && Equal(e.Elem, t.Elem) }

func (e *End) code() EventCode {
	switch {
	case e.Kind == KindStream && e.Read:
		return EventStreamRead
	case e.Kind == KindStream:
		return EventStreamWrite
	case e.Read:
		return EventFutureRead
	}
	return EventFutureWrite
}

// Copying reports whether a copy is in progress.
func (e *End) Copying() bool { return e.State == EndCopying || e.State == EndCancelling }

// Copy reads into, or writes from, a buffer. The end is notified when that has
// ended, which may be at once.
func (e *End) Copy(b *Buffer) error {
	e.State = EndCopying
	switch {
	case e.other == nil: // the event of that is pending
	case e.other.buffer == nil:
		e.buffer = b
	case b.Remain() > 0 && e.other.buffer.Remain() > 0:
		return e.meet(b)
	case b.Remain() > 0 || e.Read && e.other.buffer.Remain() == 0:
		other := e.other
		other.buffer, e.buffer = nil, b
		other.notify(0)
	default:
		e.notify(0)
	}
	return nil
}

// meet passes elements between a buffer of this end and that of the other.
func (e *End) meet(b *Buffer) error {
	if e.owner != nil && e.owner == e.other.owner && !numeric(e.Elem) {
		return Trapf("cannot read from and write to the same %s within one component instance", e.Kind)
	}
	dst, src := b, e.other.buffer
	if !e.Read {
		dst, src = src, dst
	}
	if err := transfer(e.Elem, dst, src); err != nil {
		return err
	}
	// An end of the host takes its event, and is idle again, at once.
	other, theirs := e.other, e.other.buffer
	if theirs.Remain() == 0 {
		other.buffer = nil
	}
	e.notify(b.progress)
	other.notify(theirs.progress)
	return nil
}

// Stop cancels the copy in progress; the end is notified of its result.
func (e *End) Stop() {
	e.State = EndCancelling
	if !e.Pending() {
		e.notify(0)
	}
}

// Drop gives the end up; the other one is told.
func (e *End) Drop() {
	if o := e.other; o != nil {
		o.other = nil
		if o.State != EndDone && !o.Pending() {
			o.notify(0)
		}
		e.other = nil
	}
	e.Join(nil)
}

// Forward joins two streams or futures: what is written to the one that e reads
// comes out of the one that to writes. Both ends are gone then.
func (e *End) Forward(to *End) error {
	if e.other == to || e.other == nil || to.other == nil {
		e.Drop()
		to.Drop()
		return nil
	}
	writable, readable := e.other, to.other
	writable.other, readable.other = readable, writable
	if writable.buffer == nil || readable.buffer == nil {
		return nil
	}
	smaller := readable
	if readable.buffer.Remain() > writable.buffer.Remain() {
		smaller = writable
	}
	b, state := smaller.buffer, smaller.State
	smaller.buffer = nil
	err := smaller.Copy(b)
	smaller.State = state
	return err
}

// notify makes the event of a copy pending, of which progress elements are done.
func (e *End) notify(progress uint32) {
	e.Notify(func() Event {
		var result CopyResult
		switch {
		case e.Kind == KindFuture && progress == 1:
			e.State = EndDone
		case e.other == nil:
			e.State, result = EndDone, CopyDropped
		case e.State == EndCancelling:
			e.State, result = EndIdle, CopyCancelled
		default:
			e.State = EndIdle
		}
		e.buffer = nil
		payload := uint32(result)
		if e.Kind == KindStream {
			payload |= progress << 4
		}
		return Event{Code: e.code(), Index: e.index, Payload: payload}
	})
}

// End finds an end of a stream or future.
func (t *Table) End(i uint32, of *Type, read bool) (*End, error) {
	e, err := object[*End](t, i, of.Kind.String())
	switch {
	case err != nil:
		return nil, err
	case e.Read != read || !e.Is(of):
		return nil, Trapf("table index %d is an end of another kind or type than %s", i, of)
	}
	return e, nil
}

// liftEnd takes a readable end away from the instance.
func (cx *Context) liftEnd(t *Type, i uint32) (Value, error) {
	e, err := cx.Instance.Table.End(i, t, true)
	switch {
	case err != nil:
		return Value{}, err
	case e.State != EndIdle:
		return Value{}, Trapf("cannot pass on a %s that is being read or is done", t.Kind)
	case e.InSet():
		return Value{}, Trapf("cannot pass on a %s while it is in a waitable set", t.Kind)
	}
	e.owner, e.index = nil, 0
	_, err = cx.Instance.Table.Remove(i)
	return Value{kind: t.Kind, obj: e}, err
}

// lowerEnd gives a readable end to the instance.
func (cx *Context) lowerEnd(t *Type, v Value) (uint32, error) {
	e, ok := v.obj.(*End)
	if !ok || !e.Read || !e.Is(t) {
		return 0, mismatch(t, v)
	}
	return e.Own(cx.Instance)
}
