package wit

import (
	"fmt"

	"github.com/edgelint/edgelint/internal/spelling"
)

// foreignInterfaces finds the interfaces of other packages.
func (k *linker) foreignInterfaces() {
	for _, f := range k.u.foreignInterfaces {
		id := NoInterface
		if pkg := k.foreignPackage(f); pkg != nil && k.wanted(f) {
			var ok bool
			if id, ok = pkg.Interfaces.Get(f.name); !ok {
				id = NoInterface
				k.noSuchItem(f, pkg, "interface", pkg.Worlds.Has(f.name), keysOf(&pkg.Interfaces))
			}
		}
		k.ids.Interfaces = append(k.ids.Interfaces, id)
	}
}

// foreignWorlds finds the worlds of other packages.
func (k *linker) foreignWorlds() {
	for _, f := range k.u.foreignWorlds {
		id := NoWorld
		if pkg := k.foreignPackage(f); pkg != nil && k.wanted(f) {
			var ok bool
			if id, ok = pkg.Worlds.Get(f.name); !ok {
				id = NoWorld
				k.noSuchItem(f, pkg, "world", pkg.Interfaces.Has(f.name), keysOf(&pkg.Worlds))
			}
		}
		k.ids.Worlds = append(k.ids.Worlds, id)
	}
}

func keysOf[V any](m *Ordered[string, V]) []string { return m.keys }

// wanted reports whether any statement that refers to the item is kept.
func (k *linker) wanted(f foreignItem) bool {
	for _, st := range f.stabilities {
		if k.keeps(st, f.span) {
			return true
		}
	}
	return false
}

func (k *linker) foreignPackage(f foreignItem) *Package {
	id, ok := k.r.PackageNames.Get(f.pkg)
	if ok {
		return k.r.Packages[id]
	}
	k.l.report(f.pkgSpan, fmt.Sprintf("the package `%s` is not here", f.pkg), k.packageHelp(f.pkg))
	return nil
}

// packageHelp tells which package may have been meant.
func (k *linker) packageHelp(name PackageName) string {
	var others, known []PackageName
	var names []string
	for other := range k.r.PackageNames.Keys() {
		if other == k.u.name {
			continue
		}
		if other.Namespace == name.Namespace && other.Name == name.Name {
			others = append(others, other)
		}
		known = append(known, other)
		names = append(names, other.String())
	}
	near := spelling.Nearest(name.String(), names)
	switch {
	case len(others) > 0:
		return "other versions are: " + joinNames(others)
	case near != "":
		return "did you mean `" + near + "`?"
	case len(known) == 0:
		return "put it into the folder deps"
	case len(known) > 12:
		return "put it into the folder deps, which has " + fmt.Sprint(len(known)) + " other packages"
	}
	return "put it into the folder deps, which has " + joinNames(known)
}

// noSuchItem reports an item that the other package does not have; other tells
// that it has the name, for something else.
func (k *linker) noSuchItem(f foreignItem, pkg *Package, what string, other bool, names []string) {
	help := didYouMean(f.name, names)
	switch {
	case other && what == "world":
		help = "it is an interface there"
	case other:
		help = "it is a world there"
	}
	k.l.report(f.span, fmt.Sprintf("the package `%s` has no %s `%s`", pkg.Name, what, f.name), help)
}

// foreignTypes finds the types of other packages.
func (k *linker) foreignTypes() {
	for _, t := range k.u.types[:k.u.foreignTypes] {
		k.ids.Types = append(k.ids.Types, k.foreignType(t))
	}
	for _, required := range k.u.resources {
		id := k.ids.Types[required.id]
		if id >= 0 && !k.l.facts.isResource(id) {
			k.l.report(required.span, "this is no resource, and only resources have handles", "")
		}
	}
}

func (k *linker) foreignType(t *TypeDef) TypeID {
	if !k.keeps(t.Stability, t.Span) {
		return NoType
	}
	owner, _ := t.Owner.Interface()
	from := k.ids.Interfaces[owner]
	if from < 0 {
		return NoType // said so already
	}
	i := k.r.Interfaces[from]
	id, ok := i.Types.Get(t.Name)
	if !ok {
		k.l.report(t.Span, fmt.Sprintf("the interface `%s` has no type `%s`", k.r.InterfaceName(from), t.Name),
			didYouMean(t.Name, keysOf(&i.Types)))
		return NoType
	}
	return id
}
