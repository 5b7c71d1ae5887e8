package link

import (
	"fmt"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
)

// canon evaluates a canonical definition.
func (e *env) canon(i int) error {
	def, info := &e.def.Canons[i], e.info.Canons[i]
	if info.Options.GC || info.Options.Memory64 {
		return fmt.Errorf("%s/canon[%d]: the engine has no GC types and no 64-bit memories", e.def.Path, i)
	}
	if def.Op == component.CanonLift {
		return e.lift(def, info)
	}
	if len(e.plan.Canons) >= MaxCanons {
		return fmt.Errorf("%s: more than %d canonical definitions", e.def.Path, MaxCanons)
	}
	c := &Canon{
		Op: def.Op, Instance: e.index, Type: info.Core.FuncType, Options: e.options(&info.Options), Info: def,
	}
	var err error
	switch {
	case def.Op == component.CanonLower:
		c.Func = e.funcs[def.Index]
		convention := abi.LowerSync
		if c.Options.Async {
			convention = abi.LowerAsync
		}
		c.Signature = c.Func.Type.Signature(convention)
	case info.Resource != nil:
		if c.Resource = e.resources[info.Resource.Resource]; c.Resource == nil {
			err = fmt.Errorf("%s/canon[%d]: unknown resource", e.def.Path, i)
		}
	case def.Op == component.CanonWaitableSetWait || def.Op == component.CanonWaitableSetPoll:
		c.Options.Memory = e.coreMemories[def.Index]
	case def.Op == component.CanonThreadNewIndirect:
		c.Table = e.coreTables[def.Index]
	case info.Value != nil:
		c.Value, err = e.valueType(info.Value)
	}
	e.coreFuncs = append(e.coreFuncs, CoreRef{Valid: true, Core: Host, Canon: len(e.plan.Canons)})
	e.plan.Canons = append(e.plan.Canons, c)
	return err
}

func (e *env) lift(def *component.Canon, info *component.CanonInfo) error {
	t, err := e.funcType(info.Func)
	if err != nil {
		return err
	}
	f := &Func{Type: t, Instance: e.index, Core: e.coreFuncs[def.Index], Options: e.options(&info.Options)}
	convention := abi.LiftSync
	switch {
	case f.Options.Async && f.Options.Callback.Valid:
		convention = abi.LiftCallback
	case f.Options.Async:
		convention = abi.LiftStackful
	}
	f.Signature = t.Signature(convention)
	e.funcs = append(e.funcs, f)
	return nil
}

// options resolves the options of a definition, which are all zero if it cannot
// have any.
func (e *env) options(o *component.CanonOptions) CanonOptions {
	if *o == (component.CanonOptions{}) {
		return CanonOptions{}
	}
	return CanonOptions{
		Encoding:   abi.Encoding(o.Encoding),
		Memory:     coreRef(e.coreMemories, o.Memory),
		Realloc:    coreRef(e.coreFuncs, o.Realloc),
		PostReturn: coreRef(e.coreFuncs, o.PostReturn),
		Callback:   coreRef(e.coreFuncs, o.Callback),
		Async:      o.Async,
	}
}
