package component

import (
	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/spelling"
)

// Aliases (Explainer.md, "Alias Definitions").

func (s *scope) alias(a *Alias) {
	if s.kind != inComponent && !aliasableInType(a) {
		s.fail(a.Off, ruleAlias,
			"an alias in a component or instance type can only be of a type or an instance")
		s.pushUnknown(a.Sort)
		return
	}
	switch a.Kind {
	case AliasExport:
		s.push(a.Sort, s.instanceExport(a))
	case AliasCoreExport:
		s.coreExport(a)
	case AliasOuter:
		s.outer(a)
	}
}

func aliasableInType(a *Alias) bool {
	switch a.Kind {
	case AliasExport:
		return a.Sort == SortType || a.Sort == SortInstance
	case AliasOuter:
		return a.Sort == SortType || a.Sort == SortCoreType
	}
	return false
}

// pushUnknown adds an unknown entry to the index space of any sort.
func (s *scope) pushUnknown(sort Sort) {
	switch {
	case sort == SortCoreType:
		s.pushCoreType(nil)
	case sort < SortCoreModule || sort == SortCoreInstance:
		s.pushCore(sort, core.ExternType{}, false)
	default:
		s.push(sort, nil)
	}
}

func (s *scope) instanceExport(a *Alias) Entity {
	if a.Sort == SortValue {
		s.need(FeatureValues, a.Off, "a value")
	}
	in := lookup(s, s.Instances, SortInstance, a.Instance, a.Off)
	if in == nil {
		return nil
	}
	e, ok := in.Exports.Get(a.Name)
	switch {
	case !ok:
		s.fail(a.Off, ruleAlias, "instance %d does not export %q%s", a.Instance, a.Name, suggest(a.Name,
			in.Exports))
		return nil
	case e != nil && e.sort() != a.Sort:
		s.fail(a.Off, ruleAlias, "the export %q of instance %d is %s, not %s",
			a.Name, a.Instance, withArticle(e.sort().String()), withArticle(a.Sort.String()))
		return nil
	}
	return e
}

// suggest names the export that was perhaps meant.
func suggest(name string, items Items) string {
	var names []string
	for n := range items.All() {
		names = append(names, n.Name)
	}
	if near := spelling.Nearest(name, names); near != "" {
		return "; did you mean \"" + near + "\"?"
	}
	return ""
}

// outer is an alias of a definition of an enclosing scope.
func (s *scope) outer(a *Alias) {
	from := s
	for range a.Count {
		if from = from.up; from == nil {
			s.fail(a.Off, ruleAlias, "the alias reaches %d scopes outward, but there are %d", a.Count,
				s.depth())
			s.pushUnknown(a.Sort)
			return
		}
	}
	switch a.Sort {
	case SortCoreType:
		s.pushCoreType(lookup(s, from.CoreTypes, SortCoreType, a.Index, a.Off))
	case SortCoreModule:
		s.push(SortCoreModule, orNil(lookup(s, from.CoreModules, SortCoreModule, a.Index, a.Off)))
	case SortComponent:
		s.push(SortComponent, orNil(lookup(s, from.Components, SortComponent, a.Index, a.Off)))
	case SortType:
		t := lookupType(s, from, a.Index, a.Off)
		if t != nil && a.Count > 0 {
			s.checkOuterType(t, a)
		}
		s.Types = append(s.Types, t)
		s.limit(len(s.Types)+len(s.CoreTypes), MaxTypes, "types")
	}
}

// orNil turns a nil pointer into a nil entity.
func orNil[T interface {
	comparable
	Entity
}](p T) Entity {
	var zero T
	if p == zero {
		return nil
	}
	return p
}

func (s *scope) depth() int {
	n := 0
	for up := s.up; up != nil; up = up.up {
		n++
	}
	return n
}

// checkOuterType checks an alias that may cross the border of a component: no
// resource may leak in that way.
func (s *scope) checkOuterType(t AnyType, a *Alias) {
	entered := s // the scope that the alias comes into from outside
	for range a.Count - 1 {
		entered = entered.up
	}
	if entered.kind != inComponent {
		return
	}
	entered.aliasedSize += uint64(t.weight().size)
	if entered.aliasedSize >= MaxTypeSize {
		s.fail(a.Off, ruleLimit,
			"the effective size of the types aliased into the component exceeds the limit")
		return
	}
	free := newFreeResources()
	free.any(t)
	if len(free.set) > 0 {
		s.fail(a.Off, ruleAlias,
			"a type from outside of the component cannot be aliased if it refers to a resource")
	}
}

// typeAt is the type behind an index, nil if it is unknown.
func (s *scope) typeAt(i uint32, off int64) AnyType { return lookupType(s, s, i, off) }

func lookupType(s, from *scope, i uint32, off int64) AnyType {
	if uint64(i) >= uint64(len(from.Types)) {
		s.outOfRange(SortType, i, len(from.Types), off)
		return nil
	}
	return from.Types[i]
}

// lookup is the entry of an index space, nil if it is unknown.
func lookup[T any](s *scope, space []*T, sort Sort, i uint32, off int64) *T {
	if uint64(i) >= uint64(len(space)) {
		s.outOfRange(sort, i, len(space), off)
		return nil
	}
	return space[i]
}

func (s *scope) outOfRange(sort Sort, i uint32, n int, off int64) {
	s.fail(off, ruleIndex, "there is no %s %d: there are %d before this definition", sort, i, n)
}

// wrongType reports a type index that is known but of another kind.
func (s *scope) wrongType(i uint32, off int64, want string) {
	if uint64(i) < uint64(len(s.Types)) && s.Types[i] != nil {
		s.fail(off, ruleIndex, "type %d is %s, expected %s", i, withArticle(describeType(s.Types[i])), want)
	}
}

func (s *scope) resourceAt(i uint32, off int64) *ResourceType {
	t := s.typeAt(i, off)
	r, ok := t.(*ResourceType)
	if !ok {
		s.wrongType(i, off, "a resource type")
		return nil
	}
	return r
}

func (s *scope) funcTypeAt(i uint32, off int64) *FuncType {
	f, ok := s.typeAt(i, off).(*FuncType)
	if !ok {
		s.wrongType(i, off, "a function type")
		return nil
	}
	return f
}
