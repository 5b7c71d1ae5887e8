package abi

import "context"

// Callee is a component-level function that can be called: one of the host, or
// one that another component lifted.
type Callee interface {
	// Begin starts a call. The caller hands over the arguments with Lift, runs
	// the call, takes the result with Lower and then calls End, also after an
	// error.
	Begin() Call
}

// Call is one call of a [Callee]. Errors are traps.
type Call interface {
	// Lift takes the arguments from the caller.
	Lift(cx *Context, in Place) error
	// Run does what the function does.
	Run(ctx context.Context) error
	// Lower gives the result to the caller.
	Lower(cx *Context, out Place) error
	// End releases the call.
	End()
}

// NewCallee is a callee of values: run gets the arguments and returns the result,
// the zero Value if the type has none.
func NewCallee(t *FuncType, run func(ctx context.Context, t *FuncType, args []Value) (Value, error)) Callee {
	return &valueCallee{t: t, run: run}
}

type valueCallee struct {
	t   *FuncType
	run func(ctx context.Context, t *FuncType, args []Value) (Value, error)
}

func (c *valueCallee) Begin() Call { return &valueCall{callee: c} }

type valueCall struct {
	callee *valueCallee
	args   []Value
	result Value
}

func (c *valueCall) Lift(cx *Context, in Place) (err error) {
	c.args, err = cx.LiftValues(c.callee.t.params, in)
	return err
}

func (c *valueCall) Run(ctx context.Context) (err error) {
	c.result, err = c.callee.run(ctx, c.callee.t, c.args)
	return err
}

func (c *valueCall) Lower(cx *Context, out Place) error {
	if c.callee.t.Result == nil {
		return nil
	}
	return cx.LowerValue(c.callee.t.Result, c.result, out)
}

func (c *valueCall) End() {}

// LiftValues lifts the fields of a tuple, which are the arguments of a call.
func (cx *Context) LiftValues(tuple *Type, in Place) ([]Value, error) {
	v, err := cx.LiftValue(tuple, in)
	return v.list, err
}

// LiftValue lifts a value from where it lies.
func (cx *Context) LiftValue(t *Type, in Place) (Value, error) {
	if !in.InMemory {
		return cx.LiftFlat(t, in.Flat)
	}
	if err := cx.CheckRange(in.Addr, uint64(t.layout.Size), t.layout.Align); err != nil {
		return Value{}, err
	}
	return cx.LoadValue(t, in.Addr)
}

// LowerValue lowers a value to where it should lie.
func (cx *Context) LowerValue(t *Type, v Value, out Place) error {
	if !out.InMemory {
		return cx.LowerFlat(t, v, out.Flat)
	}
	if err := cx.CheckRange(out.Addr, uint64(t.layout.Size), t.layout.Align); err != nil {
		return err
	}
	return cx.StoreValue(t, v, out.Addr)
}
