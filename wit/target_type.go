package wit

import (
	"slices"
	"strconv"
	"strings"
)

// types compares the uses of two types in depth and records every difference,
// but for those inside of definitions that were recorded before. where leads to
// the place; the callee may overwrite what is behind its end.
func (t *targeter) types(c, w Type, where []string) {
	c, w = t.c.r.Dealias(c), t.w.r.Dealias(w)
	cid, cok := c.ID()
	wid, wok := w.ID()
	if !cok || !wok {
		if c != w {
			t.differ(c, w, where)
		}
		return
	}
	pair := [2]TypeID{cid, wid}
	if t.visited[pair] || t.reported[pair] {
		return
	}
	t.visited[pair] = true
	before := len(t.found)
	if def := t.c.r.Types[cid]; def.Name != "" && len(where) > 0 && !t.c.r.isResource(cid) {
		t.kinds(cid, wid, append(where, t.c.typeText(c)))
	} else {
		t.kinds(cid, wid, where)
	}
	if len(t.found) > before && t.c.r.Types[cid].Name != "" {
		t.reported[pair] = true
	}
}

// Dealias follows aliases until the definition or primitive that a type stands
// for.
func (r *Resolve) Dealias(t Type) Type {
	for range len(r.Types) {
		id, ok := t.ID()
		if !ok {
			return t
		}
		alias, ok := r.Types[id].Kind.(Alias)
		if !ok {
			return t
		}
		t = alias.Target
	}
	return t
}

// isResource reports whether a definition is a resource or an alias of one.
func (r *Resolve) isResource(id TypeID) bool {
	id, ok := r.Dealias(id.Type()).ID()
	if !ok {
		return false
	}
	_, ok = r.Types[id].Kind.(Resource)
	return ok
}

func (t *targeter) differ(c, w Type, where []string) {
	t.add(DifferentType, where, t.c.typeText(c), t.w.typeText(w))
}

// typeText shows a type in a message.
func (s *targetSide) typeText(ty Type) string {
	ty = s.r.Dealias(ty)
	if ty == None {
		return "no type"
	}
	if id, ok := ty.ID(); ok && s.r.Types[id].Name != "" {
		return s.r.Types[id].Kind.String() + " " + s.r.Types[id].Name
	}
	return s.r.TypeString(ty)
}

// kinds compares two definitions that are not aliases.
func (t *targeter) kinds(cid, wid TypeID, where []string) {
	c, w := t.c.r.Types[cid].Kind, t.w.r.Types[wid].Kind
	switch c := c.(type) {
	case Record:
		if w, ok := w.(Record); ok {
			t.labelled("field", recordLabels(c), recordLabels(w), where)
			return
		}
	case Variant:
		if w, ok := w.(Variant); ok {
			t.labelled("case", variantLabels(c), variantLabels(w), where)
			return
		}
	case Enum:
		if w, ok := w.(Enum); ok {
			t.labelled("case", enumLabels(c), enumLabels(w), where)
			return
		}
	case Flags:
		if w, ok := w.(Flags); ok {
			t.labelled("flag", flagLabels(c), flagLabels(w), where)
			return
		}
	case Tuple:
		if w, ok := w.(Tuple); ok && len(c.Types) == len(w.Types) {
			for i := range c.Types {
				t.types(c.Types[i], w.Types[i], append(where, "tuple element "+strconv.Itoa(i)))
			}
			return
		}
	case Resource:
		if _, ok := w.(Resource); ok {
			t.resources(cid, wid, where)
			return
		}
	case Handle:
		if w, ok := w.(Handle); ok && c.Borrow == w.Borrow {
			t.types(c.Resource.Type(), w.Resource.Type(), where)
			return
		}
	default:
		if parts, ok := containerParts(c, w); ok {
			for _, p := range parts {
				t.types(p.c, p.w, append(where, p.where))
			}
			return
		}
	}
	t.differ(cid.Type(), wid.Type(), where)
}

type typePair struct {
	c, w  Type
	where string
}

// containerParts pairs up what two anonymous types are made of; ok is false if
// they are not of one kind.
func containerParts(c, w Kind) (parts []typePair, ok bool) {
	switch c := c.(type) {
	case List:
		w, ok := w.(List)
		return []typePair{{c.Elem, w.Elem, "list element"}}, ok
	case Option:
		w, ok := w.(Option)
		return []typePair{{c.Elem, w.Elem, "option"}}, ok
	case FixedList:
		w, ok := w.(FixedList)
		return []typePair{{c.Elem, w.Elem, "list element"}}, ok && c.Len == w.Len
	case Map:
		w, ok := w.(Map)
		return []typePair{{c.Key, w.Key, "map key"}, {c.Value, w.Value, "map value"}}, ok
	case Future:
		w, ok := w.(Future)
		return []typePair{{c.Elem, w.Elem, "future"}}, ok
	case Stream:
		w, ok := w.(Stream)
		return []typePair{{c.Elem, w.Elem, "stream element"}}, ok
	case Result:
		w, ok := w.(Result)
		return []typePair{{c.Ok, w.Ok, "ok"}, {c.Err, w.Err, "error"}}, ok
	}
	return nil, false
}

// label is a field, case or flag.
type label struct {
	name string
	ty   Type // or None
}

func recordLabels(k Record) []label {
	l := make([]label, len(k.Fields))
	for i, f := range k.Fields {
		l[i] = label{f.Name, f.Type}
	}
	return l
}

func variantLabels(k Variant) []label {
	l := make([]label, len(k.Cases))
	for i, c := range k.Cases {
		l[i] = label{c.Name, c.Type}
	}
	return l
}

func enumLabels(k Enum) []label {
	l := make([]label, len(k.Cases))
	for i, c := range k.Cases {
		l[i].name = c.Name
	}
	return l
}

func flagLabels(k Flags) []label {
	l := make([]label, len(k.Flags))
	for i, f := range k.Flags {
		l[i].name = f.Name
	}
	return l
}

// labelled compares types made of named parts, whose order counts.
func (t *targeter) labelled(what string, c, w []label, where []string) {
	before := len(t.found)
	for _, l := range c {
		at := append(where, what+" "+l.name)
		if i := slices.IndexFunc(w, func(o label) bool { return o.name == l.name }); i < 0 {
			t.add(DifferentType, at, t.c.partText(l.ty), "")
		} else {
			t.types(l.ty, w[i].ty, at)
		}
	}
	for _, l := range w {
		if !slices.ContainsFunc(c, func(o label) bool { return o.name == l.name }) {
			t.add(DifferentType, append(where, what+" "+l.name), "", t.w.partText(l.ty))
		}
	}
	if len(t.found) == before && !slices.EqualFunc(c, w, func(a, b label) bool { return a.name == b.name }) {
		t.add(DifferentType, where, what+"s "+labelNames(c), what+"s "+labelNames(w))
	}
}

// partText shows the type of a field or case; what has no type is just present.
func (s *targetSide) partText(ty Type) string {
	if ty == None {
		return "present"
	}
	return s.typeText(ty)
}

func labelNames(labels []label) string {
	names := make([]string, len(labels))
	for i, l := range labels {
		names[i] = l.name
	}
	return strings.Join(names, ", ")
}

// resourceRef is a resource of one side: its definition, which stands for two
// resources if its interface is both imported and exported.
type resourceRef struct {
	def    TypeID
	export bool
}

// resources compares two resources. What the component imports, it takes as the
// world gives it, and what it exports, the world takes: the first place where
// such a resource is met, which is its definition, tells what it is, and all
// others must agree.
func (t *targeter) resources(c, w TypeID, where []string) {
	from, to := t.ref(&t.c, c), t.ref(&t.w, w)
	same := true
	switch {
	case to.export:
		same = bind(t.exported, to, from)
	case from.export:
		same = false
	default:
		same = bind(t.imported, from, to)
	}
	if !same {
		t.add(DifferentType, where, t.c.resourceText(from), t.w.resourceText(to))
	}
}

// bind reports whether key stands for value, which it does from now on if it
// was free.
func bind(m map[resourceRef]resourceRef, key, value resourceRef) bool {
	if bound, ok := m[key]; ok {
		return bound == value
	}
	m[key] = value
	return true
}

// ref says which resource a definition stands for.
func (t *targeter) ref(s *targetSide, def TypeID) resourceRef {
	iface, ok := s.r.Types[def].Owner.Interface()
	if !ok {
		return resourceRef{def: def}
	}
	key := InterfaceKey(iface)
	if t.at.Export && (iface == s.at || s.world.Exports.Has(key)) {
		return resourceRef{def, true}
	}
	if t.opts.SemverCompatible && s == &t.w {
		return resourceRef{def: s.newest(key, def)}
	}
	return resourceRef{def: def}
}

// newest gives the resource of the same name in the highest version of its
// interface that the world imports: all versions on a track share resources.
func (s *targetSide) newest(key WorldKey, def TypeID) TypeID {
	best, ok := s.imports.track[s.r.CanonicalKeyName(key)]
	if !ok || !best.IsInterface() || best == key {
		return def
	}
	named, ok := s.r.Interfaces[best.Interface].Types.Get(s.r.Types[def].Name)
	if !ok {
		return def
	}
	if id, ok := s.r.Dealias(named.Type()).ID(); ok && s.r.isResource(id) {
		return id
	}
	return def
}

// resourceText says which resource it is.
func (s *targetSide) resourceText(ref resourceRef) string {
	def := s.r.Types[ref.def]
	text := "resource " + def.Name
	if iface, ok := def.Owner.Interface(); ok && s.r.Interfaces[iface].Name != "" {
		text += " of the imported "
		if ref.export {
			text = "resource " + def.Name + " of the exported "
		}
		text += s.r.InterfaceName(iface)
	}
	return text
}
