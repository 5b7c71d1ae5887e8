package core

// Codes after opPrefixT (threads proposal).
const (
	atomicNotify    = 0x00
	atomicWait32    = 0x01
	atomicWait64    = 0x02
	atomicFence     = 0x03
	atomicLoad      = 0x10
	atomicStore     = 0x17
	atomicRMW       = 0x1e
	atomicCmpxchg   = 0x48
	atomicMemoryEnd = 0x4f // first one of the shared-everything-threads proposal
	atomicRefI31    = 0x72
)

// atomicWidths are the value type and alignment of the seven accesses that each
// family of atomic instructions has.
var atomicWidths = [7]struct {
	value ValType
	align uint8
}{{I32, 2}, {I64, 3}, {I32, 0}, {I32, 1}, {I64, 0}, {I64, 1}, {I64, 2}}

// atomic validates the instructions with prefix 0xfe.
func (b *body) atomic(code uint32) {
	need := Threads
	if code >= atomicMemoryEnd {
		need = SharedEverythingThreads
	}
	if !b.allowed(opPrefixT, code, need) {
		return
	}
	switch {
	case code <= atomicWait64:
		b.atomicWait(code)
	case code == atomicFence:
		if c := b.byte(); b.err == nil && c != 0 {
			b.fail("0x%02x after atomic.fence, which must be 0x00", c)
		}
	case code < atomicLoad:
		b.illegalSub(opPrefixT, code)
	case code < atomicMemoryEnd:
		b.atomicAccess(code)
	case code == atomicRefI31:
		b.pop(I32)
		b.push(AbstractRef(HeapI31, false, true))
	default:
		b.sharedAtomic(code)
	}
}

// atomicArg reads a memory argument, whose alignment must be natural.
func (b *body) atomicArg(align uint8) ValType {
	address, written := b.readMemArg()
	if b.err == nil && written != uint32(align) {
		b.fail("alignment of 2^%d bytes: an atomic access must state the natural one, 2^%d", written, align)
	}
	return address
}

func (b *body) atomicWait(code uint32) {
	value := I32
	if code == atomicWait64 {
		value = I64
	}
	address := b.atomicArg([...]uint8{2, 2, 3}[code])
	if code != atomicNotify {
		b.pop(I64) // timeout
	}
	b.pop(value)
	b.pop(address)
	b.push(I32)
}

func (b *body) atomicAccess(code uint32) {
	w := atomicWidths[(code-atomicLoad)%7]
	address := b.atomicArg(w.align)
	if code < atomicStore {
		b.pop(address)
		b.push(w.value)
		return
	}
	b.pop(w.value)
	if code >= atomicCmpxchg {
		b.pop(w.value)
	}
	b.pop(address)
	if code >= atomicRMW {
		b.push(w.value)
	}
}
