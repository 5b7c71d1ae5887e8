package core

// structType is the struct type of an index; empty, after a fault, if it is none.
func (b *body) structType(index uint32) *SubType { return b.composite(index, CompositeStruct) }

func (b *body) composite(index uint32, kind Composite) *SubType {
	t, ok := b.n.subType(index)
	switch {
	case !ok:
		b.fail("unknown type %d", index)
	case t.Kind != kind:
		b.fail("type %d is of kind %v, not %v", index, t.Kind, kind)
	case b.shared && !t.Shared:
		b.fail("a shared function cannot use the %v type %d, which is not", kind, index)
	}
	if b.err != nil {
		return &SubType{Kind: kind, Descriptor: NoIndex, Fields: []Field{{Type: I32, Mutable: true}}}
	}
	return t
}

// field reads the indices of a struct type and of a field of it.
func (b *body) field() (index uint32, f Field) {
	index = b.u32()
	n := b.u32()
	t := b.structType(index)
	if uint64(n) >= uint64(len(t.Fields)) {
		b.fail("unknown field %d of type %d", n, index)
		return index, Field{Type: I32, Mutable: true}
	}
	return index, t.Fields[n]
}

// element reads the index of an array type and gives the type of its elements.
func (b *body) element() (index uint32, f Field) {
	index = b.u32()
	return index, b.composite(index, CompositeArray).Fields[0]
}

func (b *body) mutable(f Field) {
	if b.err == nil && !f.Mutable {
		b.fail("the field or element is immutable")
	}
}

func isPacked(t ValType) bool { return t == I8 || t == I16 }

// unpacked is the type of a field's values on the stack.
func unpacked(t ValType) ValType {
	if isPacked(t) {
		return I32
	}
	return t
}

// packing checks that a get extends packed types, and these alone.
func (b *body) packing(t ValType, extends bool) {
	switch {
	case b.err != nil:
	case isPacked(t) && !extends:
		b.fail("type %v is packed: get_s or get_u read it", t)
	case !isPacked(t) && extends:
		b.fail("type %v is not packed: only a plain get reads it", t)
	}
}

func (b *body) structure(code uint32) {
	switch code {
	case gcStructNew, gcStructNewDefault:
		index := b.u32()
		t := b.structType(index)
		if b.err == nil && t.Descriptor != NoIndex {
			b.fail("type %d has a descriptor, which must be given to make one", index)
		}
		b.newStruct(index, t, code == gcStructNewDefault)
	case gcStructGet, gcStructGetS, gcStructGetU:
		index, f := b.field()
		b.packing(f.Type, code != gcStructGet)
		b.popIndexed(index)
		b.push(unpacked(f.Type))
	case gcStructSet:
		index, f := b.field()
		b.mutable(f)
		b.pop(unpacked(f.Type))
		b.popIndexed(index)
	}
}

// newStruct takes the fields off the stack, if they are not the defaults, and
// pushes the struct.
func (b *body) newStruct(index uint32, t *SubType, defaults bool) {
	for i := len(t.Fields) - 1; i >= 0; i-- {
		f := unpacked(t.Fields[i].Type)
		if defaults {
			b.defaultable(f)
		} else {
			b.pop(f)
		}
	}
	b.pushNew(index)
}

func (b *body) defaultable(t ValType) {
	if b.err == nil && !t.hasDefault() {
		b.fail("type %v has no default value", t)
	}
}

func (b *body) array(code uint32) {
	switch code {
	case gcArrayNew, gcArrayNewDefault:
		index, f := b.element()
		b.pop(I32)
		if code == gcArrayNew {
			b.pop(unpacked(f.Type))
		} else {
			b.defaultable(unpacked(f.Type))
		}
		b.pushNew(index)
	case gcArrayNewFixed:
		b.arrayNewFixed()
	case gcArrayNewData, gcArrayNewElem:
		index, f := b.element()
		b.segmentFits(f.Type, b.u32(), code == gcArrayNewData)
		b.pop(I32)
		b.pop(I32)
		b.pushNew(index)
	case gcArrayInitData, gcArrayInitElem:
		index, f := b.element()
		b.mutable(f)
		b.segmentFits(f.Type, b.u32(), code == gcArrayInitData)
		b.pop(I32)
		b.pop(I32)
		b.pop(I32)
		b.popIndexed(index)
	case gcArrayLen:
		b.popHeap(HeapArray)
		b.push(I32)
	default:
		b.arrayAccess(code)
	}
}

func (b *body) arrayAccess(code uint32) {
	index, f := b.element()
	switch code {
	case gcArrayGet, gcArrayGetS, gcArrayGetU:
		b.packing(f.Type, code != gcArrayGet)
		b.pop(I32)
		b.popIndexed(index)
		b.push(unpacked(f.Type))
	case gcArraySet:
		b.mutable(f)
		b.pop(unpacked(f.Type))
		b.pop(I32)
		b.popIndexed(index)
	case gcArrayFill:
		b.mutable(f)
		b.pop(I32)
		b.pop(unpacked(f.Type))
		b.pop(I32)
		b.popIndexed(index)
	case gcArrayCopy:
		b.mutable(f)
		b.arrayCopy(index, f)
	}
}

func (b *body) arrayCopy(to uint32, toField Field) {
	from, fromField := b.element()
	if b.err == nil && !b.n.types.isSubtype(fromField.Type, toField.Type) {
		b.fail("type mismatch: elements of type %v cannot be copied to %v", fromField.Type, toField.Type)
	}
	b.pop(I32)
	b.pop(I32)
	b.popIndexed(from)
	b.pop(I32)
	b.popIndexed(to)
}

// arrayNewFixed pops as many elements as the instruction says, but in
// unreachable code no more than there are.
func (b *body) arrayNewFixed() {
	index, f := b.element()
	for n := b.u32(); n > 0 && b.err == nil; n-- {
		if b.sp == b.base && b.top().unreachable {
			break
		}
		b.pop(unpacked(f.Type))
	}
	b.pushNew(index)
}

// segmentFits checks that elements of type t can come from a data or element
// segment.
func (b *body) segmentFits(t ValType, segment uint32, data bool) {
	switch {
	case b.err != nil:
	case data && t.IsRef():
		b.fail("type mismatch: data cannot initialize elements of type %v", t)
	case data:
		b.dataSegment(segment)
	case !t.IsRef():
		b.fail("type mismatch: an element segment cannot initialize elements of type %v", t)
	default:
		if s := b.elementSegment(segment); b.err == nil && !b.n.types.isSubtype(s, t) {
			b.fail("type mismatch: element segment %d of type %v does not fit elements of type %v", segment, s, t)
		}
	}
}

// descriptor validates the instructions of the custom descriptors proposal.
func (b *body) descriptor(code uint32) {
	switch code {
	case gcStructNewDesc, gcStructNewDefDesc:
		index := b.u32()
		t := b.structType(index)
		if b.err == nil && t.Descriptor == NoIndex {
			b.fail("type %d has no descriptor", index)
			return
		}
		b.pop(stored(t.Descriptor, true, true))
		b.newStruct(index, t, code == gcStructNewDefDesc)
	case gcRefGetDesc:
		b.refGetDesc(b.u32())
	case gcRefCastDesc, gcRefCastDescNull:
		at := b.pos
		b.heapType(false)
		b.popDescriptor(b.readAgain(at))
		b.pos = at
		b.push(b.castTarget(code == gcRefCastDescNull))
	case gcBrOnCastDesc, gcBrOnCastDescFail:
		b.brOnCast(code == gcBrOnCastDescFail, true)
	default:
		b.illegalSub(opPrefixGC, code)
	}
}

// readAgain is the heap type at a position, as the module's, which has been
// checked before.
func (b *body) readAgain(pos int) ValType {
	back := b.pos
	b.pos = pos
	r := b.reader()
	t := readHeapType(&r)
	b.pos = back
	return t
}

// popDescriptor takes the descriptor for a cast to a type of the module off the
// stack; it must be exact for an exact type.
func (b *body) popDescriptor(t ValType) {
	index, ok := t.Index()
	sub, defined := b.n.subType(index)
	switch {
	case b.err != nil:
	case !ok:
		b.fail("a cast by descriptor needs a defined type, not %v", t)
	case !defined || sub.Descriptor == NoIndex:
		b.fail("type %d has no descriptor", index)
	default:
		b.pop(stored(sub.Descriptor, true, t.Exact()))
	}
}

func (b *body) refGetDesc(index uint32) {
	t := b.popIndexed(index)
	sub, ok := b.n.subType(index)
	if b.err != nil || !ok {
		return
	}
	if sub.Descriptor == NoIndex {
		b.fail("type %d has no descriptor", index)
		return
	}
	exact := t == unknown || t == unknownRef
	if t.Exact() || t.Heap() == HeapNone {
		exact = b.n.types.isSubtype(t, b.indexed(index, true, true))
	}
	b.push(stored(sub.Descriptor, false, exact))
}
