package host

import (
	"context"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/link"
)

// lower makes the core function of a lowered function (CanonicalABI.md, "canon
// lower").
func (c *Component) lower(i int, def *link.Canon) canonFunc {
	switch {
	case def.Func.Gap != "":
		return func(context.Context, *Instance, []uint64) error { return gapTrap(def) }
	case c.async:
		return c.lowerAsync(i, def)
	case def.Func.Callee != nil:
		return func(ctx context.Context, in *Instance, stack []uint64) error {
			return in.callHostFunc(ctx, i, def, stack)
		}
	}
	return func(ctx context.Context, in *Instance, stack []uint64) error {
		return in.callGuestFunc(ctx, i, def, stack)
	}
}

// gapTrap is the trap of a call to what the host does not offer.
func gapTrap(def *link.Canon) error {
	return &abi.Trap{
		Message: "refused import", Cause: &RefusedError{def.Func.Import, def.Func.Gap, def.Importers},
	}
}

// lowering is the caller's side of a call.
type lowering struct {
	cx   abi.Context
	lent abi.Lenders
}

func (in *Instance) startLowering(ctx context.Context, i int, def *link.Canon) (*lowering, error) {
	if err := in.leave(def.Instance); err != nil {
		return nil, err
	}
	opts, err := in.canonOptions(i)
	if err != nil {
		return nil, err
	}
	l := in.takeLowering()
	l.cx.Start(ctx, opts, &in.parts[def.Instance])
	l.cx.Lent = &l.lent
	return l, nil
}

func (in *Instance) takeLowering() *lowering {
	if n := len(in.lowerings); n > 0 {
		l := in.lowerings[n-1]
		in.lowerings = in.lowerings[:n-1]
		return l
	}
	return &lowering{}
}

// end returns what was lent and keeps the lowering for the next call.
func (in *Instance) endLowering(l *lowering) {
	l.lent.Release(&l.cx.Instance.Table)
	in.lowerings = append(in.lowerings, l)
}

func (in *Instance) callHostFunc(ctx context.Context, i int, def *link.Canon, stack []uint64) error {
	l, err := in.startLowering(ctx, i, def)
	if err != nil {
		return err
	}
	call := def.Func.Callee.Begin()
	defer call.End()
	out := def.Signature.ResultOut(stack)
	if err := call.Lift(&l.cx, def.Signature.ParamsIn(stack)); err != nil {
		return err
	}
	if err := call.Run(ctx); err != nil {
		return hostTrap(def.Func.Import, err)
	}
	l.cx.Refresh()
	if err := call.Lower(&l.cx, out); err != nil {
		return err
	}
	in.endLowering(l)
	return nil
}

// hostTrap is the trap that a function of the host asked for.
func hostTrap(name string, err error) error {
	return &abi.Trap{Message: name, Cause: err}
}

// callGuestFunc calls a function that another component instance, or this one,
// has lifted.
func (in *Instance) callGuestFunc(ctx context.Context, i int, def *link.Canon, stack []uint64) error {
	l, err := in.startLowering(ctx, i, def)
	if err != nil {
		return err
	}
	t := def.Func.Type
	out := def.Signature.ResultOut(stack)
	args, err := l.cx.LiftValue(t.Tuple(), def.Signature.ParamsIn(stack))
	if err != nil {
		return err
	}
	err = in.callLifted(ctx, def.Func, func(cx *abi.Context, at abi.Place) error {
		return cx.LowerValue(t.Tuple(), args, at)
	}, func(cx *abi.Context, at abi.Place) error {
		if t.Result == nil {
			return nil
		}
		v, err := cx.LiftValue(t.Result, at)
		if err != nil {
			return err
		}
		l.cx.Refresh()
		return l.cx.LowerValue(t.Result, v, out)
	})
	if err != nil {
		return err
	}
	in.endLowering(l)
	return nil
}

// callFunc calls a component-level function from outside.
func (in *Instance) callFunc(ctx context.Context, f *link.Func, start, resolve transfer) error {
	switch {
	case f.Callee == nil && f.Gap == "" && in.component.async:
		return in.callAsync(ctx, f, start, resolve)
	case f.Callee == nil && f.Gap == "":
		return in.callLifted(ctx, f, start, resolve)
	}
	return abi.Trapf("%s is exported as it was imported, which this host does not support", f.Import)
}
