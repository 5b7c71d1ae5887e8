package host

import (
	"context"
	"slices"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
)

// usesAsync reports whether calls of a component may have to wait, so that they
// need threads.
func usesAsync(plan *link.Plan) bool {
	for _, def := range plan.Canons {
		switch op := def.Op; {
		case op == component.CanonLower && (def.Options.Async || def.Func.Type.Async),
			op > component.CanonResourceRep && op != component.CanonContextGet && op != component.CanonContextSet &&
				op != component.CanonBackpressureInc && op != component.CanonBackpressureDec:
			return true
		}
	}
	return exportsAsync(plan.Exports)
}

func exportsAsync(in *link.Instance) bool {
	for _, f := range in.Funcs {
		if f.Type.Async {
			return true
		}
	}
	for _, nested := range in.Instances {
		if exportsAsync(nested) {
			return true
		}
	}
	return false
}

// lowerAsync makes the core function of a lowered function in a component that uses
// async.
func (c *Component) lowerAsync(i int, def *link.Canon) canonFunc {
	if def.Func.Callee != nil && !def.Func.Type.Async && !def.Options.Async {
		return func(ctx context.Context, in *Instance, stack []uint64) error {
			return in.callHostFunc(ctx, i, def, stack)
		}
	}
	return func(ctx context.Context, in *Instance, stack []uint64) error {
		if err := in.leave(def.Instance); err != nil {
			return err
		}
		opts, err := in.canonOptions(i)
		if err != nil {
			return err
		}
		l := &asyncLowering{in: in, def: def, flat: slices.Clone(stack)}
		l.cx.Start(ctx, opts, &in.parts[def.Instance])
		l.cx.Lent = &l.subtask.Lent
		return l.call(ctx, stack)
	}
}

// asyncLowering is the caller's side of a call that may outlive the caller's visit
// to the host (CanonicalABI.md, "canon lower").
type asyncLowering struct {
	in      *Instance
	def     *link.Canon
	cx      abi.Context
	flat    []uint64 // the core values it was called with, and the flat result
	subtask abi.Subtask
	index   uint32 // of the subtask in the caller's table, once it is there
}

func (l *asyncLowering) call(ctx context.Context, stack []uint64) error {
	start := l.startGuest
	if l.def.Func.Callee != nil {
		start = l.startHost
	}
	if err := start(ctx); err != nil {
		return err
	}
	table := &l.in.parts[l.def.Instance].Table
	if l.def.Options.Async {
		stack[0] = uint64(abi.SubtaskReturned)
		if l.subtask.Resolved() {
			l.subtask.Deliver(table)
			return nil
		}
		var err error
		l.index, err = table.AddObject(&l.subtask)
		stack[0] = uint64(l.subtask.State) | uint64(l.index)<<4
		return err
	}
	if !l.subtask.Resolved() {
		if err := l.in.wait("for a call to return", l.subtask.Resolved); err != nil {
			return err
		}
	}
	l.subtask.Deliver(table)
	copy(stack, l.flat)
	return nil
}

// progress makes the event of the subtask pending.
func (l *asyncLowering) progress() {
	if l.index == 0 {
		return
	}
	l.subtask.Notify(func() abi.Event {
		if l.subtask.Resolved() {
			l.subtask.Deliver(&l.in.parts[l.def.Instance].Table)
		}
		return abi.Event{Code: abi.EventSubtask, Index: l.index, Payload: uint32(l.subtask.State)}
	})
}

func (l *asyncLowering) started() {
	l.progress()
	l.subtask.State = abi.SubtaskStarted
	l.cx.Refresh()
}

func (l *asyncLowering) startGuest(ctx context.Context) error {
	callee, err := l.in.lifted(l.def.Func)
	if err != nil {
		return err
	}
	t := l.def.Func.Type
	task, err := l.in.startTask(ctx, callee, func(cx *abi.Context, at abi.Place) error {
		l.started()
		args, err := l.cx.LiftValue(t.Tuple(), l.def.Signature.ParamsIn(l.flat))
		if err != nil {
			return err
		}
		return cx.LowerValue(t.Tuple(), args, at)
	}, l.returned, func() {
		l.progress()
		l.subtask.Cancelled()
	})
	if err == nil {
		l.subtask.Cancel = task.requestCancel
	}
	return err
}

// returned takes the result from a guest.
func (l *asyncLowering) returned(cx *abi.Context, at abi.Place) error {
	l.progress()
	if t := l.def.Func.Type.Result; t != nil {
		v, err := cx.LiftValue(t, at)
		if err != nil {
			return err
		}
		l.cx.Refresh()
		if err := l.cx.LowerValue(t, v, l.def.Signature.ResultOut(l.flat)); err != nil {
			return err
		}
	}
	l.subtask.State = abi.SubtaskReturned
	return nil
}

// startHost calls a function of the host. If it is async and has to wait, it has a
// goroutine of its own, and must return soon after its context ends.
func (l *asyncLowering) startHost(ctx context.Context) error {
	call := l.def.Func.Callee.Begin()
	l.started()
	if err := call.Lift(&l.cx, l.def.Signature.ParamsIn(l.flat)); err != nil {
		call.End()
		return err
	}
	now, ok := call.(interface{ Ready() bool })
	if !l.def.Func.Type.Async || ok && now.Ready() {
		return l.finishHost(call, call.Run(ctx))
	}
	release, err := l.in.hold()
	if err != nil {
		call.End()
		return err
	}
	ctx, cancel := context.WithCancel(bind.WithCaller(ctx, ctx))
	l.subtask.Cancel = func() error {
		cancel()
		return nil
	}
	l.in.loop.cancels[l] = cancel
	go func() {
		err := abi.Guard(func() error { return call.Run(ctx) })
		gone := err != nil && ctx.Err() != nil
		release(func() {
			cancel()
			delete(l.in.loop.cancels, l)
			if l.in.dead != nil {
				call.End()
				return
			}
			l.progress()
			if gone {
				l.subtask.Cancelled()
				call.End()
				return
			}
			if err := l.finishHost(call, err); err != nil {
				l.in.die(err)
			}
		})
	}()
	return nil
}

// finishHost takes the result from a function of the host.
func (l *asyncLowering) finishHost(call abi.Call, err error) error {
	defer call.End()
	if err != nil {
		return hostTrap(l.def.Func.Import, err)
	}
	l.cx.Refresh()
	if err := call.Lower(&l.cx, l.def.Signature.ResultOut(l.flat)); err != nil {
		return err
	}
	l.subtask.State = abi.SubtaskReturned
	return nil
}
