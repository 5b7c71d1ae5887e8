package component

// Component and instance types, and the type of a component.

func (s *scope) instanceType(t *Type) AnyType {
	if t.Scope == nil {
		return nil
	}
	inner := s.declarations(inInstanceType, t.Scope)
	defer s.release(inner)
	return &InstanceType{
		Exports: inner.exports.items(), fresh: inner.fresh, w: inner.w,
		resource: itemsHaveResources(inner.exports.types),
	}
}

func (s *scope) writtenComponentType(t *Type) AnyType {
	if t.Scope == nil {
		return nil
	}
	inner := s.declarations(inComponentType, t.Scope)
	defer s.release(inner)
	inner.def = Def{}
	return inner.componentType(t.Off)
}

// release gives back the scope of a type when nothing refers to it any more. What
// it resolved lives on in the type.
func (c *checker) release(inner *scope) { c.spare = append(c.spare, inner) }

func (s *scope) declarations(kind scopeKind, t *TypeScope) *scope {
	inner := s.newScope(kind, s, &t.Scope)
	inner.typ = t
	for _, d := range t.Order {
		if len(s.errs) >= s.maxErrors {
			break
		}
		inner.define(d)
	}
	if len(t.Order) > 0 {
		s.info.types[t] = &TypeInfo{
			Types: inner.Types, CoreTypes: inner.CoreTypes, Instances: inner.Instances,
			Imports: inner.Imports, Exports: inner.Exports,
		}
	}
	return inner
}

// componentType is the type of the component or component type that s is, once
// all is defined. Of the resources it defines only exported ones are part of it,
// and these must be exported themselves.
func (s *scope) componentType(off int64) *ComponentType {
	t := &ComponentType{
		Imports: s.imports.items(), Exports: s.exports.items(), imported: s.imported, w: s.w,
		resource: itemsHaveResources(s.imports.types) || itemsHaveResources(s.exports.types),
	}
	if len(s.fresh) == 0 {
		return t
	}
	free := newFreeResources()
	free.items(t.Imports)
	for _, r := range s.fresh {
		if free.has(r) {
			s.fail(off, ruleExtern, "an import refers to %s, which only exists in the component itself", r)
		}
	}
	free = newFreeResources()
	free.items(t.Exports)
	var used []*Resource
	for _, r := range s.fresh {
		if free.has(r) {
			used = append(used, r)
		}
	}
	paths := findResources(t.Exports, used)
	for _, r := range used {
		path, ok := paths[r]
		if !ok {
			s.fail(off, ruleExtern, "an export refers to %s, which is not exported itself", r)
			continue
		}
		t.fresh = append(t.fresh, resourcePath{r, path})
	}
	return t
}

func itemsHaveResources(types []Entity) bool {
	for _, e := range types {
		if entityHasResources(e) {
			return true
		}
	}
	return false
}

func entityHasResources(e Entity) bool {
	switch e := e.(type) {
	case *FuncType:
		return e.resource
	case *InstanceType:
		return e.resource
	case *ComponentType:
		return e.resource
	case *ValueItem:
		return e.Type.facts.resource
	case *TypeItem:
		return typeHasResources(e.Created)
	}
	return false
}

func typeHasResources(t AnyType) bool {
	switch t := t.(type) {
	case *ResourceType:
		return true
	case *ValueType:
		return t.facts.resource
	case *FuncType:
		return t.resource
	case *InstanceType:
		return t.resource
	case *ComponentType:
		return t.resource
	}
	return false
}
