package wit

import "slices"

// TargetOptions says how strictly [Target] matches names. The zero value is the
// rule by which components are instantiated: by exact names.
type TargetOptions struct {
	// SemverCompatible lets interfaces match whose versions are on one track
	// (see [Version.Track]): the exact version if there is one, else the
	// highest.
	SemverCompatible bool
	// Linked counts what hosts look at when they link a component, which is
	// functions and resources. Names of parameters do not count, and of other
	// types no more than functions use.
	Linked bool
}

// Target compares what a component imports and exports with a world, and gives
// every reason for which the component cannot run where that world is offered:
// the world must offer each import with at least the functions and types that
// the component uses of it, and the component must have each export that the
// world names. Nothing, if the component fits.
//
// Types are compared by structure, resources by the import or export that they
// come from. It is the check of "wasm-tools component targets". The mismatches
// are in the order of the component's imports, then of the world's exports.
func Target(component *Resolve, c WorldID, target *Resolve, w WorldID, opts TargetOptions) []Mismatch {
	t := &targeter{
		c: newTargetSide(component, c), w: newTargetSide(target, w), opts: opts,
		reported: map[[2]TypeID]bool{},
		imported: map[resourceRef]resourceRef{}, exported: map[resourceRef]resourceRef{},
	}
	for key, item := range t.c.world.Imports.All() {
		t.importItem(key, item)
	}
	for key, item := range t.w.world.Exports.All() {
		t.exportItem(key, item)
	}
	return t.found
}

// targeter compares two worlds.
type targeter struct {
	c, w     targetSide // the component's world and the target
	opts     TargetOptions
	found    []Mismatch
	reported map[[2]TypeID]bool // definitions known to differ

	imported map[resourceRef]resourceRef // what the component's resources are in the world
	exported map[resourceRef]resourceRef // what the world's resources are in the component

	at      Mismatch           // what is being compared: Export, Name, Counterpart, Item
	visited map[[2]TypeID]bool // pairs compared for that
}

// targetSide is one of the two worlds.
type targetSide struct {
	r                *Resolve
	world            *World
	imports, exports targetNames

	at InterfaceID // the interface that is being compared, or NoInterface
}

func newTargetSide(r *Resolve, id WorldID) targetSide {
	w := r.Worlds[id]
	return targetSide{
		r: r, world: w, at: NoInterface, imports: namesOf(r, &w.Imports), exports: namesOf(r, &w.Exports),
	}
}

// targetNames finds imports or exports by name; interfaces also by their
// canonical names, and by their names without version: the highest version.
type targetNames struct{ exact, track, any map[string]WorldKey }

func namesOf(r *Resolve, items *Ordered[WorldKey, WorldItem]) targetNames {
	n := targetNames{
		exact: make(map[string]WorldKey, items.Len()), track: make(map[string]WorldKey, items.Len()),
		any: make(map[string]WorldKey, items.Len()),
	}
	keepHighest := func(m map[string]WorldKey, name string, key WorldKey) {
		if best, ok := m[name]; !ok || r.keyVersion(best).Compare(r.keyVersion(key)) < 0 {
			m[name] = key
		}
	}
	for key := range items.Keys() {
		n.exact[r.KeyName(key)] = key
		keepHighest(n.track, r.CanonicalKeyName(key), key)
		if key.IsInterface() {
			keepHighest(n.any, r.unversioned(key), key)
		}
	}
	return n
}

// keyVersion is the version of an interface's package, or "".
func (r *Resolve) keyVersion(key WorldKey) Version {
	if !key.IsInterface() {
		return ""
	}
	return r.Packages[r.Interfaces[key.Interface].Package].Name.Version
}

// name is the name by which keys are matched.
func (t *targeter) name(s *targetSide, key WorldKey) string {
	if t.opts.SemverCompatible {
		return s.r.CanonicalKeyName(key)
	}
	return s.r.KeyName(key)
}

// find looks up what goes by the name of a key of the other side.
func (t *targeter) find(n targetNames, from *targetSide, key WorldKey) (WorldKey, bool) {
	found, ok := n.exact[from.r.KeyName(key)]
	if !ok && t.opts.SemverCompatible {
		found, ok = n.track[t.name(from, key)]
	}
	return found, ok
}

// nearest gives the name of the highest version of an interface, or "".
func (s *targetSide) nearest(n targetNames, from *targetSide, key WorldKey) string {
	if !key.IsInterface() {
		return ""
	}
	best, ok := n.any[from.r.unversioned(key)]
	if !ok {
		return ""
	}
	return s.r.KeyName(best)
}

// unversioned is the full name of an interface without version.
func (r *Resolve) unversioned(key WorldKey) string {
	iface := r.Interfaces[key.Interface]
	name := r.Packages[iface.Package].Name
	name.Version = ""
	return name.ID(iface.Name)
}

// add records a mismatch of what is being compared.
func (t *targeter) add(kind MismatchKind, where []string, component, target string) {
	if len(t.found) >= MaxMismatches {
		return
	}
	m := t.at
	m.Kind, m.Where, m.Component, m.Target = kind, slices.Clone(where), component, target
	t.found = append(t.found, m)
}

func (t *targeter) importItem(key WorldKey, item WorldItem) {
	t.at = Mismatch{Name: t.c.r.KeyName(key)}
	other, ok := t.find(t.w.imports, &t.c, key)
	if !ok && t.opts.Linked && t.c.needsNothing(item) {
		return
	}
	if !ok {
		t.at.Counterpart = t.w.nearest(t.w.imports, &t.c, key)
		t.add(MissingImport, nil, t.c.describe(item), "")
		return
	}
	if name := t.w.r.KeyName(other); name != t.at.Name {
		t.at.Counterpart = name
	}
	offered, _ := t.w.world.Imports.Get(other)
	t.item(item, offered)
}

// needsNothing reports whether an import is an interface without functions and
// resources of its own, which a host need not define.
func (s *targetSide) needsNothing(item WorldItem) bool {
	i, ok := item.(*InterfaceItem)
	if !ok || s.r.Interfaces[i.ID].Functions.Len() > 0 {
		return false
	}
	for _, id := range s.r.Interfaces[i.ID].Types.All() {
		if _, ok := s.r.Types[id].Kind.(Resource); ok {
			return false
		}
	}
	return true
}

func (t *targeter) exportItem(key WorldKey, item WorldItem) {
	t.at = Mismatch{Name: t.w.r.KeyName(key), Export: true}
	other, ok := t.find(t.c.exports, &t.w, key)
	if !ok {
		t.at.Counterpart = t.c.nearest(t.c.exports, &t.w, key)
		t.add(MissingExport, nil, "", t.w.describe(item))
		return
	}
	if name := t.c.r.KeyName(other); name != t.at.Name {
		t.at.Name, t.at.Counterpart = name, t.at.Name
	}
	supplied, _ := t.c.world.Exports.Get(other)
	t.item(supplied, item)
}

// item compares an import or export of the component with that of the world.
func (t *targeter) item(c, w WorldItem) {
	t.visited = map[[2]TypeID]bool{}
	t.c.at, t.w.at = NoInterface, NoInterface
	switch c := c.(type) {
	case *InterfaceItem:
		if w, ok := w.(*InterfaceItem); ok {
			t.c.at, t.w.at = c.ID, w.ID
			t.interfaces(t.c.r.Interfaces[c.ID], t.w.r.Interfaces[w.ID])
			return
		}
	case *Function:
		if w, ok := w.(*Function); ok {
			t.functions(c, w)
			return
		}
	case *TypeItem:
		if w, ok := w.(*TypeItem); ok {
			t.types(c.ID.Type(), w.ID.Type(), nil)
			return
		}
	}
	t.add(DifferentSort, nil, t.c.describe(c), t.w.describe(w))
}

// describe says what sort of thing an import or export is.
func (s *targetSide) describe(item WorldItem) string {
	switch item := item.(type) {
	case *InterfaceItem:
		return "interface"
	case *Function:
		return s.r.SignatureString(item)
	case *TypeItem:
		return s.typeText(item.ID.Type())
	}
	return ""
}

// interfaces compares interfaces: who supplies one must have all that the other
// side uses.
func (t *targeter) interfaces(c, w *Interface) {
	user := c
	if t.at.Export {
		user = w
	}
	for name := range user.Types.Keys() {
		t.at.Item = name
		ct, inC := c.Types.Get(name)
		wt, inW := w.Types.Get(name)
		switch {
		case t.opts.Linked && !(inC && t.c.r.isResource(ct) || inW && t.w.r.isResource(wt)):
			// Neither side takes notice of the name.
		case inC && inW:
			t.types(ct.Type(), wt.Type(), nil)
		case inC:
			t.add(MissingItem, nil, t.c.typeText(ct.Type()), "")
		default:
			t.add(MissingItem, nil, "", t.w.typeText(wt.Type()))
		}
	}
	for name := range user.Functions.Keys() {
		t.at.Item = name
		cf, inC := c.Functions.Get(name)
		wf, inW := w.Functions.Get(name)
		switch {
		case inC && inW:
			t.functions(cf, wf)
		case inC:
			t.add(MissingItem, nil, t.c.r.SignatureString(cf), "")
		default:
			t.add(MissingItem, nil, "", t.w.r.SignatureString(wf))
		}
	}
	t.at.Item = ""
}

func (t *targeter) functions(c, w *Function) {
	if !t.sameParameters(c, w) {
		t.add(DifferentType, nil, t.c.r.SignatureString(c), t.w.r.SignatureString(w))
		return
	}
	for i, p := range c.Params {
		t.types(p.Type, w.Params[i].Type, []string{"parameter " + p.Name})
	}
	t.types(c.Result, w.Result, []string{"result"})
}

// sameParameters reports whether functions agree in all but the types.
func (t *targeter) sameParameters(a, b *Function) bool {
	return a.Async == b.Async && (a.Result == None) == (b.Result == None) &&
		slices.EqualFunc(a.Params, b.Params, func(a, b Param) bool { return t.opts.Linked || a.Name == b.Name })
}
