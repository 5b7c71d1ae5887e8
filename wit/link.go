package wit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// link puts the packages of all inputs into the set, each after those it
// depends on, and gives the main one.
func (l *loader) link() PackageID {
	pkgs := map[PackageName]*unresolved{}
	var names []PackageName
	for _, in := range l.inputs {
		if in.binary != nil {
			continue
		}
		for _, u := range append(in.nested, in.main) {
			if prev := pkgs[u.name]; prev != nil {
				l.report(u.nameSpan, fmt.Sprintf("the package `%s` is defined twice", u.name),
					"the other is at "+l.where(prev.nameSpan))
				continue
			}
			if l.res.PackageNames.Has(u.name) {
				l.report(u.nameSpan, fmt.Sprintf("the package `%s` is there in binary form, too", u.name),
					"keep one of them")
			}
			pkgs[u.name] = u
			names = append(names, u.name)
		}
	}
	slices.SortFunc(names, comparePackageNames)
	o := packageOrder{l: l, pkgs: pkgs, done: map[PackageName]bool{}, visiting: map[PackageName]bool{}}
	for _, name := range names {
		o.visit(pkgs[name], 0)
	}
	for _, u := range o.order {
		if len(l.errs) == 0 {
			newLinker(l, u).link()
		}
	}
	id, _ := l.res.PackageNames.Get(l.inputs[0].main.name)
	return id
}

func comparePackageNames(a, b PackageName) int {
	return cmp.Or(
		cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), a.Version.Compare(b.Version),
	)
}

// packageOrder sorts packages by dependency.
type packageOrder struct {
	l              *loader
	pkgs           map[PackageName]*unresolved
	order          []*unresolved
	done, visiting map[PackageName]bool
}

func (o *packageOrder) visit(u *unresolved, depth int) {
	if o.done[u.name] {
		return
	}
	o.done[u.name] = true // even if it fails: one error for each cycle
	if depth > MaxDependencyDepth {
		o.l.report(u.nameSpan,
			fmt.Sprintf("more than %d packages depend on each other in a chain", MaxDependencyDepth), "")
		return
	}
	o.visiting[u.name] = true
	for name, dep := range u.foreign.All() {
		switch {
		case o.visiting[name]:
			o.l.report(dep.span, fmt.Sprintf("the packages `%s` and `%s` depend on each other", u.name, name), "")
		case o.pkgs[name] != nil:
			o.visit(o.pkgs[name], depth+1)
		}
	}
	delete(o.visiting, u.name)
	o.order = append(o.order, u)
}

// linker copies one package into the set, putting the set's ids in place of the
// package's own.
type linker struct {
	l   *loader
	r   *Resolve
	u   *unresolved
	id  PackageID
	ids Remap
	// own finds the own<T> of a resource, by whatever name the resource has.
	own map[TypeID]TypeID
}

// Remap tells where the parts of one set went in another: entry i is the new id
// of what had the id i. It is a none value for what was left out.
type Remap struct {
	Packages   []PackageID
	Interfaces []InterfaceID
	Worlds     []WorldID
	Types      []TypeID
}

func newLinker(l *loader, u *unresolved) *linker {
	return &linker{l: l, r: l.res, u: u, id: PackageID(len(l.res.Packages)), own: map[TypeID]TypeID{}}
}

func (k *linker) link() {
	pkg := &Package{Name: k.u.name, Docs: k.u.docs}
	k.r.Packages = append(k.r.Packages, pkg)
	k.r.PackageNames.Set(pkg.Name, k.id)
	k.foreignInterfaces()
	k.foreignWorlds()
	k.foreignTypes()
	if len(k.l.errs) > 0 {
		return // what follows would report consequences
	}
	foreignInterfaces, foreignWorlds := len(k.ids.Interfaces), len(k.ids.Worlds)
	k.types()
	k.interfaces(foreignInterfaces)
	k.interfaceOwners()
	k.worlds(foreignWorlds)
	k.worldOwners()
	if len(k.l.errs) > 0 {
		return
	}
	for _, id := range k.ids.Worlds[foreignWorlds:] {
		if id >= 0 {
			k.finishWorld(id)
		}
	}
	for _, id := range k.ids.Interfaces[foreignInterfaces:] {
		if id >= 0 && k.r.Interfaces[id].Name != "" {
			pkg.Interfaces.Set(k.r.Interfaces[id].Name, id)
		}
	}
	for _, id := range k.ids.Worlds[foreignWorlds:] {
		if id >= 0 {
			pkg.Worlds.Set(k.r.Worlds[id].Name, id)
		}
	}
}

// types copies the package's own types. Their owners follow when these are
// known.
func (k *linker) types() {
	for _, t := range k.u.types[k.u.foreignTypes:] {
		if !k.keeps(t.Stability, t.Span) {
			k.ids.Types = append(k.ids.Types, NoType)
			continue
		}
		k.typeDef(t)
		k.ids.Types = append(k.ids.Types, k.addType(t))
	}
}

func (k *linker) addType(t *TypeDef) TypeID {
	if len(k.r.Types) == MaxTypes {
		k.l.report(t.Span, fmt.Sprintf("there are more than %d types", MaxTypes), "")
	}
	k.r.Types = append(k.r.Types, t)
	return TypeID(len(k.r.Types) - 1)
}

// typeDef puts the set's ids into a type.
func (k *linker) typeDef(t *TypeDef) {
	switch kind := t.Kind.(type) {
	case Handle:
		kind.Resource = k.mapType(kind.Resource, t.Span)
		t.Kind = kind
	case Alias: // not of the own<T>: an alias of a resource is a resource, too
		if id, ok := kind.Target.ID(); ok {
			t.Kind = Alias{k.mapType(id, t.Span).Type()}
		}
	case Record:
		for i := range kind.Fields {
			f := &kind.Fields[i]
			f.Type = k.use(f.Type, f.Span)
		}
	case Variant:
		for i := range kind.Cases {
			c := &kind.Cases[i]
			c.Type = k.use(c.Type, c.Span)
		}
	default:
		t.Kind = mapTypes(kind, func(part Type) Type { return k.use(part, t.Span) })
	}
}

// use puts the set's id into a use of a type, where a resource stands for its
// own<T>.
func (k *linker) use(t Type, sp Span) Type {
	id, ok := t.ID()
	if !ok {
		return t
	}
	id = k.mapType(id, sp)
	if id < 0 || !k.l.facts.isResource(id) {
		return id.Type()
	}
	own, ok := k.own[id]
	if !ok {
		own = k.addType(&TypeDef{Kind: Handle{Resource: id}})
		k.own[id] = own
	}
	return own.Type()
}

func (k *linker) interfaces(from int) {
	for _, i := range k.u.interfaces[from:] {
		if !k.keeps(i.Stability, i.Span) {
			k.ids.Interfaces = append(k.ids.Interfaces, NoInterface)
			continue
		}
		i.Package = k.id
		i.Types.Retain(func(_ string, id TypeID) bool { return k.ids.Types[id] >= 0 })
		for n, id := range i.Types.vals {
			i.Types.vals[n] = k.ids.Types[id]
		}
		i.Functions.Retain(func(_ string, f *Function) bool { return k.keeps(f.Stability, f.Span) })
		for f := range i.Functions.Values() {
			k.function(f)
		}
		k.r.Interfaces = append(k.r.Interfaces, i)
		k.ids.Interfaces = append(k.ids.Interfaces, InterfaceID(len(k.r.Interfaces)-1))
	}
}

// function puts the set's ids into a function.
func (k *linker) function(f *Function) {
	if f.Kind != Freestanding {
		f.Resource = k.mapType(f.Resource, f.Span)
	}
	for i := range f.Params {
		f.Params[i].Type = k.use(f.Params[i].Type, f.Span)
	}
	f.Result = k.use(f.Result, f.Span)
	if id, ok := f.Result.ID(); ok && k.l.facts.hasBorrow(id) {
		k.l.report(f.Span, "the function `"+f.ItemName()+"` gives a borrow, which only parameters can be",
			"give the resource itself")
	}
}

func (k *linker) interfaceOwners() {
	for _, id := range k.ids.Types[k.u.foreignTypes:] {
		if id < 0 {
			continue
		}
		t := k.r.Types[id]
		if i, ok := t.Owner.Interface(); ok {
			t.Owner = InterfaceOwner(k.mapInterface(i, t.Span))
		}
	}
}

func (k *linker) worldOwners() {
	for _, id := range k.ids.Types[k.u.foreignTypes:] {
		if id < 0 {
			continue
		}
		t := k.r.Types[id]
		if w, ok := t.Owner.World(); ok {
			t.Owner = WorldOwner(k.mapWorld(w, t.Span))
		}
	}
}

// gated says that something is left out because of its gate.
func (k *linker) gated(sp Span, what string, st Stability) {
	help := ""
	if st.Feature != "" {
		help = "it belongs to the feature `" + st.Feature + "`, which is not enabled"
	}
	k.l.report(sp, "this refers to "+what+", which is left out", help)
}

func called(what, name string) string {
	if name == "" {
		return "some " + what
	}
	return "the " + what + " `" + name + "`"
}

func (k *linker) mapType(id TypeID, sp Span) TypeID {
	if id < 0 {
		return id
	}
	to := k.ids.Types[id]
	if to < 0 {
		k.gated(sp, called("type", k.u.types[id].Name), k.u.types[id].Stability)
	}
	return to
}

func (k *linker) mapInterface(id InterfaceID, sp Span) InterfaceID {
	to := k.ids.Interfaces[id]
	if to < 0 {
		k.gated(sp, called("interface", k.u.interfaces[id].Name), k.u.interfaces[id].Stability)
	}
	return to
}

func (k *linker) mapWorld(id WorldID, sp Span) WorldID {
	to := k.ids.Worlds[id]
	if to < 0 {
		k.gated(sp, called("world", k.u.worlds[id].Name), k.u.worlds[id].Stability)
	}
	return to
}

// keeps reports whether an item with the gate is part of the package as it is
// read. It refuses gates that promise a version the package has not reached.
func (k *linker) keeps(st Stability, sp Span) bool {
	own := k.u.name.Version
	switch {
	case st.Level != Stable:
		return k.l.keeps(st)
	case own == "":
		k.l.report(sp,
			fmt.Sprintf("the package `%s` has no version, so nothing in it can be @since one", k.u.name), "")
	case st.Since.Compare(own) > 0:
		k.l.report(sp, fmt.Sprintf("this is @since %s, but the package is `%s`", st.Since, k.u.name),
			"raise the version of the package, or gate the item with @unstable")
	}
	return true
}

// typeFacts answers questions about the types of a set, each in constant time,
// since a type stands after those it refers to.
type typeFacts struct {
	r        *Resolve
	resource []bool // it is a resource or an alias of one
	borrow   []bool // a borrow is part of it
}

func (f *typeFacts) isResource(id TypeID) bool {
	f.sync()
	return f.resource[id]
}

func (f *typeFacts) hasBorrow(id TypeID) bool {
	f.sync()
	return f.borrow[id]
}

func (f *typeFacts) sync() {
	for id := len(f.resource); id < len(f.r.Types); id++ {
		resource, borrow := false, false
		switch k := f.r.Types[id].Kind.(type) {
		case Resource:
			resource = true
		case Handle:
			borrow = k.Borrow
		default:
			_, alias := k.(Alias)
			eachType(k, func(t Type) bool {
				if part, ok := t.ID(); ok && int(part) < id {
					resource = alias && f.resource[part]
					borrow = borrow || f.borrow[part]
				}
				return true
			})
		}
		f.resource, f.borrow = append(f.resource, resource), append(f.borrow, borrow)
	}
}

// joinNames lists package names in a message.
func joinNames(names []PackageName) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = "`" + n.String() + "`"
	}
	return strings.Join(parts, ", ")
}
