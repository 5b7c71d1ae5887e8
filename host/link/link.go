package link

import (
	"errors"
	"fmt"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
)

// Options adjust [Link].
type Options struct {
	// Strict makes it an error if the host does not offer all that the component
	// imports, with the same types. Without it such imports become functions
	// that trap when they are called, see [Plan.Gaps].
	Strict bool
}

// Link resolves a component that has been checked without errors. The imports
// must offer all that the component calls.
func Link(file *component.File, info *component.Info, imports *bind.Imports, opts Options) (*Plan, error) {
	return Compose([]Part{{File: file, Info: info, Imports: imports}}, opts)
}

// Part is one component of a composition.
type Part struct {
	File *component.File
	Info *component.Info
	// Imports are what the host offers it. Those of one composition are
	// siblings, see [bind.Imports.Sibling].
	Imports *bind.Imports
	// Plugs are the imports that earlier parts supply instead of the host.
	Plugs map[string]Plug
}

// Plug is the export of a part, by its number.
type Plug struct {
	Part   int
	Export string
}

// Compose resolves components that have been checked without errors and supply each
// other, as [Link] resolves one. What the last one exports is what they export.
func Compose(parts []Part, opts Options) (*Plan, error) {
	l := &linker{modules: map[string]int{}, plan: &Plan{Resources: map[*abi.ResourceType]*Resource{}}}
	var made []*Instance
	for _, p := range parts {
		if p.File.Root == nil {
			return nil, errors.New("not a component but a core module")
		}
		l.info = p.Info
		exports, err := l.instantiate(&closure{def: p.File.Root}, plugged{world{p.Imports}, p.Plugs, made})
		if err != nil {
			return nil, err
		}
		made = append(made, exports)
		l.plan.Exports = exports
	}
	if opts.Strict && len(l.plan.Gaps) > 0 {
		return nil, &GapsError{Gaps: l.plan.Gaps}
	}
	return l.plan, nil
}

// GapsError says what a component imports that the host does not offer.
type GapsError struct{ Gaps []Gap }

// Error names the first gap and counts the others.
func (e *GapsError) Error() string {
	s := e.Gaps[0].String()
	if n := len(e.Gaps) - 1; n > 0 {
		s += fmt.Sprintf(" (and %d more)", n)
	}
	return s
}

// String is the gap as a sentence.
func (g Gap) String() string {
	return fmt.Sprintf("import %s: %s", importName(g.Interface, g.Item), g.Reason)
}

func importName(iface, name string) string {
	if iface == "" {
		return name
	}
	return iface + "#" + name
}

// world supplies the root component from what the host offers.
type world struct{ imports *bind.Imports }

func (w world) supply(e *env, i uint32) error {
	imp := &e.def.Imports[i]
	name := imp.Name.Name
	root, _ := w.imports.Lookup("")
	in := newInstance()
	switch t := e.info.Imports[i].(type) {
	case *component.FuncType:
		if err := e.hostFunc(in, root, "", name, t); err != nil {
			return err
		}
	case *component.InstanceType:
		iface, ok := w.imports.Lookup(name)
		if _, isFunc := root.Lookup(name); isFunc && !ok {
			return fmt.Errorf("import %q: it is an instance, but the host offers a function of this name", name)
		}
		nested, err := e.hostInstance(iface, name, t)
		if err != nil {
			return err
		}
		in.Instances[name] = nested
	case *component.TypeItem:
		e.hostResource(in, root, "", name, t)
	case *component.CoreModuleType:
		if err := e.hostModule(in, root, "", name, t); err != nil {
			return err
		}
	default:
		return fmt.Errorf("import %q: the host offers no %s", name, component.SortOf(t))
	}
	return e.push(imp.Desc.Sort, in, name, e.info.Imports[i])
}

// hostInstance is an interface of the host, nil if it has none of the name, in the
// shape in which the component imports it.
func (e *env) hostInstance(iface *bind.Interface, name string, t *component.InstanceType) (*Instance, error) {
	in := newInstance()
	for item, t := range t.Exports.All() {
		switch t := t.(type) {
		case *component.TypeItem:
			e.hostResource(in, iface, name, item.Name, t)
		case *component.FuncType:
			if err := e.hostFunc(in, iface, name, item.Name, t); err != nil {
				return nil, err
			}
		case *component.InstanceType:
			nested, err := e.hostInstance(iface.Nested(item.Name), name+"/"+item.Name, t)
			if err != nil {
				return nil, err
			}
			in.Instances[item.Name] = nested
		case *component.CoreModuleType:
			if err := e.hostModule(in, iface, name, item.Name, t); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("import %q: the host offers no %s", name, component.SortOf(t))
		}
		in.Names = append(in.Names, item.Name)
	}
	return in, nil
}

// hostResource finds the resource of the host that an imported type stands for. If
// the host has none, no such resource can ever exist.
func (e *env) hostResource(in *Instance, iface *bind.Interface, name, item string, t *component.TypeItem) {
	r, ok := t.Created.(*component.ResourceType)
	if !ok {
		return
	}
	rt, known := e.resources[r.Resource]
	offered, ok := iface.Resource(item)
	switch {
	case known && ok && rt != offered:
		e.gap(name, item, "it is another resource than the component expects")
	case !known && ok:
		rt = offered
	case !known:
		rt = &abi.ResourceType{Name: importName(name, item)}
		e.gap(name, item, "the host does not offer the resource")
	}
	e.resources[r.Resource] = rt
	in.Resources[item] = rt
}

func (e *env) gap(iface, item, reason string) {
	e.plan.Gaps = append(e.plan.Gaps, Gap{Interface: iface, Item: item, Reason: reason})
}

// hostModule finds the core module of the host that an import stands for. Without
// it, nothing can be linked.
func (e *env) hostModule(
	in *Instance, iface *bind.Interface, name, item string, t *component.CoreModuleType,
) error {
	m, ok := iface.Module(item)
	if !ok {
		return fmt.Errorf("import %s: the host does not offer the core module", importName(name, item))
	}
	if err := e.linker.info.ModuleMatches(m, t); err != nil {
		return fmt.Errorf("import %s: the host offers another core module: %w", importName(name, item), err)
	}
	in.Modules[item] = &Source{Path: importName(name, item), Module: m}
	return nil
}

// hostFunc finds the function of the host that an imported function stands for.
func (e *env) hostFunc(in *Instance, iface *bind.Interface, name, item string, t *component.FuncType) error {
	ft, err := e.funcType(t)
	if err != nil {
		return err
	}
	f := &Func{Type: ft, Import: importName(name, item)}
	in.Funcs[item] = f
	offered, ok := iface.Lookup(item)
	reason := "the host does not offer it"
	if iface == nil && name != "" {
		reason = "the host does not offer the interface"
	}
	if ok {
		if f.Callee, err = bind.Bind(offered, ft); err == nil {
			return nil
		}
		reason = "the host offers it with other types: " + err.Error()
	}
	e.gap(name, item, reason)
	f.Gap = reason
	return nil
}
