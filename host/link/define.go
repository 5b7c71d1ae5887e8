package link

import (
	"fmt"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/host/abi"
)

// instance evaluates a component instance.
func (e *env) instance(i int) error {
	def := &e.def.Instances[i]
	var in *Instance
	var err error
	if def.Inline {
		in = newInstance()
		for _, x := range def.Exports {
			e.addExport(in, x.Name.Name, x.Sort, x.Index, nil)
		}
	} else {
		args := arguments{outer: e, list: def.Args}
		if in, err = e.linker.instantiate(e.components[def.Component], args); err != nil {
			return err
		}
	}
	t := e.info.Instances[len(e.instances)]
	e.instances = append(e.instances, in)
	e.nameResources(t.Exports, in)
	return nil
}

// arguments supplies a nested component with definitions of the one around it.
type arguments struct {
	outer *env
	list  []component.Arg
}

func (a arguments) supply(e *env, i uint32) error {
	imp := &e.def.Imports[i]
	for _, arg := range a.list {
		if arg.Name == imp.Name.Name {
			in := newInstance()
			a.outer.addExport(in, "", arg.Sort, arg.Index, nil)
			return e.push(arg.Sort, in, "", e.info.Imports[i])
		}
	}
	return fmt.Errorf("%s: import %q is not supplied", e.def.Path, imp.Name.Name)
}

// push adds the item of a name in an instance to the index space of its sort; t
// is its type here.
func (e *env) push(sort component.Sort, in *Instance, name string, t component.Entity) error {
	ok := true
	switch sort {
	case component.SortFunc:
		var f *Func
		f, ok = in.Funcs[name]
		e.funcs = append(e.funcs, f)
	case component.SortInstance:
		var nested *Instance
		nested, ok = in.Instances[name]
		e.instances = append(e.instances, nested)
		if it, is := t.(*component.InstanceType); ok && is {
			e.nameResources(it.Exports, nested)
		}
	case component.SortComponent:
		var c *closure
		c, ok = in.components[name]
		e.components = append(e.components, c)
	case component.SortCoreModule:
		var m *Source
		m, ok = in.Modules[name]
		e.coreModules = append(e.coreModules, m)
	case component.SortType:
		if item, is := t.(*component.TypeItem); is {
			e.nameResource(item, in.Resources[name])
		}
	default:
		return fmt.Errorf("%s: a %s cannot be imported or aliased", e.def.Path, sort)
	}
	if !ok {
		return fmt.Errorf("%s: there is no %s %q", e.def.Path, sort, name)
	}
	return nil
}

// nameResources notes what the resources in the type of an instance stand for.
func (e *env) nameResources(items component.Items, in *Instance) {
	for name, t := range items.All() {
		switch t := t.(type) {
		case *component.TypeItem:
			e.nameResource(t, in.Resources[name.Name])
		case *component.InstanceType:
			if nested, ok := in.Instances[name.Name]; ok {
				e.nameResources(t.Exports, nested)
			}
		}
	}
}

func (e *env) nameResource(item *component.TypeItem, rt *abi.ResourceType) {
	r, ok := item.Created.(*component.ResourceType)
	if ok && rt != nil && e.resources[r.Resource] == nil {
		e.resources[r.Resource] = rt
	}
}

// export evaluates an export, which also adds to the index space of its sort.
func (e *env) export(i int) {
	x := &e.def.Exports[i]
	e.addExport(e.exports, x.Name.Name, x.Sort, x.Index, e.info.Exports[i])
	// What is exported exists, so adding it again cannot fail.
	_ = e.push(x.Sort, e.exports, x.Name.Name, e.info.Exports[i])
}

// addExport puts a definition into an instance. t is its type there, nil if that
// is its type here.
func (e *env) addExport(in *Instance, name string, sort component.Sort, index uint32, t component.Entity) {
	switch sort {
	case component.SortFunc:
		in.Funcs[name] = e.funcs[index]
	case component.SortInstance:
		in.Instances[name] = e.instances[index]
	case component.SortComponent:
		in.components[name] = e.components[index]
	case component.SortCoreModule:
		in.Modules[name] = e.coreModules[index]
	case component.SortType:
		if r, ok := e.info.Types[index].(*component.ResourceType); ok {
			in.Resources[name] = e.resources[r.Resource]
		}
	}
	in.Names = append(in.Names, name)
}

// alias evaluates an alias.
func (e *env) alias(a *component.Alias) error {
	switch a.Kind {
	case component.AliasExport:
		return e.aliasExport(a)
	case component.AliasCoreExport:
		return e.aliasCoreExport(a)
	}
	from := e
	for range a.Count {
		from = from.up
	}
	switch a.Sort {
	case component.SortCoreModule:
		e.coreModules = append(e.coreModules, from.coreModules[a.Index])
	case component.SortComponent:
		e.components = append(e.components, from.components[a.Index])
	}
	return nil
}

func (e *env) aliasExport(a *component.Alias) error {
	in := e.instances[a.Instance]
	t, _ := e.info.Instances[a.Instance].Exports.Get(a.Name)
	return e.push(a.Sort, in, a.Name, t)
}

func (e *env) aliasCoreExport(a *component.Alias) error {
	ref, ok := e.coreInstances[a.Instance].export(a.Name)
	if !ok {
		return fmt.Errorf("%s: core instance %d does not export %q", e.def.Path, a.Instance, a.Name)
	}
	space := e.coreSpace(a.Sort)
	*space = append(*space, ref)
	return nil
}

// coreSpace is the index space of a core sort.
func (e *env) coreSpace(sort component.Sort) *[]CoreRef {
	switch sort {
	case component.SortCoreFunc:
		return &e.coreFuncs
	case component.SortCoreTable:
		return &e.coreTables
	case component.SortCoreMemory:
		return &e.coreMemories
	case component.SortCoreGlobal:
		return &e.coreGlobals
	}
	return &e.coreTags
}

// coreInstance evaluates a core instance.
func (e *env) coreInstance(def *component.CoreInstance) error {
	if def.Inline {
		bag := make(map[string]CoreRef, len(def.Exports))
		for _, x := range def.Exports {
			bag[x.Name] = (*e.coreSpace(x.Sort))[x.Index]
		}
		e.coreInstances = append(e.coreInstances, coreInstance{bag: bag})
		return nil
	}
	if len(e.plan.Cores) >= MaxCoreInstances {
		return fmt.Errorf("%s: more than %d core instances", e.def.Path, MaxCoreInstances)
	}
	m := e.coreModules[def.Module]
	args := make(map[string]coreInstance, len(def.Args))
	for _, a := range def.Args {
		args[a.Name] = e.coreInstances[a.Instance]
	}
	in := &CoreInstance{}
	names, err := e.resolveImports(m, args, in)
	if err != nil {
		return err
	}
	in.Module = e.module(m, names)
	e.coreInstances = append(e.coreInstances, coreInstance{core: len(e.plan.Cores)})
	e.plan.Cores = append(e.plan.Cores, in)
	return nil
}

// resolveImports finds what supplies each import of a module.
func (e *env) resolveImports(
	m *Source, args map[string]coreInstance, in *CoreInstance,
) ([]ImportName, error) {
	names := make([]ImportName, len(m.Module.Imports))
	from := map[int]int{}
	for i, imp := range m.Module.Imports {
		ref, ok := args[imp.Module].export(imp.Name)
		if !ok {
			return nil, fmt.Errorf("%s: import %q %q is not supplied", m.Path, imp.Module, imp.Name)
		}
		if ref.Core == Host {
			c := e.plan.Canons[ref.Canon]
			c.Importers = append(c.Importers, m.Path)
			names[i] = ImportName{From: Host, Name: CanonName(ref.Canon)}
			continue
		}
		place, ok := from[ref.Core]
		if !ok {
			place = len(in.From)
			from[ref.Core] = place
			in.From = append(in.From, ref.Core)
		}
		names[i] = ImportName{From: place, Name: ref.Name}
	}
	return names, nil
}

// CanonName is the name by which modules import a canonical definition.
func CanonName(number int) string { return fmt.Sprintf("%d", number) }

// module is the plan's module for a core module with its imports renamed.
func (l *linker) module(m *Source, names []ImportName) int {
	key := fmt.Sprintf("%p", m.Module)
	for _, n := range names {
		key += fmt.Sprintf(" %d %q", n.From, n.Name)
	}
	if i, ok := l.modules[key]; ok {
		return i
	}
	l.modules[key] = len(l.plan.Modules)
	l.plan.Modules = append(l.plan.Modules, &Module{Path: m.Path, Source: m.Module, Imports: names})
	return len(l.plan.Modules) - 1
}

// coreRef is a core function or memory that an option names.
func coreRef(space []CoreRef, index uint32) CoreRef {
	if index == core.NoIndex {
		return CoreRef{}
	}
	return space[index]
}
