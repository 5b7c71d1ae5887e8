package abi

import (
	"context"
	"sync/atomic"
)

// Loop is where the threads of a component's instances run, one at a time. The
// ends of streams and futures must be used in it, or by a host function that a
// component has called.
type Loop interface {
	// Post asks the loop to call f while no thread runs. dead is why the component
	// cannot run any more; nil if it can.
	Post(f func(dead error))
	// Hold keeps the loop waiting for the host, which has an end to use. When the
	// component comes to its end first, the loop calls end.Fail. The error is a trap:
	// the host holds too many.
	Hold(end *HostEnd) error
	// Release undoes Hold.
	Release(end *HostEnd)
}

// HostBuffer is what the host reads elements into or writes elements from: Go
// values. at counts the elements that were copied before.
type HostBuffer interface {
	// Lift takes n elements at ptr, which has been checked, from a component.
	Lift(cx *Context, ptr, at, n uint32) error
	// Lower gives n elements to a component, at ptr, which has been checked.
	Lower(cx *Context, ptr, at, n uint32) error
	// Take copies n elements from another buffer of the host.
	Take(src HostBuffer, at, from, n uint32) error
}

// Copied is how a copy of the host has ended.
type Copied struct {
	// N is the number of elements.
	N      int
	Result CopyResult
	// Err is set if an element could not be passed on, or if the component has
	// come to its end.
	Err error
}

// HostEnd is an end of a stream or future that the host holds.
type HostEnd struct {
	// Ctx is the context of the call in which the end came to the host.
	Ctx context.Context
	// Dropped is called in the loop when the other end is dropped, and when the
	// component comes to its end while no copy is in progress. It may be nil.
	Dropped func()

	end    *End
	loop   Loop
	buffer *Buffer
	done   func(Copied) // of the copy in progress, nil without one
	closed bool
	gone   atomic.Bool // closed, for those outside of the loop
	dead   error
}

// newHostEnd gives an end without owner to the host.
func newHostEnd(cx *Context, end *End) (*HostEnd, error) {
	h := &HostEnd{Ctx: cx.Ctx, end: end, loop: cx.Instance.Loop}
	if h.loop == nil {
		return nil, Trapf("a %s is passed by a component that does not use async", end.Kind)
	}
	if err := h.loop.Hold(h); err != nil {
		return nil, err
	}
	end.notified = h.notified
	return h, nil
}

// LiftEnd takes a readable end away from the instance.
func (cx *Context) LiftEnd(t *Type, i uint32) (*HostEnd, error) {
	v, err := cx.liftEnd(t, i)
	if err != nil {
		return nil, err
	}
	return newHostEnd(cx, v.obj.(*End))
}

// LowerEnd makes a stream or future and gives its readable end to the instance.
func (cx *Context) LowerEnd(t *Type) (writable *HostEnd, index uint32, err error) {
	r, w := NewEnds(t)
	if index, err = r.Own(cx.Instance); err != nil {
		return nil, 0, err
	}
	writable, err = newHostEnd(cx, w)
	return writable, index, err
}

// Return gives an end that was lifted, and not used since, to an instance of the
// same component. ok is false if that cannot be: the elements have to be copied.
func (h *HostEnd) Return(cx *Context) (index uint32, ok bool, err error) {
	if h.loop != cx.Instance.Loop || h.closed || h.done != nil || h.end.State != EndIdle || h.end.Pending() {
		return 0, false, nil
	}
	h.closed = true
	h.gone.Store(true)
	h.end.notified = nil
	h.loop.Release(h)
	index, err = h.end.Own(cx.Instance)
	return index, true, err
}

// Copy reads n elements into b, or writes them from it, and returns when at least
// one has been copied, or none can be any more. If ctx ends first, the copy is
// cancelled; the component never touches b after Copy has returned.
func (h *HostEnd) Copy(ctx context.Context, b HostBuffer, n int) Copied {
	return h.Finish(ctx, h.Start(b, n))
}

// Start is the first half of [HostEnd.Copy]; the other one is Finish.
func (h *HostEnd) Start(b HostBuffer, n int) <-chan Copied {
	result := make(chan Copied, 1)
	h.loop.Post(func(dead error) { h.begin(b, n, dead, func(c Copied) { result <- c }) })
	return result
}

// Finish waits for the result of a copy, which it cancels if ctx ends first.
func (h *HostEnd) Finish(ctx context.Context, result <-chan Copied) Copied {
	select {
	case c := <-result:
		return c
	case <-ctx.Done():
	}
	h.loop.Post(func(error) {
		if h.done != nil {
			h.end.Stop()
		}
	})
	c := <-result
	if c.Result == CopyCancelled && c.Err == nil && c.N == 0 {
		c.Err = context.Cause(ctx)
	}
	return c
}

// Send writes n elements from b in its own time, and closes the end.
func (h *HostEnd) Send(b HostBuffer, n int) {
	h.loop.Post(func(dead error) { h.begin(b, n, dead, func(Copied) { h.Drop() }) })
}

// Watch is Begin for what the component need not stay alive for, and closes the end
// afterwards.
func (h *HostEnd) Watch(b HostBuffer, n int, done func(Copied)) {
	h.loop.Release(h)
	h.begin(b, n, h.dead, func(c Copied) {
		h.Drop()
		done(c)
	})
}

// Begin starts a copy, of which done is told in the loop, perhaps before Begin
// returns. It must be called in the loop.
func (h *HostEnd) Begin(b HostBuffer, n int, done func(Copied)) { h.begin(b, n, h.dead, done) }

func (h *HostEnd) begin(b HostBuffer, n int, dead error, done func(Copied)) {
	switch {
	case dead != nil:
		done(Copied{Err: dead})
		return
	case h.closed || h.end.State == EndDone:
		done(Copied{Result: CopyDropped})
		return
	}
	h.buffer = &Buffer{host: b, length: uint32(min(n, MaxBufferLength))}
	h.done = done
	err := h.end.Copy(h.buffer)
	switch {
	case err != nil && h.done != nil:
		h.done = nil
		done(Copied{Err: err})
	case h.done != nil && h.end.Pending():
		h.notified()
	}
}

// notified is called when the event of a copy has become pending.
func (h *HostEnd) notified() {
	done := h.done
	if done == nil { // the next copy finds the event
		h.dropped()
		return
	}
	h.done = nil
	event := h.end.Take()
	result := CopyResult(event.Payload & 0xf)
	if result == CopyDropped {
		h.dropped()
	}
	if h.end.State == EndDone {
		h.Drop() // here it costs nothing
	}
	done(Copied{N: int(h.buffer.progress), Result: result})
}

// Fail ends the copy in progress, and all later ones, with an error. It must be
// called in the loop, when the component has come to its end.
func (h *HostEnd) Fail(err error) {
	h.dead = err
	done := h.done
	if done == nil {
		h.dropped()
		return
	}
	h.done = nil
	done(Copied{Err: err})
}

func (h *HostEnd) dropped() {
	if h.Dropped != nil {
		h.Dropped()
	}
}

// Close gives the end up. A copy in progress ends.
func (h *HostEnd) Close() {
	if !h.gone.Load() {
		h.loop.Post(func(error) { h.Drop() })
	}
}

// Drop is Close, called in the loop.
func (h *HostEnd) Drop() {
	if h.closed {
		return
	}
	h.closed = true
	h.gone.Store(true)
	if h.dead == nil {
		h.end.Drop()
	}
	h.loop.Release(h)
	if done := h.done; done != nil {
		h.done = nil
		done(Copied{Result: CopyDropped})
	}
}
