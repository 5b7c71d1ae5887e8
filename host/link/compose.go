package link

import (
	"fmt"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
)

// plugged supplies a component from other components, and from the host what none
// of them supplies.
type plugged struct {
	world
	plugs map[string]Plug
	made  []*Instance // what the parts export
}

func (p plugged) supply(e *env, i uint32) error {
	imp := &e.def.Imports[i]
	plug, ok := p.plugs[imp.Name.Name]
	if !ok {
		return p.world.supply(e, i)
	}
	if plug.Part < 0 || plug.Part >= len(p.made) {
		return fmt.Errorf("import %q: there is no earlier component of number %d", imp.Name.Name, plug.Part)
	}
	from, t := p.made[plug.Part], e.info.Imports[i]
	if err := e.push(imp.Desc.Sort, from, plug.Export, t); err != nil {
		return fmt.Errorf("import %q: what is to supply it does not export %q", imp.Name.Name, plug.Export)
	}
	if err := e.checkPlug(from, plug.Export, t); err != nil {
		return fmt.Errorf("import %q: %w", imp.Name.Name, err)
	}
	return nil
}

// checkPlug is an error if an export has not the type that is imported.
func (e *env) checkPlug(from *Instance, name string, t component.Entity) error {
	switch t := t.(type) {
	case *component.FuncType:
		f, ok := from.Funcs[name]
		if !ok {
			return fmt.Errorf("the function %q is not exported", name)
		}
		want, err := e.funcType(t)
		if err != nil {
			return err
		}
		if !sameFunc(f.Type, want) {
			return fmt.Errorf("the function %q is exported with another type", name)
		}
	case *component.InstanceType:
		in, ok := from.Instances[name]
		if !ok {
			return fmt.Errorf("the interface %q is not exported", name)
		}
		for item, t := range t.Exports.All() {
			if err := e.checkPlug(in, item.Name, t); err != nil {
				return err
			}
		}
	case *component.TypeItem: // resources are compared where functions use them
	default:
		return fmt.Errorf("a %s cannot be supplied by another component", component.SortOf(t))
	}
	return nil
}

func sameFunc(a, b *abi.FuncType) bool {
	if a.Async != b.Async || len(a.Params) != len(b.Params) || !abi.Equal(a.Result, b.Result) {
		return false
	}
	for i, p := range a.Params {
		if p.Name != b.Params[i].Name || !abi.Equal(p.Type, b.Params[i].Type) {
			return false
		}
	}
	return true
}
