package host

import (
	"context"

	"github.com/tetratelabs/wazero/api"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/link"
)

// canonFunc is a canonical definition as a core function: it takes its arguments
// from the stack and leaves its results there. An error is a trap.
type canonFunc func(ctx context.Context, in *Instance, stack []uint64) error

// Call implements [api.GoFunction].
func (f canonFunc) Call(ctx context.Context, stack []uint64) {
	if err := f(ctx, instanceOf(ctx), stack); err != nil {
		panic(err) // the engine's way to trap; it recovers and unwinds the guest
	}
}

// canon makes the function of a canonical definition.
func (c *Component) canon(i int, def *link.Canon) (api.GoFunction, error) {
	switch def.Op {
	case component.CanonLower:
		return c.lower(i, def), nil
	case component.CanonResourceNew:
		return resourceNew(def), nil
	case component.CanonResourceRep:
		return resourceRep(def), nil
	case component.CanonResourceDrop:
		return c.resourceDrop(def), nil
	case component.CanonContextGet:
		slot := def.Info.Index
		return canonFunc(func(_ context.Context, in *Instance, stack []uint64) error {
			stack[0] = in.thread.storage[slot]
			return nil
		}), nil
	case component.CanonContextSet:
		slot := def.Info.Index
		return canonFunc(func(_ context.Context, in *Instance, stack []uint64) error {
			in.thread.storage[slot] = stack[0]
			return nil
		}), nil
	case component.CanonBackpressureInc:
		return backpressure(def, 1), nil
	case component.CanonBackpressureDec:
		return backpressure(def, -1), nil
	}
	if f := c.asyncCanon(i, def); f != nil {
		return leaving(def, f), nil
	}
	return canonFunc(func(context.Context, *Instance, []uint64) error {
		return abi.Trapf("canon %s is not supported by this host", def.Op)
	}), nil
}

// leave traps if the instance must not call out, as from an allocator.
func (in *Instance) leave(instance int) error {
	if !in.parts[instance].MayLeave {
		return abi.Trapf("cannot leave component instance")
	}
	return nil
}

func resourceNew(def *link.Canon) canonFunc {
	return func(_ context.Context, in *Instance, stack []uint64) error {
		if err := in.leave(def.Instance); err != nil {
			return err
		}
		i, err := in.parts[def.Instance].Table.Add(abi.Entry{
			Type: def.Resource, Rep: abi.Rep{N: uint32(stack[0])}, Own: true,
		})
		stack[0] = uint64(i)
		return err
	}
}

func resourceRep(def *link.Canon) canonFunc {
	return func(_ context.Context, in *Instance, stack []uint64) error {
		e, err := in.parts[def.Instance].Table.Handle(uint32(stack[0]), def.Resource)
		if err != nil {
			return err
		}
		stack[0] = uint64(e.Rep.N)
		return nil
	}
}

// backpressure counts how many calls of an instance asked for no more calls.
func backpressure(def *link.Canon, delta int) canonFunc {
	return func(_ context.Context, in *Instance, _ []uint64) error {
		n := &in.parts[def.Instance].Backpressure
		*n += delta
		if *n < 0 || *n > abi.MaxBackpressure {
			return abi.Trapf("backpressure counter out of range: %d", *n)
		}
		return nil
	}
}

func (c *Component) resourceDrop(def *link.Canon) canonFunc {
	return func(ctx context.Context, in *Instance, stack []uint64) error {
		if err := in.leave(def.Instance); err != nil {
			return err
		}
		e, err := in.parts[def.Instance].Table.Drop(uint32(stack[0]), def.Resource)
		if err != nil || !e.Own {
			return err
		}
		return in.drop(ctx, e.Type, e.Rep)
	}
}

// drop runs the destructor of a resource that has lost its owner.
func (in *Instance) drop(ctx context.Context, rt *abi.ResourceType, rep abi.Rep) error {
	res, ok := in.component.plan.Resources[rt]
	if !ok {
		if rt.Drop == nil {
			return nil
		}
		return rt.Drop(ctx, rep)
	}
	if !res.Dtor.Valid {
		return nil
	}
	dtor, err := in.coreFunc(res.Dtor)
	if err != nil {
		return err
	}
	if in.depth++; in.depth > MaxCallDepth {
		return abi.Trapf("calls between components are nested more than %d deep", MaxCallDepth)
	}
	caller := in.enterInline(ctx)
	err = dtor.call(ctx, []uint64{uint64(rep.N)})
	in.thread = caller
	in.depth--
	return err
}
