package abi

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Value is a component-level value whose type is known at run time only. Values
// are immutable. The zero Value is no value.
//
// A record or tuple is a list of its fields in order; a variant, enum, option or
// result is a case index and perhaps a payload; flags are bits, the first flag in
// bit 0; a map is a list of pairs.
type Value struct {
	kind Kind
	bits uint64  // numbers, char, flags, the index of a case, the rep of a resource
	text Text    // strings; the bytes of a list<u8>
	list []Value // elements, fields, or the payload of a case
	obj  any     // resources, streams, futures, error contexts
}

// Bool is a bool.
func Bool(v bool) Value {
	if v {
		return Value{kind: KindBool, bits: 1}
	}
	return Value{kind: KindBool}
}

// S8 is an s8.
func S8(v int8) Value { return Value{kind: KindS8, bits: uint64(uint32(v))} }

// U8 is a u8.
func U8(v uint8) Value { return Value{kind: KindU8, bits: uint64(v)} }

// S16 is an s16.
func S16(v int16) Value { return Value{kind: KindS16, bits: uint64(uint32(v))} }

// U16 is a u16.
func U16(v uint16) Value { return Value{kind: KindU16, bits: uint64(v)} }

// S32 is an s32.
func S32(v int32) Value { return Value{kind: KindS32, bits: uint64(uint32(v))} }

// U32 is a u32.
func U32(v uint32) Value { return Value{kind: KindU32, bits: uint64(v)} }

// S64 is an s64.
func S64(v int64) Value { return Value{kind: KindS64, bits: uint64(v)} }

// U64 is a u64.
func U64(v uint64) Value { return Value{kind: KindU64, bits: v} }

// F32 is an f32.
func F32(v float32) Value { return Value{kind: KindF32, bits: uint64(math.Float32bits(v))} }

// F64 is an f64.
func F64(v float64) Value { return Value{kind: KindF64, bits: math.Float64bits(v)} }

// Char is a char.
func Char(v rune) Value { return Value{kind: KindChar, bits: uint64(uint32(v))} }

// String is a string.
func String(v string) Value { return Value{kind: KindString, text: TextOf(v)} }

// Bytes is a list<u8>; b is copied.
func Bytes(b []byte) Value { return Value{kind: KindList, text: TextOf(string(b)), bits: byteList} }

// byteList marks a list whose elements are the bytes of its text.
const byteList = 1

// List is a list or a fixed-length list.
func List(v ...Value) Value { return Value{kind: KindList, list: v} }

// Record is a record: its fields in the order of its type.
func Record(fields ...Value) Value { return Value{kind: KindRecord, list: fields} }

// Tuple is a tuple.
func Tuple(v ...Value) Value { return Value{kind: KindTuple, list: v} }

// Case is a value of a variant, enum, option or result: the index of the case
// among those of the type, and its payload if it has one.
func Case(index uint32, payload ...Value) Value {
	return Value{kind: KindVariant, bits: uint64(index), list: payload}
}

// None is the option without value.
func None() Value { return Case(0) }

// Some is an option with a value.
func Some(v Value) Value { return Case(1, v) }

// Ok is a result that says all went well; the payload may be missing.
func Ok(payload ...Value) Value { return Case(0, payload...) }

// Err is a result that says what went wrong; the payload may be missing.
func Err(payload ...Value) Value { return Case(1, payload...) }

// Flags is a set of flags, the first one in bit 0.
func Flags(bits uint32) Value { return Value{kind: KindFlags, bits: uint64(bits)} }

// Handle is a resource; whether it is owned or borrowed is for the type to say.
func Handle(rep Rep) Value { return Value{kind: KindOwn, bits: uint64(rep.N), obj: rep.Obj} }

// Kind is the kind of the value. Maps are lists; enums, options and results are
// variants; borrows are owns.
func (v Value) Kind() Kind { return v.kind }

// Bool is the value of a bool.
func (v Value) Bool() bool { return v.bits != 0 }

// Uint is the value of an unsigned integer, char, or flags, or the index of a case.
func (v Value) Uint() uint64 { return v.bits }

// Int is the value of a signed integer.
func (v Value) Int() int64 {
	if v.kind == KindS64 {
		return int64(v.bits)
	}
	return int64(int32(v.bits))
}

// Float is the value of an f32 or f64.
func (v Value) Float() float64 {
	if v.kind == KindF32 {
		return float64(math.Float32frombits(uint32(v.bits)))
	}
	return math.Float64frombits(v.bits)
}

// Text is the value of a string.
func (v Value) Text() string { return v.text.s }

// Bytes is a copy of the elements of a list<u8>.
func (v Value) Bytes() []byte {
	if v.bits == byteList {
		return []byte(v.text.s)
	}
	b := make([]byte, len(v.list))
	for i, e := range v.list {
		b[i] = byte(e.bits)
	}
	return b
}

// Elems are the elements of a list, the fields of a record or tuple, or the
// payload of a case, if it has one. The slice must not be changed.
func (v Value) Elems() []Value {
	if v.kind != KindList || v.bits != byteList {
		return v.list
	}
	elems := make([]Value, len(v.text.s))
	for i := range elems {
		elems[i] = U8(v.text.s[i])
	}
	return elems
}

// Rep is what a resource stands for.
func (v Value) Rep() Rep { return Rep{N: uint32(v.bits), Obj: v.obj} }

// String is the value in the syntax of WAVE, as far as it can be told without
// the type.
func (v Value) String() string {
	switch v.kind {
	case KindBool:
		return strconv.FormatBool(v.Bool())
	case KindS8, KindS16, KindS32, KindS64:
		return strconv.FormatInt(v.Int(), 10)
	case KindF32, KindF64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case KindChar:
		return strconv.QuoteRune(rune(v.bits))
	case KindString:
		return strconv.Quote(v.text.s)
	case KindList:
		return "[" + joined(v.Elems()) + "]"
	case KindRecord, KindTuple:
		return "(" + joined(v.list) + ")"
	case KindVariant:
		return fmt.Sprintf("case%d(%s)", v.bits, joined(v.list))
	case KindOwn:
		return fmt.Sprintf("resource(%d)", v.bits)
	}
	return strconv.FormatUint(v.bits, 10)
}

func joined(list []Value) string {
	s := make([]string, len(list))
	for i, v := range list {
		s[i] = v.String()
	}
	return strings.Join(s, ", ")
}
