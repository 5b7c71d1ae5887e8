package wit

import (
	"fmt"
	"slices"
)

// MergeImports joins those imports of a world that are versions of one interface
// on the same semver track: the latest version replaces the others, for the
// world's exports as well as for other imports that use them. It fails, and
// changes nothing, if a later version lacks what an earlier one has.
//
// This is what tools do to the world of a component that they put together.
// MergeImports changes r.
func (r *Resolve) MergeImports(world WorldID) error {
	w := r.Worlds[world]
	replaced := r.olderVersions(w)
	if len(replaced) == 0 {
		return nil
	}
	for key := range w.Imports.Keys() {
		old := key.Interface
		latest, ok := replaced[old]
		if !key.IsInterface() || !ok {
			continue
		}
		if err := r.mustUpgrade(old, latest); err != nil {
			return fmt.Errorf("`%s` is no compatible version of `%s`: %w",
				r.InterfaceName(latest), r.InterfaceName(old), err)
		}
	}
	w.Imports.Retain(func(key WorldKey, _ WorldItem) bool {
		_, old := replaced[key.Interface]
		return !key.IsInterface() || !old
	})
	for _, items := range []*Ordered[WorldKey, WorldItem]{&w.Imports, &w.Exports} {
		for item := range items.Values() {
			r.upgradeUses(item, replaced)
		}
	}
	for id := range r.Worlds {
		if err := r.elaborate(WorldID(id)); err != nil {
			return err
		}
	}
	return nil
}

// olderVersions maps the imported interfaces that have a later compatible
// version among the imports to the latest one.
func (r *Resolve) olderVersions(w *World) map[InterfaceID]InterfaceID {
	tracks := map[string][]InterfaceID{}
	for key := range w.Imports.Keys() {
		if key.IsInterface() && r.interfaceVersion(key.Interface) != "" {
			track := r.CanonicalKeyName(key)
			tracks[track] = append(tracks[track], key.Interface)
		}
	}
	replaced := map[InterfaceID]InterfaceID{}
	for _, ids := range tracks {
		latest := slices.MaxFunc(ids, func(a, b InterfaceID) int {
			return r.interfaceVersion(a).Compare(r.interfaceVersion(b))
		})
		for _, id := range ids {
			if r.interfaceVersion(id) != r.interfaceVersion(latest) {
				replaced[id] = latest
			}
		}
	}
	return replaced
}

func (r *Resolve) interfaceVersion(id InterfaceID) Version {
	i := r.Interfaces[id]
	if i.Package < 0 || i.Name == "" {
		return ""
	}
	return r.Packages[i.Package].Name.Version
}

// mustUpgrade checks that whatever uses the old interface can use the new one.
func (r *Resolve) mustUpgrade(old, latest InterfaceID) error {
	for name := range r.Interfaces[old].Types.Keys() {
		if !r.Interfaces[latest].Types.Has(name) {
			return fmt.Errorf("it has no type `%s`", name)
		}
	}
	return newMergePairs(r, r).iface(old, latest)
}

// upgradeUses makes uses of replaced interfaces uses of what replaced them.
func (r *Resolve) upgradeUses(item WorldItem, replaced map[InterfaceID]InterfaceID) {
	switch item := item.(type) {
	case *TypeItem:
		r.upgradeUse(item.ID, replaced)
	case *InterfaceItem:
		for id := range r.Interfaces[item.ID].Types.Values() {
			r.upgradeUse(id, replaced)
		}
	}
}

func (r *Resolve) upgradeUse(id TypeID, replaced map[InterfaceID]InterfaceID) {
	from, ok := r.UsedInterface(id)
	if !ok {
		return
	}
	to, ok := replaced[from]
	if !ok {
		return
	}
	target, _ := r.Types[id].Kind.(Alias).Target.ID()
	if latest, ok := r.Interfaces[to].Types.Get(r.Types[target].Name); ok {
		r.Types[id].Kind = Alias{latest.Type()}
	}
}
