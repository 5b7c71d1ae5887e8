package bind

import (
	"maps"
	"slices"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/host/abi"
)

// Imports is what a host offers to components: interfaces by WIT name. Fill it
// before the first component is linked with it; it must not change after that.
type Imports struct {
	interfaces map[string]*Interface
	*shared
}

// shared is what Imports that are siblings have in common.
type shared struct {
	states    []func() any                 // of [Store], by index of [Key]
	resources map[string]*abi.ResourceType // of [Resource], by their names
}

// NewImports returns an Imports that offers nothing.
func NewImports() *Imports {
	return &Imports{interfaces: map[string]*Interface{}, shared: &shared{resources: map[string]*abi.ResourceType{}}}
}

// Sibling returns an Imports that offers nothing, for another component of the
// same composition: what both offer may differ, but a resource that both declare by
// one name and Go type is the same one, so that the components can hand it on, and
// the values of all keys are in one [Store].
func (m *Imports) Sibling() *Imports {
	return &Imports{interfaces: map[string]*Interface{}, shared: m.shared}
}

// Interface returns the interface of this exact name ("wasi:io/streams@0.2.9"),
// adding it if it is not there. The name "" stands for the functions that a world
// imports outside of any interface.
func (m *Imports) Interface(name string) *Interface {
	i, ok := m.interfaces[name]
	if !ok {
		i = newInterface(name, m.shared)
		m.interfaces[name] = i
	}
	return i
}

// Lookup finds the interface that an import links to: the one of this exact
// name, or else the highest version on the same semver track, so that an import
// of 0.2.3 links to 0.2.9, but one of 0.3.0-rc-2026-03-15 to nothing else.
func (m *Imports) Lookup(name string) (*Interface, bool) {
	if i, ok := m.interfaces[name]; ok {
		return i, true
	}
	track, ok := trackOf(name)
	if !ok {
		return nil, false
	}
	var best *Interface
	for other, i := range m.interfaces {
		if t, ok := trackOf(other); ok && t == track && (best == nil || newer(other, best.name)) {
			best = i
		}
	}
	return best, best != nil
}

// Interface is one interface that a host offers.
type Interface struct {
	name      string
	shared    *shared
	funcs     map[string]Func
	resources map[string]*abi.ResourceType
	nested    map[string]*Interface
	modules   map[string]*core.Module
}

// Name is the interface's WIT name, with its version.
func (i *Interface) Name() string { return i.name }

// Func offers a function under its name in the interface: "get-random-bytes",
// "[method]input-stream.read", "[constructor]fields", "[static]fields.from-list".
// It replaces a function of the same name.
func (i *Interface) Func(name string, f Func) { i.funcs[name] = f }

// Lookup is the function of a name. A nil interface has none.
func (i *Interface) Lookup(name string) (Func, bool) {
	if i == nil {
		return nil, false
	}
	f, ok := i.funcs[name]
	return f, ok
}

// Funcs lists the names of the interface's functions, sorted.
func (i *Interface) Funcs() []string { return slices.Sorted(maps.Keys(i.funcs)) }

// AddResource offers a resource under its name in the interface. A resource that
// an interface merely uses from another one need not be added again.
func (i *Interface) AddResource(name string, r *abi.ResourceType) { i.resources[name] = r }

// Resource is the resource of a name. A nil interface has none.
func (i *Interface) Resource(name string) (*abi.ResourceType, bool) {
	if i == nil {
		return nil, false
	}
	r, ok := i.resources[name]
	return r, ok
}

// AddInterface offers an interface nested in this one, which WIT cannot express
// but components can import.
func (i *Interface) AddInterface(name string) *Interface {
	nested := newInterface(i.name+"/"+name, i.shared)
	i.nested[name] = nested
	return nested
}

// Nested is the nested interface of a name, nil if there is none.
func (i *Interface) Nested(name string) *Interface {
	if i == nil {
		return nil
	}
	return i.nested[name]
}

// AddModule offers a core module, which must stay readable as long as components
// are linked with it.
func (i *Interface) AddModule(name string, m *core.Module) { i.modules[name] = m }

// Module is the core module of a name. A nil interface has none.
func (i *Interface) Module(name string) (*core.Module, bool) {
	if i == nil {
		return nil, false
	}
	m, ok := i.modules[name]
	return m, ok
}

func newInterface(name string, s *shared) *Interface {
	return &Interface{
		name: name, shared: s, funcs: map[string]Func{}, resources: map[string]*abi.ResourceType{},
		nested: map[string]*Interface{}, modules: map[string]*core.Module{},
	}
}
