package core

// typeList is the types of a [TypeStore] at one time. Their indices are
// [TypeID]s below the length of the list.
type typeList []SubType

// isSubtype reports whether a value of type a is one of type b (core
// specification, section 3.3.3).
func (l typeList) isSubtype(a, b ValType) bool {
	if a == b {
		return true
	}
	if !a.IsRef() || !b.IsRef() || a.Nullable() && !b.Nullable() {
		return false
	}
	return l.isHeapSubtype(a&^heapTypeFor, b&^heapTypeFor)
}

func (l typeList) isHeapSubtype(a, b ValType) bool {
	if a == b {
		return true
	}
	aIndexed, bIndexed := a&indexBit != 0, b&indexBit != 0
	switch {
	case aIndexed && bIndexed:
		if b&exactBit != 0 {
			return a&exactBit != 0 && a&indexMask == b&indexMask
		}
		return l.isDeclaredSubtype(uint32(a&indexMask), uint32(b&indexMask))
	case aIndexed:
		t := &l[a&indexMask]
		return t.Shared == (b&sharedBit != 0) && isHeapSubtype(kindHeap(t.Kind), HeapType(b&0x7f))
	case bIndexed:
		t := &l[b&indexMask]
		return t.Shared == (a&sharedBit != 0) && HeapType(a&0x7f) == bottomHeap(kindHeap(t.Kind))
	}
	return a&sharedBit == b&sharedBit && isHeapSubtype(HeapType(a&0x7f), HeapType(b&0x7f))
}

// isDeclaredSubtype walks from a up to the types it was declared a subtype of.
func (l typeList) isDeclaredSubtype(a, b uint32) bool {
	for a != b {
		if a = l[a].Super; a == NoIndex {
			return false
		}
	}
	return true
}

// isHeapSubtype is the order of the abstract heap types.
func isHeapSubtype(a, b HeapType) bool {
	if a == b {
		return true
	}
	switch b {
	case HeapAny:
		return a == HeapEq || isHeapSubtype(a, HeapEq)
	case HeapEq:
		return a == HeapI31 || a == HeapStruct || a == HeapArray || a == HeapNone
	case HeapI31, HeapStruct, HeapArray:
		return a == HeapNone
	case HeapExtern, HeapFunc, HeapExn, HeapCont:
		return a == bottomHeap(b)
	}
	return false
}

// kindHeap is the abstract type right above the defined types of a kind.
func kindHeap(k Composite) HeapType {
	switch k {
	case CompositeFunc:
		return HeapFunc
	case CompositeStruct:
		return HeapStruct
	case CompositeArray:
		return HeapArray
	}
	return HeapCont
}

// topHeap is the top of the hierarchy of a heap type.
func topHeap(h HeapType) HeapType {
	switch h {
	case HeapFunc, HeapNoFunc:
		return HeapFunc
	case HeapExtern, HeapNoExtern:
		return HeapExtern
	case HeapExn, HeapNoExn:
		return HeapExn
	case HeapCont, HeapNoCont:
		return HeapCont
	}
	return HeapAny
}

// bottomHeap is the bottom of the hierarchy of a heap type.
func bottomHeap(h HeapType) HeapType {
	switch topHeap(h) {
	case HeapFunc:
		return HeapNoFunc
	case HeapExtern:
		return HeapNoExtern
	case HeapExn:
		return HeapNoExn
	case HeapCont:
		return HeapNoCont
	}
	return HeapNone
}

// isShared reports whether values of type t may be shared between threads.
func (l typeList) isShared(t ValType) bool {
	switch {
	case t.isIndexed():
		return l[t&indexMask].Shared
	case t.isAbstract():
		return t.Shared()
	}
	return true
}

// top is the nullable reference to the top of t's hierarchy.
func (l typeList) top(t ValType) ValType {
	h := t.Heap()
	if t.isIndexed() {
		h = kindHeap(l[t&indexMask].Kind)
	}
	return AbstractRef(topHeap(h), true, l.isShared(t))
}

// matches reports whether the composite type a may be declared a subtype of b.
func (l typeList) matches(a, b *SubType) bool {
	if a.Kind != b.Kind || a.Shared != b.Shared {
		return false
	}
	switch a.Kind {
	case CompositeFunc:
		return l.funcMatches(a.Func, b.Func)
	case CompositeStruct, CompositeArray:
		if len(a.Fields) < len(b.Fields) {
			return false
		}
		for i, f := range b.Fields {
			if !l.fieldMatches(a.Fields[i], f) {
				return false
			}
		}
		return true
	}
	return l.isDeclaredSubtype(a.Cont, b.Cont)
}

func (l typeList) fieldMatches(a, b Field) bool {
	return a.Mutable == b.Mutable && l.isSubtype(a.Type, b.Type) && (!a.Mutable || l.isSubtype(b.Type, a.Type))
}

// funcMatches is subtyping of function types: parameters the other way round.
func (l typeList) funcMatches(a, b FuncType) bool {
	return l.listMatches(b.Params, a.Params) && l.listMatches(a.Results, b.Results)
}

func (l typeList) listMatches(a, b []ValType) bool {
	if len(a) != len(b) {
		return false
	}
	for i, t := range a {
		if !l.isSubtype(t, b[i]) {
			return false
		}
	}
	return true
}
