package core

// push puts a type on the operand stack.
func (b *body) push(t ValType) {
	if b.sp == len(b.stack) {
		b.room(1)
	}
	b.stack[b.sp] = t
	b.sp++
}

func (b *body) pushAll(types []ValType) {
	if len(b.stack)-b.sp < len(types) {
		b.room(len(types))
	}
	b.sp += copy(b.stack[b.sp:], types)
}

// room makes the stack long enough for n more operands.
func (b *body) room(n int) {
	b.stack = append(b.stack, make([]ValType, max(n, len(b.stack)))...)
}

// pop takes an operand of type want off the stack and gives its actual type.
func (b *body) pop(want ValType) ValType {
	if b.sp > b.base && b.stack[b.sp-1] == want {
		b.sp--
		return want
	}
	return b.popOther(want)
}

// popOther is pop where the operand is not exactly of type want.
func (b *body) popOther(want ValType) ValType {
	if b.sp == b.base && b.err == nil && !b.top().unreachable {
		b.fail("type mismatch: expected %v, but the stack of the block is empty", want)
	}
	t := b.popAny()
	if b.err == nil && t != unknown && !b.fits(t, want) {
		b.fail("type mismatch: expected %v, found %v", want, t)
	}
	return t
}

// fits reports whether an operand of type t, which may be partly unknown, is one
// of type want.
func (b *body) fits(t, want ValType) bool {
	if t&^0x7f != unknownRef {
		return b.n.types.isSubtype(t, want)
	}
	if heap := HeapType(t & 0x7f); heap != 0 {
		return want.IsRef() && b.n.types.isSubtype(AbstractRef(heap, false, b.n.types.isShared(want)), want)
	}
	return want.IsRef()
}

// popAny takes an operand off the stack, unknown if it is not there because the
// code is unreachable.
func (b *body) popAny() ValType {
	if b.err != nil {
		return unknown
	}
	if b.sp == b.base {
		if !b.top().unreachable {
			b.fail("type mismatch: expected an operand, but the stack of the block is empty")
		}
		return unknown
	}
	b.sp--
	return b.stack[b.sp]
}

// popAll takes operands of a list of types off the stack, the last one first.
func (b *body) popAll(types []ValType) {
	for i := len(types) - 1; i >= 0; i-- {
		b.pop(types[i])
	}
}

// popRef takes a reference off the stack.
func (b *body) popRef() ValType {
	t := b.popAny()
	switch {
	case t == unknown:
		return unknownRef
	case !t.IsRef():
		b.fail("type mismatch: expected a reference, found %v", t)
		return unknownRef
	}
	return t
}

// popHeap takes a reference to a subtype of an abstract heap type off the
// stack, shared or not.
func (b *body) popHeap(heap HeapType) ValType {
	t := b.popRef()
	if b.err != nil || t == unknownRef {
		return unknownRef
	}
	if t&^0x7f == unknownRef {
		if !isHeapSubtype(HeapType(t&0x7f), heap) {
			b.fail("type mismatch: expected a reference to %v, found one to %v", heap, HeapType(t&0x7f))
		}
		return t
	}
	if want := AbstractRef(heap, true, b.n.types.isShared(t)); !b.n.types.isSubtype(t, want) {
		b.fail("type mismatch: expected %v, found %v", want, t)
	}
	return t
}

// popIndexed takes a nullable reference to the type of an index off the stack.
func (b *body) popIndexed(index uint32) ValType { return b.pop(b.indexed(index, true, false)) }

// pushNew pushes a reference to a new object of the type of an index, exact if
// there are exact types.
func (b *body) pushNew(index uint32) {
	b.push(b.indexed(index, false, b.features.Has(CustomDescriptors)))
}

// indexed is the reference to the type of an index.
func (b *body) indexed(index uint32, nullable, exact bool) ValType {
	id, ok := b.n.TypeID(index)
	if !ok {
		b.fail("unknown type %d", index)
		return unknownRef
	}
	return stored(uint32(id), nullable, exact)
}

// stored is the reference to a type of the store.
func stored(id uint32, nullable, exact bool) ValType {
	return IndexedRef(id, nullable, exact) | storeBit
}

// unreachable ends the reachable part of a block.
func (b *body) unreachable() {
	b.sp = b.base
	b.top().unreachable = true
}

func (b *body) top() *frame { return &b.ctrl[len(b.ctrl)-1] }

// u32 reads an index or another unsigned immediate.
func (b *body) u32() uint32 {
	if b.pos < len(b.code) && b.code[b.pos] < 0x80 {
		b.pos++
		return uint32(b.code[b.pos-1])
	}
	r := b.reader()
	v := r.U32()
	b.done(&r)
	return v
}

func (b *body) byte() byte {
	r := b.reader()
	v := r.Byte()
	b.done(&r)
	return v
}

// skip passes over an immediate of n bytes.
func (b *body) skip(n int) {
	r := b.reader()
	r.Bytes(n)
	b.done(&r)
}

// valType reads a value type and resolves it.
func (b *body) valType() ValType {
	if b.pos < len(b.code) {
		if t := ValType(b.code[b.pos]); t >= F64 && t <= I32 && b.features.Has(Floats) {
			b.pos++
			return t
		}
	}
	r := b.reader()
	t := ReadValType(&r)
	b.done(&r)
	return b.checkType(t)
}

// heapType reads a heap type as the reference to it.
func (b *body) heapType(nullable bool) ValType {
	r := b.reader()
	t := readHeapType(&r) | bit(nullable, nullBit)
	b.done(&r)
	return b.checkType(t)
}

// checkType checks that the features allow a type of the module and resolves it.
func (b *body) checkType(t ValType) ValType {
	if b.err != nil {
		return t
	}
	if need := b.features.missing(t); need != 0 {
		b.fail("type %v requires the %v feature", t, need)
	}
	resolved, ok := b.n.resolve(t)
	if !ok {
		b.fail("unknown type %d", t&indexMask)
		return unknownRef
	}
	return resolved
}
