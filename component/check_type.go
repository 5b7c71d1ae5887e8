package component

import (
	"fmt"

	"github.com/edgelint/edgelint/component/core"
)

// Type definitions (Explainer.md, "Type Definitions").

func (s *scope) typeDef(t *Type) AnyType {
	switch t.Kind {
	case KindFunc:
		if f := s.funcType(t); f != nil {
			return f
		}
	case KindInstance:
		return s.instanceType(t)
	case KindComponent:
		return s.writtenComponentType(t)
	case KindResource:
		return s.resourceDef(t)
	case KindInvalid:
	default:
		if v := s.valueType(t); v != nil {
			return v
		}
	}
	return nil
}

func (s *scope) resourceDef(t *Type) AnyType {
	off := t.Off
	switch {
	case s.kind != inComponent:
		s.fail(off, ruleType,
			"a resource can only be defined in a component, not in a component or instance type")
		return nil
	case t.Rep != core.I32 && t.Rep != core.I64:
		s.fail(off, ruleType, "a resource is represented by i32, not by %s", t.Rep)
	case t.Rep == core.I64:
		s.need(FeatureMemory64, off, "a resource represented by i64")
	}
	if t.HasDtor {
		f := s.coreFuncAt(t.Dtor, off)
		if f != nil && !hasSignature(f, []core.ValType{t.Rep}, nil) {
			s.fail(off, ruleType,
				"the destructor, core function %d, has the type %s, expected (func (param %s))", t.Dtor, f,
				t.Rep)
		}
	}
	r := &Resource{Def: t, InComponent: s.comp}
	s.ownFresh(r)
	return s.resourceType(r, nil)
}

func (s *scope) funcType(t *Type) *FuncType {
	if t.Async {
		s.need(FeatureAsync, t.Off, "an async function type")
	}
	f := &FuncType{Async: t.Async, w: lightest, Params: make([]ValueField, 0, len(t.Fields))}
	labels := newLabels(s, "parameter", t.Off, len(t.Fields))
	ok := true
	for _, p := range t.Fields {
		labels.add(p.Name)
		v := s.valType(p.Type, t.Off)
		ok = ok && v != nil
		f.Params = append(f.Params, ValueField{p.Name, v})
	}
	if t.Elem.Valid {
		f.Result = s.valType(t.Elem, t.Off)
		ok = ok && f.Result != nil
		if f.Result != nil && f.Result.HasBorrow() {
			s.fail(t.Off, ruleType, "the result of a function cannot hold a borrow")
		}
	}
	if !ok {
		return nil
	}
	return f.derive(s, t.Off)
}

func (t *FuncType) derive(s *scope, off int64) *FuncType {
	for i := 0; i <= len(t.Params); i++ {
		v := t.Result
		if i < len(t.Params) {
			v = t.Params[i].Type
		}
		if v == nil {
			continue
		}
		t.resource = t.resource || v.facts.resource
		if fault := t.w.add(v.facts.weight); fault != "" {
			s.fail(off, ruleLimit, "%s", fault)
			return nil
		}
	}
	return t
}

// valType is the value type that is written at one place, nil if it is unknown.
func (s *scope) valType(v ValType, off int64) *ValueType {
	if v.Prim != PrimNone {
		if v.Prim == PrimErrorContext {
			s.need(FeatureErrorContext, off, "an error-context")
		}
		return &primitives[v.Prim]
	}
	t := s.typeAt(v.Index, off)
	if t == nil {
		return nil
	}
	value, ok := t.(*ValueType)
	if !ok {
		s.wrongType(v.Index, off, "a value type")
		return nil
	}
	return value
}

// optional is [scope.valType] for a type that may be absent.
func (s *scope) optional(v ValType, off int64) (t *ValueType, ok bool) {
	if !v.Valid {
		return nil, true
	}
	t = s.valType(v, off)
	return t, t != nil
}

func (s *scope) valueType(t *Type) *ValueType {
	v := &ValueType{Kind: t.Kind, Prim: t.Prim, Labels: t.Labels, Len: t.Len}
	if !s.valueParts(t, v) {
		return nil
	}
	s.checkValueType(t, v)
	if fault := v.derive(); fault != "" {
		rule := ruleLimit
		if v.facts.memory.size >= MaxValueBytes {
			rule = ruleElementSize
		}
		s.fail(t.Off, rule, "%s", fault)
		return nil
	}
	return v
}

// valueParts resolves the parts of a value type.
func (s *scope) valueParts(t *Type, v *ValueType) (ok bool) {
	switch t.Kind {
	case KindPrimitive:
		return s.valType(ValType{Prim: t.Prim, Valid: true}, t.Off) != nil
	case KindOwn, KindBorrow:
		v.Resource = s.resourceAt(t.Resource, t.Off)
		return v.Resource != nil
	case KindFlags:
		s.checkFlags(t)
		return len(t.Labels) > 0
	case KindEnum:
		labels := newLabels(s, "case", t.Off, len(t.Labels))
		for _, l := range t.Labels {
			labels.add(l)
		}
		return s.notEmpty(t, len(t.Labels))
	case KindRecord, KindVariant, KindTuple:
		return s.valueFields(t, v)
	}
	elem, ok := s.optional(t.Elem, t.Off)
	key, ok2 := s.optional(t.Key, t.Off)
	v.Elem, v.Key = elem, key
	return ok && ok2
}

func (s *scope) notEmpty(t *Type, n int) bool {
	if n == 0 {
		s.fail(t.Off, ruleValueType, "the %s type is empty; it needs at least one element", t.Kind)
	}
	return n > 0
}

func (s *scope) checkFlags(t *Type) {
	s.notEmpty(t, len(t.Labels))
	if len(t.Labels) > MaxFlags {
		s.fail(t.Off, ruleValueType, "%d flags, of which there can be %d at most", len(t.Labels), MaxFlags)
		return
	}
	labels := newLabels(s, "flag", t.Off, len(t.Labels))
	for _, l := range t.Labels {
		labels.add(l)
	}
}

func (s *scope) valueFields(t *Type, v *ValueType) bool {
	ok := s.notEmpty(t, len(t.Fields))
	labels := newLabels(s, partOf(t.Kind), t.Off, len(t.Fields))
	v.Fields = make([]ValueField, 0, len(t.Fields))
	for _, f := range t.Fields {
		if t.Kind != KindTuple {
			labels.add(f.Name)
		}
		part, known := s.optional(f.Type, t.Off)
		ok = ok && known
		v.Fields = append(v.Fields, ValueField{f.Name, part})
	}
	return ok
}

func partOf(k TypeKind) string {
	if k == KindVariant {
		return "case"
	}
	return "field"
}

// checkValueType checks the rules of single kinds of value types.
func (s *scope) checkValueType(t *Type, v *ValueType) {
	off := t.Off
	switch t.Kind {
	case KindMap:
		s.need(FeatureMap, off, "a map")
		if !isMapKey(v.Key) {
			s.fail(off, ruleValueType,
				"%s cannot be the key of a map: only bool, integers, char and string can",
				describeValue(v.Key))
		}
	case KindFixedList:
		s.need(FeatureFixedLengthLists, off, "a fixed-length list")
		if t.Len == 0 {
			s.fail(off, ruleValueType, "a fixed-length list needs at least one element")
		}
		if t.Len > MaxFixedListLen {
			s.fail(off, ruleLimit, "a list of %d elements exceeds the limit of %d", t.Len, MaxFixedListLen)
		}
	case KindStream, KindFuture:
		s.need(FeatureAsync, off, withArticle(t.Kind.String()))
		if v.Elem != nil && v.Elem.HasBorrow() {
			s.fail(off, ruleValueType, "%s cannot carry a borrow", withArticle(t.Kind.String()))
		}
		if t.Kind == KindStream && v.Elem != nil && v.Elem.Kind == KindPrimitive && v.Elem.Prim == PrimChar {
			s.fail(off, ruleValueType,
				"a stream of char is not allowed; use a stream of u8 with an agreed encoding")
		}
	}
}

func isMapKey(t *ValueType) bool {
	return t.Kind == KindPrimitive && t.Prim != PrimF32 && t.Prim != PrimF64 && t.Prim != PrimErrorContext
}

// labels checks that labels are well formed and strongly unique.
type labels struct {
	s    *scope
	what string
	off  int64
	list []string
	seen nameIndex // the labels in the form in which they must differ
}

func newLabels(s *scope, what string, off int64, n int) labels {
	return labels{s: s, what: what, off: off, list: make([]string, 0, n), seen: newNameIndex(n)}
}

func (l *labels) add(label string) {
	if !isLabel(label) {
		l.s.failErr(l.off, ruleExtern, fmt.Errorf("the name of a %s: %w", l.what, notLabel(label)))
		return
	}
	if prev, fresh := l.seen.add(canonicalLabel(label)); !fresh {
		l.s.failErr(l.off, ruleUnique, fmt.Errorf("the %s %w", l.what, conflict(label, l.list[prev])))
		return
	}
	l.list = append(l.list, label)
}
