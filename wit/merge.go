package wit

import "fmt"

// Merge adds all packages of from to into, and tells where their parts went.
// Packages of the same name are taken for two views of one: what only one has is
// added, and what both have must agree. Afterwards from must not be used, for
// into has taken its parts; nor must into after an error.
func Merge(into, from *Resolve) (*Remap, error) {
	return into.merge(from, func(Stability) bool { return true })
}

// merge is [Merge], leaving out the functions of new interfaces whose gate is
// not kept.
func (r *Resolve) merge(from *Resolve, keeps func(Stability) bool) (*Remap, error) {
	pairs := newMergePairs(r, from)
	if err := pairs.packages(); err != nil {
		return nil, err
	}
	move, err := r.Sources.Append(&from.Sources)
	if err != nil {
		return nil, err
	}
	m := merger{into: r, from: from, pairs: pairs, keeps: keeps, move: move}
	for _, step := range []func() error{m.types, m.interfaces, m.worlds} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	m.packages()
	m.parents()
	for id := range r.Worlds {
		if err := r.elaborate(WorldID(id)); err != nil {
			return nil, fmt.Errorf("the world `%s`: %w", r.WorldName(WorldID(id)), err)
		}
	}
	return &m.ids, nil
}

// merger moves the parts of one set to another.
type merger struct {
	into, from *Resolve
	pairs      *mergePairs
	keeps      func(Stability) bool
	move       Pos // how far positions move
	ids        Remap
	// what was added, by its id in from
	newTypes      []TypeID
	newInterfaces []InterfaceID
	newWorlds     []WorldID
}

// gates merges the gates of two copies of an item.
func gates(from Stability, into *Stability, what, name string) error {
	if into.merge(from) {
		return nil
	}
	return fmt.Errorf("the %s `%s` is gated in two ways: %s and %s", what, name, gateText(from), gateText(*into))
}

func gateText(s Stability) string {
	text := "@unstable(feature = " + s.Feature + ")"
	if s.Level == Stable {
		text = "@since(version = " + string(s.Since) + ")"
	}
	if s.Deprecated != "" {
		text += " @deprecated(version = " + string(s.Deprecated) + ")"
	}
	return text
}

func (m *merger) types() error {
	for i, t := range m.from.Types {
		id := TypeID(i)
		if to, ok := m.pairs.types[id]; ok {
			if err := gates(t.Stability, &m.into.Types[to].Stability, "type", t.Name); err != nil {
				return err
			}
			m.ids.Types = append(m.ids.Types, to)
			continue
		}
		if len(m.into.Types) >= MaxTypes {
			return fmt.Errorf("there are more than %d types", MaxTypes)
		}
		switch k := t.Kind.(type) {
		case Handle:
			k.Resource = m.ids.Types[k.Resource]
			t.Kind = k
		case Alias:
			t.Kind = Alias{m.typ(k.Target)}
		default:
			t.Kind = mapTypes(k, m.typ)
		}
		m.into.Types = append(m.into.Types, t)
		m.ids.Types = append(m.ids.Types, TypeID(len(m.into.Types)-1))
		m.newTypes = append(m.newTypes, id)
	}
	return nil
}

func (m *merger) typ(t Type) Type {
	if id, ok := t.ID(); ok {
		return m.ids.Types[id].Type()
	}
	return t
}

func (m *merger) function(f *Function) {
	if f.Kind != Freestanding {
		f.Resource = m.ids.Types[f.Resource]
	}
	for i := range f.Params {
		f.Params[i].Type = m.typ(f.Params[i].Type)
		f.Params[i].Span = m.span(f.Params[i].Span)
	}
	f.Result = m.typ(f.Result)
	f.Span = m.span(f.Span)
}

func (m *merger) interfaces() error {
	for n, i := range m.from.Interfaces {
		id := InterfaceID(n)
		if to, ok := m.pairs.interfaces[id]; ok {
			if err := gates(i.Stability, &m.into.Interfaces[to].Stability, "interface", i.Name); err != nil {
				return err
			}
			m.extendInterface(m.into.Interfaces[to], i)
			m.ids.Interfaces = append(m.ids.Interfaces, to)
			continue
		}
		for n, t := range i.Types.vals {
			i.Types.vals[n] = m.ids.Types[t]
		}
		i.Functions.Retain(func(_ string, f *Function) bool { return m.keeps(f.Stability) })
		for f := range i.Functions.Values() {
			m.function(f)
		}
		m.into.Interfaces = append(m.into.Interfaces, i)
		m.ids.Interfaces = append(m.ids.Interfaces, InterfaceID(len(m.into.Interfaces)-1))
		m.newInterfaces = append(m.newInterfaces, id)
	}
	return nil
}

// extendInterface adds what only the other view of an interface has.
func (m *merger) extendInterface(into, from *Interface) {
	for name, t := range from.Types.All() {
		if !into.Types.Has(name) {
			into.Types.Set(name, m.ids.Types[t])
		}
	}
	for name, f := range from.Functions.All() {
		if !into.Functions.Has(name) {
			m.function(f)
			into.Functions.Set(name, f)
		}
	}
}

func (m *merger) worlds() error {
	for n, w := range m.from.Worlds {
		id := WorldID(n)
		if to, ok := m.pairs.worlds[id]; ok {
			if err := m.mergeWorld(m.into.Worlds[to], w); err != nil {
				return err
			}
			m.ids.Worlds = append(m.ids.Worlds, to)
			continue
		}
		m.worldItems(&w.Imports)
		m.worldItems(&w.Exports)
		m.into.Worlds = append(m.into.Worlds, w)
		m.ids.Worlds = append(m.ids.Worlds, WorldID(len(m.into.Worlds)-1))
		m.newWorlds = append(m.newWorlds, id)
	}
	return nil
}

// mergeWorld merges the gates of a world that both sets have.
func (m *merger) mergeWorld(into, from *World) error {
	if err := gates(from.Stability, &into.Stability, "world", from.Name); err != nil {
		return err
	}
	if err := m.mergeItems(&into.Imports, &from.Imports); err != nil {
		return err
	}
	return m.mergeItems(&into.Exports, &from.Exports)
}

func (m *merger) mergeItems(into, from *Ordered[WorldKey, WorldItem]) error {
	for key, item := range from.All() {
		if !key.IsInterface() {
			continue
		}
		key = m.pairs.key(key)
		match, _ := into.Get(key)
		src, dst := item.(*InterfaceItem), match.(*InterfaceItem)
		if err := gates(src.Stability, &dst.Stability, "interface", m.into.KeyName(key)); err != nil {
			return err
		}
	}
	return nil
}

func (m *merger) worldItems(items *Ordered[WorldKey, WorldItem]) {
	var out Ordered[WorldKey, WorldItem]
	for key, item := range items.All() {
		if key.IsInterface() {
			key = InterfaceKey(m.ids.Interfaces[key.Interface])
		}
		switch item := item.(type) {
		case *InterfaceItem:
			item.ID, item.Span = m.ids.Interfaces[item.ID], m.span(item.Span)
		case *Function:
			m.function(item)
		case *TypeItem:
			item.ID, item.Span = m.ids.Types[item.ID], m.span(item.Span)
		}
		out.Set(key, item)
	}
	*items = out
}

func (m *merger) packages() {
	for n, pkg := range m.from.Packages {
		if to, ok := m.pairs.pkgs[PackageID(n)]; ok {
			m.extendPackage(m.into.Packages[to], pkg)
			m.ids.Packages = append(m.ids.Packages, to)
			continue
		}
		for i, id := range pkg.Interfaces.vals {
			pkg.Interfaces.vals[i] = m.ids.Interfaces[id]
		}
		for i, id := range pkg.Worlds.vals {
			pkg.Worlds.vals[i] = m.ids.Worlds[id]
		}
		m.into.Packages = append(m.into.Packages, pkg)
		id := PackageID(len(m.into.Packages) - 1)
		m.into.PackageNames.Set(pkg.Name, id)
		m.ids.Packages = append(m.ids.Packages, id)
	}
}

// extendPackage adds the interfaces and worlds that only the other view of a
// package has.
func (m *merger) extendPackage(into, from *Package) {
	for name, id := range from.Interfaces.All() {
		if !into.Interfaces.Has(name) {
			into.Interfaces.Set(name, m.ids.Interfaces[id])
		}
	}
	for name, id := range from.Worlds.All() {
		if !into.Worlds.Has(name) {
			into.Worlds.Set(name, m.ids.Worlds[id])
		}
	}
}

// parents puts the new ids into what points from parts to the whole, and the new
// positions into spans.
func (m *merger) parents() {
	for _, old := range m.newTypes {
		t := m.into.Types[m.ids.Types[old]]
		if i, ok := t.Owner.Interface(); ok {
			t.Owner = InterfaceOwner(m.ids.Interfaces[i])
		} else if w, ok := t.Owner.World(); ok {
			t.Owner = WorldOwner(m.ids.Worlds[w])
		}
		t.Span = m.span(t.Span)
		m.memberSpans(t.Kind)
	}
	for _, old := range m.newInterfaces {
		i := m.into.Interfaces[m.ids.Interfaces[old]]
		i.Span = m.span(i.Span)
		if i.Package >= 0 {
			i.Package = m.ids.Packages[i.Package]
		}
		if i.CloneOf != nil {
			i.CloneOf = new(m.ids.Interfaces[*i.CloneOf])
		}
	}
	for _, old := range m.newWorlds {
		w := m.into.Worlds[m.ids.Worlds[old]]
		w.Span = m.span(w.Span)
		if w.Package >= 0 {
			w.Package = m.ids.Packages[w.Package]
		}
	}
}

// memberSpans moves the spans of fields, cases and flags.
func (m *merger) memberSpans(k Kind) {
	switch k := k.(type) {
	case Record:
		for i := range k.Fields {
			k.Fields[i].Span = m.span(k.Fields[i].Span)
		}
	case Variant:
		for i := range k.Cases {
			k.Cases[i].Span = m.span(k.Cases[i].Span)
		}
	case Enum:
		for i := range k.Cases {
			k.Cases[i].Span = m.span(k.Cases[i].Span)
		}
	case Flags:
		for i := range k.Flags {
			k.Flags[i].Span = m.span(k.Flags[i].Span)
		}
	}
}

func (m *merger) span(sp Span) Span {
	if !sp.Start.IsValid() {
		return sp
	}
	return Span{Start: sp.Start + m.move, End: sp.End + m.move}
}
