package core

// shape is how the validator's loop treats an opcode.
type shape uint8

const (
	shapeOther   shape = iota
	shapeUnary         // pops in, pushes out
	shapeBinary        // pops in twice, pushes out
	shapeLoad          // a memory argument; pops an address, pushes out
	shapeStore         // a memory argument; pops in and an address
	shapeConst32       // an i32 immediate; pushes out
	shapeConst64       // an i64 immediate; pushes out
	shapeLocalGet
	shapeLocalSet
	shapeLocalTee
	shapeGlobalGet
)

// op is the typing of an opcode that has a fixed one. Types are number types,
// which fit a byte.
type op struct {
	shape   shape
	in, out uint8
	align   uint8 // binary logarithm of the natural alignment
}

// opTable is what a set of features makes of the opcodes: their fixed typings,
// and the proposals that are missing for them.
type opTable struct {
	ops     [256]op
	missing [256]Features

	vec        [vecEnd]vecShape
	vecMissing [vecEnd]Features
}

// simpleOps are the numeric instructions (core specification, section 5.4.6) in
// runs of opcodes with one typing.
var simpleOps = [...]struct {
	first, last uint8
	shape       shape
	in, out     ValType
	need        Features
}{
	{0x45, 0x45, shapeUnary, I32, I32, 0},  // i32.eqz
	{0x46, 0x4f, shapeBinary, I32, I32, 0}, // comparisons
	{0x50, 0x50, shapeUnary, I64, I32, 0},
	{0x51, 0x5a, shapeBinary, I64, I32, 0},
	{0x5b, 0x60, shapeBinary, F32, I32, Floats},
	{0x61, 0x66, shapeBinary, F64, I32, Floats},
	{0x67, 0x69, shapeUnary, I32, I32, 0}, // arithmetic
	{0x6a, 0x78, shapeBinary, I32, I32, 0},
	{0x79, 0x7b, shapeUnary, I64, I64, 0},
	{0x7c, 0x8a, shapeBinary, I64, I64, 0},
	{0x8b, 0x91, shapeUnary, F32, F32, Floats},
	{0x92, 0x98, shapeBinary, F32, F32, Floats},
	{0x99, 0x9f, shapeUnary, F64, F64, Floats},
	{0xa0, 0xa6, shapeBinary, F64, F64, Floats},
	{0xa7, 0xa7, shapeUnary, I64, I32, 0}, // conversions
	{0xa8, 0xa9, shapeUnary, F32, I32, 0},
	{0xaa, 0xab, shapeUnary, F64, I32, 0},
	{0xac, 0xad, shapeUnary, I32, I64, 0},
	{0xae, 0xaf, shapeUnary, F32, I64, 0},
	{0xb0, 0xb1, shapeUnary, F64, I64, 0},
	{0xb2, 0xb3, shapeUnary, I32, F32, Floats},
	{0xb4, 0xb5, shapeUnary, I64, F32, Floats},
	{0xb6, 0xb6, shapeUnary, F64, F32, Floats},
	{0xb7, 0xb8, shapeUnary, I32, F64, Floats},
	{0xb9, 0xba, shapeUnary, I64, F64, Floats},
	{0xbb, 0xbb, shapeUnary, F32, F64, Floats},
	{0xbc, 0xbc, shapeUnary, F32, I32, 0},
	{0xbd, 0xbd, shapeUnary, F64, I64, 0},
	{0xbe, 0xbe, shapeUnary, I32, F32, Floats},
	{0xbf, 0xbf, shapeUnary, I64, F64, Floats},
	{0xc0, 0xc1, shapeUnary, I32, I32, SignExtension},
	{0xc2, 0xc4, shapeUnary, I64, I64, SignExtension},
	{opI32Const, opI32Const, shapeConst32, 0, I32, 0},
	{opI64Const, opI64Const, shapeConst64, 0, I64, 0},
	{opLocalGet, opLocalGet, shapeLocalGet, 0, 0, 0},
	{opLocalSet, opLocalSet, shapeLocalSet, 0, 0, 0},
	{opLocalTee, opLocalTee, shapeLocalTee, 0, 0, 0},
	{opGlobalGet, opGlobalGet, shapeGlobalGet, 0, 0, 0},
}

const memoryOpsFirst = 0x28

// memoryOps are the loads and stores from memoryOpsFirst on.
var memoryOps = [...]struct {
	shape shape
	value ValType
	align uint8
}{
	{shapeLoad, I32, 2},
	{shapeLoad, I64, 3},
	{shapeLoad, F32, 2},
	{shapeLoad, F64, 3},
	{shapeLoad, I32, 0},
	{shapeLoad, I32, 0},
	{shapeLoad, I32, 1},
	{shapeLoad, I32, 1},
	{shapeLoad, I64, 0},
	{shapeLoad, I64, 0},
	{shapeLoad, I64, 1},
	{shapeLoad, I64, 1},
	{shapeLoad, I64, 2},
	{shapeLoad, I64, 2},
	{shapeStore, I32, 2},
	{shapeStore, I64, 3},
	{shapeStore, F32, 2},
	{shapeStore, F64, 3},
	{shapeStore, I32, 0},
	{shapeStore, I32, 1},
	{shapeStore, I64, 0},
	{shapeStore, I64, 1},
	{shapeStore, I64, 2},
}

// newOpTable is the table for a set of features.
func newOpTable(features Features) *opTable {
	t := new(opTable)
	for code := range t.missing {
		t.missing[code] = needOf(byte(code)) &^ features
	}
	for _, s := range simpleOps {
		if !features.Has(s.need) {
			continue
		}
		for code := int(s.first); code <= int(s.last); code++ {
			t.ops[code] = op{shape: s.shape, in: uint8(s.in), out: uint8(s.out)}
		}
	}
	for i, m := range memoryOps {
		if features.missing(m.value) == 0 {
			t.ops[memoryOpsFirst+i] = op{shape: m.shape, in: uint8(m.value), out: uint8(m.value), align: m.align}
		}
	}
	t.addVectors(features)
	return t
}

// needOf is the proposal behind an opcode of one byte.
func needOf(code byte) Features {
	for _, s := range simpleOps {
		if code >= s.first && code <= s.last {
			return s.need
		}
	}
	switch {
	case code == opF32Const || code == opF64Const:
		return Floats
	case code >= memoryOpsFirst && int(code) < memoryOpsFirst+len(memoryOps):
		return memoryOps[code-memoryOpsFirst].value.needs(0)
	case code == opTry || code == opCatch || code == opRethrow || code == opDelegate || code == opCatchAll:
		return LegacyExceptions
	case code == opThrow || code == opThrowRef || code == opTryTable:
		return Exceptions
	case code == opReturnCall || code == opReturnCallIndirect:
		return TailCall
	case code == opCallRef || code == opReturnCallRef || code >= opRefAsNonNull && code <= opBrOnNonNull:
		return FunctionReferences
	case code == opSelectTyped, code == opTableGet, code == opTableSet, code >= opRefNull && code <= opRefFunc:
		return ReferenceTypes
	case code == opRefEq:
		return GC
	case code >= opContNew && code <= opSwitch:
		return StackSwitching
	}
	return 0
}
