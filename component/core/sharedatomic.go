package core

// Codes after opPrefixT of the shared-everything-threads proposal. Each family
// has get, set and the read-modify-write instructions in one order; struct and
// array fields, which may be packed, have gets with a sign as well.
const (
	sharedGlobalGet     = 0x4f
	sharedGlobalSet     = 0x50
	sharedGlobalRMW     = 0x51
	sharedGlobalXchg    = 0x56
	sharedGlobalCmpxchg = 0x57
	sharedTableGet      = 0x58
	sharedTableSet      = 0x59
	sharedTableCmpxchg  = 0x5b
	sharedStructGet     = 0x5c
	sharedArrayGet      = 0x67
	sharedArrayLast     = 0x71
)

// Codes within the families of struct and array fields.
const (
	fieldGet     = 0
	fieldGetU    = 2
	fieldSet     = 3
	fieldXchg    = 9
	fieldCmpxchg = 10
)

// sharedAtomic validates atomic accesses to globals, tables, structs and arrays.
func (b *body) sharedAtomic(code uint32) {
	if code > sharedArrayLast {
		b.illegalSub(opPrefixT, code)
		return
	}
	if order := b.u32(); b.err == nil && order > 1 {
		b.fail("%d is no memory ordering", order)
	}
	switch {
	case code < sharedTableGet:
		b.globalAtomic(code)
	case code < sharedStructGet:
		b.tableAtomic(code)
	case code < sharedArrayGet:
		index, f := b.field()
		b.fieldAtomic(code-sharedStructGet, f, func() { b.popIndexed(index) })
	default:
		index, f := b.element()
		b.fieldAtomic(code-sharedArrayGet, f, func() {
			b.pop(I32)
			b.popIndexed(index)
		})
	}
}

// atomicType checks that values of type t are accessed as one: integers, unless
// only references may, and references below a heap type.
func (b *body) atomicType(t ValType, integers bool, heap HeapType, shared bool) {
	if b.err != nil || integers && (t == I32 || t == I64) {
		return
	}
	if heap == 0 || !b.n.types.isSubtype(t, AbstractRef(heap, true, shared)) {
		b.fail("type %v cannot be accessed by this atomic instruction", t)
	}
}

func (b *body) globalAtomic(code uint32) {
	index := b.u32()
	g := b.global(index)
	if b.err == nil && code != sharedGlobalGet && !g.Mutable {
		b.fail("global %d is immutable", index)
	}
	heap := HeapAny
	switch {
	case code == sharedGlobalCmpxchg:
		heap = HeapEq
	case code >= sharedGlobalRMW && code < sharedGlobalXchg:
		heap = 0
	}
	b.atomicType(g.Type, true, heap, false)
	if code != sharedGlobalGet {
		b.pop(g.Type)
	}
	if code == sharedGlobalCmpxchg {
		b.pop(g.Type)
	}
	if code != sharedGlobalSet {
		b.push(g.Type)
	}
}

func (b *body) tableAtomic(code uint32) {
	t := b.table(b.u32())
	heap := HeapAny
	if code == sharedTableCmpxchg {
		heap = HeapEq
	}
	b.atomicType(t.Element, false, heap, true)
	if code != sharedTableGet {
		b.pop(t.Element)
	}
	if code == sharedTableCmpxchg {
		b.pop(t.Element)
	}
	b.pop(t.IndexType())
	if code != sharedTableSet {
		b.push(t.Element)
	}
}

// fieldAtomic validates an access to a field; place takes the object, and an
// index if need be, off the stack.
func (b *body) fieldAtomic(code uint32, f Field, place func()) {
	t := unpacked(f.Type)
	switch {
	case code <= fieldGetU:
		b.packing(f.Type, code != fieldGet)
		if code == fieldGet {
			b.atomicType(f.Type, true, HeapAny, true)
		}
		place()
		b.push(t)
		return
	case code == fieldSet:
		if !isPacked(f.Type) {
			b.atomicType(f.Type, true, HeapAny, true)
		}
	case code == fieldXchg:
		b.atomicType(f.Type, true, HeapAny, true)
	case code == fieldCmpxchg:
		b.atomicType(f.Type, true, HeapEq, true)
		b.pop(t)
	default:
		b.atomicType(f.Type, true, 0, true)
	}
	b.mutable(f)
	b.pop(t)
	place()
	if code != fieldSet {
		b.push(t)
	}
}
