package host

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/internal/memory"
	"github.com/edgelint/edgelint/host/link"
)

// Component is a component that is ready to be instantiated, any number of times
// and by many goroutines.
type Component struct {
	engine  *Engine
	plan    *link.Plan
	imports *bind.Imports
	modules []wazero.CompiledModule // by number of plan.Modules
	images  []*memory.Image         // by number of plan.Modules; nil if it defines no memory
	states  []link.State            // by number of plan.Modules
	canons  api.Module              // the canonical definitions, for all instances
	async   bool                    // calls may have to wait
}

// Part is one component of a composition.
type Part struct {
	File *component.File
	// Imports are what the host offers it. Those of one composition are
	// siblings, see [bind.Imports.Sibling].
	Imports *bind.Imports
	// Plugs are the imports that earlier parts supply instead of the host.
	Plugs map[string]link.Plug
}

// Compile checks a component, links it with what the host offers, and compiles its
// core modules. The file may be closed afterwards.
func (e *Engine) Compile(
	ctx context.Context, file *component.File, imports *bind.Imports, opts link.Options,
) (*Component, error) {
	return e.Compose(ctx, []Part{{File: file, Imports: imports}}, opts)
}

// Compose compiles components that supply each other, as [Engine.Compile] does one.
// What the last one exports is what they export.
func (e *Engine) Compose(ctx context.Context, parts []Part, opts link.Options) (*Component, error) {
	if len(parts) == 0 {
		return nil, errors.New("no component to compose")
	}
	linked := make([]link.Part, len(parts))
	for i, p := range parts {
		info, errs := component.Check(p.File, component.CheckOptions{Features: component.AllFeatures})
		if err := errs.Err(); err != nil {
			return nil, err
		}
		linked[i] = link.Part{File: p.File, Info: info, Imports: p.Imports, Plugs: p.Plugs}
	}
	plan, err := link.Compose(linked, opts)
	if err != nil {
		return nil, err
	}
	// The imports of siblings make the same stores.
	c := &Component{engine: e, plan: plan, imports: parts[0].Imports, async: usesAsync(plan)}
	if err := c.compile(ctx); err != nil {
		c.Close(ctx)
		return nil, err
	}
	return c, nil
}

// Plan is how the component was linked.
func (c *Component) Plan() *link.Plan { return c.plan }

// Lasting says why an instance cannot be reset and must be made anew for each
// request; it is empty if it can be reset.
func (c *Component) Lasting() string {
	for i, s := range c.states {
		if s.Lasting != "" {
			return c.plan.Modules[i].Path + " has " + s.Lasting
		}
	}
	return ""
}

// Close releases the compiled code. No instance of the component may be in use.
func (c *Component) Close(ctx context.Context) error {
	var errs []error
	if c.canons != nil {
		errs = append(errs, c.canons.Close(ctx))
	}
	for _, m := range c.modules {
		errs = append(errs, m.Close(ctx))
	}
	for _, img := range c.images {
		if img != nil {
			errs = append(errs, img.Close())
		}
	}
	return errors.Join(errs...)
}

func (c *Component) compile(ctx context.Context) error {
	ctx = experimental.WithCompilationWorkers(ctx, c.engine.opts.Workers)
	var done, total int64
	for _, m := range c.plan.Modules {
		total += m.Source.Range.Len
	}
	for _, m := range c.plan.Modules {
		if err := c.compileModule(ctx, m); err != nil {
			return err
		}
		done += m.Source.Range.Len
		if c.engine.opts.Progress != nil {
			c.engine.opts.Progress(done, total)
		}
	}
	return c.compileCanons(ctx)
}

func (c *Component) compileModule(ctx context.Context, m *link.Module) error {
	if n := len(m.Source.Memories); n > 1 {
		return fmt.Errorf("%s: the module has %d memories, and the engine supports one: build it without multi-memory",
			m.Path, n)
	}
	state, err := m.State()
	if err != nil {
		return err
	}
	rewrite := link.Rewrite{Globals: state.Globals}
	img, err := c.image(m, &rewrite)
	if err != nil {
		return fmt.Errorf("%s: %w", m.Path, err)
	}
	c.states, c.images = append(c.states, state), append(c.images, img)
	binary, err := m.Binary(rewrite)
	if err != nil {
		return err
	}
	compiled, err := c.engine.runtime.CompileModule(ctx, binary)
	if err != nil {
		return fmt.Errorf("%s: %w", m.Path, err)
	}
	c.modules = append(c.modules, compiled)
	return nil
}

// image makes the image of the memory that a module defines, nil if it defines
// none that the host provides. If the image has the module's data in it, rewrite
// leaves the data out of the module.
func (c *Component) image(m *link.Module, rewrite *link.Rewrite) (*memory.Image, error) {
	size, ok := m.MemorySize()
	if !ok {
		return nil, nil
	}
	if limit := uint64(c.engine.opts.MemoryPages) << 16; size > limit {
		return nil, fmt.Errorf("the memory has %.1f MiB from the start, and the limit is %.1f MiB: raise it",
			float64(size)/(1<<20), float64(limit)/(1<<20))
	}
	img, ok := m.Image()
	if !ok {
		return c.engine.tracker.NewImage(size, func([]byte) error { return nil })
	}
	rewrite.EmptyData = true
	return c.engine.tracker.NewImage(size, img.Fill)
}

// compileCanons makes the host module that the core modules import canonical
// definitions from.
func (c *Component) compileCanons(ctx context.Context) error {
	if len(c.plan.Canons) == 0 {
		return nil
	}
	// The name is never looked up: imports are resolved for each instance.
	builder := c.engine.runtime.NewHostModuleBuilder(link.HostModule)
	for i, def := range c.plan.Canons {
		f, err := c.canon(i, def)
		if err != nil {
			return err
		}
		builder.NewFunctionBuilder().WithGoFunction(f, coreTypes(def.Type.Params), coreTypes(def.Type.Results)).
			WithName(canonName(def)).Export(link.CanonName(i))
	}
	compiled, err := builder.Compile(ctx)
	if err != nil {
		return err
	}
	c.canons, err = c.engine.runtime.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName(""))
	return err
}

// canonName is the name of a canonical definition in stack traces.
func canonName(def *link.Canon) string {
	if def.Func != nil && def.Func.Import != "" {
		return def.Func.Import
	}
	return def.Op.String()
}
