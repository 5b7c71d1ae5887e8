package component

// freeResources collects the resources that types refer to without binding them
// (Explainer.md, "Type Checking").
type freeResources struct {
	set  map[*Resource]struct{}
	seen map[AnyType]struct{}
}

func newFreeResources() *freeResources {
	return &freeResources{set: map[*Resource]struct{}{}, seen: map[AnyType]struct{}{}}
}

func (f *freeResources) has(r *Resource) bool {
	_, ok := f.set[r]
	return ok
}

func (f *freeResources) first(t AnyType) bool {
	if _, ok := f.seen[t]; ok {
		return false
	}
	f.seen[t] = struct{}{}
	return true
}

func (f *freeResources) items(it Items) {
	for _, e := range it.types {
		f.entity(e)
	}
}

func (f *freeResources) entity(e Entity) {
	switch e := e.(type) {
	case *FuncType:
		f.any(e)
	case *InstanceType:
		f.any(e)
	case *ComponentType:
		f.any(e)
	case *TypeItem:
		f.any(e.Created)
	case *ValueItem:
		f.any(e.Type)
	}
}

func (f *freeResources) any(t AnyType) {
	switch t := t.(type) {
	case *ResourceType:
		f.set[t.Resource] = struct{}{}
	case *ValueType:
		f.value(t)
	case *FuncType:
		if t.resource && f.first(t) {
			f.fields(t.Params)
			f.value(t.Result)
		}
	case *InstanceType:
		if t.resource && f.first(t) {
			f.items(t.Exports)
			for _, r := range t.fresh {
				delete(f.set, r)
			}
		}
	case *ComponentType:
		if t.resource && f.first(t) {
			f.items(t.Imports)
			f.items(t.Exports)
			f.drop(t.imported)
			f.drop(t.fresh)
		}
	}
}

func (f *freeResources) drop(bound []resourcePath) {
	for _, p := range bound {
		delete(f.set, p.resource)
	}
}

func (f *freeResources) value(t *ValueType) {
	if t == nil || !t.facts.resource || !f.first(t) {
		return
	}
	if t.Resource != nil {
		f.set[t.Resource.Resource] = struct{}{}
	}
	f.fields(t.Fields)
	f.value(t.Elem)
	f.value(t.Key)
}

func (f *freeResources) fields(fields []ValueField) {
	for _, p := range fields {
		f.value(p.Type)
	}
}

// findResources searches items for where they export each of the wanted
// resources as a type, directly or in an instance; the first place counts.
func findResources(items Items, wanted []*Resource) map[*Resource][]int {
	if len(wanted) == 0 {
		return nil
	}
	s := &resourceSearch{
		wanted: map[*Resource]struct{}{}, seen: map[*InstanceType]struct{}{}, found: map[*Resource][]int{},
	}
	for _, r := range wanted {
		s.wanted[r] = struct{}{}
	}
	s.items(items)
	return s.found
}

type resourceSearch struct {
	wanted map[*Resource]struct{}
	seen   map[*InstanceType]struct{}
	found  map[*Resource][]int
	path   []int
}

func (s *resourceSearch) items(items Items) {
	for i, e := range items.types {
		if len(s.wanted) == 0 {
			return
		}
		s.path = append(s.path, i)
		s.entity(e)
		s.path = s.path[:len(s.path)-1]
	}
}

func (s *resourceSearch) entity(e Entity) {
	switch e := e.(type) {
	case *TypeItem:
		t, ok := e.Created.(*ResourceType)
		if !ok {
			return
		}
		if _, ok := s.wanted[t.Resource]; ok {
			delete(s.wanted, t.Resource)
			s.found[t.Resource] = append([]int(nil), s.path...)
		}
	case *InstanceType:
		if _, ok := s.seen[e]; ok || !e.resource {
			return
		}
		s.seen[e] = struct{}{}
		s.items(e.Exports)
	}
}
