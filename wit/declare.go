package wit

import (
	"fmt"

	"github.com/edgelint/edgelint/wit/syntax"
)

// declared is an interface or world of the package that is being built.
type declared struct {
	item syntax.Item
	name syntax.Ident
	file int
	ref  itemRef
	deps []dependency
}

// declareItems gives every interface and world of the package its place in the
// arenas, each after those it depends on. It gives nil when that cannot be.
func (b *builder) declareItems() []declared {
	decls, index := b.collectItems()
	for _, file := range b.files {
		locals := b.fileNames(file)
		eachPath(file.items, func(u pathUse) {
			if u.owner == "" || u.path.Package != nil {
				return
			}
			target := u.path.Name.Name
			if local, ok := locals[target]; ok {
				target = local.item
			}
			if to, ok := index[target]; ok {
				d := &decls[index[u.owner]]
				d.deps = append(d.deps, dependency{to, u.path.Name.Span})
			}
		})
	}
	return b.sortItems(decls)
}

// collectItems lists the interfaces and worlds of all files.
func (b *builder) collectItems() (decls []declared, index map[string]int) {
	index = map[string]int{}
	for i, file := range b.files {
		for _, item := range file.items {
			var name syntax.Ident
			switch item := item.(type) {
			case *syntax.Interface:
				name = item.Name
			case *syntax.World:
				name = item.Name
			default:
				continue
			}
			if prev, ok := index[name.Name]; ok {
				b.report(name.Span, "`"+name.Name+"` is defined twice in the package",
					"the other is at "+b.where(decls[prev].name.Span))
				continue
			}
			index[name.Name] = len(decls)
			decls = append(decls, declared{item: item, name: name, file: i})
		}
	}
	return decls, index
}

// fileName is what a file calls an interface or world.
type fileName struct {
	item string // the name in the package, or "" for that of another package
	use  bool   // by a use statement
}

// fileNames are the names that a file gives to interfaces and worlds.
func (b *builder) fileNames(file fileScope) map[string]fileName {
	names := map[string]fileName{}
	for _, item := range file.items {
		var name syntax.Ident
		var n fileName
		switch item := item.(type) {
		case *syntax.Interface:
			name, n.item = item.Name, item.Name.Name
		case *syntax.World:
			name, n.item = item.Name, item.Name.Name
		case *syntax.TopUse:
			name, n.use = topUseName(item), true
			if item.Path.Package == nil {
				n.item = item.Path.Name.Name
			}
		}
		if prev, ok := names[name.Name]; ok && (n.use || prev.use) {
			b.report(name.Span, "the name `"+name.Name+"` is taken in this file", "use it `as` another name")
		}
		names[name.Name] = n
	}
	return names
}

func topUseName(u *syntax.TopUse) syntax.Ident {
	if u.As.Name != "" {
		return u.As
	}
	return u.Path.Name
}

// sortItems puts the declarations into dependency order and into the arenas.
func (b *builder) sortItems(decls []declared) []declared {
	edges := make([][]dependency, len(decls))
	for i := range decls {
		edges[i] = decls[i].deps
	}
	order, cycle := toposort(edges)
	if cycle != nil {
		name := func(i int) string { return decls[i].name.Name }
		b.report(cycle[0].span, "an interface or world depends on itself: "+cyclePath(cycle, name), "")
		return nil
	}
	sorted := make([]declared, 0, len(decls))
	depth := make([]int, len(decls))
	for _, i := range order {
		d := decls[i]
		for _, dep := range d.deps {
			depth[i] = max(depth[i], depth[dep.to]+1)
		}
		if depth[i] == MaxDependencyDepth {
			b.report(d.name.Span, fmt.Sprintf("more than %d interfaces or worlds depend on each other in a chain",
				MaxDependencyDepth), "")
		}
		if _, ok := d.item.(*syntax.Interface); ok {
			id := b.addInterface(d.name.Span)
			b.pkg.interfaces[id].Name = d.name.Name
			d.ref = itemRef{int32(id), false}
		} else {
			id := b.addWorld(d.name.Span)
			b.pkg.worlds[id].Name = d.name.Name
			d.ref = itemRef{int32(id), true}
		}
		b.items[d.name.Name] = d.ref
		sorted = append(sorted, d)
	}
	return sorted
}

// scopeFiles fills the names that are in scope in each file alone: those of its
// top-level use statements.
func (b *builder) scopeFiles() {
	for i := range b.files {
		b.files[i].names = map[string]itemRef{}
		for _, item := range b.files[i].items {
			u, ok := item.(*syntax.TopUse)
			if !ok {
				continue
			}
			if len(u.Attributes) > 0 {
				b.report(u.Span, "a `use` at the top of a file has no attributes", "")
			}
			ref, ok := b.foreign[u.Path.Package]
			if u.Path.Package == nil {
				ref, ok = b.items[u.Path.Name.Name]
			}
			if !ok {
				b.noSuchItem(u.Path.Name)
				ref.id = -1
			}
			b.files[i].names[topUseName(u).Name] = ref
		}
	}
}
