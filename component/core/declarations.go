package core

// Declarations is an index space of types outside of a module, as the module
// types of components have, to which imports and exports refer.
type Declarations struct{ c checker }

// Declarations begins an empty index space of types in the validator's store.
func (v *Validator) Declarations() *Declarations {
	return &Declarations{checker{
		Info:  &Info{Module: &Module{}, features: v.opts.Features},
		store: v.opts.Types,
	}}
}

// Len is the number of types.
func (d *Declarations) Len() int { return len(d.c.ids) }

// Type is the type of an index.
func (d *Declarations) Type(index uint32) (TypeID, bool) { return d.c.TypeID(index) }

// Define checks a recursion group and adds its types.
func (d *Declarations) Define(g RecGroup) error {
	id, err := d.c.store.Intern(g, TypeScope{Base: uint32(len(d.c.ids)), Lookup: d.c.TypeID}, d.c.features)
	if err != nil {
		return err
	}
	for i := range g.Types {
		d.Add(id + TypeID(i))
	}
	return nil
}

// Add adds a type of the store.
func (d *Declarations) Add(id TypeID) {
	c := &d.c
	c.types = c.store.types
	c.ids = append(c.ids, id)
	var sig *FuncType
	if c.types[id].Kind == CompositeFunc {
		sig = &c.types[id].Func
	}
	c.sigs = append(c.sigs, sig)
}

// Extern checks the type of an import or export and gives it with [TypeID]s in
// place of indices.
func (d *Declarations) Extern(t ExternType, offset int64) (ExternType, error) {
	if err := d.c.importType(Import{Type: t, Offset: offset}, 0); err != nil {
		return t, err
	}
	return d.c.extern(t), nil
}
