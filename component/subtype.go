package component

import (
	"fmt"
	"slices"
)

// Subtyping (Explainer.md, "Type Checking"). The functions say why a is no
// subtype of b, nil if it is. Value and function types have no subtypes but
// themselves; instances may export more than asked for, components import less.

func (c *checker) entitySubtype(a, b Entity) error {
	switch a := a.(type) {
	case *CoreModuleType:
		if b, ok := b.(*CoreModuleType); ok {
			return moduleSubtype(c.types(), a, b)
		}
	case *FuncType:
		if b, ok := b.(*FuncType); ok {
			return c.funcEqual(a, b)
		}
	case *ValueItem:
		if b, ok := b.(*ValueItem); ok {
			return c.valueEqual(a.Type, b.Type)
		}
	case *TypeItem:
		if b, ok := b.(*TypeItem); ok {
			return c.typeSubtype(a.Referenced, b.Referenced)
		}
	case *InstanceType:
		if b, ok := b.(*InstanceType); ok {
			return c.instanceSubtype(a, b)
		}
	case *ComponentType:
		if b, ok := b.(*ComponentType); ok {
			return c.componentSubtype(a, b)
		}
	}
	return fmt.Errorf("expected %s, found %s", withArticle(b.sort().String()), withArticle(a.sort().String()))
}

func (c *checker) typeSubtype(a, b AnyType) error {
	switch a := a.(type) {
	case *ResourceType:
		if b, ok := b.(*ResourceType); ok {
			return sameResource(a, b)
		}
	case *ValueType:
		if b, ok := b.(*ValueType); ok {
			return c.valueEqual(a, b)
		}
	case *FuncType:
		if b, ok := b.(*FuncType); ok {
			return c.funcEqual(a, b)
		}
	case *InstanceType:
		if b, ok := b.(*InstanceType); ok {
			return c.instanceSubtype(a, b)
		}
	case *ComponentType:
		if b, ok := b.(*ComponentType); ok {
			return c.componentSubtype(a, b)
		}
	}
	return fmt.Errorf("expected %s, found %s", withArticle(describeType(b)), withArticle(describeType(a)))
}

func sameResource(a, b *ResourceType) error {
	if a.Resource == b.Resource {
		return nil
	}
	found, expected := a.Resource.String(), b.Resource.String()
	if found == expected {
		return fmt.Errorf("resource types are not the same: both are %s, but of different instances or imports",
			found)
	}
	return fmt.Errorf("resource types are not the same: expected %s, found %s", expected, found)
}

// String names the resource in messages.
func (r *Resource) String() string {
	switch {
	case r.Name != "":
		return fmt.Sprintf("the resource %q", r.Name)
	case r.Def != nil:
		return fmt.Sprintf("the resource defined at 0x%x", r.Def.Off)
	case r.Origin != nil:
		return r.Origin.String()
	}
	return "an unnamed resource"
}

func (c *checker) instanceSubtype(a, b *InstanceType) error {
	if a == b {
		return nil
	}
	for i, want := range b.Exports.types {
		name := b.Exports.names.list[i]
		have, ok := a.Exports.Get(name.Name)
		if !ok {
			return fmt.Errorf("the instance does not export %q", name.full())
		}
		if have == nil || want == nil {
			continue
		}
		if err := c.entitySubtype(have, want); err != nil {
			return fmt.Errorf("in export %q: %w", name.full(), err)
		}
	}
	return nil
}

// componentSubtype opens a with what b imports, and checks that what a then
// exports suffices for b.
func (c *checker) componentSubtype(a, b *ComponentType) error {
	if a == b {
		return nil
	}
	s, err := c.open(b.Imports.Get, a.Imports, a.imported, "import")
	if err != nil {
		return err
	}
	s.rename(map[AnyType]AnyType{})
	s.renamed = false
	exports, _ := s.items(a.Exports, false)
	_, err = c.open(exports.Get, b.Exports, b.fresh, "export")
	return err
}

// open checks that the items which supply hands out satisfy the wanted ones, and
// is the substitution of the wanted items' resources by those supplied.
func (c *checker) open(
	supply func(name string) (Entity, bool), wanted Items, bound []resourcePath, kind string,
) (*substitution, error) {
	s := newSubstitution(c)
	for _, p := range bound {
		if r := suppliedResource(supply, wanted, p.path); r != nil {
			s.resources[p.resource] = r
		}
	}
	for i := range wanted.types {
		if name, _ := wanted.At(i); name.Name != "" {
			if _, ok := supply(name.Name); !ok {
				return nil, fmt.Errorf("the %s %q is missing", kind, name.full())
			}
		}
	}
	renamings := map[AnyType]AnyType{}
	for i, want := range wanted.types {
		name := wanted.names.list[i]
		have, _ := supply(name.Name)
		if have == nil || want == nil {
			continue
		}
		if err := c.entitySubtype(have, s.entity(want)); err != nil {
			return nil, fmt.Errorf("the %s %q has another type: %w", kind, name.full(), err)
		}
		addRenamings(renamings, want, have)
	}
	s.rename(renamings)
	return s, nil
}

// suppliedResource follows a path through the wanted items, by name, to the
// resource supplied there; nil if there is none, which the check of types finds.
func suppliedResource(supply func(string) (Entity, bool), wanted Items, path []int) *Resource {
	for i, step := range path {
		if step >= wanted.Len() {
			return nil
		}
		name, want := wanted.At(step)
		have, ok := supply(name.Name)
		if !ok {
			return nil
		}
		if i == len(path)-1 {
			if item, ok := have.(*TypeItem); ok {
				if t, ok := item.Created.(*ResourceType); ok {
					return t.Resource
				}
			}
			return nil
		}
		inner, ok := want.(*InstanceType)
		from, ok2 := have.(*InstanceType)
		if !ok || !ok2 {
			return nil
		}
		wanted, supply = inner.Exports, from.Exports.Get
	}
	return nil
}

// addRenamings notes which supplied types stand for the wanted ones.
func addRenamings(renamings map[AnyType]AnyType, want, have Entity) {
	switch want := want.(type) {
	case *TypeItem:
		if have, ok := have.(*TypeItem); ok {
			renamings[want.Created] = have.Created
		}
	case *InstanceType:
		have, ok := have.(*InstanceType)
		if !ok {
			return
		}
		for i, w := range want.Exports.types {
			if h, ok := have.Exports.Get(want.Exports.names.list[i].Name); ok && h != nil && w != nil {
				addRenamings(renamings, w, h)
			}
		}
	}
}

func (c *checker) funcEqual(a, b *FuncType) error {
	switch {
	case a == b:
		return nil
	case a.Async != b.Async:
		return fmt.Errorf("expected %s function, found %s function", syncness(b), syncness(a))
	case len(a.Params) != len(b.Params):
		return fmt.Errorf("number of parameters: expected %d, found %d", len(b.Params), len(a.Params))
	case (a.Result == nil) != (b.Result == nil):
		return fmt.Errorf("expected %s, found %s", resultness(b), resultness(a))
	}
	for i, p := range a.Params {
		if p.Name != b.Params[i].Name {
			return fmt.Errorf("expected a parameter %q, found %q", b.Params[i].Name, p.Name)
		}
		if err := c.valueEqual(p.Type, b.Params[i].Type); err != nil {
			return fmt.Errorf("in parameter %q: %w", p.Name, err)
		}
	}
	if err := c.valueEqual(a.Result, b.Result); err != nil {
		return fmt.Errorf("in the result: %w", err)
	}
	return nil
}

func syncness(t *FuncType) string {
	if t.Async {
		return "an async"
	}
	return "a sync"
}

func resultness(t *FuncType) string {
	if t.Result == nil {
		return "no result"
	}
	return "a result"
}

// valueEqual compares value types by structure. Types share parts, so what was
// found equal once is not compared again.
func (c *checker) valueEqual(a, b *ValueType) error {
	if a == b {
		return nil
	}
	if a == nil || b == nil {
		return fmt.Errorf("expected %s, found %s", describeValue(b), describeValue(a))
	}
	pair := [2]*ValueType{a, b}
	large := a.facts.size > 4
	if _, ok := c.equal[pair]; large && ok {
		return nil
	}
	if err := c.valueParts(a, b); err != nil {
		return err
	}
	if large {
		c.equal[pair] = struct{}{}
	}
	return nil
}

func (c *checker) valueParts(a, b *ValueType) error {
	switch {
	case a.Kind != b.Kind, a.Prim != b.Prim, a.Len != b.Len:
		return fmt.Errorf("expected %s, found %s", describeValue(b), describeValue(a))
	case a.Resource != nil:
		return sameResource(a.Resource, b.Resource)
	case !slices.Equal(a.Labels, b.Labels):
		return fmt.Errorf("the labels of the %s differ", a.Kind)
	case len(a.Fields) != len(b.Fields):
		return fmt.Errorf("number of %s: expected %d, found %d", partsOf(a.Kind), len(b.Fields),
			len(a.Fields))
	}
	for i, f := range a.Fields {
		if f.Name != b.Fields[i].Name {
			return fmt.Errorf("expected %q in the %s, found %q", b.Fields[i].Name, a.Kind, f.Name)
		}
		if err := c.valueEqual(f.Type, b.Fields[i].Type); err != nil {
			return fmt.Errorf("in %s of the %s: %w", fieldName(f, i), a.Kind, err)
		}
	}
	if err := c.valueEqual(a.Key, b.Key); err != nil {
		return fmt.Errorf("in the %s: %w", a.Kind, err)
	}
	if err := c.valueEqual(a.Elem, b.Elem); err != nil {
		return fmt.Errorf("in the %s: %w", a.Kind, err)
	}
	return nil
}

func fieldName(f ValueField, i int) string {
	if f.Name != "" {
		return fmt.Sprintf("%q", f.Name)
	}
	return fmt.Sprintf("element %d", i)
}

func partsOf(k TypeKind) string {
	switch k {
	case KindRecord:
		return "fields"
	case KindVariant:
		return "cases"
	}
	return "elements"
}

func describeValue(t *ValueType) string {
	switch {
	case t == nil:
		return "no type"
	case t.Kind == KindPrimitive:
		return t.Prim.String()
	case t.Kind == KindFixedList:
		return fmt.Sprintf("a list of %d elements", t.Len)
	case t.Kind == KindOwn:
		return "an owned handle"
	case t.Kind == KindBorrow:
		return "a borrowed handle"
	}
	return withArticle(t.Kind.String())
}

func describeType(t AnyType) string {
	if v, ok := t.(*ValueType); ok {
		return v.Kind.String() + " type"
	}
	return t.typeKind().String() + " type"
}

func withArticle(noun string) string {
	if noun != "" && slices.Contains([]byte("aeiou"), noun[0]) {
		return "an " + noun
	}
	return "a " + noun
}
