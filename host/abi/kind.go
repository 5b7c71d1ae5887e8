package abi

// Kind is the kind of a value type.
type Kind uint8

// The kinds of value types (Explainer.md, "Type Definitions").
const (
	KindInvalid Kind = iota
	KindBool
	KindS8
	KindU8
	KindS16
	KindU16
	KindS32
	KindU32
	KindS64
	KindU64
	KindF32
	KindF64
	KindChar
	KindString
	KindErrorContext
	KindList
	KindFixedList
	KindMap
	KindRecord
	KindTuple
	KindVariant
	KindEnum
	KindOption
	KindResult
	KindFlags
	KindOwn
	KindBorrow
	KindStream
	KindFuture
)

var kindNames = [...]string{
	"invalid", "bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string",
	"error-context", "list", "fixed-length list", "map", "record", "tuple", "variant", "enum", "option",
	"result", "flags", "own", "borrow", "stream", "future",
}

// String is the kind as WIT writes it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "invalid"
}
