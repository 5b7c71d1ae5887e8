package bind

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"unsafe"

	"github.com/edgelint/edgelint/host/abi"
)

// Bind matches a function with the type that a component imports it with. The
// error says what does not match.
func Bind(f Func, t *abi.FuncType) (abi.Callee, error) { return f.bind(t) }

func (f *goFunc) bind(t *abi.FuncType) (abi.Callee, error) {
	if len(f.params) != len(t.Params) {
		return nil, fmt.Errorf("the component passes %d arguments, the host takes %d", len(t.Params), len(f.params))
	}
	c := &callee{}
	slot := uint32(0)
	for i, p := range t.Params {
		pc, err := newCodec(p.Type, f.params[i])
		if err != nil {
			return nil, fmt.Errorf("parameter %q: %w", p.Name, err)
		}
		c.params = append(c.params, param{codec: pc, slot: slot, addr: t.Tuple().Offset(i)})
		slot += p.Type.Layout().FlatLen
	}
	c.size, c.align = t.Tuple().Layout().Size, t.Tuple().Layout().Align
	if err := c.bindResult(t.Result, f.result); err != nil {
		return nil, err
	}
	c.frames.New = func() any { return &call{callee: c, frame: f.frame()} }
	return c, nil
}

func (c *callee) bindResult(t *abi.Type, g reflect.Type) error {
	if t == nil {
		if g != reflect.TypeFor[Unit]() {
			return fmt.Errorf("the component expects no result, the host returns %s", g)
		}
		return nil
	}
	var err error
	if c.result, err = newCodec(t, g); err != nil {
		return fmt.Errorf("result: %w", err)
	}
	c.resultSize, c.resultAlign = t.Layout().Size, t.Layout().Align
	return nil
}

// callee is a Go function matched with a component-level type.
type callee struct {
	params                  []param
	size, align             uint32 // of the parameters in memory
	result                  codec  // nil if there is none
	resultSize, resultAlign uint32
	frames                  sync.Pool
}

type param struct {
	codec codec
	slot  uint32
	addr  uint32
}

// Begin implements [abi.Callee].
func (c *callee) Begin() abi.Call { return c.frames.Get().(*call) }

type call struct {
	callee *callee
	frame  frame
}

func (c *call) Lift(cx *abi.Context, in abi.Place) error {
	if in.InMemory {
		if err := cx.CheckRange(in.Addr, uint64(c.callee.size), c.callee.align); err != nil {
			return err
		}
	}
	for i, p := range c.callee.params {
		if err := p.lift(cx, in, c.frame.params[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p param) lift(cx *abi.Context, in abi.Place, to unsafe.Pointer) error {
	if in.InMemory {
		return p.codec.load(cx, in.Addr+p.addr, to)
	}
	return p.codec.liftFlat(cx, in.Flat[p.slot:], to)
}

// Ready reports whether Run returns at once.
func (c *call) Ready() bool { return c.frame.ready != nil && c.frame.ready() }

func (c *call) Run(ctx context.Context) error { return c.frame.run(ctx) }

func (c *call) Lower(cx *abi.Context, out abi.Place) error {
	switch {
	case c.callee.result == nil:
		return nil
	case !out.InMemory:
		return c.callee.result.lowerFlat(cx, out.Flat, c.frame.result)
	}
	if err := cx.CheckRange(out.Addr, uint64(c.callee.resultSize), c.callee.resultAlign); err != nil {
		return err
	}
	return c.callee.result.store(cx, out.Addr, c.frame.result)
}

func (c *call) End() {
	c.frame.clear()
	c.callee.frames.Put(c)
}
