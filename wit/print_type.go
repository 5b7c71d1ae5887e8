package wit

import "strconv"

// uses is one use statement: types of one interface under equal attributes.
type uses struct {
	from  Owner
	def   *TypeDef // the first of them
	names [][2]string
}

// types writes the types of an interface or world: first those used from
// elsewhere, then those defined here.
func (p *printer) types(owner Owner, pkg PackageID, types []TypeID, methods map[TypeID][]*Function) {
	var imports []uses
	var local []TypeID
	for _, id := range types {
		t := p.r.Types[id]
		other, ok := p.usedFrom(t, owner)
		if !ok {
			local = append(local, id)
			continue
		}
		names := [2]string{other.Name, t.Name}
		if n := len(imports) - 1; n >= 0 && imports[n].from == other.Owner &&
			imports[n].def.Stability == t.Stability && imports[n].def.ExternalID == t.ExternalID {
			imports[n].names = append(imports[n].names, names)
			continue
		}
		imports = append(imports, uses{other.Owner, t, [][2]string{names}})
	}
	for _, u := range imports {
		p.items = true
		p.use(u, pkg)
	}
	for _, id := range local {
		p.item()
		t := p.r.Types[id]
		p.docs(t.Docs)
		p.stability(t.Stability)
		p.externalID(t.ExternalID)
		p.typeDef(id, methods[id])
	}
}

// usedFrom gives the type of another interface or world that t is a use of.
func (p *printer) usedFrom(t *TypeDef, owner Owner) (*TypeDef, bool) {
	alias, ok := t.Kind.(Alias)
	if !ok {
		return nil, false
	}
	id, ok := alias.Target.ID()
	if !ok {
		return nil, false
	}
	other := p.r.Types[id]
	return other, !other.Owner.IsNone() && other.Owner != owner
}

func (p *printer) use(u uses, pkg PackageID) {
	from, ok := u.from.Interface()
	if !ok {
		p.fail("the type %q is used from a world, which WIT cannot say", u.def.Name)
		return
	}
	p.stability(u.def.Stability)
	p.externalID(u.def.ExternalID)
	p.write("use ")
	p.path(from, pkg)
	p.write(".{")
	for i, n := range u.names {
		if i > 0 {
			p.write(", ")
		}
		p.name(n[0])
		if n[0] != n[1] {
			p.write(" as ")
			p.name(n[1])
		}
	}
	p.write("}")
	p.end()
}

func (p *printer) typeDef(id TypeID, methods []*Function) {
	t := p.r.Types[id]
	if t.Name == "" {
		p.fail("a %s has no name", t.Kind)
		return
	}
	switch k := t.Kind.(type) {
	case Resource:
		p.resource(t.Name, methods)
	case Record:
		p.block(k, t.Name)
		for _, f := range k.Fields {
			p.member(f.Docs, f.Name, ": ", f.Type, "")
		}
		p.close()
	case Variant:
		p.block(k, t.Name)
		for _, c := range k.Cases {
			p.member(c.Docs, c.Name, "(", c.Type, ")")
		}
		p.close()
	case Enum:
		p.block(k, t.Name)
		for _, c := range k.Cases {
			p.member(c.Docs, c.Name, "", None, "")
		}
		p.close()
	case Flags:
		p.block(k, t.Name)
		for _, f := range k.Flags {
			p.member(f.Docs, f.Name, "", None, "")
		}
		p.close()
	default:
		p.write("type ")
		p.name(t.Name)
		p.write(" = ")
		p.structure(k, true, 0)
		p.end()
	}
}

func (p *printer) block(k Kind, name string) {
	p.write(k.String())
	p.write(" ")
	p.name(name)
	p.open()
}

// member writes a field, case or flag; without a type before and after are left
// out.
func (p *printer) member(docs Docs, name, before string, t Type, after string) {
	p.docs(docs)
	p.name(name)
	if t != None {
		p.write(before)
		p.typeName(t, 0)
		p.write(after)
	}
	p.write(",")
	p.newline()
}

func (p *printer) resource(name string, methods []*Function) {
	p.write("resource ")
	p.name(name)
	if len(methods) == 0 {
		p.end()
		return
	}
	p.open()
	for _, f := range methods {
		p.docs(f.Docs)
		p.stability(f.Stability)
		p.externalID(f.ExternalID)
		if f.Kind != Constructor {
			p.name(f.ItemName())
			p.write(": ")
		}
		if f.Kind == Static {
			p.write("static ")
		}
		p.signature(f)
		p.end()
	}
	p.close()
}

// typeName writes a use of a type: its name if it has one, else its structure.
func (p *printer) typeName(t Type, depth int) {
	id, ok := t.ID()
	switch {
	case !ok:
		p.write(t.String())
	case p.r.Types[id].Name != "":
		p.name(p.r.Types[id].Name)
	case depth > MaxTypeDepth:
		p.fail("types nest deeper than %d", MaxTypeDepth)
	case p.err == nil:
		p.structure(p.r.Types[id].Kind, false, depth)
	}
}

// structure writes a type that needs no name. Handles that are declared are
// written as own<T>, since a bare T would be an alias of the resource.
func (p *printer) structure(k Kind, declared bool, depth int) {
	switch k := k.(type) {
	case Handle:
		p.handle(k, declared)
	case Tuple:
		p.generic("tuple", depth, k.Types...)
	case Option:
		p.generic("option", depth, k.Elem)
	case List:
		p.generic("list", depth, k.Elem)
	case Map:
		p.generic("map", depth, k.Key, k.Value)
	case FixedList:
		p.write("list<")
		p.typeName(k.Elem, depth+1)
		p.write(", ")
		p.write(strconv.FormatUint(uint64(k.Len), 10))
		p.write(">")
	case Result:
		p.result(k, depth)
	case Future:
		p.maybeGeneric("future", depth, k.Elem)
	case Stream:
		p.maybeGeneric("stream", depth, k.Elem)
	case Alias:
		p.typeName(k.Target, depth+1)
	default:
		p.fail("a %s has no name", k)
	}
}

func (p *printer) handle(h Handle, declared bool) {
	name := p.r.Types[h.Resource].Name
	if name == "" {
		p.fail("a handle's resource has no name")
		return
	}
	if !h.Borrow && !declared {
		p.name(name)
		return
	}
	p.write(h.String())
	p.write("<")
	p.name(name)
	p.write(">")
}

func (p *printer) result(k Result, depth int) {
	switch {
	case k.Ok == None && k.Err != None:
		p.write("result<_, ")
		p.typeName(k.Err, depth+1)
		p.write(">")
	case k.Err != None:
		p.generic("result", depth, k.Ok, k.Err)
	default:
		p.maybeGeneric("result", depth, k.Ok)
	}
}

func (p *printer) maybeGeneric(name string, depth int, elem Type) {
	if elem == None {
		p.write(name)
		return
	}
	p.generic(name, depth, elem)
}

func (p *printer) generic(name string, depth int, args ...Type) {
	p.write(name)
	p.write("<")
	for i, t := range args {
		if i > 0 {
			p.write(", ")
		}
		p.typeName(t, depth+1)
	}
	p.write(">")
}
