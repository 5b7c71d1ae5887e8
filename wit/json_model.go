package wit

import "strconv"

func (j *jsonWriter) pkg(p *Package) {
	j.open('{')
	j.key("name")
	j.string(p.Name.String())
	j.docs(p.Docs)
	jsonIDs(j, "interfaces", &p.Interfaces)
	jsonIDs(j, "worlds", &p.Worlds)
	j.close('}')
}

func (j *jsonWriter) world(w *World) {
	j.open('{')
	j.key("name")
	j.string(w.Name)
	j.worldItems("imports", &w.Imports)
	j.worldItems("exports", &w.Exports)
	j.key("package")
	j.id(int32(w.Package))
	j.docs(w.Docs)
	j.stability(w.Stability)
	j.close('}')
}

func (j *jsonWriter) worldItems(key string, items *Ordered[WorldKey, WorldItem]) {
	j.openKey(key)
	for k, item := range items.All() {
		name := k.Name
		if k.IsInterface() {
			name = "interface-" + strconv.Itoa(int(k.Interface))
		}
		j.openKey(name)
		j.worldItem(item)
		j.close('}')
	}
	j.close('}')
}

func (j *jsonWriter) worldItem(item WorldItem) {
	switch item := item.(type) {
	case *TypeItem:
		j.key("type")
		j.number(int(item.ID))
	case *Function:
		j.key("function")
		j.function(item)
	case *InterfaceItem:
		j.openKey("interface")
		j.key("id")
		j.number(int(item.ID))
		j.stability(item.Stability)
		j.externalID(item.ExternalID)
		j.docs(item.Docs)
		j.close('}')
	}
}

func (j *jsonWriter) iface(i *Interface) {
	j.open('{')
	j.key("name")
	j.name(i.Name)
	jsonIDs(j, "types", &i.Types)
	j.openKey("functions")
	for name, f := range i.Functions.All() {
		j.key(name)
		j.function(f)
	}
	j.close('}')
	j.docs(i.Docs)
	j.stability(i.Stability)
	j.key("package")
	j.id(int32(i.Package))
	if i.CloneOf != nil {
		j.key("clone_of")
		j.number(int(*i.CloneOf))
	}
	j.close('}')
}

func (j *jsonWriter) function(f *Function) {
	j.open('{')
	j.key("name")
	j.string(f.Name)
	j.key("kind")
	kind := jsonFunctionKind(f)
	if f.Kind == Freestanding {
		j.string(kind)
	} else {
		j.tagged(kind, int32(f.Resource))
	}
	jsonArray(j, "params", f.Params, (*jsonWriter).param)
	if f.Result != None {
		j.key("result")
		j.typ(f.Result)
	}
	j.docs(f.Docs)
	j.stability(f.Stability)
	j.externalID(f.ExternalID)
	j.close('}')
}

func (j *jsonWriter) param(p Param) {
	j.open('{')
	if p.Name != "" {
		j.key("name")
		j.string(p.Name)
	}
	j.key("type")
	j.typ(p.Type)
	j.close('}')
}

func jsonFunctionKind(f *Function) string {
	base := [...]string{
		Freestanding: "freestanding", Method: "method", Static: "static", Constructor: "constructor",
	}[f.Kind]
	accessor := [...]string{NoAccessor: "", Getter: "getter", Setter: "setter"}[f.Accessor]
	switch {
	case f.Async:
		return "async-" + base
	case accessor == "":
		return base
	case f.Kind == Freestanding:
		return accessor
	}
	return base + "-" + accessor
}

func (j *jsonWriter) typ(t Type) {
	id, ok := t.ID()
	switch {
	case ok:
		j.number(int(id))
	case t == None:
		j.null()
	default:
		j.string(t.String())
	}
}

func (j *jsonWriter) typeDef(t *TypeDef) {
	j.open('{')
	j.key("name")
	j.name(t.Name)
	j.key("kind")
	j.kind(t.Kind)
	j.key("owner")
	if id, ok := t.Owner.World(); ok {
		j.tagged("world", int32(id))
	} else if id, ok := t.Owner.Interface(); ok {
		j.tagged("interface", int32(id))
	} else {
		j.null()
	}
	j.docs(t.Docs)
	j.stability(t.Stability)
	j.externalID(t.ExternalID)
	j.close('}')
}

func (j *jsonWriter) kind(k Kind) {
	name := k.String()
	switch k.(type) {
	case Resource, Unknown:
		j.string(name)
		return
	case Handle:
		name = "handle"
	case FixedList:
		name = "fixed-length-list"
	}
	j.open('{')
	j.key(name)
	j.structure(k)
	j.close('}')
}

func (j *jsonWriter) structure(k Kind) {
	switch k := k.(type) {
	case Record:
		jsonMembers(j, "fields", k.Fields, func(j *jsonWriter, f Field) { j.member(f.Name, &f.Type, f.Docs) })
	case Variant:
		jsonMembers(j, "cases", k.Cases, func(j *jsonWriter, c Case) { j.member(c.Name, &c.Type, c.Docs) })
	case Enum:
		jsonMembers(j, "cases", k.Cases, func(j *jsonWriter, c EnumCase) { j.member(c.Name, nil, c.Docs) })
	case Flags:
		jsonMembers(j, "flags", k.Flags, func(j *jsonWriter, f Flag) { j.member(f.Name, nil, f.Docs) })
	case Tuple:
		jsonMembers(j, "types", k.Types, (*jsonWriter).typ)
	case Handle:
		j.tagged(k.String(), int32(k.Resource))
	case Result:
		j.open('{')
		j.key("ok")
		j.typ(k.Ok)
		j.key("err")
		j.typ(k.Err)
		j.close('}')
	case Map:
		j.open('[')
		j.typ(k.Key)
		j.typ(k.Value)
		j.close(']')
	case FixedList:
		j.open('[')
		j.typ(k.Elem)
		j.number(int(k.Len))
		j.close(']')
	default:
		j.typ(elemOf(k))
	}
}

// elemOf is the one type that a kind is about, which may be None.
func elemOf(k Kind) Type {
	switch k := k.(type) {
	case Option:
		return k.Elem
	case List:
		return k.Elem
	case Future:
		return k.Elem
	case Stream:
		return k.Elem
	case Alias:
		return k.Target
	}
	return None
}

// jsonMembers writes {key: [...]}.
func jsonMembers[T any](j *jsonWriter, key string, list []T, member func(*jsonWriter, T)) {
	j.open('{')
	jsonArray(j, key, list, member)
	j.close('}')
}

// member writes a field, case or flag; t is nil for those without type.
func (j *jsonWriter) member(name string, t *Type, docs Docs) {
	j.open('{')
	j.key("name")
	j.string(name)
	if t != nil {
		j.key("type")
		j.typ(*t)
	}
	j.docs(docs)
	j.close('}')
}

func (j *jsonWriter) docs(d Docs) {
	if d.Present {
		j.openKey("docs")
		j.key("contents")
		j.string(d.Text)
		j.close('}')
	}
}

func (j *jsonWriter) externalID(id ExternalID) {
	if id.Present {
		j.key("external_id")
		j.string(id.Value)
	}
}

func (j *jsonWriter) stability(s Stability) {
	level, key, value := "unstable", "feature", s.Feature
	switch s.Level {
	case StabilityUnknown:
		return
	case Stable:
		level, key, value = "stable", "since", string(s.Since)
	}
	j.openKey("stability")
	j.openKey(level)
	j.key(key)
	j.string(value)
	if s.Deprecated != "" {
		j.key("deprecated")
		j.string(string(s.Deprecated))
	}
	j.close('}')
	j.close('}')
}
