package core

import "fmt"

// ValType is a value type, packed into one word so that equal types are equal
// numbers. Number and vector types are their code in the binary format, so are
// the packed storage types I8 and I16, which only fields have. A reference type
// is built by [AbstractRef] or [IndexedRef].
//
// The zero value is no type; validation uses it for the unknown operand below
// an unreachable point.
type ValType uint32

// Number, vector and packed types (core specification, section 5.3).
const (
	I32  ValType = 0x7f
	I64  ValType = 0x7e
	F32  ValType = 0x7d
	F64  ValType = 0x7c
	V128 ValType = 0x7b
	I8   ValType = 0x78
	I16  ValType = 0x77
)

// Bits of a reference type. The rest is the [HeapType] of an abstract type, or
// a type index whose space is one of the three space bits below.
const (
	refBit      ValType = 1 << 31
	nullBit     ValType = 1 << 30
	indexBit    ValType = 1 << 29 // refers to a defined type
	sharedBit   ValType = 1 << 28 // of an abstract type
	exactBit    ValType = 1 << 28 // of a defined type
	storeBit    ValType = 1 << 27 // the index is a TypeID
	groupBit    ValType = 1 << 26 // the index is relative to the recursion group
	unknownBit  ValType = 1 << 27 // of an abstract type: see unknownRef
	indexMask   ValType = 1<<26 - 1
	heapTypeFor ValType = refBit | nullBit // what a heap type leaves open
)

// Operands whose type validation does not know, because the code is unreachable.
const (
	unknown    ValType = 0
	unknownRef         = refBit | unknownBit // some reference, below the heap type if there is one
)

// HeapType is an abstract heap type by its code in the binary format.
type HeapType byte

// The abstract heap types.
const (
	HeapNoCont   HeapType = 0x75
	HeapNoExn    HeapType = 0x74
	HeapNoFunc   HeapType = 0x73
	HeapNoExtern HeapType = 0x72
	HeapNone     HeapType = 0x71
	HeapFunc     HeapType = 0x70
	HeapExtern   HeapType = 0x6f
	HeapAny      HeapType = 0x6e
	HeapEq       HeapType = 0x6d
	HeapI31      HeapType = 0x6c
	HeapStruct   HeapType = 0x6b
	HeapArray    HeapType = 0x6a
	HeapExn      HeapType = 0x69
	HeapCont     HeapType = 0x68
)

// Nullable references to abstract types that have names of their own.
const (
	FuncRef   = refBit | nullBit | ValType(HeapFunc)
	ExternRef = refBit | nullBit | ValType(HeapExtern)
	AnyRef    = refBit | nullBit | ValType(HeapAny)
	EqRef     = refBit | nullBit | ValType(HeapEq)
	I31Ref    = refBit | nullBit | ValType(HeapI31)
	StructRef = refBit | nullBit | ValType(HeapStruct)
	ArrayRef  = refBit | nullBit | ValType(HeapArray)
	ExnRef    = refBit | nullBit | ValType(HeapExn)
	ContRef   = refBit | nullBit | ValType(HeapCont)
	NullRef   = refBit | nullBit | ValType(HeapNone)
)

var heapNames = map[HeapType]string{
	HeapNoCont: "nocont", HeapNoExn: "noexn", HeapNoFunc: "nofunc", HeapNoExtern: "noextern",
	HeapNone: "none", HeapFunc: "func", HeapExtern: "extern", HeapAny: "any", HeapEq: "eq",
	HeapI31: "i31", HeapStruct: "struct", HeapArray: "array", HeapExn: "exn", HeapCont: "cont",
}

// String is the type's name in the text format, "func" for [HeapFunc].
func (h HeapType) String() string {
	if name, ok := heapNames[h]; ok {
		return name
	}
	return fmt.Sprintf("heap type 0x%02x", byte(h))
}

// AbstractRef is a reference to an abstract heap type.
func AbstractRef(heap HeapType, nullable, shared bool) ValType {
	return refBit | ValType(heap) | bit(nullable, nullBit) | bit(shared, sharedBit)
}

// IndexedRef is a reference to a type that a module defines, by its index. The
// index must be below [MaxTypes].
func IndexedRef(index uint32, nullable, exact bool) ValType {
	return refBit | indexBit | ValType(index)&indexMask | bit(nullable, nullBit) | bit(exact, exactBit)
}

func bit(on bool, b ValType) ValType {
	if on {
		return b
	}
	return 0
}

// IsRef reports whether t is a reference type.
func (t ValType) IsRef() bool { return t&refBit != 0 }

// IsNumeric reports whether t is a number or vector type.
func (t ValType) IsNumeric() bool { return t >= V128 && t <= I32 }

// Nullable reports whether t is a reference type that has null.
func (t ValType) Nullable() bool { return t&heapTypeFor == heapTypeFor }

// Shared reports whether t refers to a shared abstract heap type.
func (t ValType) Shared() bool { return t.isAbstract() && t&sharedBit != 0 }

// Exact reports whether t refers to exactly a defined type and not to its
// subtypes.
func (t ValType) Exact() bool { return t.isIndexed() && t&exactBit != 0 }

// Heap is the abstract heap type t refers to, zero for other types.
func (t ValType) Heap() HeapType {
	if !t.isAbstract() {
		return 0
	}
	return HeapType(t & 0x7f)
}

// Index is the index of the defined type t refers to: an index of the module's
// types in what a decoder returns, a [TypeID] in what a [TypeStore] returns.
func (t ValType) Index() (index uint32, ok bool) {
	return uint32(t & indexMask), t.isIndexed()
}

// AsNullable is t with null.
func (t ValType) AsNullable() ValType { return t | t&refBit>>1 }

// AsNonNull is t without null.
func (t ValType) AsNonNull() ValType {
	if t.IsRef() {
		return t &^ nullBit
	}
	return t
}

func (t ValType) isAbstract() bool { return t&(refBit|indexBit) == refBit }
func (t ValType) isIndexed() bool  { return t&(refBit|indexBit) == refBit|indexBit }

// String is the type in the text format, with a defined type as its index.
func (t ValType) String() string {
	switch {
	case t.isIndexed():
		name := fmt.Sprintf("%d", t&indexMask)
		if t.Exact() {
			name = "(exact " + name + ")"
		}
		return t.wrap(name)
	case t&^0x7f == unknownRef:
		return "some reference"
	case t.isAbstract():
		return t.abstractString()
	}
	switch t {
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	case V128:
		return "v128"
	case I8:
		return "i8"
	case I16:
		return "i16"
	}
	return "anything"
}

func (t ValType) abstractString() string {
	name := t.Heap().String()
	switch {
	case t.Shared():
		return t.wrap("(shared " + name + ")")
	case !t.Nullable():
		return t.wrap(name)
	}
	switch t.Heap() {
	case HeapNone:
		return "nullref"
	case HeapNoFunc, HeapNoExtern, HeapNoExn, HeapNoCont:
		return "null" + name[len("no"):] + "ref"
	}
	return name + "ref"
}

func (t ValType) wrap(heap string) string {
	if t.Nullable() {
		return "(ref null " + heap + ")"
	}
	return "(ref " + heap + ")"
}
