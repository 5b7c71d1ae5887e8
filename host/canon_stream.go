package host

import (
	"context"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/link"
)

// streamCanon makes the operations on streams and futures; nil if def is none.
func streamCanon(i int, def *link.Canon) canonFunc {
	switch def.Op {
	case component.CanonStreamNew, component.CanonFutureNew:
		return newEnds(def)
	case component.CanonStreamRead, component.CanonFutureRead:
		return copyEnd(i, def, true)
	case component.CanonStreamWrite, component.CanonFutureWrite:
		return copyEnd(i, def, false)
	case component.CanonStreamCancelRead, component.CanonFutureCancelRead:
		return cancelEnd(def, true)
	case component.CanonStreamCancelWrite, component.CanonFutureCancelWrite:
		return cancelEnd(def, false)
	case component.CanonStreamDropReadable, component.CanonFutureDropReadable:
		return dropEnd(def, true)
	case component.CanonStreamDropWritable, component.CanonFutureDropWritable:
		return dropEnd(def, false)
	case component.CanonStreamForward, component.CanonFutureForward:
		return forward(def)
	}
	return nil
}

func newEnds(def *link.Canon) canonFunc {
	return func(_ context.Context, in *Instance, stack []uint64) error {
		part := &in.parts[def.Instance]
		readable, writable := abi.NewEnds(def.Value)
		r, err := readable.Own(part)
		if err != nil {
			return err
		}
		w, err := writable.Own(part)
		stack[0] = uint64(r) | uint64(w)<<32
		return err
	}
}

func copyEnd(i int, def *link.Canon, read bool) canonFunc {
	return func(ctx context.Context, in *Instance, stack []uint64) error {
		part := &in.parts[def.Instance]
		e, err := part.Table.End(uint32(stack[0]), def.Value, read)
		switch {
		case err != nil:
			return err
		case e.State != abi.EndIdle:
			return abi.Trapf("the %s is busy with a copy, or done", e.Kind)
		case e.InSet() && !def.Options.Async:
			return abi.Trapf("cannot use a %s synchronously while it is in a waitable set", e.Kind)
		}
		n := uint32(1)
		if e.Kind == abi.KindStream {
			n = uint32(stack[2])
		}
		opts, err := in.canonOptions(i)
		if err != nil {
			return err
		}
		var cx abi.Context
		cx.Start(ctx, opts, part)
		buffer, err := abi.NewBuffer(&cx, e.Elem, uint32(stack[1]), n)
		if err != nil {
			return err
		}
		if err := e.Copy(buffer); err != nil {
			return err
		}
		return in.endResult(e, def.Options.Async, stack)
	}
}

// endResult returns the result of a copy, if need be after it has ended.
func (in *Instance) endResult(e *abi.End, async bool, stack []uint64) error {
	if !e.Pending() {
		if async {
			stack[0] = abi.Blocked
			return nil
		}
		if err := in.waitFor("for a read or write to end", &e.Waitable); err != nil {
			return err
		}
	}
	stack[0] = uint64(e.Take().Payload)
	return nil
}

func cancelEnd(def *link.Canon, read bool) canonFunc {
	return func(_ context.Context, in *Instance, stack []uint64) error {
		e, err := in.parts[def.Instance].Table.End(uint32(stack[0]), def.Value, read)
		switch {
		case err != nil:
			return err
		case e.State != abi.EndCopying:
			return abi.Trapf("there is no copy of the %s to cancel", e.Kind)
		case e.SyncWaiter:
			return abi.Trapf("cannot cancel a copy that a synchronous operation waits for")
		case e.InSet() && !def.Info.Async:
			return abi.Trapf("cannot use a %s synchronously while it is in a waitable set", e.Kind)
		}
		e.Stop()
		return in.endResult(e, def.Info.Async, stack)
	}
}

func dropEnd(def *link.Canon, read bool) canonFunc {
	return func(_ context.Context, in *Instance, stack []uint64) error {
		table := &in.parts[def.Instance].Table
		e, err := table.End(uint32(stack[0]), def.Value, read)
		switch {
		case err != nil:
			return err
		case e.Copying():
			return abi.Trapf("cannot drop a %s while a copy is in progress", e.Kind)
		case e.Kind == abi.KindFuture && !read && e.State != abi.EndDone:
			return abi.Trapf("cannot drop the writable end of a future before it is written")
		}
		e.Drop()
		_, err = table.Remove(uint32(stack[0]))
		return err
	}
}

func forward(def *link.Canon) canonFunc {
	return func(_ context.Context, in *Instance, stack []uint64) error {
		table := &in.parts[def.Instance].Table
		var ends [2]*abi.End
		for i, read := range []bool{true, false} {
			e, err := table.End(uint32(stack[i]), def.Value, read)
			switch {
			case err != nil:
				return err
			case e.State != abi.EndIdle:
				return abi.Trapf("cannot forward a %s that is being copied or is done", e.Kind)
			case e.InSet():
				return abi.Trapf("cannot forward a %s while it is in a waitable set", e.Kind)
			}
			ends[i] = e
			if _, err := table.Remove(uint32(stack[i])); err != nil {
				return err
			}
		}
		return ends[0].Forward(ends[1])
	}
}
