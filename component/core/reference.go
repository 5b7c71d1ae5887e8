package core

// reference validates the instructions on references in general.
func (b *body) reference(code byte) {
	switch code {
	case opRefNull:
		b.push(b.heapType(true))
	case opRefIsNull:
		b.popRef()
		b.push(I32)
	case opRefFunc:
		b.refFunc(b.u32())
	case opRefEq:
		b.refEq()
	case opRefAsNonNull:
		b.push(nonNull(b.popRef()))
	case opBrOnNull:
		depth := b.u32()
		t := nonNull(b.popRef())
		b.popPush(b.label(depth))
		b.push(t)
	case opBrOnNonNull:
		types, last := b.refLabel(b.u32())
		b.pop(last.AsNullable())
		b.popPush(types)
	}
}

// nonNull is a reference type without null; what is unknown stays so.
func nonNull(t ValType) ValType {
	if t&^0x7f == unknownRef {
		return t
	}
	return t.AsNonNull()
}

// refLabel is the types a label takes: the last one, a reference, and those in
// front of it.
func (b *body) refLabel(depth uint32) (types []ValType, last ValType) {
	types = b.label(depth)
	if b.err != nil {
		return nil, unknownRef
	}
	if len(types) == 0 || !types[len(types)-1].IsRef() {
		b.fail("type mismatch: label %d does not take a reference", depth)
		return nil, unknownRef
	}
	return types[:len(types)-1], types[len(types)-1]
}

// refFunc validates a reference to a function. In bodies, it must occur outside
// of them as well; constant expressions are such places.
func (b *body) refFunc(index uint32) {
	if uint64(index) >= uint64(len(b.n.Module.Funcs)) {
		b.fail("unknown function %d", index)
		return
	}
	if b.constOnly {
		b.n.declared.add(index)
	} else if !b.n.declared.has(index) {
		b.fail("undeclared reference to function %d: an export, element segment or global must name it too", index)
	}
	exact := b.features.Has(CustomDescriptors) && b.n.isExact(index)
	b.push(b.indexed(b.n.Module.Funcs[index], false, exact))
}

func (b *body) refEq() {
	x, y := b.popHeap(HeapEq), b.popHeap(HeapEq)
	if b.err != nil || x&^0x7f == unknownRef || y&^0x7f == unknownRef {
		b.push(I32)
		return
	}
	if b.n.types.isShared(x) != b.n.types.isShared(y) {
		b.fail("type mismatch: comparison of a shared with an unshared reference")
	}
	b.push(I32)
}

// Codes after opPrefixGC.
const (
	gcStructNew         = 0x00
	gcStructNewDefault  = 0x01
	gcStructGet         = 0x02
	gcStructGetS        = 0x03
	gcStructGetU        = 0x04
	gcStructSet         = 0x05
	gcArrayNew          = 0x06
	gcArrayNewDefault   = 0x07
	gcArrayNewFixed     = 0x08
	gcArrayNewData      = 0x09
	gcArrayNewElem      = 0x0a
	gcArrayGet          = 0x0b
	gcArrayGetS         = 0x0c
	gcArrayGetU         = 0x0d
	gcArraySet          = 0x0e
	gcArrayLen          = 0x0f
	gcArrayFill         = 0x10
	gcArrayCopy         = 0x11
	gcArrayInitData     = 0x12
	gcArrayInitElem     = 0x13
	gcRefTest           = 0x14
	gcRefTestNull       = 0x15
	gcRefCast           = 0x16
	gcRefCastNull       = 0x17
	gcBrOnCast          = 0x18
	gcBrOnCastFail      = 0x19
	gcAnyConvertExtern  = 0x1a
	gcExternConvertAny  = 0x1b
	gcRefI31            = 0x1c
	gcI31GetS           = 0x1d
	gcI31GetU           = 0x1e
	gcStructNewDesc     = 0x20
	gcStructNewDefDesc  = 0x21
	gcRefGetDesc        = 0x22
	gcRefCastDesc       = 0x23
	gcRefCastDescNull   = 0x24
	gcBrOnCastDesc      = 0x25
	gcBrOnCastDescFail  = 0x26
	gcFirstOfDescriptor = gcStructNewDesc
)

// aggregate validates the instructions with prefix 0xfb: structs, arrays, casts
// and descriptors.
func (b *body) aggregate(code uint32) {
	need := GC
	if code >= gcFirstOfDescriptor {
		need = CustomDescriptors
	}
	if !b.allowed(opPrefixGC, code, need) {
		return
	}
	switch {
	case code <= gcStructSet:
		b.structure(code)
	case code <= gcArrayInitElem:
		b.array(code)
	case code <= gcRefCastNull:
		b.cast(code)
	case code == gcBrOnCast, code == gcBrOnCastFail:
		b.brOnCast(code == gcBrOnCastFail, false)
	case code <= gcI31GetU:
		b.convert(code)
	default:
		b.descriptor(code)
	}
}

// convert validates the instructions between hierarchies and on i31.
func (b *body) convert(code uint32) {
	switch code {
	case gcAnyConvertExtern:
		b.convertRef(HeapExtern, HeapAny)
	case gcExternConvertAny:
		b.convertRef(HeapAny, HeapExtern)
	case gcRefI31:
		b.pop(I32)
		b.push(I31Ref.AsNonNull())
	case gcI31GetS, gcI31GetU:
		b.popHeap(HeapI31)
		b.push(I32)
	}
}

func (b *body) convertRef(from, to HeapType) {
	t := b.popHeap(from)
	if b.err != nil || t&^0x7f == unknownRef {
		b.push(unknownRef | ValType(to))
		return
	}
	b.push(AbstractRef(to, t.Nullable(), b.n.types.isShared(t)))
}

// cast validates ref.test and ref.cast.
func (b *body) cast(code uint32) {
	t := b.castTarget(code == gcRefTestNull || code == gcRefCastNull)
	if code == gcRefTest || code == gcRefTestNull {
		t = I32
	}
	b.push(t)
}

// castTarget reads the type of a cast and takes the reference to be cast, of the
// same hierarchy, off the stack.
func (b *body) castTarget(nullable bool) ValType {
	t := b.heapType(nullable)
	if b.err != nil {
		return t
	}
	b.castable(t)
	b.pop(b.n.types.top(t))
	return t
}

// castable checks that there are casts to a type: not to continuations.
func (b *body) castable(t ValType) {
	if b.err == nil && b.n.types.top(t).Heap() == HeapCont {
		b.fail("invalid cast: there are none to continuations")
	}
}

// brOnCast validates br_on_cast and br_on_cast_fail, with a descriptor or not.
func (b *body) brOnCast(onFail, descriptor bool) {
	flags := b.byte()
	if flags > 3 {
		b.fail("0x%02x are no flags of a cast", flags)
	}
	depth := b.u32()
	from := b.heapType(flags&1 != 0)
	described := b.pos
	to := b.heapType(flags&2 != 0)
	b.checkCast(from, to)
	if descriptor {
		b.popDescriptor(b.readAgain(described))
	}
	types, last := b.refLabel(depth)
	// What is left of from when the cast to to has been tried.
	rest := from
	if to.Nullable() {
		rest = nonNull(from)
	}
	taken, passed := to, rest
	if onFail {
		taken, passed = rest, to
	}
	if b.err == nil && !b.n.types.isSubtype(taken, last) {
		b.fail("type mismatch: the label takes %v, not %v", last, taken)
	}
	b.pop(from)
	b.popPush(types)
	b.push(passed)
}

// checkCast checks the types of a branch on a cast against each other.
func (b *body) checkCast(from, to ValType) {
	b.castable(to)
	switch {
	case b.err != nil:
	case b.features.Has(CustomDescriptors):
		if b.n.types.top(from) != b.n.types.top(to) {
			b.fail("type mismatch: no cast from %v to %v, which is of another hierarchy", from, to)
		}
	case !b.n.types.isSubtype(to, from):
		b.fail("type mismatch: a cast from %v to %v, which is no subtype", from, to)
	}
}
