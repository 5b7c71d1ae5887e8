package host

import (
	"context"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/link"
)

// waitableCanon makes the operations on waitable sets; nil if def is none.
func waitableCanon(i int, def *link.Canon) canonFunc {
	switch def.Op {
	case component.CanonWaitableSetNew:
		return func(_ context.Context, in *Instance, stack []uint64) error {
			index, err := in.parts[def.Instance].Table.AddObject(&abi.WaitableSet{})
			stack[0] = uint64(index)
			return err
		}
	case component.CanonWaitableSetWait, component.CanonWaitableSetPoll:
		return waitableSetTake(i, def)
	case component.CanonWaitableSetDrop:
		return func(_ context.Context, in *Instance, stack []uint64) error {
			table, index := &in.parts[def.Instance].Table, uint32(stack[0])
			set, err := table.Set(index)
			if err == nil {
				err = set.Drop()
			}
			if err == nil {
				_, err = table.Remove(index)
			}
			return err
		}
	case component.CanonWaitableJoin:
		return waitableJoin(def)
	}
	return nil
}

func waitableSetTake(i int, def *link.Canon) canonFunc {
	return func(ctx context.Context, in *Instance, stack []uint64) error {
		set, err := in.parts[def.Instance].Table.Set(uint32(stack[0]))
		if err != nil {
			return err
		}
		ptr := uint32(stack[1])
		if def.Op == component.CanonWaitableSetWait && !set.Pending() {
			set.Waiting++
			err := in.wait("for a waitable set", set.Pending)
			set.Waiting--
			if err != nil {
				return err
			}
		}
		event := set.Take()
		opts, err := in.canonOptions(i)
		if err != nil {
			return err
		}
		var cx abi.Context
		cx.Start(ctx, opts, &in.parts[def.Instance])
		if err := cx.CheckRange(ptr, 8, 4); err != nil {
			return err
		}
		cx.Store(ptr, 4, uint64(event.Index))
		cx.Store(ptr+4, 4, uint64(event.Payload))
		stack[0] = uint64(event.Code)
		return nil
	}
}

func waitableJoin(def *link.Canon) canonFunc {
	return func(_ context.Context, in *Instance, stack []uint64) error {
		table := &in.parts[def.Instance].Table
		w, err := table.Waitable(uint32(stack[0]))
		if err != nil {
			return err
		}
		if w.SyncWaiter {
			return abi.Trapf("cannot join a waitable that a synchronous operation waits for")
		}
		var set *abi.WaitableSet
		if si := uint32(stack[1]); si != 0 {
			if set, err = table.Set(si); err != nil {
				return err
			}
		}
		w.Join(set)
		return nil
	}
}
