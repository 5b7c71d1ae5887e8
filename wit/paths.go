package wit

import "github.com/edgelint/edgelint/wit/syntax"

// pathUse is one statement that refers to an interface or world.
type pathUse struct {
	// owner is the interface with the use, or the world with the include,
	// which must come after what it refers to; "" otherwise.
	owner string
	attrs []syntax.Attribute
	path  *syntax.Path
	names []syntax.UseName // of a use
	use   bool
	world bool // the path must be a world
}

// eachPath visits every path of the declarations. Imports come before exports,
// as they do when a world is printed, so that printing and reading again meets
// other packages in the same order.
func eachPath(items []syntax.Item, f func(pathUse)) {
	for _, item := range items {
		switch item := item.(type) {
		case *syntax.World:
			eachWorldPath(item, f)
		case *syntax.Interface:
			eachUse(item, item.Name.Name, f)
		case *syntax.TopUse:
			f(pathUse{attrs: item.Attributes, path: &item.Path})
		}
	}
}

func eachUse(i *syntax.Interface, owner string, f func(pathUse)) {
	for _, item := range i.Items {
		if u, ok := item.(*syntax.Use); ok {
			f(pathUse{owner: owner, attrs: u.Attributes, path: &u.Path, names: u.Names, use: true})
		}
	}
}

func eachWorldPath(w *syntax.World, f func(pathUse)) {
	for _, item := range w.Items {
		switch item := item.(type) {
		case *syntax.Use:
			f(pathUse{attrs: item.Attributes, path: &item.Path, names: item.Names, use: true})
		case *syntax.Include:
			f(pathUse{owner: w.Name.Name, attrs: item.Attributes, path: &item.Path, world: true})
		}
	}
	for _, export := range []bool{false, true} {
		for _, item := range w.Items {
			e, ok := item.(*syntax.Extern)
			switch {
			case !ok || e.Export != export:
			case e.Interface != nil:
				eachUse(e.Interface, "", f)
			case e.Path != nil:
				f(pathUse{attrs: e.Attributes, path: e.Path})
			}
		}
	}
}

// findForeignItems makes a stand-in for each interface and world of another
// package.
func (b *builder) findForeignItems() {
	for _, file := range b.files {
		eachPath(file.items, func(u pathUse) {
			if u.path.Package != nil {
				b.foreign[u.path.Package] = b.foreignItem(u)
			}
		})
	}
}

func (b *builder) foreignItem(u pathUse) itemRef {
	name := b.packageName(u.path.Package)
	pkg, ok := b.pkg.foreign.Get(name)
	if !ok {
		pkg = &foreignPackage{span: u.path.Package.Span, items: map[string]itemRef{}}
		b.pkg.foreign.Set(name, pkg)
	}
	ref, ok := pkg.items[u.path.Name.Name]
	if !ok {
		item := foreignItem{pkg: name, pkgSpan: pkg.span, name: u.path.Name.Name, span: u.path.Name.Span}
		if u.world {
			ref = itemRef{int32(b.addWorld(item.span)), true}
			b.pkg.foreignWorlds = append(b.pkg.foreignWorlds, item)
		} else {
			ref = itemRef{int32(b.addInterface(item.span)), false}
			b.pkg.foreignInterfaces = append(b.pkg.foreignInterfaces, item)
		}
		pkg.items[u.path.Name.Name] = ref
	}
	list := b.pkg.foreignInterfaces
	if ref.world {
		list = b.pkg.foreignWorlds
	}
	st, _ := readStability(u.attrs)
	list[ref.id].stabilities = append(list[ref.id].stabilities, st)
	return ref
}

// findForeignTypes makes a stand-in for each type that is used from another
// package.
func (b *builder) findForeignTypes() {
	for i, file := range b.files {
		b.file = i
		eachPath(file.items, func(u pathUse) {
			if !u.use {
				return
			}
			ref, ok := b.find(u.path)
			if !ok || ref.id < 0 || ref.world || int(ref.id) >= len(b.pkg.foreignInterfaces) {
				return
			}
			st, _ := readStability(u.attrs)
			external, _ := readExternalID(u.attrs)
			for _, n := range u.names {
				b.foreignType(InterfaceID(ref.id), n.Name, st, external)
			}
		})
	}
	b.pkg.foreignTypes = len(b.pkg.types)
}

func (b *builder) foreignType(owner InterfaceID, name syntax.Ident, st Stability, external ExternalID) {
	types := &b.pkg.interfaces[owner].Types
	if types.Has(name.Name) {
		return
	}
	types.Set(name.Name, b.addType(&TypeDef{
		Name: name.Name, Kind: Unknown{}, Owner: InterfaceOwner(owner), Stability: st, ExternalID: external,
		Span: name.Span,
	}))
}

// find looks a path up, without a word if there is no such thing.
func (b *builder) find(path *syntax.Path) (itemRef, bool) {
	if path.Package != nil {
		ref, ok := b.foreign[path.Package]
		return ref, ok
	}
	if ref, ok := b.files[b.file].names[path.Name.Name]; ok {
		return ref, true
	}
	ref, ok := b.items[path.Name.Name]
	return ref, ok
}

// findInterface looks up a path that must be an interface.
func (b *builder) findInterface(path *syntax.Path) (InterfaceID, bool) {
	ref, ok := b.mustFind(path)
	if ok && ref.world {
		b.report(path.Name.Span, "`"+path.Name.Name+"` is a world, an interface is wanted here", "")
	}
	return InterfaceID(ref.id), ok && !ref.world
}

// findWorld looks up a path that must be a world.
func (b *builder) findWorld(path *syntax.Path) (WorldID, bool) {
	ref, ok := b.mustFind(path)
	if ok && !ref.world {
		b.report(path.Name.Span, "`"+path.Name.Name+"` is an interface, a world is wanted here", "")
	}
	return WorldID(ref.id), ok && ref.world
}

func (b *builder) mustFind(path *syntax.Path) (itemRef, bool) {
	ref, ok := b.find(path)
	if !ok {
		b.noSuchItem(path.Name)
	}
	return ref, ok && ref.id >= 0
}

// noSuchItem reports a name that is no interface or world.
func (b *builder) noSuchItem(name syntax.Ident) {
	var names []string
	for _, file := range b.files {
		for _, item := range file.items {
			switch item := item.(type) {
			case *syntax.Interface:
				names = append(names, item.Name.Name)
			case *syntax.World:
				names = append(names, item.Name.Name)
			}
		}
	}
	b.report(name.Span, "no interface or world `"+name.Name+"`", didYouMean(name.Name, names))
}
