package wit

import (
	"fmt"

	"github.com/edgelint/edgelint/wit/syntax"
)

// worldItems fills a world, but does not follow its includes.
func (b *builder) worldItems(id WorldID, decl *syntax.World) {
	w := b.pkg.worlds[id]
	w.Docs = docsOf(decl.Docs)
	w.Stability, _ = b.attributes(decl.Attributes)

	var types Ordered[string, TypeID]
	b.scope, b.funcs = &types, map[string]bool{}
	b.worldTypes(id, decl)
	s := worldScope{imports: strongNames{}, exports: strongNames{}, once: map[onceKey]bool{}}
	for name, t := range types.All() {
		sp := b.pkg.types[t].Span
		if b.define(s.imports, name, sp) {
			w.Imports.Set(NameKey(name), &TypeItem{t, sp})
		}
	}
	for _, item := range decl.Items {
		switch item := item.(type) {
		case *syntax.Extern:
			b.extern(w, &s, item)
		case *syntax.TypeDecl:
			for _, decl := range item.Funcs {
				f := b.resourceFunction(item.Name, decl)
				if b.define(s.imports, f.Name, f.Span) {
					w.Imports.Set(NameKey(f.Name), f)
				}
			}
		}
	}
}

// worldTypes defines the types of a world and notes its includes.
func (b *builder) worldTypes(id WorldID, decl *syntax.World) {
	var uses []*syntax.Use
	var decls []*syntax.TypeDecl
	for _, item := range decl.Items {
		switch item := item.(type) {
		case *syntax.Use:
			uses = append(uses, item)
		case *syntax.TypeDecl:
			decls = append(decls, item)
		}
	}
	b.typeDefs(WorldOwner(id), uses, decls)
	for _, item := range decl.Items {
		if inc, ok := item.(*syntax.Include); ok {
			b.include(id, inc)
		}
	}
}

func (b *builder) include(id WorldID, inc *syntax.Include) {
	st, _ := b.attributes(inc.Attributes)
	from, ok := b.findWorld(&inc.Path)
	if !ok {
		return
	}
	out := Include{World: from, Stability: st, Span: inc.Path.Name.Span}
	for _, n := range inc.Names {
		out.Names = append(out.Names, Rename{n.Name.Name, n.As.Name, n.Name.Span})
	}
	w := b.pkg.worlds[id]
	w.Includes = append(w.Includes, out)
}

// worldScope is what a world has so far.
type worldScope struct {
	imports, exports strongNames
	once             map[onceKey]bool
}

type onceKey struct {
	id     InterfaceID
	export bool
}

// extern adds an import or export to a world.
func (b *builder) extern(w *World, s *worldScope, e *syntax.Extern) {
	key, item, ok := b.externItem(e)
	if !ok {
		return
	}
	items, names, verb := &w.Imports, s.imports, "import"
	if e.Export {
		items, names, verb = &w.Exports, s.exports, "export"
	}
	if key.IsInterface() {
		once := onceKey{key.Interface, e.Export}
		if s.once[once] {
			b.report(e.Span(), fmt.Sprintf("the world %ss this interface twice", verb), "")
			return
		}
		s.once[once] = true
		items.Set(key, item)
		return
	}
	if prev, ok := items.Get(key); ok {
		b.report(e.Span(), fmt.Sprintf("the world has an %s `%s` already: %s", verb, key.Name, itemNoun(prev)), "")
		return
	}
	if b.define(names, key.Name, e.Span()) {
		items.Set(key, item)
	}
}

// itemNoun says what an import or export is.
func itemNoun(item WorldItem) string {
	switch item.(type) {
	case *InterfaceItem:
		return "an interface"
	case *Function:
		return "a function"
	}
	return "a type"
}

func (b *builder) externItem(e *syntax.Extern) (WorldKey, WorldItem, bool) {
	if e.Func != nil {
		f := b.function(e.Func, e.Docs, e.Attributes)
		return NameKey(f.Name), f, true
	}
	st, external := b.attributes(e.Attributes)
	item := &InterfaceItem{Stability: st, ExternalID: external, Span: e.Span()}
	if e.Interface != nil {
		item.ID = b.addInterface(e.Name.Span)
		e.Interface.Docs, e.Interface.Attributes = e.Docs, e.Attributes
		b.interfaceItems(item.ID, e.Interface)
		return NameKey(e.Name.Name), item, true
	}
	id, ok := b.findInterface(e.Path)
	item.ID, item.Docs = id, docsOf(e.Docs)
	if e.Name.Name != "" {
		return NameKey(e.Name.Name), item, ok
	}
	return InterfaceKey(id), item, ok
}
