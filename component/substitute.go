package component

// substitution replaces resources inside of types, and types by others that are
// equal to them under it. Types in which nothing changes keep their identity.
type substitution struct {
	c         *checker
	resources map[*Resource]*Resource
	// done maps every type met so far. Renamings of types are entered before.
	done    map[AnyType]AnyType
	renamed bool // there are renamings, which reach types without resources
}

func newSubstitution(c *checker) *substitution {
	return &substitution{c: c, resources: map[*Resource]*Resource{}, done: map[AnyType]AnyType{}}
}

// rename makes the substitution replace types by others, beyond resources.
func (s *substitution) rename(types map[AnyType]AnyType) {
	s.done, s.renamed = types, s.renamed || len(types) > 0
}

func (s *substitution) any(t AnyType) AnyType {
	switch t := t.(type) {
	case *ValueType:
		return s.value(t)
	case *ResourceType:
		return s.resourceType(t)
	case *FuncType:
		return s.fn(t)
	case *InstanceType:
		return s.instance(t)
	case *ComponentType:
		return s.component(t)
	}
	return t
}

func (s *substitution) entity(e Entity) Entity {
	switch e := e.(type) {
	case *FuncType:
		return s.fn(e)
	case *InstanceType:
		return s.instance(e)
	case *ComponentType:
		return s.component(e)
	case *ValueItem:
		if t := s.value(e.Type); t != e.Type {
			return &ValueItem{t}
		}
	case *TypeItem:
		referenced := s.any(e.Referenced)
		created := referenced
		if e.Created != e.Referenced {
			created = s.any(e.Created)
		}
		if created != e.Created || referenced != e.Referenced {
			return &TypeItem{Created: created, Referenced: referenced}
		}
	}
	return e
}

func (s *substitution) resource(r *Resource) *Resource {
	if to, ok := s.resources[r]; ok {
		return to
	}
	return r
}

func (s *substitution) resourceType(t *ResourceType) *ResourceType {
	if to, ok := s.done[t]; ok {
		return to.(*ResourceType)
	}
	if to, ok := s.resources[t.Resource]; ok {
		return s.c.resourceType(to, t.alias)
	}
	return t
}

func (s *substitution) value(t *ValueType) *ValueType {
	if t == nil || !t.facts.resource && !s.renamed {
		return t
	}
	if to, ok := s.done[t]; ok {
		return to.(*ValueType)
	}
	to := s.valueParts(t)
	s.done[t] = to
	if to != t && t.AliasOf != nil {
		to.AliasOf = s.aliased(t.AliasOf)
	}
	return to
}

// aliased substitutes the chain of types that one is an alias of, without
// recursion: chains may be as long as the file.
func (s *substitution) aliased(t *ValueType) *ValueType {
	var chain []*ValueType
	for t != nil && s.done[t] == nil {
		chain = append(chain, t)
		t = t.AliasOf
	}
	var base *ValueType
	if t != nil {
		base = s.done[t].(*ValueType)
	}
	for i := len(chain) - 1; i >= 0; i-- {
		to := s.valueParts(chain[i])
		s.done[chain[i]] = to
		if to != chain[i] {
			to.AliasOf = base
		}
		base = to
	}
	return base
}

// valueParts is t with its parts substituted: t itself if none changes, else a
// new type.
func (s *substitution) valueParts(t *ValueType) *ValueType {
	to := *t
	changed := false
	to.Elem, changed = s.part(t.Elem, changed)
	to.Key, changed = s.part(t.Key, changed)
	to.Fields, changed = s.fields(t.Fields, changed)
	if t.Resource != nil {
		to.Resource = s.resourceType(t.Resource)
		changed = changed || to.Resource != t.Resource
	}
	if !changed {
		return t
	}
	return &to
}

func (s *substitution) part(t *ValueType, changed bool) (*ValueType, bool) {
	to := s.value(t)
	return to, changed || to != t
}

func (s *substitution) fields(fields []ValueField, changed bool) ([]ValueField, bool) {
	var to []ValueField
	for i, f := range fields {
		t := s.value(f.Type)
		if t != f.Type && to == nil {
			to = append([]ValueField(nil), fields...)
		}
		if to != nil {
			to[i].Type = t
		}
	}
	if to == nil {
		return fields, changed
	}
	return to, true
}

func (s *substitution) fn(t *FuncType) *FuncType {
	if !t.resource && !s.renamed {
		return t
	}
	if to, ok := s.done[t]; ok {
		return to.(*FuncType)
	}
	to := *t
	changed := false
	to.Params, changed = s.fields(t.Params, changed)
	to.Result, changed = s.part(t.Result, changed)
	if !changed {
		s.done[t] = t
		return t
	}
	s.done[t] = &to
	return &to
}

func (s *substitution) items(it Items, changed bool) (Items, bool) {
	var to []Entity
	for i, e := range it.types {
		n := s.entity(e)
		if n != e && to == nil {
			to = append([]Entity(nil), it.types...)
		}
		if to != nil {
			to[i] = n
		}
	}
	if to == nil {
		return it, changed
	}
	return Items{it.names, to}, true
}

func (s *substitution) instance(t *InstanceType) *InstanceType {
	if !t.resource && !s.renamed {
		return t
	}
	if to, ok := s.done[t]; ok {
		return to.(*InstanceType)
	}
	to := *t
	changed := false
	to.Exports, changed = s.items(t.Exports, changed)
	to.fresh, changed = s.list(t.fresh, changed)
	if !changed {
		s.done[t] = t
		return t
	}
	s.done[t] = &to
	return &to
}

func (s *substitution) list(resources []*Resource, changed bool) ([]*Resource, bool) {
	var to []*Resource
	for i, r := range resources {
		if n := s.resource(r); n != r {
			if to == nil {
				to = append([]*Resource(nil), resources...)
			}
			to[i] = n
		}
	}
	if to == nil {
		return resources, changed
	}
	return to, true
}

func (s *substitution) component(t *ComponentType) *ComponentType {
	if !t.resource && !s.renamed {
		return t
	}
	if to, ok := s.done[t]; ok {
		return to.(*ComponentType)
	}
	to := *t
	changed := false
	to.Imports, changed = s.items(t.Imports, changed)
	to.Exports, changed = s.items(t.Exports, changed)
	to.imported, changed = s.paths(t.imported, changed)
	to.fresh, changed = s.paths(t.fresh, changed)
	if !changed {
		s.done[t] = t
		return t
	}
	s.done[t] = &to
	return &to
}

func (s *substitution) paths(paths []resourcePath, changed bool) ([]resourcePath, bool) {
	var to []resourcePath
	for i, p := range paths {
		if n := s.resource(p.resource); n != p.resource {
			if to == nil {
				to = append([]resourcePath(nil), paths...)
			}
			to[i].resource = n
		}
	}
	if to == nil {
		return paths, changed
	}
	return to, true
}
