package host

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero/api"

	"github.com/edgelint/edgelint/host/internal/memory"
	"github.com/edgelint/edgelint/host/link"
)

// An instance is reset by undoing what it wrote since it was made: pages of its
// memories, mutable globals, and what the host keeps for it. Nothing else of it can
// change, which [link.Module.State] makes sure of for its code.

// keptGlobal is a mutable global and the value it had when the instance was made.
type keptGlobal struct {
	global api.MutableGlobal
	value  uint64
}

// errLasting is the error of keep for components that cannot be reset.
var errLasting = errors.New("the component cannot be reset")

// keep notes the present state as what reset goes back to. No call may be in
// progress.
func (in *Instance) keep() error {
	if why := in.component.Lasting(); why != "" {
		return fmt.Errorf("%w: %s", errLasting, why)
	}
	for i := range in.parts {
		for range in.parts[i].Table.All() {
			return fmt.Errorf("%w: it has handles from the start", errLasting)
		}
	}
	for _, m := range in.memories {
		if err := m.Keep(); err != nil {
			return err
		}
	}
	in.globals = []keptGlobal{}
	for i, core := range in.component.plan.Cores {
		for _, g := range in.component.states[core.Module].Globals {
			global, ok := in.cores[i].ExportedGlobal(link.GlobalName(g)).(api.MutableGlobal)
			if !ok {
				return fmt.Errorf("%w: core instance %d hides its global %d", errLasting, i, g)
			}
			in.globals = append(in.globals, keptGlobal{global, global.Get()})
		}
	}
	return nil
}

// reset makes the instance what it was at keep. After an error it must be closed.
func (in *Instance) reset(ctx context.Context) error {
	if in.dead != nil {
		return in.dead
	}
	if in.globals == nil {
		return errLasting
	}
	if err := in.dropHostResources(in.context(ctx)); err != nil {
		return err
	}
	in.store.Reset(in.component.imports)
	in.threads = 0
	for i := range in.concurrent {
		in.parts[i].Backpressure, in.concurrent[i] = 0, concurrency{}
	}
	for _, m := range in.memories {
		if _, err := m.Reset(); err != nil {
			return err
		}
	}
	for _, g := range in.globals {
		if g.global.Get() != g.value {
			g.global.Set(g.value)
		}
	}
	return nil
}

// mapMemory makes the memory of a core instance.
func (c *Component) mapMemory(module int, img *memory.Image) (*memory.Memory, error) {
	limit := uint64(c.engine.opts.MemoryPages)
	if m := c.plan.Modules[module].Source.Memories[0]; m.HasMax {
		limit = min(limit, m.Max)
	}
	return img.Map(limit << 16)
}
