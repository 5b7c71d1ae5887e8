package host

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/internal/memory"
	"github.com/edgelint/edgelint/host/link"
)

// Instance is a running component, with its nested components: its memories,
// globals, tables and handles. One goroutine at a time may use it.
type Instance struct {
	component *Component
	store     *bind.Store
	cores     []api.Module        // by number of plan.Cores
	memories  []*memory.Memory    // all that the host provides
	globals   []keptGlobal        // nil unless kept
	stops     []api.MutableGlobal // link.StopName of the core instances
	parts     []abi.Instance
	options   []*abi.Options // of canonical definitions, made when first used
	lifts     map[*link.Func]*lifted
	funcs     map[link.CoreRef]*coreFunc
	lowerings []*lowering // not in use
	thread    *thread     // which runs
	depth     int

	// Of components that use async:
	concurrent []concurrency        // by component instance, as parts
	threads    int                  // that have an index
	waiting    []*thread            // for something, in order
	blocked    map[*thread]struct{} // those that have begun and not ended
	loop       loop
	life       context.Context // ends when the instance is interrupted
	endLife    context.CancelCauseFunc

	dead error // the trap that ended it
	uses int   // since the last reset, by a pool
}

// ErrDead is the error of calls into an instance that has trapped before.
var ErrDead = errors.New("cannot enter component instance: it has trapped")

// Instantiate makes an instance. The caller closes it.
func (c *Component) Instantiate(ctx context.Context) (*Instance, error) {
	in := &Instance{
		component: c, store: c.imports.NewStore(),
		cores:   make([]api.Module, 0, len(c.plan.Cores)),
		parts:   make([]abi.Instance, len(c.plan.Instances)),
		options: make([]*abi.Options, len(c.plan.Canons)),
		lifts:   map[*link.Func]*lifted{},
		funcs:   map[link.CoreRef]*coreFunc{},
	}
	for i, id := range c.plan.Instances {
		in.parts[i].ID, in.parts[i].MayLeave = id, true
	}
	if c.async {
		in.concurrent, in.blocked = make([]concurrency, len(in.parts)), map[*thread]struct{}{}
		in.life, in.endLife = context.WithCancelCause(context.Background())
		in.loop.cancels, in.loop.ends = map[*asyncLowering]context.CancelFunc{}, map[*abi.HostEnd]struct{}{}
		for i := range in.parts {
			in.parts[i].Loop = in
		}
	}
	in.enterInline(ctx)
	ctx = in.context(ctx)
	for i, def := range c.plan.Cores {
		err := in.instantiateCore(ctx, def)
		if err == nil {
			err = in.startCore(ctx, i)
		}
		if err != nil {
			err = trapOf(err)
			in.Close(ctx)
			return nil, fmt.Errorf("%s (core instance %d): %w", c.plan.Modules[def.Module].Path, i, err)
		}
	}
	return in, nil
}

// startCore runs the start function of a core instance, if it has one.
func (in *Instance) startCore(ctx context.Context, i int) error {
	if in.component.plan.Modules[in.component.plan.Cores[i].Module].Source.Start == core.NoIndex {
		return nil
	}
	start, err := in.coreFunc(link.CoreRef{Valid: true, Core: i, Name: link.StartName})
	if err != nil {
		return err
	}
	return in.interruptible(ctx, func() error { return start.call(ctx, nil) })
}

func (in *Instance) instantiateCore(ctx context.Context, def *link.CoreInstance) error {
	ctx = experimental.WithImportResolver(ctx, func(name string) api.Module {
		if name == link.HostModule {
			return in.component.canons
		}
		for place, from := range def.From {
			if link.FromModule(place) == name {
				return in.cores[from]
			}
		}
		return nil
	})
	if img := in.component.images[def.Module]; img != nil {
		mem, err := in.component.mapMemory(def.Module, img)
		if err != nil {
			return err
		}
		in.memories = append(in.memories, mem)
		ctx = experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(
			func(_, _ uint64) experimental.LinearMemory { return mem },
		))
	}
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions()
	m, err := in.component.engine.runtime.InstantiateModule(ctx, in.component.modules[def.Module], config)
	if err != nil {
		return err
	}
	in.cores = append(in.cores, m)
	if stop, ok := m.ExportedGlobal(link.StopName).(api.MutableGlobal); ok {
		in.stops = append(in.stops, stop)
	}
	return nil
}

// Close ends the instance: what it still owns is dropped, without running its
// destructors.
func (in *Instance) Close(ctx context.Context) error {
	ctx = in.context(ctx)
	in.stopLoop()
	in.die(ErrDead)
	errs := []error{in.dropHostResources(ctx)}
	for _, m := range in.cores {
		errs = append(errs, m.Close(ctx))
	}
	for _, m := range in.memories {
		m.Free()
	}
	in.cores, in.memories = nil, nil
	return errors.Join(errs...)
}

// Store is the host's state of the instance.
func (in *Instance) Store() *bind.Store { return in.store }

// dropHostResources tells the host of all its resources that the instance owns.
func (in *Instance) dropHostResources(ctx context.Context) error {
	var err error
	for i := range in.parts {
		for _, e := range in.parts[i].Table.All() {
			if e.Own && e.Type != nil && e.Type.Drop != nil {
				err = errors.Join(err, e.Type.Drop(ctx, e.Rep))
			}
		}
		in.parts[i].Table.Reset()
	}
	return err
}

type instanceKey struct{}

// instanceContext finds the instance that a call belongs to.
type instanceContext struct {
	context.Context
	in *Instance
}

func (c instanceContext) Value(key any) any {
	if key == (instanceKey{}) {
		return c.in
	}
	return c.Context.Value(key)
}

func (in *Instance) context(ctx context.Context) context.Context {
	return instanceContext{Context: bind.WithStore(ctx, in.store), in: in}
}

func instanceOf(ctx context.Context) *Instance {
	in, _ := ctx.Value(instanceKey{}).(*Instance)
	return in
}

// Foreign is a resource type of this component as other components know it, which
// are linked with what it exports: its resources stay with this instance.
func (in *Instance) Foreign(rt *abi.ResourceType) *abi.ResourceType {
	return &abi.ResourceType{Name: rt.Name, Drop: func(ctx context.Context, rep abi.Rep) error {
		return in.drop(in.context(ctx), rt, rep)
	}}
}
