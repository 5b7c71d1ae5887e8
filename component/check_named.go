package component

// Types that an import or export refers to must have been named by imports or
// exports before it (Explainer.md, "Import and Export Definitions").

// named is the set of types that imports, or exports, have named so far.
type named struct {
	types map[AnyType]struct{}
	// fine are types and instances found to refer to named types only. Names are
	// only added, so that what was fine stays so.
	fine map[AnyType]struct{}
	// scratch is set while names of a type scope are added for a while.
	scratch bool
}

func (n *named) has(t AnyType) bool {
	_, ok := n.types[t]
	return ok
}

func (n *named) add(t AnyType) bool {
	if n.has(t) {
		return false
	}
	if n.types == nil {
		n.types = map[AnyType]struct{}{}
	}
	n.types[t] = struct{}{}
	return true
}

// knownFine tells whether t was found fine before.
func (n *named) knownFine(t AnyType) bool {
	_, ok := n.fine[t]
	return ok
}

func (n *named) setFine(t AnyType) {
	if n.scratch {
		return
	}
	if n.fine == nil {
		n.fine = map[AnyType]struct{}{}
	}
	n.fine[t] = struct{}{}
}

// register checks that an imported or exported entity refers to named types only,
// and names those that it brings.
func (s *scope) register(e Entity, importing bool) bool {
	if s.kind == inInstanceType {
		return true
	}
	set := &s.exports.named
	if importing {
		set = &s.imports.named
	}
	switch e := e.(type) {
	case *TypeItem:
		return s.registerType(e, importing, set)
	case *InstanceType:
		if set.knownFine(e) {
			return true
		}
		for _, x := range e.Exports.types {
			if x != nil && !s.register(x, importing) {
				return false
			}
		}
		set.setFine(e)
	case *FuncType:
		return set.funcNamed(e)
	case *ValueItem:
		return set.valueNamed(e.Type)
	}
	return true
}

func (s *scope) registerType(t *TypeItem, importing bool, set *named) bool {
	if importing && s.exports.named.has(t.Referenced) && !s.imports.named.has(t.Referenced) {
		return false // the name was introduced by an export
	}
	if !set.partsNamed(t.Referenced) {
		return false
	}
	if importing {
		s.imports.named.add(t.Created)
	}
	s.exports.named.add(t.Created)
	return true
}

// partsNamed tells whether all that a type definition refers to is named; the
// type itself need not be.
func (n *named) partsNamed(t AnyType) bool {
	switch t := t.(type) {
	case *ValueType:
		if t.Resource != nil {
			return n.has(t.Resource)
		}
		for p := range t.parts() {
			if !n.valueNamed(p) {
				return false
			}
		}
	case *FuncType:
		return n.funcNamed(t)
	case *InstanceType:
		return n.instanceNamed(t)
	}
	return true
}

func (n *named) funcNamed(t *FuncType) bool {
	for _, p := range t.Params {
		if !n.valueNamed(p.Type) {
			return false
		}
	}
	return t.Result == nil || n.valueNamed(t.Result)
}

// valueNamed tells whether a value type may be used: it is named, or of a kind
// that needs no name and made of such types.
func (n *named) valueNamed(t *ValueType) bool {
	switch t.Kind {
	case KindPrimitive:
		return true
	case KindFlags, KindEnum, KindRecord, KindVariant:
		return n.has(t)
	}
	large := t.facts.size > 16
	if large && n.knownFine(t) {
		return true
	}
	if !n.partsNamed(t) {
		return false
	}
	if large {
		n.setFine(t)
	}
	return true
}

// instanceNamed tells whether an instance type refers to named types only; those
// it exports itself are named within it.
func (n *named) instanceNamed(t *InstanceType) bool {
	if n.knownFine(t) {
		return true
	}
	outer := n.scratch
	n.scratch = true
	var added []AnyType
	ok := true
	for _, e := range t.Exports.types {
		if ok = n.exportNamed(e, &added); !ok {
			break
		}
	}
	for _, a := range added {
		delete(n.types, a)
	}
	n.scratch = outer
	if ok {
		n.setFine(t)
	}
	return ok
}

func (n *named) exportNamed(e Entity, added *[]AnyType) bool {
	switch e := e.(type) {
	case *FuncType:
		return n.funcNamed(e)
	case *TypeItem:
		if !n.partsNamed(e.Created) {
			return false
		}
		if n.add(e.Created) {
			*added = append(*added, e.Created)
		}
	case *ValueItem:
		return n.partsNamed(e.Type)
	case *InstanceType:
		return n.instanceNamed(e)
	}
	return true
}
