// Package bytecodealliance hands sets of WIT packages on to the tools of
// go.bytecodealliance.org, such as its generator of Go bindings, which otherwise
// read WIT by running wasm-tools.
//
//	set, _, err := wit.Load(os.DirFS("wit"), ".", wit.Options{})
//	if err != nil {
//		return err
//	}
//	resolve, err := bytecodealliance.Resolve(set)
//	if err != nil {
//		return err
//	}
//	packages, err := bindgen.Go(resolve)
//
// It is a module of its own, so that the main one does not depend on that one.
package bytecodealliance

import (
	"fmt"

	"github.com/coreos/go-semver/semver"
	bca "go.bytecodealliance.org/wit"

	"github.com/edgelint/edgelint/wit"
)

// Resolve translates a set of packages. All arenas keep their order, so that
// index i here is id i there. It fails for what the other model has no place for:
// async functions, getters and setters, maps and lists of fixed length.
func Resolve(r *wit.Resolve) (*bca.Resolve, error) {
	a := &adapter{from: r, to: &bca.Resolve{
		Worlds:     make([]*bca.World, len(r.Worlds)),
		Interfaces: make([]*bca.Interface, len(r.Interfaces)),
		TypeDefs:   make([]*bca.TypeDef, len(r.Types)),
		Packages:   make([]*bca.Package, len(r.Packages)),
	}}
	fill(a.to.Worlds)
	fill(a.to.Interfaces)
	fill(a.to.TypeDefs)
	fill(a.to.Packages)
	for i, p := range r.Packages {
		a.pkg(a.to.Packages[i], p)
	}
	for i, t := range r.Types {
		a.typeDef(a.to.TypeDefs[i], t)
	}
	for i, iface := range r.Interfaces {
		a.iface(a.to.Interfaces[i], iface)
	}
	for i, w := range r.Worlds {
		a.world(a.to.Worlds[i], w)
	}
	if a.err != nil {
		return nil, a.err
	}
	return a.to, nil
}

// fill allocates what the pointers point to, since the parts refer to each other.
func fill[T any](list []*T) {
	for i := range list {
		list[i] = new(T)
	}
}

// adapter keeps the first error.
type adapter struct {
	from *wit.Resolve
	to   *bca.Resolve
	err  error
}

func (a *adapter) fail(format string, args ...any) {
	if a.err == nil {
		a.err = fmt.Errorf(format, args...)
	}
}

func (a *adapter) pkg(to *bca.Package, p *wit.Package) {
	to.Name = bca.Ident{Namespace: p.Name.Namespace, Package: p.Name.Name, Version: a.version(p.Name.Version)}
	to.Docs.Contents = p.Docs.Text
	for name, id := range p.Interfaces.All() {
		to.Interfaces.Set(name, a.to.Interfaces[id])
	}
	for name, id := range p.Worlds.All() {
		to.Worlds.Set(name, a.to.Worlds[id])
	}
}

func (a *adapter) version(v wit.Version) *semver.Version {
	if v == "" {
		return nil
	}
	parsed, err := semver.NewVersion(string(v))
	if err != nil {
		a.fail("version %q: %w", v, err)
	}
	return parsed
}

func (a *adapter) packageOf(id wit.PackageID) *bca.Package {
	if id == wit.NoPackage {
		return nil
	}
	return a.to.Packages[id]
}

func (a *adapter) stability(s wit.Stability) bca.Stability {
	switch s.Level {
	case wit.Stable:
		to := &bca.Stable{Deprecated: a.version(s.Deprecated)}
		if since := a.version(s.Since); since != nil {
			to.Since = *since
		}
		return to
	case wit.Unstable:
		return &bca.Unstable{Feature: s.Feature, Deprecated: a.version(s.Deprecated)}
	}
	return nil
}

func (a *adapter) iface(to *bca.Interface, i *wit.Interface) {
	to.Name = optional(i.Name)
	to.Package, to.Stability, to.Docs.Contents = a.packageOf(i.Package), a.stability(i.Stability), i.Docs.Text
	for name, id := range i.Types.All() {
		to.TypeDefs.Set(name, a.to.TypeDefs[id])
	}
	for name, f := range i.Functions.All() {
		to.Functions.Set(name, a.function(f))
	}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (a *adapter) world(to *bca.World, w *wit.World) {
	to.Name, to.Package = w.Name, a.packageOf(w.Package)
	to.Stability, to.Docs.Contents = a.stability(w.Stability), w.Docs.Text
	for key, item := range w.Imports.All() {
		to.Imports.Set(itemKey(key), a.worldItem(item))
	}
	for key, item := range w.Exports.All() {
		to.Exports.Set(itemKey(key), a.worldItem(item))
	}
}

// itemKey is the key of an import or export in the JSON of wasm-tools, which the
// other model keeps: a plain name, or "interface-3".
func itemKey(key wit.WorldKey) string {
	if key.IsInterface() {
		return fmt.Sprintf("interface-%d", key.Interface)
	}
	return key.Name
}

func (a *adapter) worldItem(item wit.WorldItem) bca.WorldItem {
	switch item := item.(type) {
	case *wit.InterfaceItem:
		return &bca.InterfaceRef{Interface: a.to.Interfaces[item.ID], Stability: a.stability(item.Stability)}
	case *wit.Function:
		return a.function(item)
	case *wit.TypeItem:
		return a.to.TypeDefs[item.ID]
	}
	a.fail("an import or export of the type %T", item)
	return nil
}

func (a *adapter) function(f *wit.Function) *bca.Function {
	if f.Async {
		a.fail("%s: go.bytecodealliance.org has no async functions", f.Name)
	}
	if f.Accessor != wit.NoAccessor {
		a.fail("%s: go.bytecodealliance.org has no getters and setters", f.Name)
	}
	to := &bca.Function{
		Name: f.Name, Kind: a.functionKind(f),
		Stability: a.stability(f.Stability), Docs: bca.Docs{Contents: f.Docs.Text},
	}
	for _, p := range f.Params {
		to.Params = append(to.Params, bca.Param{Name: p.Name, Type: a.typ(p.Type)})
	}
	if f.Result != wit.None {
		to.Results = []bca.Param{{Type: a.typ(f.Result)}}
	}
	return to
}

func (a *adapter) functionKind(f *wit.Function) bca.FunctionKind {
	switch f.Kind {
	case wit.Method:
		return &bca.Method{Type: a.to.TypeDefs[f.Resource]}
	case wit.Static:
		return &bca.Static{Type: a.to.TypeDefs[f.Resource]}
	case wit.Constructor:
		return &bca.Constructor{Type: a.to.TypeDefs[f.Resource]}
	}
	return &bca.Freestanding{}
}
