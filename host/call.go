package host

import (
	"context"
	"fmt"
	"strings"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/link"
)

// lifted is a lifted function of an instance, resolved.
type lifted struct {
	*link.Func
	core       *coreFunc
	postReturn *coreFunc // nil if there is none
	callback   *coreFunc // nil if there is none
	options    *abi.Options
	stackSize  int
}

func (in *Instance) lifted(f *link.Func) (*lifted, error) {
	if l, ok := in.lifts[f]; ok {
		return l, nil
	}
	l := &lifted{Func: f, stackSize: max(len(f.Signature.Params), len(f.Signature.Results))}
	var err error
	if l.core, err = in.coreFunc(f.Core); err != nil {
		return nil, err
	}
	if f.Options.PostReturn.Valid {
		if l.postReturn, err = in.coreFunc(f.Options.PostReturn); err != nil {
			return nil, err
		}
	}
	if f.Options.Callback.Valid {
		if l.callback, err = in.coreFunc(f.Options.Callback); err != nil {
			return nil, err
		}
	}
	if l.options, err = in.resolve(&f.Options); err != nil {
		return nil, err
	}
	in.lifts[f] = l
	return l, nil
}

// transfer moves values between the two sides of a call: it lowers arguments to a
// place, or lifts a result from there.
type transfer func(cx *abi.Context, at abi.Place) error

// callLifted calls a lifted function (CanonicalABI.md, "canon lift"): start lowers
// the arguments, resolve lifts the result. Any error ends the instance.
func (in *Instance) callLifted(ctx context.Context, f *link.Func, start, resolve transfer) error {
	if in.dead != nil {
		return ErrDead
	}
	if in.depth++; in.depth > MaxCallDepth {
		return in.die(abi.Trapf("calls between components are nested more than %d deep", MaxCallDepth))
	}
	defer func() { in.depth-- }()
	l, err := in.lifted(f)
	if err != nil {
		return in.die(err)
	}
	caller := in.enterInline(ctx)
	defer func() { in.thread = caller }()
	if err := l.run(ctx, in, start, resolve); err != nil {
		return in.die(err)
	}
	return nil
}

// die ends the instance with a trap.
func (in *Instance) die(err error) error {
	if in.dead == nil {
		in.dead = err
	}
	return err
}

func (l *lifted) run(ctx context.Context, in *Instance, start, resolve transfer) error {
	part := &in.parts[l.Instance]
	var cx abi.Context
	cx.Start(ctx, l.options, part)
	cx.Task = &in.thread.task.Task
	stack := make([]uint64, l.stackSize)
	if err := l.lowerArgs(&cx, stack, start); err != nil {
		return err
	}
	if err := l.core.call(ctx, stack); err != nil {
		return err
	}
	cx.Refresh()
	if err := l.liftResult(&cx, stack, resolve); err != nil {
		return err
	}
	if n := in.thread.task.Borrows; n > 0 {
		return abi.Trapf("borrow handles still remain at the end of the call: %d", n)
	}
	return l.callPostReturn(ctx, part, stack)
}

// callPostReturn lets the callee release the result that it has returned in stack.
func (l *lifted) callPostReturn(ctx context.Context, part *abi.Instance, stack []uint64) error {
	if l.postReturn == nil {
		return nil
	}
	part.MayLeave = false
	err := l.postReturn.call(ctx, stack)
	part.MayLeave = true
	return err
}

func (l *lifted) lowerArgs(cx *abi.Context, stack []uint64, start transfer) error {
	if !l.Signature.SpillParams {
		return start(cx, abi.Place{Flat: stack})
	}
	layout := l.Type.Tuple().Layout()
	ptr, err := cx.Allocate(layout.Align, layout.Size)
	if err != nil {
		return err
	}
	stack[0] = uint64(ptr)
	return start(cx, abi.Place{InMemory: true, Addr: ptr})
}

func (l *lifted) liftResult(cx *abi.Context, stack []uint64, resolve transfer) error {
	if l.Type.Result == nil {
		return resolve(cx, abi.Place{})
	}
	if l.Signature.SpillResult {
		return resolve(cx, abi.Place{InMemory: true, Addr: uint32(stack[0])})
	}
	return resolve(cx, abi.Place{Flat: stack})
}

// Func is an exported function of a component.
type Func struct {
	// Name is the name by which it was found.
	Name string
	Type *abi.FuncType

	fn *link.Func
}

// Func finds an exported function: "run", or "wasi:cli/run@0.2.0#run".
func (c *Component) Func(name string) (*Func, error) {
	in, rest := c.plan.Exports, name
	for {
		head, tail, nested := strings.Cut(rest, "#")
		if !nested {
			break
		}
		next, ok := in.Instances[head]
		if !ok {
			return nil, fmt.Errorf("the component exports no instance %q", head)
		}
		in, rest = next, tail
	}
	f, ok := in.Funcs[rest]
	if !ok {
		return nil, fmt.Errorf("the component exports no function %q", name)
	}
	return &Func{Name: name, Type: f.Type, fn: f}, nil
}

// Call calls an exported function by its name, see [Component.Func]. The result is
// the zero Value if the function has none. When ctx ends before the call does, the
// call traps.
func (in *Instance) Call(ctx context.Context, name string, args ...abi.Value) (abi.Value, error) {
	f, err := in.component.Func(name)
	if err != nil {
		return abi.Value{}, err
	}
	return in.CallFunc(ctx, f, args...)
}

// CallFunc calls an exported function of the component.
func (in *Instance) CallFunc(ctx context.Context, f *Func, args ...abi.Value) (abi.Value, error) {
	if len(args) != len(f.Type.Params) {
		return abi.Value{}, fmt.Errorf("%s takes %d arguments, not %d", f.Name, len(f.Type.Params), len(args))
	}
	var result abi.Value
	start, resolve := f.transfers(args, func(v abi.Value) { result = v })
	err := in.interruptible(ctx, func() error { return in.callFunc(in.context(ctx), f.fn, start, resolve) })
	return result, err
}

// transfers lower arguments and lift the result.
func (f *Func) transfers(args []abi.Value, result func(abi.Value)) (start, resolve transfer) {
	start = func(cx *abi.Context, at abi.Place) error {
		return cx.LowerValue(f.Type.Tuple(), abi.Tuple(args...), at)
	}
	resolve = func(cx *abi.Context, at abi.Place) error {
		var v abi.Value
		var err error
		if f.Type.Result != nil {
			v, err = cx.LiftValue(f.Type.Result, at)
		}
		if err == nil {
			result(v)
		}
		return err
	}
	return start, resolve
}
