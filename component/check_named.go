package component

import "fmt"

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
// and names those that it brings. It gives the first type that is not named, nil if
// there is none.
func (s *scope) register(e Entity, importing bool) AnyType {
	if s.kind == inInstanceType {
		return nil
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
			return nil
		}
		for _, x := range e.Exports.types {
			if t := s.register(x, importing); t != nil {
				return t
			}
		}
		set.setFine(e)
	case *FuncType:
		return set.funcNamed(e)
	case *ValueItem:
		return set.valueNamed(e.Type)
	}
	return nil
}

func (s *scope) registerType(t *TypeItem, importing bool, set *named) AnyType {
	if importing && s.exports.named.has(t.Referenced) && !s.imports.named.has(t.Referenced) {
		return t.Referenced // the name was introduced by an export
	}
	if t := set.partsNamed(t.Referenced); t != nil {
		return t
	}
	if importing {
		s.imports.named.add(t.Created)
	}
	s.exports.named.add(t.Created)
	return nil
}

// partsNamed finds a type that a type definition refers to and that is not named;
// the type itself need not be.
func (n *named) partsNamed(t AnyType) AnyType {
	switch t := t.(type) {
	case *ValueType:
		if t.Resource != nil {
			return n.unlessNamed(t.Resource)
		}
		for p := range t.parts() {
			if u := n.valueNamed(p); u != nil {
				return u
			}
		}
	case *FuncType:
		return n.funcNamed(t)
	case *InstanceType:
		return n.instanceNamed(t)
	}
	return nil
}

func (n *named) unlessNamed(t AnyType) AnyType {
	if n.has(t) {
		return nil
	}
	return t
}

func (n *named) funcNamed(t *FuncType) AnyType {
	for _, p := range t.Params {
		if u := n.valueNamed(p.Type); u != nil {
			return u
		}
	}
	if t.Result == nil {
		return nil
	}
	return n.valueNamed(t.Result)
}

// valueNamed finds what keeps a value type from being used: it must be named, or of
// a kind that needs no name and made of such types.
func (n *named) valueNamed(t *ValueType) AnyType {
	switch t.Kind {
	case KindPrimitive:
		return nil
	case KindFlags, KindEnum, KindRecord, KindVariant:
		return n.unlessNamed(t)
	}
	large := t.facts.size > 16
	if large && n.knownFine(t) {
		return nil
	}
	if u := n.partsNamed(t); u != nil {
		return u
	}
	if large {
		n.setFine(t)
	}
	return nil
}

// instanceNamed finds a type that an instance type refers to and that is not named;
// those it exports itself are named within it.
func (n *named) instanceNamed(t *InstanceType) (unnamed AnyType) {
	if n.knownFine(t) {
		return nil
	}
	outer := n.scratch
	n.scratch = true
	var added []AnyType
	for _, e := range t.Exports.types {
		if unnamed = n.exportNamed(e, &added); unnamed != nil {
			break
		}
	}
	for _, a := range added {
		delete(n.types, a)
	}
	n.scratch = outer
	if unnamed == nil {
		n.setFine(t)
	}
	return unnamed
}

func (n *named) exportNamed(e Entity, added *[]AnyType) AnyType {
	switch e := e.(type) {
	case *FuncType:
		return n.funcNamed(e)
	case *TypeItem:
		if u := n.partsNamed(e.Created); u != nil {
			return u
		}
		if n.add(e.Created) {
			*added = append(*added, e.Created)
		}
	case *ValueItem:
		return n.partsNamed(e.Type)
	case *InstanceType:
		return n.instanceNamed(e)
	}
	return nil
}

// unnamed says that an entity refers to a type that is not named.
func (s *scope) unnamed(kind string, e Entity, t AnyType) string {
	if kind == "import" && s.exports.named.has(t) {
		return fmt.Sprintf("%s refers to %s, which an export has named, not an import", itsType(e),
			describeNamed(t))
	}
	return fmt.Sprintf("%s refers to %s, which must be %sed before it", itsType(e), describeNamed(t), kind)
}

func itsType(e Entity) string {
	switch e.(type) {
	case *InstanceType, *TypeItem:
		return "the " + e.sort().String()
	}
	return "the type of the " + e.sort().String()
}

// describeNamed tells a type that needs a name by what is in it.
func describeNamed(t AnyType) string {
	switch t := t.(type) {
	case *ResourceType:
		return t.Resource.String()
	case *ValueType:
		switch {
		case len(t.Labels) > 0:
			return fmt.Sprintf("the %s type with the label %q", t.Kind, t.Labels[0])
		case len(t.Fields) > 0 && t.Kind != KindTuple:
			return fmt.Sprintf("the %s type with the %s %q", t.Kind, partOf(t.Kind), t.Fields[0].Name)
		}
	}
	return withArticle(describeType(t))
}
