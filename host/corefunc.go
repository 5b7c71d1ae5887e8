package host

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero/api"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/link"
)

// coreFunc is a core function that the host calls: a lifted function, an
// allocator, a destructor.
type coreFunc struct {
	// fn is a function of a core instance. It has a stack of its own, so that it
	// serves one call at a time; open makes another one for calls that nest.
	fn   api.Function
	open func() api.Function
	busy bool
	// host is a canonical definition that is used as a function.
	host api.GoFunction
}

// coreFunc finds a core function.
func (in *Instance) coreFunc(ref link.CoreRef) (*coreFunc, error) {
	if f, ok := in.funcs[ref]; ok {
		return f, nil
	}
	f := &coreFunc{}
	if ref.Core == link.Host {
		host, err := in.component.canon(ref.Canon, in.component.plan.Canons[ref.Canon])
		if err != nil {
			return nil, err
		}
		f.host = host
	} else {
		m := in.cores[ref.Core]
		f.open = func() api.Function { return m.ExportedFunction(ref.Name) }
		if f.fn = f.open(); f.fn == nil {
			return nil, fmt.Errorf("core instance %d exports no function %q", ref.Core, ref.Name)
		}
	}
	in.funcs[ref] = f
	return f, nil
}

// call runs the function with the instance's context; stack holds the arguments,
// and then the results.
func (f *coreFunc) call(ctx context.Context, stack []uint64) error {
	if f.host != nil {
		return callHost(ctx, f.host, stack)
	}
	fn := f.fn
	if f.busy {
		fn = f.open()
	} else {
		f.busy = true
		defer func() { f.busy = false }()
	}
	if err := fn.CallWithStack(ctx, stack); err != nil {
		return trapOf(err)
	}
	return nil
}

// callHost calls a canonical definition, which reports traps by panics as the
// engine expects it.
func callHost(ctx context.Context, f api.GoFunction, stack []uint64) (err error) {
	defer func() {
		if r := recover(); r != nil {
			trap, ok := r.(error)
			if !ok {
				panic(r) // not one of ours
			}
			err = trap
		}
	}()
	f.Call(ctx, stack)
	return nil
}

// resolve makes the options of a canonical definition for this instance.
func (in *Instance) resolve(o *link.CanonOptions) (*abi.Options, error) {
	out := &abi.Options{Encoding: o.Encoding}
	if o.Memory.Valid {
		mem := in.cores[o.Memory.Core].ExportedMemory(o.Memory.Name)
		if mem == nil {
			return nil, fmt.Errorf("core instance %d exports no memory %q", o.Memory.Core, o.Memory.Name)
		}
		out.Memory = mem
	}
	if o.Realloc.Valid {
		realloc, err := in.coreFunc(o.Realloc)
		if err != nil {
			return nil, err
		}
		stack := make([]uint64, 4)
		out.Realloc = func(ctx context.Context, old, oldSize, align, size uint32) (uint32, error) {
			stack[0], stack[1], stack[2], stack[3] = uint64(old), uint64(oldSize), uint64(align), uint64(size)
			// It is a task of its own, as far as it can tell.
			storage := in.thread.storage
			in.thread.storage = [2]uint64{}
			err := realloc.call(ctx, stack)
			in.thread.storage = storage
			return uint32(stack[0]), err
		}
	}
	return out, nil
}

// canonOptions are the options of a canonical definition, by its number.
func (in *Instance) canonOptions(i int) (*abi.Options, error) {
	if o := in.options[i]; o != nil {
		return o, nil
	}
	o, err := in.resolve(&in.component.plan.Canons[i].Options)
	in.options[i] = o
	return o, err
}
