package spin

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/spin"
)

// Part is one of the components that a component of the application is composed of:
// its dependencies, then itself, then the middleware of its triggers, the innermost
// first.
type Part struct {
	// Path is that of its binary.
	Path string
	// Imports are what the host offers it.
	Imports *bind.Imports

	dependency *spin.Dependency // nil for the component itself
	component  *spin.Component  // which this is a part of
	middleware bool
}

// handlerName is the interface that middleware wraps.
const handlerName = "wasi:http/handler@0.3.0"

// Parts are what the component of an id is composed of; most are one part. guest is
// as of [App.AddComponent]; dependencies get its environment only if they inherit
// that.
func (a *App) Parts(ctx context.Context, id string, guest wasi.Config) ([]Part, error) {
	c, ok := a.manifest.Component(id)
	if !ok {
		return nil, fmt.Errorf("the application has no component %q", id)
	}
	middleware, err := a.middleware(id)
	if err != nil {
		return nil, err
	}
	path, err := a.Source(ctx, id)
	if err != nil {
		return nil, err
	}
	imports := bind.NewImports()
	if err := a.AddComponent(ctx, imports, id, guest); err != nil {
		return nil, err
	}
	var parts []Part
	add := func(d *spin.Dependency, isMiddleware bool) error {
		p, err := a.dependencyPart(ctx, c, d, imports.Sibling(), guest)
		p.middleware = isMiddleware
		parts = append(parts, p)
		return err
	}
	for i := range c.Dependencies {
		if err := add(&c.Dependencies[i], false); err != nil {
			return nil, err
		}
	}
	parts = append(parts, Part{Path: path, Imports: imports, component: c})
	for i := range slices.Backward(middleware) {
		if err := add(&middleware[i], true); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// middleware is what the HTTP triggers of a component wrap it in, the outermost
// first.
func (a *App) middleware(id string) ([]spin.Dependency, error) {
	var first *spin.Trigger
	for i := range a.manifest.Triggers {
		t := &a.manifest.Triggers[i]
		if t.Type != "http" || t.Component.Value != id {
			continue
		}
		for _, d := range t.Dependencies {
			if d.Selector != "middleware" {
				return nil, fmt.Errorf("%s: trigger.http.dependencies.%s: HTTP triggers have middleware alone", d.Pos, d.Selector)
			}
		}
		if first == nil {
			first = t
		}
		if !slices.EqualFunc(first.Dependencies, t.Dependencies, sameDependency) {
			return nil, fmt.Errorf("%s: trigger.http.dependencies.middleware: the component %s has another trigger (%s) "+
				"with other middleware: give both the same, or make two components of it", t.Pos, id, first.Pos)
		}
	}
	if first == nil {
		return nil, nil
	}
	return first.Dependencies, nil
}

// sameDependency compares dependencies without their places.
func sameDependency(a, b spin.Dependency) bool {
	same := slices.EqualFunc(a.Inherit, b.Inherit, func(x, y spin.String) bool { return x.Value == y.Value })
	a.Pos, b.Pos, a.Inherit, b.Inherit = spin.Position{}, spin.Position{}, nil, nil
	return same && reflect.DeepEqual(a, b)
}

// dependencyPart is the part that a dependency of a component adds.
func (a *App) dependencyPart(
	ctx context.Context, c *spin.Component, d *spin.Dependency, imports *bind.Imports, guest wasi.Config,
) (Part, error) {
	path, err := a.dependencyPath(ctx, c, d)
	if err != nil {
		return Part{}, err
	}
	inherited := d.Inherited(c)
	if !d.Inherits(c, "environment") {
		guest.Env = nil
	}
	g := &grants{app: a, component: &inherited, dependency: d}
	return Part{Path: path, Imports: imports, dependency: d, component: c}, g.add(ctx, imports, guest)
}

func (a *App) dependencyPath(ctx context.Context, c *spin.Component, d *spin.Dependency) (string, error) {
	if d.Component != "" {
		return a.Source(ctx, d.Component)
	}
	path, err := a.sourcePath(ctx, d.Source())
	if err != nil {
		err = fmt.Errorf("%s: component %s: dependency %q: %w", d.Pos, c.ID, d.Selector, err)
	}
	return path, err
}

// Plugs says for each part which of its imports are exports of earlier ones, given
// the binaries of the parts.
func Plugs(parts []Part, files []*component.File) ([]map[string]link.Plug, error) {
	plugs := make([]map[string]link.Plug, len(parts))
	var errs []error
	for i, p := range parts {
		switch {
		case p.middleware:
			plugs[i] = map[string]link.Plug{handlerName: {Part: i - 1, Export: handlerName}}
			errs = append(errs, p.mustExport(files[i-1], parts[i-1]), p.mustImport(files[i]))
		case p.dependency == nil:
			plugs[i] = map[string]link.Plug{}
			for k := range i {
				errs = append(errs, parts[k].plugInto(plugs[i], k, files[i], files[k]))
			}
		}
	}
	return plugs, errors.Join(errs...)
}

// plugInto plugs what the part of number k exports into the imports of a component.
func (p Part) plugInto(plugs map[string]link.Plug, k int, into, from *component.File) error {
	d, fits := p.dependency, 0
	for _, imp := range into.Root.Imports {
		name := imp.Name.Name
		if !d.Fits(name) {
			continue
		}
		fits++
		export := name
		if d.Export != "" {
			export = d.Export
		}
		if !exports(from, export) {
			return p.errorf("it does not export %s: it exports %s", export, strings.Join(exportNames(from), ", "))
		}
		plugs[name] = link.Plug{Part: k, Export: export}
	}
	if fits == 0 {
		return p.errorf("the component imports nothing that it fits: it imports %s", strings.Join(importNames(into), ", "))
	}
	return nil
}

func (p Part) mustExport(inner *component.File, of Part) error {
	if exports(inner, handlerName) {
		return nil
	}
	what := "component " + of.component.ID
	if of.middleware {
		what = of.Path
	}
	return p.errorf("middleware wraps %s, which %s does not export: it exports %s",
		handlerName, what, strings.Join(exportNames(inner), ", "))
}

func (p Part) mustImport(file *component.File) error {
	if slices.Contains(importNames(file), handlerName) {
		return nil
	}
	return p.errorf("%s is no middleware, for it does not import %s", p.Path, handlerName)
}

func (p Part) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: dependency %q: %w", p.dependency.Pos, p.dependency.Selector, fmt.Errorf(format, args...))
}

func exports(file *component.File, name string) bool { return slices.Contains(exportNames(file), name) }

func exportNames(file *component.File) (names []string) {
	for _, x := range file.Root.Exports {
		names = append(names, x.Name.Name)
	}
	return names
}

func importNames(file *component.File) (names []string) {
	for _, x := range file.Root.Imports {
		names = append(names, x.Name.Name)
	}
	return names
}
