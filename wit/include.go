package wit

import (
	"fmt"
	"slices"
	"strings"
)

// include works one include statement into a world.
func (k *linker) include(id WorldID, inc Include) {
	from := k.mapWorld(inc.World, inc.Span)
	if from < 0 {
		return
	}
	source := k.r.Worlds[from]
	if !k.checkRenames(source, inc) {
		return
	}
	c := newCloner(k.r, WorldOwner(from), WorldOwner(id), k.id)
	external := source.Package != k.id
	k.includeItems(c, inc, &source.Imports, &k.r.Worlds[id].Imports, "import", external)
	k.includeItems(c, inc, &source.Exports, &k.r.Worlds[id].Exports, "export", external)
	if len(k.r.Types) > MaxTypes {
		k.l.report(inc.Span, fmt.Sprintf("there are more than %d types", MaxTypes), "")
	}
}

// checkRenames checks that each rename names something of the included world.
func (k *linker) checkRenames(source *World, inc Include) bool {
	if len(inc.Names) == 0 {
		return true
	}
	var names []string
	known, interfaces := map[string]bool{}, map[string]bool{}
	for _, items := range []*Ordered[WorldKey, WorldItem]{&source.Imports, &source.Exports} {
		for key := range items.Keys() {
			if key.IsInterface() {
				interfaces[k.r.Interfaces[key.Interface].Name] = true
				continue
			}
			_, label, _ := splitName(key.Name)
			known[label] = true
			names = append(names, label)
		}
	}
	ok := true
	for _, n := range inc.Names {
		if known[n.From] {
			continue
		}
		ok = false
		help := didYouMean(n.From, names)
		if interfaces[n.From] {
			help = "an interface that has a name of its own keeps it"
		}
		k.l.report(n.Span,
			fmt.Sprintf("the world `%s` has no import or export `%s` to rename", source.Name, n.From), help)
	}
	return ok
}

// splitName takes the name of an import or export apart: its markers, the label
// that a rename is about (the resource's, if it has one), and the rest.
func splitName(name string) (markers, label, rest string) {
	n := 0
	for strings.HasPrefix(name[n:], "[") {
		end := strings.IndexByte(name[n:], ']')
		if end < 0 {
			break
		}
		n += end + 1
	}
	label, _, _ = strings.Cut(name[n:], ".")
	return name[:n], label, name[n+len(label):]
}

// includeItems adds what another world imports or exports. Names must be new;
// interfaces known by their id may be there already.
func (k *linker) includeItems(
	c *cloner, inc Include, from, to *Ordered[WorldKey, WorldItem], verb string, external bool,
) {
	renames := make(map[string]string, len(inc.Names))
	for _, n := range slices.Backward(inc.Names) { // the first of a name wins
		renames[n.From] = n.To
	}
	for i := range from.Len() {
		if !k.countItems(1, inc.Span) {
			return
		}
		key, item := from.At(i)
		if key.IsInterface() {
			k.includeInterface(to, key, item, external)
			continue
		}
		markers, label, rest := splitName(key.Name)
		if renamed, ok := renames[label]; ok {
			key = NameKey(markers + renamed + rest)
		}
		item = c.item(item)
		switch item := item.(type) {
		case *Function:
			item.Name = key.Name
		case *TypeItem:
			k.r.Types[item.ID].Name = key.Name
		}
		if to.Has(key) {
			k.l.report(inc.Span, fmt.Sprintf("the world has an %s `%s` already", verb, key.Name),
				"rename it: include world with { "+label+" as other-name }")
			continue
		}
		to.Set(key, item)
	}
}

// includeInterface adds an interface known by its id. If it is there already,
// the gates of both statements are merged; @since of another package means
// nothing here.
func (k *linker) includeInterface(
	to *Ordered[WorldKey, WorldItem], key WorldKey, item WorldItem, external bool,
) {
	src := item.(*InterfaceItem)
	prev, ok := to.Get(key)
	if !ok {
		clone := *src
		prev = &clone
		to.Set(key, prev)
	}
	dst := prev.(*InterfaceItem)
	if external && src.Stability.Level == Stable {
		dst.Stability = Stability{}
		return
	}
	if !dst.Stability.merge(src.Stability) {
		k.l.report(src.Span, "the gates of this interface differ from those of another included world", "")
	}
}

// merge takes over the gate of another copy of the same item. It reports
// whether the two agree.
func (s *Stability) merge(from Stability) bool {
	switch {
	case *s == from || from.IsUnknown():
		return true
	case s.IsUnknown():
		*s = from
		return true
	}
	return false
}
