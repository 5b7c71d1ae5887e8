package wit

import "fmt"

// PackageID is the index of a package in [Resolve.Packages].
type PackageID int32

// InterfaceID is the index of an interface in [Resolve.Interfaces].
type InterfaceID int32

// WorldID is the index of a world in [Resolve.Worlds].
type WorldID int32

// TypeID is the index of a type definition in [Resolve.Types].
type TypeID int32

// The values that stand for "none" where an id is optional. They are negative,
// so that an arena can be indexed with every other value.
const (
	NoPackage   PackageID   = -1
	NoInterface InterfaceID = -1
	NoWorld     WorldID     = -1
	NoType      TypeID      = -1
)

// Type is a use of a type: a primitive, or a reference to a [TypeDef]. The zero
// value is "no type", as of a function without result or the payload of a bare
// stream. Types are comparable.
type Type int32

// The primitive types.
const (
	None Type = iota
	Bool
	U8
	U16
	U32
	U64
	S8
	S16
	S32
	S64
	F32
	F64
	Char
	String
	ErrorContext

	firstDefined
)

var primitiveNames = [firstDefined]string{
	"none", "bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string",
	"error-context",
}

// Type is the use of the definition id.
func (id TypeID) Type() Type {
	if id < 0 {
		return None
	}
	return firstDefined + Type(id)
}

// ID gives the definition t refers to; ok is false for primitives and None.
func (t Type) ID() (id TypeID, ok bool) {
	if t < firstDefined {
		return NoType, false
	}
	return TypeID(t - firstDefined), true
}

// IsPrimitive reports whether t is one of the primitive types.
func (t Type) IsPrimitive() bool { return t > None && t < firstDefined }

// String is the WIT name of a primitive, "none", or "type N" for a reference to
// definition N.
func (t Type) String() string {
	if id, ok := t.ID(); ok {
		return fmt.Sprintf("type %d", id)
	}
	if t < 0 {
		return "invalid type"
	}
	return primitiveNames[t]
}
