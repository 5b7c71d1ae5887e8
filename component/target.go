package component

import (
	"strings"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/wit"
)

// Target compares a component with a world: see [wit.Target]. Imports that WIT
// cannot express, which no world offers, are mismatches, too; they come first.
func (i *Info) Target(
	f *File, target *wit.Resolve, world wit.WorldID, opts wit.TargetOptions,
) ([]wit.Mismatch, error) {
	r, own, err := i.World(f)
	if err != nil {
		return nil, err
	}
	return append(f.Root.NotInWIT(), wit.Target(r, own, target, world, opts)...), nil
}

// NotInWIT lists the imports that WIT cannot express, so that no world can offer
// them: core modules, components and values, and functions and types under the
// names of interfaces.
func (c *Component) NotInWIT() []wit.Mismatch {
	var found []wit.Mismatch
	for _, im := range c.Imports {
		switch sort := im.Desc.Sort; {
		case (sort == SortInstance || sort == SortFunc || sort == SortType) && im.Name.inWIT(sort):
		default:
			found = append(found, wit.Mismatch{
				Kind: wit.NotInWIT, Name: im.Name.full(), Component: sort.String(),
			})
		}
	}
	return found
}

// Need is a core module that calls for an import of its component.
type Need struct {
	Index  int // in [Component.CoreModules], and in [File.ModuleNames]
	Module *CoreModule
	// Imports are the module's imports in question.
	Imports []core.Import
}

// Needs tells which core modules of a component import from one of its imports,
// such as "wasi:io/poll@0.2.9", in file order. Modules ask for interfaces by
// name; an interface that goes by another version of the same track in the
// module counts, since the tools that make components merge these. A plain
// function of the world is asked for under its own name.
func (c *Component) Needs(name string) []Need {
	var needs []Need
	for i, m := range c.CoreModules {
		if m.Module == nil {
			continue
		}
		var found []core.Import
		for _, im := range m.Module.Imports {
			if isNeed(im, name) {
				found = append(found, im)
			}
		}
		if len(found) > 0 {
			needs = append(needs, Need{i, m, found})
		}
	}
	return needs
}

// rootModule is the module name under which core modules import the functions
// that a world imports directly.
const rootModule = "$root"

func isNeed(im core.Import, name string) bool {
	module := strings.TrimPrefix(im.Module, "cm32p2|")
	if module == name || module == rootModule && im.Name == name {
		return true
	}
	a, isInterface := wit.ParseInterfaceName(module)
	if !isInterface {
		return false
	}
	b, ok := wit.ParseInterfaceName(name)
	return ok && a.Unversioned() == b.Unversioned() && a.Package.Version.Compatible(b.Package.Version)
}
