package component

import "fmt"

// Imports and exports (Explainer.md, "Import and Export Definitions").

func (s *scope) importDef(imp *Import) {
	e := s.describe(&imp.Desc, imp.Name.Name, imp.Off)
	e = s.enter(e, &s.imports, &imp.Name, imp.Off)
	s.Imports = append(s.Imports, e)
	s.push(imp.Desc.Sort, e)
}

func (s *scope) exportDef(exp *Export) {
	e := s.enter(s.exported(exp), &s.exports, &exp.Name, exp.Off)
	s.Exports = append(s.Exports, e)
	s.push(exp.Sort, e)
	s.limit(len(s.Exports), MaxExports, "exports")
}

// exported is the entity of an export: what its index names, or the type that is
// ascribed to it.
func (s *scope) exported(exp *Export) Entity {
	if s.kind != inComponent {
		return s.describe(exp.Desc, exp.Name.Name, exp.Off)
	}
	actual := s.entityAt(exp.Sort, exp.Index, exp.Off)
	if item, ok := actual.(*TypeItem); ok {
		actual = &TypeItem{Created: s.aliasOf(item.Referenced), Referenced: item.Referenced}
	}
	if exp.Desc == nil || actual == nil {
		return actual
	}
	ascribed := s.describe(exp.Desc, exp.Name.Name, exp.Off)
	if ascribed == nil {
		return actual
	}
	if err := s.entitySubtype(actual, ascribed); err != nil {
		s.failErr(exp.Off, ruleTypeChecking,
			fmt.Errorf("the type ascribed to the export is not that of the item: %w", err))
	}
	return ascribed
}

// describe is the entity of a written type; name is for a resource that it
// introduces.
func (s *scope) describe(d *ExternDesc, name string, off int64) Entity {
	switch d.Sort {
	case SortCoreModule:
		if m := s.moduleTypeAt(d.Index, off); m != nil {
			return m
		}
	case SortFunc:
		if f := s.funcTypeAt(d.Index, off); f != nil {
			return f
		}
	case SortValue:
		if s.need(FeatureValues, off, "a value") {
			return s.describeValue(d, off)
		}
	case SortType:
		return s.describeType(d, name, off)
	case SortInstance:
		if t, ok := s.typeAt(d.Index, off).(*InstanceType); ok {
			return t
		}
		s.wrongType(d.Index, off, "an instance type")
	case SortComponent:
		if t, ok := s.typeAt(d.Index, off).(*ComponentType); ok {
			return t
		}
		s.wrongType(d.Index, off, "a component type")
	}
	return nil
}

func (s *scope) describeValue(d *ExternDesc, off int64) Entity {
	if t := s.valType(d.Value, off); t != nil {
		return &ValueItem{t}
	}
	return nil
}

func (s *scope) describeType(d *ExternDesc, name string, off int64) Entity {
	if d.Bound == BoundSub {
		t := s.resourceType(&Resource{Name: name}, nil)
		return &TypeItem{Created: t, Referenced: t}
	}
	t := s.typeAt(d.Index, off)
	if t == nil {
		return nil
	}
	return &TypeItem{Created: s.aliasOf(t), Referenced: t}
}

// entityAt is what an index of a sort stands for, nil if that is unknown.
func (s *scope) entityAt(sort Sort, i uint32, off int64) Entity {
	switch sort {
	case SortCoreModule:
		if m := lookup(s, s.CoreModules, SortCoreModule, i, off); m != nil {
			return m
		}
	case SortFunc:
		if f := lookup(s, s.Funcs, SortFunc, i, off); f != nil {
			return f
		}
	case SortValue:
		if !s.need(FeatureValues, off, "a value") {
			return nil
		}
		if v := s.useValue(i, off); v != nil {
			return &ValueItem{v}
		}
	case SortType:
		if t := s.typeAt(i, off); t != nil {
			return &TypeItem{Created: t, Referenced: t}
		}
	case SortComponent:
		if c := lookup(s, s.Components, SortComponent, i, off); c != nil {
			return c
		}
	case SortInstance:
		if in := lookup(s, s.Instances, SortInstance, i, off); in != nil {
			return in
		}
	}
	return nil
}

// enter adds an import or export to the scope: its resources become the scope's,
// its types are named from here on. It gives the entity as the scope sees it. An
// unknown one, nil, has a name all the same, for those who refer to it.
func (s *scope) enter(e Entity, ns *externs, name *ExternName, off int64) Entity {
	importing := ns == &s.imports
	switch t := e.(type) {
	case *InstanceType:
		e = s.ownInstance(t, importing)
	case *TypeItem:
		s.ownResource(t, ns, name.Name)
	case *ValueItem:
		if !importing && t.Type.HasBorrow() {
			s.fail(off, ruleValueType, "the type of an exported value cannot hold a borrow")
		}
	}
	if t := s.register(e, importing); t != nil {
		s.fail(off, ruleExtern, "%s", s.unnamed(ns.kind, e, t))
	}
	s.addName(ns, name, e, off)
	return e
}

// ownInstance gives an imported or exported instance resources of its own for
// those that its type declares.
func (s *scope) ownInstance(t *InstanceType, importing bool) *InstanceType {
	if len(t.fresh) == 0 {
		return t
	}
	sub := newSubstitution(s.checker)
	var paths map[*Resource][]int
	if importing {
		paths = findResources(t.Exports, t.fresh)
	}
	for _, old := range t.fresh {
		r := &Resource{Name: old.Name, Origin: old}
		sub.resources[old] = r
		if importing {
			path := append([]int{len(s.imports.types)}, paths[old]...)
			s.imported = append(s.imported, resourcePath{r, path})
		} else {
			s.ownFresh(r)
		}
	}
	own := *t
	own.fresh = nil
	own.Exports, _ = sub.items(t.Exports, false)
	return &own
}

// ownFresh notes a resource that instances of the scope make.
func (s *scope) ownFresh(r *Resource) {
	s.fresh = append(s.fresh, r)
}

// ownResource notes a resource that an import or export of a type introduces, and
// the name that methods refer to it by.
func (s *scope) ownResource(t *TypeItem, ns *externs, name string) {
	r, ok := t.Created.(*ResourceType)
	if !ok {
		return
	}
	if t.Created == t.Referenced {
		if ns == &s.imports {
			s.imported = append(s.imported, resourcePath{r.Resource, []int{len(ns.types)}})
		} else {
			s.ownFresh(r.Resource)
		}
	}
	if ns.resources == nil {
		ns.resources, ns.resourceNames = map[*ResourceType]string{}, map[string]struct{}{}
	}
	ns.resources[r] = name
	ns.resourceNames[name] = struct{}{}
}
