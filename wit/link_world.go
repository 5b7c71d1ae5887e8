package wit

import "fmt"

// worlds copies the package's worlds as they are written.
func (k *linker) worlds(from int) {
	for _, w := range k.u.worlds[from:] {
		if !k.keeps(w.Stability, w.Span) {
			k.ids.Worlds = append(k.ids.Worlds, NoWorld)
			continue
		}
		w.Package = k.id
		k.worldItems(&w.Imports)
		k.worldItems(&w.Exports)
		k.r.Worlds = append(k.r.Worlds, w)
		k.ids.Worlds = append(k.ids.Worlds, WorldID(len(k.r.Worlds)-1))
	}
}

// worldItems puts the set's ids into imports or exports, and leaves out what is
// gated.
func (k *linker) worldItems(items *Ordered[WorldKey, WorldItem]) {
	var out Ordered[WorldKey, WorldItem]
	for key, item := range items.All() {
		switch item := item.(type) {
		case *InterfaceItem:
			if !k.keeps(item.Stability, item.Span) {
				continue
			}
			item.ID = k.mapInterface(item.ID, item.Span)
			if key.IsInterface() {
				key = InterfaceKey(item.ID)
			}
		case *Function:
			if !k.keeps(item.Stability, item.Span) {
				continue
			}
			k.function(item)
		case *TypeItem:
			to := k.ids.Types[item.ID]
			if to < 0 {
				continue // its own gate left it out
			}
			item.ID = to
		}
		out.Set(key, item)
	}
	*items = out
}

// finishWorld follows a world's includes and lists all it imports.
func (k *linker) finishWorld(id WorldID) {
	w := k.r.Worlds[id]
	includes := w.Includes
	w.Includes = nil
	for _, inc := range includes {
		if k.keeps(inc.Stability, inc.Span) {
			k.include(id, inc)
		}
	}
	k.checkNames(w, &w.Imports, "import")
	k.checkNames(w, &w.Exports, "export")
	placeSetters(&w.Imports, itemAccessor)
	placeSetters(&w.Exports, itemAccessor)
	k.checkSetters(&w.Imports)
	k.checkSetters(&w.Exports)
	if len(k.l.errs) > 0 {
		return
	}
	if err := k.r.elaborate(id); err != nil {
		k.l.report(w.Span, err.Error(), elaborateHelp)
	}
	k.countItems(w.Imports.Len()+w.Exports.Len(), w.Span)
}

// countItems counts imports and exports of worlds, and reports when there are too
// many.
func (k *linker) countItems(n int, sp Span) bool {
	k.l.worldItems += n
	if k.l.worldItems <= MaxWorldItems {
		return true
	}
	k.l.report(sp, fmt.Sprintf("the worlds have more than %d imports and exports together", MaxWorldItems), "")
	return false
}

const elaborateHelp = "export the interfaces in between as well, or do not export the last one"

// checkNames checks that names are still strongly unique after includes.
func (k *linker) checkNames(w *World, items *Ordered[WorldKey, WorldItem], verb string) {
	names := strongNames{}
	for key := range items.Keys() {
		if key.IsInterface() {
			continue
		}
		if clash, ok := names.define(key.Name); !ok {
			k.l.report(w.Span, fmt.Sprintf("the world has an %s `%s` and an %s `%s`", verb, key.Name, verb, clash),
				"names must differ in more than hyphens, case and kind")
		}
	}
}

// checkSetters checks that every setter has its getter, which may have come by
// an include.
func (k *linker) checkSetters(items *Ordered[WorldKey, WorldItem]) {
	for item := range items.Values() {
		f, ok := item.(*Function)
		if ok && f.Accessor == Setter && !items.Has(NameKey(getterOf(f.Name))) {
			k.l.report(f.Span, "the setter `"+f.Name+"` has no getter `"+getterOf(f.Name)+"`", "")
		}
	}
}
