package core

import "math"

// memory validates loads, stores, memory.size and memory.grow.
func (b *body) memory(code byte) {
	if code == opMemorySize || code == opMemoryGrow {
		b.memorySize(code == opMemoryGrow)
		return
	}
	o := &b.opcodes.ops[code]
	if o.shape != shapeLoad && o.shape != shapeStore {
		b.illegal(code)
		return
	}
	address := b.memArg(o.align)
	if o.shape == shapeStore {
		b.pop(ValType(o.in))
		b.pop(address)
		return
	}
	b.pop(address)
	b.push(ValType(o.out))
}

// memArg reads a memory argument whose alignment is at most align, and gives the
// type of addresses.
func (b *body) memArg(align uint8) ValType {
	address, written := b.readMemArg()
	if b.err == nil && written > uint32(align) {
		b.fail("alignment of 2^%d bytes must not be larger than natural, 2^%d", written, align)
	}
	return address
}

const memArgIndex = 1 << 6 // flag: the index of a memory follows

func (b *body) readMemArg() (address ValType, align uint32) {
	align = b.u32()
	var index uint32
	limit := uint32(memArgIndex)
	if !b.features.Has(MultiMemory) {
		limit >>= 1
	} else if align&memArgIndex != 0 {
		align &^= memArgIndex
		index = b.u32()
	}
	if align >= limit {
		b.fail("0x%x is no alignment", align)
	}
	r := b.reader()
	var offset uint64
	if b.features.Has(Memory64) {
		offset = r.U64()
	} else {
		offset = uint64(r.U32())
	}
	b.done(&r)
	address = b.addressType(index)
	if address == I32 && offset > math.MaxUint32 {
		b.fail("offset %d is out of the range of a 32-bit memory", offset)
	}
	return address, align
}

// addressType is the type of the addresses of a memory.
func (b *body) addressType(index uint32) ValType {
	if uint64(index) >= uint64(len(b.n.Module.Memories)) {
		b.fail("unknown memory %d", index)
		return I32
	}
	return b.n.Module.Memories[index].IndexType()
}

func (b *body) memorySize(grow bool) {
	var index uint32
	if b.features.Has(MultiMemory) {
		index = b.u32()
	} else if c := b.byte(); c != 0 {
		b.fail("a memory other than 0x00 requires the multi-memory feature")
	}
	address := b.addressType(index)
	if grow {
		b.pop(address)
	}
	b.push(address)
}

// Codes after opPrefixMisc.
const (
	miscTruncSatLast  = 0x07
	miscMemoryInit    = 0x08
	miscDataDrop      = 0x09
	miscMemoryCopy    = 0x0a
	miscMemoryFill    = 0x0b
	miscTableInit     = 0x0c
	miscElemDrop      = 0x0d
	miscTableCopy     = 0x0e
	miscTableGrow     = 0x0f
	miscTableSize     = 0x10
	miscTableFill     = 0x11
	miscMemoryDiscard = 0x12
	miscAdd128        = 0x13
	miscSub128        = 0x14
	miscMulWideS      = 0x15
	miscMulWideU      = 0x16
)

func miscNeeds(code uint32) Features {
	switch {
	case code <= miscTruncSatLast:
		return SaturatingFloatToInt
	case code == miscMemoryCopy || code == miscMemoryFill:
		return BulkMemoryOpt
	case code <= miscTableCopy:
		return BulkMemory
	case code <= miscTableFill:
		return ReferenceTypes
	case code == miscMemoryDiscard:
		return MemoryControl
	}
	return WideArithmetic
}

// misc validates the instructions with prefix 0xfc.
func (b *body) misc(code uint32) {
	if code > miscMulWideU {
		b.illegalSub(opPrefixMisc, code)
		return
	}
	if !b.allowed(opPrefixMisc, code, miscNeeds(code)) {
		return
	}
	switch {
	case code <= miscTruncSatLast:
		from := [...]ValType{F32, F32, F64, F64}
		b.pop(from[code%4])
		b.push([...]ValType{I32, I64}[code/4])
	case code >= miscTableInit && code <= miscTableFill:
		b.bulkTable(code)
	case code >= miscAdd128:
		b.wide(code)
	default:
		b.bulkMemory(code)
	}
}

// allowed checks the proposals behind an instruction with a prefix.
func (b *body) allowed(prefix byte, code uint32, needs Features) bool {
	if need := needs &^ b.features; need != 0 {
		b.fail("instruction 0x%02x 0x%02x requires the %v feature", prefix, code, need)
	}
	return b.err == nil
}

func (b *body) illegalSub(prefix byte, code uint32) {
	b.fail("illegal opcode 0x%02x 0x%02x", prefix, code)
}

func (b *body) bulkMemory(code uint32) {
	switch code {
	case miscMemoryInit:
		segment, address := b.u32(), b.addressType(b.u32())
		b.dataSegment(segment)
		b.pop(I32)
		b.pop(I32)
		b.pop(address)
	case miscDataDrop:
		b.dataSegment(b.u32())
	case miscMemoryCopy:
		to, from := b.addressType(b.u32()), b.addressType(b.u32())
		b.pop(smaller(to, from))
		b.pop(from)
		b.pop(to)
	case miscMemoryFill:
		address := b.addressType(b.u32())
		b.pop(address)
		b.pop(I32)
		b.pop(address)
	case miscMemoryDiscard:
		address := b.addressType(b.u32())
		b.pop(address)
		b.pop(address)
	}
}

// smaller is the type of a length that two index spaces can hold.
func smaller(a, b ValType) ValType {
	if a == I32 {
		return a
	}
	return b
}

// dataSegment checks the index of a data segment, which code may only use if
// they were counted in front of it.
func (b *body) dataSegment(index uint32) {
	switch count := b.n.Module.DataCount; {
	case count < 0:
		b.fail("the module needs a data count section to use data segments")
	case int64(index) >= int64(count):
		b.fail("unknown data segment %d", index)
	}
}

// elementSegment is the type of an element segment's items.
func (b *body) elementSegment(index uint32) ValType {
	if uint64(index) >= uint64(len(b.n.elements)) {
		b.fail("unknown element segment %d", index)
		return FuncRef
	}
	return b.n.elements[index]
}

func (b *body) bulkTable(code uint32) {
	switch code {
	case miscTableInit:
		segment := b.elementSegment(b.u32())
		table := b.table(b.u32())
		b.fitTable(segment, table)
		b.pop(I32)
		b.pop(I32)
		b.pop(table.IndexType())
	case miscElemDrop:
		b.elementSegment(b.u32())
	case miscTableCopy:
		to, from := b.table(b.u32()), b.table(b.u32())
		b.fitTable(from.Element, to)
		b.pop(smaller(to.IndexType(), from.IndexType()))
		b.pop(from.IndexType())
		b.pop(to.IndexType())
	case miscTableGrow:
		table := b.table(b.u32())
		b.pop(table.IndexType())
		b.pop(table.Element)
		b.push(table.IndexType())
	case miscTableSize:
		b.push(b.table(b.u32()).IndexType())
	case miscTableFill:
		table := b.table(b.u32())
		b.pop(table.IndexType())
		b.pop(table.Element)
		b.pop(table.IndexType())
	}
}

func (b *body) fitTable(t ValType, table TableType) {
	if b.err == nil && !b.n.types.isSubtype(t, table.Element) {
		b.fail("type mismatch: elements of type %v do not fit a table of %v", t, table.Element)
	}
}

// wide validates the instructions on 128-bit integers, in two i64.
func (b *body) wide(code uint32) {
	b.pop(I64)
	b.pop(I64)
	if code <= miscSub128 {
		b.pop(I64)
		b.pop(I64)
	}
	b.push(I64)
	b.push(I64)
}
