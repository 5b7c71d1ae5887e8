package core

import "github.com/edgelint/edgelint/internal/binary"

// ConstExpr is a constant expression as it lies in the file, its end
// instruction included. The zero value is an absent one.
type ConstExpr struct {
	Range
	Op    ConstOp // what the expression is, if it is a single instruction
	Value int64   // the constant, or the index of the global or function
}

// ConstOp is the one instruction of a simple constant expression.
type ConstOp byte

// Simple constant expressions. ConstComplex is all others.
const (
	ConstComplex ConstOp = iota
	ConstI32
	ConstI64
	ConstGlobal  // global.get
	ConstRefNull // ref.null
	ConstRefFunc // ref.func
)

const opV128Const = 0x0c // after opPrefixV

// readConstExpr finds the end of a constant expression. Its types are for
// validation; an instruction that no constant expression has is refused here,
// since nothing tells how long it is.
func readConstExpr(r *binary.Reader) ConstExpr {
	x := ConstExpr{Range: Range{Off: r.Offset()}}
	for n := 0; r.Err() == nil; n++ {
		op, value, end := readConstInstr(r)
		if end {
			if n != 1 {
				x.Op, x.Value = ConstComplex, 0
			}
			break
		}
		x.Op, x.Value = op, value
	}
	x.Len = r.Offset() - x.Off
	return x
}

func readConstInstr(r *binary.Reader) (op ConstOp, value int64, end bool) {
	at := r.Offset()
	switch c := r.Byte(); c {
	case opEnd:
		return 0, 0, true
	case opI32Const:
		return ConstI32, int64(r.S32()), false
	case opI64Const:
		return ConstI64, r.S64(), false
	case opF32Const:
		r.Word()
	case opF64Const:
		r.Double()
	case opGlobalGet:
		return ConstGlobal, int64(r.U32()), false
	case opRefFunc:
		return ConstRefFunc, int64(r.U32()), false
	case opRefNull:
		readHeapType(r)
		return ConstRefNull, 0, false
	case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e: // i32 and i64 add, sub, mul
	case opPrefixGC, opPrefixV, opPrefixT:
		readConstPrefixed(r, at, c)
	default:
		r.Fail(at, "constant expression required: 0x%02x is no constant instruction", c)
	}
	return ConstComplex, 0, false
}

func readConstPrefixed(r *binary.Reader, at int64, prefix byte) {
	switch code := r.U32(); {
	case prefix == opPrefixV && code == opV128Const:
		r.Bytes(16)
	case prefix == opPrefixGC && (code <= 0x01 || code == 0x06 || code == 0x07 || code == 0x20 || code == 0x21):
		r.U32() // struct.new, array.new and their variants: a type
	case prefix == opPrefixGC && code == 0x08: // array.new_fixed
		r.U32()
		r.U32()
	case prefix == opPrefixGC && (code >= 0x1a && code <= 0x1c): // conversions, ref.i31
	case prefix == opPrefixT && code == 0x72: // ref.i31_shared
	default:
		r.Fail(at, "constant expression required: 0x%02x 0x%02x is no constant instruction", prefix, code)
	}
}
