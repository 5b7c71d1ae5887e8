package wit

import "slices"

// cloner copies what belongs to one world or interface for another. Types that
// belong elsewhere stay what they are.
type cloner struct {
	r        *Resolve
	from, to Owner
	pkg      PackageID // of interfaces that are copied
	types    map[TypeID]TypeID
}

func newCloner(r *Resolve, from, to Owner, pkg PackageID) *cloner {
	return &cloner{r: r, from: from, to: to, pkg: pkg, types: map[TypeID]TypeID{}}
}

// item copies something imported or exported under a plain name. Interfaces that
// have a name of their own are not copied.
func (c *cloner) item(item WorldItem) WorldItem {
	switch item := item.(type) {
	case *TypeItem:
		return &TypeItem{c.typeID(item.ID), item.Span}
	case *Function:
		return c.function(item)
	case *InterfaceItem:
		clone := *item
		if c.r.Interfaces[item.ID].Name == "" {
			clone.ID = c.iface(item.ID)
		}
		return &clone
	}
	return item
}

func (c *cloner) typeID(id TypeID) TypeID {
	if to, ok := c.types[id]; ok {
		return to
	}
	def := *c.r.Types[id]
	if !def.Owner.IsNone() {
		def.Owner = c.to
	}
	switch k := def.Kind.(type) {
	case Alias:
		def.Kind = c.alias(k)
	case Handle:
		k.Resource = c.typeID(k.Resource)
		def.Kind = k
	default:
		def.Kind = mapTypes(cloneKind(k), c.typ)
	}
	c.r.Types = append(c.r.Types, &def)
	to := TypeID(len(c.r.Types) - 1)
	c.types[id] = to
	return to
}

// alias copies an alias of a type that is copied as well; others stay.
func (c *cloner) alias(k Alias) Alias {
	id, ok := k.Target.ID()
	if !ok {
		return k
	}
	if c.r.Types[id].Owner == c.from {
		return Alias{c.typeID(id).Type()}
	}
	if to, ok := c.types[id]; ok {
		return Alias{to.Type()}
	}
	return k
}

func (c *cloner) typ(t Type) Type {
	if id, ok := t.ID(); ok {
		return c.typeID(id).Type()
	}
	return t
}

func (c *cloner) function(f *Function) *Function {
	clone := *f
	if f.Kind != Freestanding {
		clone.Resource = c.typeID(f.Resource)
	}
	clone.Params = slices.Clone(f.Params)
	for i := range clone.Params {
		clone.Params[i].Type = c.typ(clone.Params[i].Type)
	}
	clone.Result = c.typ(f.Result)
	return &clone
}

func (c *cloner) iface(id InterfaceID) InterfaceID {
	old := c.r.Interfaces[id]
	to := InterfaceID(len(c.r.Interfaces))
	clone := &Interface{
		Name: old.Name, Docs: old.Docs, Stability: old.Stability, Package: c.pkg, Span: old.Span, CloneOf: new(id),
	}
	c.r.Interfaces = append(c.r.Interfaces, clone)
	inner := &cloner{r: c.r, from: InterfaceOwner(id), to: InterfaceOwner(to), pkg: c.pkg, types: c.types}
	for name, t := range old.Types.All() {
		clone.Types.Set(name, inner.typeID(t))
	}
	for name, f := range old.Functions.All() {
		clone.Functions.Set(name, inner.function(f))
	}
	return to
}
