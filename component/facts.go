package component

import "github.com/edgelint/edgelint/component/core"

// MaxFlat is the most core values that parameters are passed as before they go
// through memory (CanonicalABI.md, "Flattening").
const MaxFlat = 16

// facts are what is known of a value type from its parts, so that nothing has to
// walk a type twice: types share parts, and a walk may be exponential.
type facts struct {
	weight
	borrow   bool           // holds a borrowed handle
	pointer  bool           // holds a list, map or string
	resource bool           // refers to a resource
	spills   bool           // flat is more than MaxFlat
	memory   layout         // in a 64-bit memory
	flat     []core.ValType // at most MaxFlat + 1
}

// weight bounds the work of walking a type as if it were a tree.
type weight struct {
	size  uint32 // number of parts
	depth uint32 // of nesting
}

var lightest = weight{size: 1, depth: 1}

// add makes the part of the weight o a part of w. The fault is "" if the sum keeps
// to the limits.
func (w *weight) add(o weight) (fault string) {
	depth := max(w.depth, o.depth+1)
	if depth > MaxTypeDepth {
		return "types are nested too deeply"
	}
	size := uint64(w.size) + uint64(o.size)
	if size >= MaxTypeSize {
		return "the effective size of the type exceeds the limit"
	}
	*w = weight{uint32(size), depth}
	return ""
}

// layout is how values lie in memory.
type layout struct{ size, align uint32 }

func (l layout) alignUp(n uint64) uint64 {
	a := uint64(l.align)
	return (n + a - 1) &^ (a - 1)
}

var (
	flatI32  = []core.ValType{core.I32}
	flatI64  = []core.ValType{core.I64}
	flatF32  = []core.ValType{core.F32}
	flatF64  = []core.ValType{core.F64}
	flatPair = []core.ValType{core.I32, core.I32}
)

// primitives are the types of primitive values written in place.
var primitives = func() (types [PrimErrorContext + 1]ValueType) {
	for p := range types {
		types[p] = ValueType{Kind: KindPrimitive, Prim: Prim(p), facts: primFacts(Prim(p))}
	}
	return types
}()

func scalar(size uint32, flat []core.ValType) facts {
	return facts{weight: lightest, memory: layout{size, size}, flat: flat}
}

// pointerPair is how lists, maps and strings are passed and stored.
func pointerPair() facts {
	return facts{
		weight: lightest, pointer: true, flat: flatPair, memory: layout{16, 8},
	}
}

func primFacts(p Prim) facts {
	switch p {
	case PrimBool, PrimS8, PrimU8:
		return scalar(1, flatI32)
	case PrimS16, PrimU16:
		return scalar(2, flatI32)
	case PrimS64, PrimU64:
		return scalar(8, flatI64)
	case PrimF32:
		return scalar(4, flatF32)
	case PrimF64:
		return scalar(8, flatF64)
	case PrimString:
		return pointerPair()
	}
	return scalar(4, flatI32)
}

// discriminant is the layout of a number below n.
func discriminant(n int) facts {
	switch {
	case n <= 1<<8:
		return scalar(1, flatI32)
	case n <= 1<<16:
		return scalar(2, flatI32)
	}
	return scalar(4, flatI32)
}

func flagFacts(n int) facts {
	switch {
	case n <= 8:
		return scalar(1, flatI32)
	case n <= 16:
		return scalar(2, flatI32)
	}
	return scalar(4, flatI32)
}

// derive fills in the facts of a type from those of its parts. The fault is "" if
// the type keeps to the limits.
func (t *ValueType) derive() (fault string) {
	switch t.Kind {
	case KindPrimitive:
		t.facts = primFacts(t.Prim)
	case KindFlags:
		t.facts = flagFacts(len(t.Labels))
	case KindEnum:
		t.facts = discriminant(len(t.Labels))
	case KindOwn, KindBorrow, KindStream, KindFuture:
		t.facts = scalar(4, flatI32)
		t.facts.resource = t.Kind == KindOwn || t.Kind == KindBorrow
		t.facts.borrow = t.Kind == KindBorrow
	case KindList, KindMap:
		t.facts = pointerPair()
	case KindRecord, KindTuple:
		t.deriveRecord()
	case KindFixedList:
		t.deriveArray()
	default:
		t.deriveVariant()
	}
	for part := range t.parts() {
		if fault := t.facts.weight.add(part.facts.weight); fault != "" {
			return fault
		}
		t.facts.borrow = t.facts.borrow || part.facts.borrow
		t.facts.resource = t.facts.resource || part.facts.resource
		if t.Kind != KindStream && t.Kind != KindFuture {
			t.facts.pointer = t.facts.pointer || part.facts.pointer
		}
	}
	if t.facts.memory.size >= MaxValueBytes {
		return "the size of the type's values in memory exceeds the limit"
	}
	return ""
}

// parts yields the types that t is made of, one for every mention.
func (t *ValueType) parts() func(yield func(*ValueType) bool) {
	return func(yield func(*ValueType) bool) {
		for _, f := range t.Fields {
			if f.Type != nil && !yield(f.Type) {
				return
			}
		}
		if t.Key != nil && !yield(t.Key) {
			return
		}
		if t.Elem != nil {
			yield(t.Elem)
		}
	}
}

// cases yields the payloads of a variant, option or result, nil where there is
// none.
func (t *ValueType) cases() []*ValueType {
	switch t.Kind {
	case KindOption:
		return []*ValueType{nil, t.Elem}
	case KindResult:
		return []*ValueType{t.Elem, t.Key}
	}
	cases := make([]*ValueType, len(t.Fields))
	for i, f := range t.Fields {
		cases[i] = f.Type
	}
	return cases
}

func (t *ValueType) deriveRecord() {
	f := facts{weight: lightest}
	if len(t.Fields) == 1 {
		f.flat, f.spills = t.Fields[0].Type.facts.flat, t.Fields[0].Type.facts.spills
	}
	f.memory = recordLayout(t.Fields)
	for i := 0; i < len(t.Fields) && len(t.Fields) > 1 && !f.spills; i++ {
		f.flat, f.spills = appendFlat(f.flat, t.Fields[i].Type)
	}
	t.facts = f
}

func recordLayout(fields []ValueField) layout {
	size, align := uint64(0), uint32(1)
	for _, f := range fields {
		l := f.Type.facts.memory
		size = l.alignUp(size) + uint64(l.size)
		align = max(align, l.align)
	}
	return clamped(layout{align: align}.alignUp(size), align)
}

// clamped keeps sizes beyond any limit from wrapping around.
func clamped(size uint64, align uint32) layout {
	return layout{uint32(min(size, MaxValueBytes)), align}
}

func (t *ValueType) deriveArray() {
	f := facts{weight: lightest}
	n, e := uint64(t.Len), t.Elem.facts
	f.memory = clamped(n*uint64(e.memory.size), e.memory.align)
	for i := uint32(0); i < t.Len && !f.spills; i++ {
		f.flat, f.spills = appendFlat(f.flat, t.Elem)
	}
	t.facts = f
}

func (t *ValueType) deriveVariant() {
	cases := t.cases()
	d := discriminant(len(cases))
	f := facts{weight: lightest}
	f.memory = variantLayout(d.memory, cases)
	f.flat, f.spills = flattenVariant(cases, func(t *ValueType) ([]core.ValType, bool) {
		return t.facts.flat, t.facts.spills
	})
	t.facts = f
}

func variantLayout(d layout, cases []*ValueType) layout {
	payload := layout{0, 1}
	for _, c := range cases {
		if c != nil {
			l := c.facts.memory
			payload = layout{max(payload.size, l.size), max(payload.align, l.align)}
		}
	}
	align := max(d.align, payload.align)
	size := payload.alignUp(uint64(d.size)) + uint64(payload.size)
	return clamped(layout{align: align}.alignUp(size), align)
}

// appendFlat adds the flat types of t to a list that the caller owns.
func appendFlat(flat []core.ValType, t *ValueType) (sum []core.ValType, spills bool) {
	if t.facts.spills || len(flat)+len(t.facts.flat) > MaxFlat {
		return nil, true
	}
	return append(flat, t.facts.flat...), false
}

// flattenVariant is the discriminant followed by the join of the payloads.
func flattenVariant(
	cases []*ValueType, of func(*ValueType) (flat []core.ValType, spills bool),
) (flat []core.ValType, spills bool) {
	flat = flatI32
	for _, c := range cases {
		if c == nil {
			continue
		}
		payload, spills := of(c)
		if spills || len(payload) >= MaxFlat {
			return nil, true
		}
		for i, p := range payload {
			at := i + 1
			if at == len(flat) {
				flat = append(flat[:at:at], p)
			} else if j := join(flat[at], p); j != flat[at] {
				flat = append([]core.ValType(nil), flat...)
				flat[at] = j
			}
		}
	}
	return flat, false
}

// join is the core type that can hold values of both (CanonicalABI.md,
// "Flattening").
func join(a, b core.ValType) core.ValType {
	switch {
	case a == b:
		return a
	case (a == core.I32 || a == core.F32) && (b == core.I32 || b == core.F32):
		return core.I32
	}
	return core.I64
}
