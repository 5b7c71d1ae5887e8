package link

import (
	"fmt"

	wasm "github.com/edgelint/edgelint/internal/binary"
)

// opcode is an instruction's code; those behind a prefix byte are prefix<<16 plus
// the code.
type opcode uint32

// The instructions that matter here, and the prefixes.
const (
	opBlock      opcode = 0x02
	opLoop       opcode = 0x03
	opIf         opcode = 0x04
	opThrow      opcode = 0x08
	opBr         opcode = 0x0c
	opBrIf       opcode = 0x0d
	opBrTable    opcode = 0x0e
	opCall       opcode = 0x10
	opCallTable  opcode = 0x11
	opTailCall   opcode = 0x12
	opTailTable  opcode = 0x13
	opCallRef    opcode = 0x14
	opTailRef    opcode = 0x15
	opSelectType opcode = 0x1c
	opTryTable   opcode = 0x1f
	opLocalGet   opcode = 0x20
	opTableGet   opcode = 0x25
	opTableSet   opcode = 0x26
	opFirstLoad  opcode = 0x28
	opLastStore  opcode = 0x3e
	opMemorySize opcode = 0x3f
	opMemoryGrow opcode = 0x40
	opI32Const   opcode = 0x41
	opI64Const   opcode = 0x42
	opF32Const   opcode = 0x43
	opF64Const   opcode = 0x44
	opRefNull    opcode = 0xd0
	opRefFunc    opcode = 0xd2
	opBrOnNull   opcode = 0xd5
	opBrNonNull  opcode = 0xd6

	prefixMisc   opcode = 0xfc
	prefixVector opcode = 0xfd
	prefixAtomic opcode = 0xfe

	opMemoryInit opcode = prefixMisc<<16 | 8
	opDataDrop   opcode = prefixMisc<<16 | 9
	opMemoryCopy opcode = prefixMisc<<16 | 10
	opMemoryFill opcode = prefixMisc<<16 | 11
	opTableInit  opcode = prefixMisc<<16 | 12
	opElemDrop   opcode = prefixMisc<<16 | 13
	opTableCopy  opcode = prefixMisc<<16 | 14
	opTableGrow  opcode = prefixMisc<<16 | 15
	opTableSize  opcode = prefixMisc<<16 | 16
	opTableFill  opcode = prefixMisc<<16 | 17
)

// Vector instructions with immediates (SIMD, "Binary Format").
const (
	vectorLastMemory  = 11
	vectorConst       = 12
	vectorShuffle     = 13
	vectorFirstLane   = 21
	vectorLastLane    = 34
	vectorFirstLaneIO = 84
	vectorLastLaneIO  = 91
	vectorLastZeroIO  = 93
)

const atomicFence = 0x03

// Value types of more than one byte: references to heap types by index.
const (
	refNull = 0x63
	refTo   = 0x64
)

// walkBody yields the instructions of a function body, in order, with the offset
// behind their immediates. The first instruction begins at start.
func walkBody(body []byte, visit func(op opcode, end int)) (start int, err error) {
	r := wasm.NewReader(body, 0)
	for range r.U32() {
		r.U32()
		if skipValType(&r); r.Err() != nil {
			return 0, r.Err()
		}
	}
	start = int(r.Offset())
	for r.More() {
		op := opcode(r.Byte())
		switch op {
		case prefixMisc, prefixVector, prefixAtomic:
			op = op<<16 | opcode(r.U32())
		}
		if err := skipImmediates(&r, op); err != nil {
			return 0, err
		}
		if err := r.Err(); err != nil {
			return 0, err
		}
		visit(op, int(r.Offset()))
	}
	return start, r.Err()
}

func skipImmediates(r *wasm.Reader, op opcode) error {
	switch op {
	case opBlock, opLoop, opIf:
		skipValType(r)
	case opThrow, opBr, opBrIf, opCall, opTailCall, opCallRef, opTailRef, opTableGet, opTableSet, opRefFunc,
		opBrOnNull, opBrNonNull, opMemorySize, opMemoryGrow, opDataDrop, opMemoryFill, opElemDrop, opTableGrow,
		opTableSize, opTableFill, opI32Const, opI64Const, opRefNull:
		skipLEB(r)
	case opCallTable, opTailTable, opMemoryInit, opMemoryCopy, opTableInit, opTableCopy:
		skipLEB(r)
		skipLEB(r)
	case opBrTable:
		for range r.U32() {
			if skipLEB(r); r.Err() != nil {
				return r.Err()
			}
		}
		skipLEB(r)
	case opSelectType:
		for range r.U32() {
			if skipValType(r); r.Err() != nil {
				return r.Err()
			}
		}
	case opTryTable:
		return skipTryTable(r)
	case opF32Const:
		r.Skip(4)
	case opF64Const:
		r.Skip(8)
	default:
		return skipByRange(r, op)
	}
	return nil
}

// skipByRange skips the immediates of instructions that come in runs.
func skipByRange(r *wasm.Reader, op opcode) error {
	code := uint32(op & 0xffff)
	switch prefix := op >> 16; {
	case prefix == prefixVector:
		skipVector(r, code)
	case prefix == prefixAtomic && code == atomicFence:
		r.Byte()
	case prefix == prefixAtomic:
		skipMemArg(r)
	case prefix == prefixMisc && code > 17:
		return fmt.Errorf("unknown instruction 0xfc %d", code)
	case prefix != 0:
	case op >= opLocalGet && op < opTableGet:
		skipLEB(r)
	case op >= opFirstLoad && op <= opLastStore:
		skipMemArg(r)
	case op == 0xfb:
		return fmt.Errorf("instructions on garbage-collected objects are not supported by the engine")
	}
	return nil
}

func skipVector(r *wasm.Reader, code uint32) {
	switch {
	case code <= vectorLastMemory:
		skipMemArg(r)
	case code == vectorConst, code == vectorShuffle:
		r.Skip(16)
	case code >= vectorFirstLane && code <= vectorLastLane:
		r.Byte()
	case code >= vectorFirstLaneIO && code <= vectorLastLaneIO:
		skipMemArg(r)
		r.Byte()
	case code > vectorLastLaneIO && code <= vectorLastZeroIO:
		skipMemArg(r)
	}
}

// memArgIndexed marks an alignment that a memory index follows.
const memArgIndexed = 1 << 6

func skipMemArg(r *wasm.Reader) {
	if r.U32()&memArgIndexed != 0 {
		r.U32()
	}
	skipLEB(r)
}

// skipTryTable skips a block type and catch clauses.
func skipTryTable(r *wasm.Reader) error {
	skipValType(r)
	for range r.U32() {
		if r.Byte() < 2 {
			r.U32() // the tag
		}
		if r.U32(); r.Err() != nil {
			return r.Err()
		}
	}
	return nil
}

// skipValType skips a value type or block type.
func skipValType(r *wasm.Reader) {
	if b := r.Peek(); b == refNull || b == refTo {
		r.Byte()
	}
	skipLEB(r)
}

// skipLEB skips an integer of whatever width; modules were validated before.
func skipLEB(r *wasm.Reader) {
	for r.Byte()&0x80 != 0 {
		if r.Err() != nil {
			return
		}
	}
}
