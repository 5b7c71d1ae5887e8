package core

// vecShape is the typing of a vector instruction.
type vecShape uint8

const (
	vecNone    vecShape = iota // no such instruction
	vecUnary                   // v128 -> v128
	vecBinary                  // v128 v128 -> v128
	vecTernary                 // v128 v128 v128 -> v128
	vecShift                   // v128 i32 -> v128
	vecTest                    // v128 -> i32
)

// vecRuns are the shapes of the vector instructions from 0x0e on that have no
// immediates, in runs of codes (core specification, section 5.4.8). What lies
// between the runs does not exist or is treated by [body.vector] itself.
var vecRuns = [...]struct {
	first, last uint16
	shape       vecShape
}{
	{0x0e, 0x0e, vecBinary}, // swizzle
	{0x23, 0x4c, vecBinary}, // comparisons
	{0x4d, 0x4d, vecUnary},  // not
	{0x4e, 0x51, vecBinary},
	{0x52, 0x52, vecTernary}, // bitselect
	{0x53, 0x53, vecTest},
	{0x5e, 0x5f, vecUnary}, // demote, promote
	{0x60, 0x62, vecUnary}, // i8x16
	{0x63, 0x64, vecTest},
	{0x65, 0x66, vecBinary},
	{0x67, 0x6a, vecUnary}, // f32x4 rounding
	{0x6b, 0x6d, vecShift},
	{0x6e, 0x73, vecBinary},
	{0x74, 0x75, vecUnary}, // f64x2 rounding
	{0x76, 0x79, vecBinary},
	{0x7a, 0x7a, vecUnary},
	{0x7b, 0x7b, vecBinary},
	{0x7c, 0x7f, vecUnary},
	{0x80, 0x81, vecUnary}, // i16x8
	{0x82, 0x82, vecBinary},
	{0x83, 0x84, vecTest},
	{0x85, 0x86, vecBinary},
	{0x87, 0x8a, vecUnary},
	{0x8b, 0x8d, vecShift},
	{0x8e, 0x93, vecBinary},
	{0x94, 0x94, vecUnary},
	{0x95, 0x99, vecBinary},
	{0x9b, 0x9f, vecBinary},
	{0xa0, 0xa1, vecUnary}, // i32x4
	{0xa3, 0xa4, vecTest},
	{0xa7, 0xaa, vecUnary},
	{0xab, 0xad, vecShift},
	{0xae, 0xae, vecBinary},
	{0xb1, 0xb1, vecBinary},
	{0xb5, 0xba, vecBinary},
	{0xbc, 0xbf, vecBinary},
	{0xc0, 0xc1, vecUnary}, // i64x2
	{0xc3, 0xc4, vecTest},
	{0xc7, 0xca, vecUnary},
	{0xcb, 0xcd, vecShift},
	{0xce, 0xce, vecBinary},
	{0xd1, 0xd1, vecBinary},
	{0xd5, 0xdf, vecBinary},
	{0xe0, 0xe1, vecUnary}, // f32x4
	{0xe3, 0xe3, vecUnary},
	{0xe4, 0xeb, vecBinary},
	{0xec, 0xed, vecUnary}, // f64x2
	{0xef, 0xef, vecUnary},
	{0xf0, 0xf7, vecBinary},
	{0xf8, 0xff, vecUnary},     // conversions
	{0x100, 0x100, vecBinary},  // relaxed swizzle
	{0x101, 0x104, vecUnary},   // relaxed truncation
	{0x105, 0x10c, vecTernary}, // relaxed madd, laneselect
	{0x10d, 0x112, vecBinary},
	{0x113, 0x113, vecTernary},
}

// vecFloats are the codes of instructions on lanes of floating-point numbers.
var vecFloats = [...][2]uint16{
	{0x13, 0x14},
	{0x1f, 0x22},
	{0x41, 0x4c},
	{0x5e, 0x5f},
	{0x67, 0x6a},
	{0x74, 0x75},
	{0x7a, 0x7a},
	{0x94, 0x94},
	{0xe0, 0xff},
	{0x101, 0x108},
	{0x10d, 0x110},
}

// Codes after opPrefixV that have immediates or scalar operands.
const (
	vecLoadLast      = 0x0a
	vecStore         = 0x0b
	vecShuffle       = 0x0d
	vecSplatFirst    = 0x0f
	vecSplatLast     = 0x14
	vecLaneFirst     = 0x15
	vecLaneLast      = 0x22
	vecLoadLane      = 0x54
	vecStoreLane     = 0x58
	vecStoreLaneLast = 0x5b
	vecLoadZero32    = 0x5c
	vecLoadZero64    = 0x5d
	vecRelaxed       = 0x100
	vecEnd           = 0x114
)

// vector validates the instructions with prefix 0xfd.
func (b *body) vector(code uint32) {
	if code >= vecEnd {
		b.illegalSub(opPrefixV, code)
		return
	}
	if need := b.opcodes.vecMissing[code]; need != 0 {
		b.fail("instruction 0xfd 0x%02x requires the %v feature", code, need)
		return
	}
	switch {
	case code <= vecStore:
		b.vecMemory(code)
	case code == opV128Const:
		b.skip(16)
		b.push(V128)
	case code == vecShuffle:
		for range 16 {
			b.lane(32)
		}
		b.vecSimple(code, vecBinary)
	case code >= vecSplatFirst && code <= vecSplatLast:
		b.pop([...]ValType{I32, I32, I32, I64, F32, F64}[code-vecSplatFirst])
		b.push(V128)
	case code >= vecLaneFirst && code <= vecLaneLast:
		b.vecLane(code)
	case code >= vecLoadLane && code <= vecStoreLaneLast:
		b.vecLaneMemory(code)
	case code == vecLoadZero32, code == vecLoadZero64:
		b.pop(b.memArg(uint8(code - vecLoadZero32 + 2)))
		b.push(V128)
	default:
		b.vecSimple(code, b.opcodes.vec[code])
	}
}

// addVectors fills in the shapes of vector instructions and what they need.
func (t *opTable) addVectors(features Features) {
	for _, run := range vecRuns {
		for code := run.first; code <= run.last; code++ {
			t.vec[code] = run.shape
		}
	}
	for code := range t.vecMissing {
		need := SIMD
		if code >= vecRelaxed {
			need = RelaxedSIMD
		}
		t.vecMissing[code] = need &^ features
	}
	for _, run := range vecFloats {
		for code := run[0]; code <= run[1]; code++ {
			t.vecMissing[code] |= Floats &^ features
		}
	}
}

// vecSimple validates an instruction without immediates.
func (b *body) vecSimple(code uint32, s vecShape) {
	result := V128
	switch s {
	case vecUnary:
		b.pop(V128)
	case vecBinary:
		b.pop(V128)
		b.pop(V128)
	case vecTernary:
		b.pop(V128)
		b.pop(V128)
		b.pop(V128)
	case vecShift:
		b.pop(I32)
		b.pop(V128)
	case vecTest:
		b.pop(V128)
		result = I32
	case vecNone:
		b.illegalSub(opPrefixV, code)
		return
	}
	b.push(result)
}

func (b *body) vecMemory(code uint32) {
	align := [...]uint8{4, 3, 3, 3, 3, 3, 3, 0, 1, 2, 3, 4}[code]
	address := b.memArg(align)
	if code == vecStore {
		b.pop(V128)
		b.pop(address)
		return
	}
	b.pop(address)
	b.push(V128)
}

// lane reads the index of a lane, of n.
func (b *body) lane(n byte) {
	if i := b.byte(); b.err == nil && i >= n {
		b.fail("lane %d is out of range: there are %d lanes", i, n)
	}
}

// vecLane validates extract_lane and replace_lane.
func (b *body) vecLane(code uint32) {
	lanes := [...]struct {
		n      byte
		scalar ValType
		set    bool
	}{
		{16, I32, false},
		{16, I32, false},
		{16, I32, true},
		{8, I32, false},
		{8, I32, false},
		{8, I32, true},
		{4, I32, false},
		{4, I32, true},
		{2, I64, false},
		{2, I64, true},
		{4, F32, false},
		{4, F32, true},
		{2, F64, false},
		{2, F64, true},
	}
	l := lanes[code-vecLaneFirst]
	b.lane(l.n)
	if l.set {
		b.pop(l.scalar)
		b.pop(V128)
		b.push(V128)
		return
	}
	b.pop(V128)
	b.push(l.scalar)
}

// vecLaneMemory validates loads and stores of one lane.
func (b *body) vecLaneMemory(code uint32) {
	align := uint8(code-vecLoadLane) % 4
	address := b.memArg(align)
	b.lane(16 >> align)
	b.pop(V128)
	b.pop(address)
	if code < vecStoreLane {
		b.push(V128)
	}
}
