package wit

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
)

// UsedInterface gives the interface that a type is used from, if it is an alias
// of another interface's type.
func (r *Resolve) UsedInterface(id TypeID) (InterfaceID, bool) {
	t := r.Types[id]
	alias, ok := t.Kind.(Alias)
	if !ok {
		return NoInterface, false
	}
	target, ok := alias.Target.ID()
	if !ok || r.Types[target].Owner == t.Owner {
		return NoInterface, false
	}
	return r.Types[target].Owner.Interface()
}

// Dependencies ranges over the interfaces that an interface uses types of, not
// following them further. One may come several times.
func (r *Resolve) Dependencies(id InterfaceID) iter.Seq[InterfaceID] {
	return func(yield func(InterfaceID) bool) {
		for t := range r.Interfaces[id].Types.Values() {
			if dep, ok := r.UsedInterface(t); ok && !yield(dep) {
				return
			}
		}
	}
}

// elaborate lists everything a world imports: the interfaces that its imports
// and exports use, transitively, each before what uses it. It fails if an export
// would see one interface both as an import and as an export.
func (r *Resolve) elaborate(id WorldID) error {
	w := r.Worlds[id]
	e := elaboration{r: r, wanted: map[WorldKey]bool{}, required: map[InterfaceID]bool{}}
	e.imports.grow(w.Imports.Len())
	for _, i := range r.importOrder(&w.Imports) {
		key, item := w.Imports.At(i)
		switch item := item.(type) {
		case *InterfaceItem:
			e.addImport(key, item)
		case *TypeItem:
			if dep, ok := r.UsedInterface(item.ID); ok {
				e.addImport(InterfaceKey(dep), &InterfaceItem{ID: dep, Stability: r.Types[item.ID].Stability})
			}
			e.imports.Set(key, item)
		default:
			e.imports.Set(key, item)
		}
	}
	for key, item := range w.Exports.All() {
		if _, ok := item.(*InterfaceItem); ok {
			e.wanted[key] = true
		} else {
			e.exports.Set(key, item)
		}
	}
	for key, item := range w.Exports.All() {
		i, ok := item.(*InterfaceItem)
		if ok && !e.addExport(key, i, true) {
			return fmt.Errorf("the export `%s` uses an interface both as the world's import and as its export",
				r.KeyName(key))
		}
	}
	w.Imports, w.Exports = e.imports, e.exports
	if order := r.importOrder(&e.imports); !slices.IsSorted(order) {
		w.Imports = Ordered[WorldKey, WorldItem]{}
		w.Imports.grow(len(order))
		for _, i := range order {
			w.Imports.Set(e.imports.At(i))
		}
	}
	return nil
}

// importOrder sorts imports as they are printed: interfaces, then the types
// used from them, then types, then functions, then those of resources. It gives
// their positions.
func (r *Resolve) importOrder(items *Ordered[WorldKey, WorldItem]) []int {
	order, class := make([]int, items.Len()), make([]int, items.Len())
	for i := range order {
		_, item := items.At(i)
		order[i], class[i] = i, r.importClass(item)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(class[a], class[b]) })
	return order
}

func (r *Resolve) importClass(item WorldItem) int {
	switch item := item.(type) {
	case *InterfaceItem:
		return 0
	case *TypeItem:
		t := r.Types[item.ID]
		if alias, ok := t.Kind.(Alias); ok {
			if target, ok := alias.Target.ID(); ok && r.Types[target].Owner != t.Owner {
				return 1
			}
		}
		return 2
	case *Function:
		if item.Kind != Freestanding {
			return 4
		}
	}
	return 3
}

// elaboration is the state of [Resolve.elaborate].
type elaboration struct {
	r        *Resolve
	imports  Ordered[WorldKey, WorldItem]
	exports  Ordered[WorldKey, WorldItem]
	wanted   map[WorldKey]bool    // the interfaces that the world exports
	required map[InterfaceID]bool // those that exports need to be imports
}

// addImport adds an imported interface after those it uses.
func (e *elaboration) addImport(key WorldKey, item *InterfaceItem) {
	if e.imports.Has(key) {
		return
	}
	for dep := range e.r.Dependencies(item.ID) {
		e.addImport(InterfaceKey(dep), &InterfaceItem{ID: dep, Stability: item.Stability})
	}
	e.imports.Set(key, item)
}

// addExport adds an exported interface after those it uses: these are exports if
// the world exports them, and else imports, and then all they use must be
// imports as well. It reports whether that can be.
func (e *elaboration) addExport(key WorldKey, item *InterfaceItem, export bool) bool {
	if e.exports.Has(key) {
		return export
	}
	if !export && e.required[item.ID] {
		return true
	}
	for dep := range e.r.Dependencies(item.ID) {
		depKey := InterfaceKey(dep)
		depItem := &InterfaceItem{ID: dep, Stability: item.Stability, ExternalID: item.ExternalID}
		if !e.addExport(depKey, depItem, export && e.wanted[depKey]) {
			return false
		}
	}
	if export {
		e.exports.Set(key, item)
		return !e.required[item.ID]
	}
	e.required[item.ID] = true
	if !e.imports.Has(key) {
		e.imports.Set(key, item)
	}
	return true
}
