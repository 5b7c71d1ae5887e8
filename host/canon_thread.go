package host

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental/table"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/link"
)

// threadCanon makes the operations on threads; nil if def is none.
func (c *Component) threadCanon(def *link.Canon) canonFunc {
	switch def.Op {
	case component.CanonThreadIndex:
		return func(_ context.Context, in *Instance, stack []uint64) error {
			stack[0] = uint64(in.thread.index)
			return nil
		}
	case component.CanonThreadNewIndirect:
		return c.threadNew(def)
	case component.CanonThreadResumeLater:
		return func(_ context.Context, in *Instance, stack []uint64) error {
			other, err := in.suspendedThread(def, uint32(stack[0]))
			if err == nil {
				in.startWaiting(other, "for its turn", always)
			}
			return err
		}
	case component.CanonThreadYield, component.CanonThreadSuspend:
		return func(_ context.Context, in *Instance, stack []uint64) error {
			stack[0] = 0
			if def.Op == component.CanonThreadYield {
				return in.yield()
			}
			return in.block(nil)
		}
	case component.CanonThreadSuspendThenResume, component.CanonThreadYieldThenResume,
		component.CanonThreadSuspendThenPromote, component.CanonThreadYieldThenPromote:
		return threadSwitch(def)
	}
	return nil
}

func (in *Instance) suspendedThread(def *link.Canon, i uint32) (*thread, error) {
	th, err := in.concurrent[def.Instance].threads.get(i)
	if err == nil && !th.suspended() {
		err = abi.Trapf("thread %d is not suspended", i)
	}
	return th, err
}

// threadSwitch lets another thread run in place of the running one.
func threadSwitch(def *link.Canon) canonFunc {
	op := def.Op
	yield := op == component.CanonThreadYieldThenResume || op == component.CanonThreadYieldThenPromote
	promote := op == component.CanonThreadSuspendThenPromote || op == component.CanonThreadYieldThenPromote
	return func(_ context.Context, in *Instance, stack []uint64) error {
		i := uint32(stack[0])
		stack[0] = 0
		var next *thread
		var err error
		if promote {
			next, err = in.promoted(def, i)
		} else {
			next, err = in.suspendedThread(def, i)
		}
		if err != nil {
			return err
		}
		if yield && next == nil {
			return in.yield()
		}
		if yield && in.thread.canBlock() {
			in.startWaiting(in.thread, "for its turn", always)
		}
		return in.block(next)
	}
}

// yield lets others go first, if the running thread can wait.
func (in *Instance) yield() error {
	if !in.thread.canBlock() {
		return nil
	}
	return in.wait("for its turn", always)
}

// promoted is the thread of an index if it can go on, else nil.
func (in *Instance) promoted(def *link.Canon, i uint32) (*thread, error) {
	th, err := in.concurrent[def.Instance].threads.get(i)
	switch {
	case err != nil:
		return nil, err
	case th == in.thread:
		return nil, abi.Trapf("a thread cannot switch to itself")
	case !th.canResume():
		return nil, nil
	}
	return th, nil
}

func (c *Component) threadNew(def *link.Canon) canonFunc {
	param := coreTypes(def.Type.Params[1:]) // the first one is the index in the table
	return func(ctx context.Context, in *Instance, stack []uint64) error {
		fn, err := in.tableFunc(def.Table, uint32(stack[0]), param)
		if err != nil {
			return err
		}
		t, arg := in.thread.task, stack[1]
		if t.lifted == nil {
			return errCannotBlock
		}
		th := in.newThread(t, nil)
		th.run = func() error {
			if err := fn.CallWithStack(ctx, []uint64{arg}); err != nil {
				return trapOf(err)
			}
			return t.exit(th)
		}
		err = t.register(th)
		stack[0] = uint64(th.index)
		return err
	}
}

// tableFunc is the function at a place in a table.
func (in *Instance) tableFunc(
	ref link.CoreRef, i uint32, params []api.ValueType,
) (fn api.Function, err error) {
	core := in.component.plan.Cores[ref.Core]
	for _, x := range in.component.plan.Modules[core.Module].Source.Exports {
		if x.Name != ref.Name {
			continue
		}
		defer func() {
			if r := recover(); r != nil { // how the engine reports that there is none
				err = abi.Trapf("table element %d: %s", i, fmt.Sprint(r))
			}
		}()
		return table.LookupFunction(in.cores[ref.Core], x.Index, i, params, nil), nil
	}
	return nil, fmt.Errorf("core instance %d exports no table %q", ref.Core, ref.Name)
}
