package component

import (
	"fmt"

	"github.com/edgelint/edgelint/component/core"
)

// Lifting and lowering of garbage-collected types, which the option gc selects
// (Explainer.md, "Gated Features"). The core type is not derived but declared, and
// each value must have a core type that can hold it.

// checkGC checks that functions of type t can be passed as the core type f.
func (s *scope) checkGC(c *Canon, o *CanonOptions, t *FuncType, f *CoreFuncType) bool {
	err := gcLowering{s.types(), o.Encoding}.function(t, f)
	if err != nil {
		s.failErr(c.Off, ruleFlattening, fmt.Errorf("canon %s: %w", c.Op, err))
	}
	return err == nil
}

// gcLowering checks core types against component types.
type gcLowering struct {
	types    *core.TypeStore
	encoding StringEncoding
}

func (g gcLowering) function(t *FuncType, f *CoreFuncType) error {
	results := 0
	if t.Result != nil {
		results = 1
	}
	if len(f.Params) != len(t.Params) || len(f.Results) != results {
		return fmt.Errorf("the core type has %d parameters and %d results, but the function %d and %d",
			len(f.Params), len(f.Results), len(t.Params), results)
	}
	for i, p := range t.Params {
		if err := g.value(p.Type, f.Params[i], false); err != nil {
			return fmt.Errorf("in parameter %q: %w", p.Name, err)
		}
	}
	if results == 0 {
		return nil
	}
	if err := g.value(t.Result, f.Results[0], false); err != nil {
		return fmt.Errorf("in the result: %w", err)
	}
	return nil
}

// value checks that the core type v, of an argument or of a field, can hold values
// of type t.
func (g gcLowering) value(t *ValueType, v core.ValType, field bool) error {
	switch t.Kind {
	case KindPrimitive:
		return g.primitive(t.Prim, v, field)
	case KindFlags, KindEnum:
		return gcExpect(t, v, v == core.I32, "i32")
	case KindOwn, KindBorrow, KindStream, KindFuture:
		return gcExpect(t, v, v.Heap() == core.HeapExtern, "(ref null? extern)")
	case KindRecord, KindTuple:
		return g.product(t, v)
	case KindList, KindFixedList:
		array, ok := g.refersTo(v, core.CompositeArray)
		if !ok {
			return gcExpect(t, v, false, "(ref null? (array ...))")
		}
		return g.value(t.Elem, array.Fields[0].Type, true)
	case KindVariant, KindOption, KindResult:
		sum, ok := g.refersTo(v, core.CompositeStruct)
		return gcExpect(t, v, ok && len(sum.Fields) == 0, "(ref null? (struct))")
	}
	return fmt.Errorf("a %s cannot be passed as a garbage-collected value", t.Kind)
}

func gcExpect(t *ValueType, v core.ValType, ok bool, want string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%s is passed as %s, expected %s", describeValue(t), v, want)
}

// refersTo is the type that v refers to, if it is a composite type of the kind.
func (g gcLowering) refersTo(v core.ValType, kind core.Composite) (t core.SubType, ok bool) {
	id, ok := v.Index()
	if !ok || !v.IsRef() {
		return t, false
	}
	t = g.types.Type(core.TypeID(id))
	return t, t.Kind == kind
}

func (g gcLowering) product(t *ValueType, v core.ValType) error {
	product, ok := g.refersTo(v, core.CompositeStruct)
	if !ok {
		return gcExpect(t, v, false, "(ref null? (struct ...))")
	}
	if len(product.Fields) != len(t.Fields) {
		return fmt.Errorf("the core struct has %d fields, but the %s %d", len(product.Fields), t.Kind,
			len(t.Fields))
	}
	for i, f := range t.Fields {
		if err := g.value(f.Type, product.Fields[i].Type, true); err != nil {
			return fmt.Errorf("in %s of the %s: %w", fieldName(f, i), t.Kind, err)
		}
	}
	return nil
}

func (g gcLowering) primitive(p Prim, v core.ValType, field bool) error {
	want := primFacts(p).flat[0]
	switch p {
	case PrimBool, PrimS8, PrimU8:
		if field {
			want = core.I8
		}
	case PrimS16, PrimU16:
		if field {
			want = core.I16
		}
	case PrimErrorContext:
		return gcExpect(&primitives[p], v, v.Heap() == core.HeapExtern, "(ref null? extern)")
	case PrimString:
		return g.text(v)
	}
	return gcExpect(&primitives[p], v, v == want, want.String())
}

func (g gcLowering) text(v core.ValType) error {
	unit := core.I8
	if g.encoding == EncodingUTF16 {
		unit = core.I16
	}
	array, ok := g.refersTo(v, core.CompositeArray)
	ok = ok && array.Fields[0].Type == unit
	return gcExpect(&primitives[PrimString], v, ok, fmt.Sprintf("(ref null? (array (mut? %s)))", unit))
}
