package link

import (
	"fmt"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
)

// closure is a component with the environment that its outer aliases refer to.
type closure struct {
	def *component.Component
	up  *env
}

// linker builds a plan.
type linker struct {
	info    *component.Info
	plan    *Plan
	modules map[string]int // of plan.Modules by key
}

// env is the environment in which the definitions of one component are evaluated:
// one for each component instance. Index spaces are slices.
type env struct {
	*linker
	def   *component.Component
	info  *component.ScopeInfo
	up    *env
	index int // of plan.Instances
	id    *abi.InstanceID

	coreFuncs, coreTables, coreMemories, coreGlobals, coreTags []CoreRef

	coreModules   []*Source
	coreInstances []coreInstance
	funcs         []*Func
	components    []*closure
	instances     []*Instance

	resources  map[*component.Resource]*abi.ResourceType
	valueTypes map[*component.ValueType]*abi.Type
	funcTypes  map[*component.FuncType]*abi.FuncType

	exports *Instance
}

// coreInstance is a core instance: one of the plan, or a bag of exports.
type coreInstance struct {
	core int // of plan.Cores, if bag is nil
	bag  map[string]CoreRef
}

func (c coreInstance) export(name string) (CoreRef, bool) {
	if c.bag == nil {
		return CoreRef{Valid: true, Core: c.core, Name: name}, true
	}
	ref, ok := c.bag[name]
	return ref, ok
}

func newInstance() *Instance {
	return &Instance{
		Funcs: map[string]*Func{}, Instances: map[string]*Instance{}, Resources: map[string]*abi.ResourceType{},
		Modules: map[string]*Source{}, components: map[string]*closure{},
	}
}

// newEnv starts the instantiation of a component.
func (l *linker) newEnv(c *closure) (*env, error) {
	if len(l.plan.Instances) >= MaxComponentInstances {
		return nil, fmt.Errorf("%s: more than %d component instances", c.def.Path, MaxComponentInstances)
	}
	id := &abi.InstanceID{Name: c.def.Path}
	e := &env{
		linker: l, def: c.def, info: l.info.Component(c.def), up: c.up, index: len(l.plan.Instances), id: id,
		resources:  map[*component.Resource]*abi.ResourceType{},
		valueTypes: map[*component.ValueType]*abi.Type{},
		funcTypes:  map[*component.FuncType]*abi.FuncType{},
		exports:    newInstance(),
	}
	l.plan.Instances = append(l.plan.Instances, id)
	return e, nil
}

// supplier gives a component what it imports.
type supplier interface {
	// supply evaluates the i-th import of the component.
	supply(e *env, i uint32) error
}

// instantiate evaluates all definitions of a component in order.
func (l *linker) instantiate(c *closure, args supplier) (*Instance, error) {
	e, err := l.newEnv(c)
	if err != nil {
		return nil, err
	}
	space := c.def.Space(component.SortType)
	types := 0
	for _, d := range c.def.Order {
		if d.Kind == component.DefImport {
			err = args.supply(e, d.Index)
		} else {
			err = e.define(d)
		}
		if types < len(space) && space[types] == d {
			e.defineResource(e.info.Types[types])
			types++
		}
		if err != nil {
			return nil, err
		}
	}
	return e.exports, nil
}

// define evaluates one definition other than an import.
func (e *env) define(d component.Def) error {
	i := d.Index
	switch d.Kind {
	case component.DefCoreModule:
		m := e.def.CoreModules[i]
		e.coreModules = append(e.coreModules, &Source{Path: m.Path, Module: m.Module})
	case component.DefCoreInstance:
		return e.coreInstance(&e.def.CoreInstances[i])
	case component.DefComponent:
		e.components = append(e.components, &closure{def: e.def.Components[i], up: e})
	case component.DefInstance:
		return e.instance(int(i))
	case component.DefAlias:
		return e.alias(&e.def.Aliases[i])
	case component.DefCanon:
		return e.canon(int(i))
	case component.DefExport:
		e.export(int(i))
	case component.DefStart, component.DefValue:
		return fmt.Errorf("%s: values and start functions are not supported", e.def.Path)
	}
	return nil
}

// defineResource makes the resource that a type definition introduces, if it is
// one of this component.
func (e *env) defineResource(t component.AnyType) {
	r, ok := t.(*component.ResourceType)
	if !ok || r.Resource.Def == nil || e.resources[r.Resource] != nil {
		return
	}
	rt := &abi.ResourceType{Name: e.def.Path + "/" + r.Resource.String(), Definer: e.id}
	e.resources[r.Resource] = rt
	res := &Resource{}
	if r.Resource.Def.HasDtor {
		res.Dtor = e.coreFuncs[r.Resource.Def.Dtor]
	}
	e.plan.Resources[rt] = res
}
