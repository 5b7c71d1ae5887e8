package abi

import (
	"strconv"
	"strings"
)

// Type is a value type with its memory layout. Types are immutable; build them
// with the constructors below. Two types are the same if they have the same
// structure and name the same resources (see [Equal]).
type Type struct {
	Kind Kind
	// Elem is the element of lists, the value of maps, the payload of streams
	// and futures (nil if there is none).
	Elem *Type
	// Key is the key of maps.
	Key *Type
	// Fields are the fields of records and tuples (tuples have no names), the
	// cases of variants, enums, options ("none", "some") and results ("ok",
	// "error"). A case without payload has a nil Type.
	Fields []Field
	// Labels are the labels of flags.
	Labels []string
	// Len is the length of fixed-length lists.
	Len uint32
	// Resource is the resource type of own and borrow.
	Resource *ResourceType

	layout Layout
	tag    uint32 // size of a variant's discriminant, or of flags
	// payload is the offset of a variant's payload; offsets are those of fields.
	payload uint32
	offsets []uint32
}

// Field is a field of a record or tuple, or a case of a variant.
type Field struct {
	Name string
	Type *Type
}

// The primitive types.
var (
	TypeBool         = primitive(KindBool)
	TypeS8           = primitive(KindS8)
	TypeU8           = primitive(KindU8)
	TypeS16          = primitive(KindS16)
	TypeU16          = primitive(KindU16)
	TypeS32          = primitive(KindS32)
	TypeU32          = primitive(KindU32)
	TypeS64          = primitive(KindS64)
	TypeU64          = primitive(KindU64)
	TypeF32          = primitive(KindF32)
	TypeF64          = primitive(KindF64)
	TypeChar         = primitive(KindChar)
	TypeString       = primitive(KindString)
	TypeErrorContext = primitive(KindErrorContext)
)

func primitive(k Kind) *Type { return laidOut(&Type{Kind: k}) }

// ListOf is list<elem>.
func ListOf(elem *Type) *Type { return laidOut(&Type{Kind: KindList, Elem: elem}) }

// FixedListOf is list<elem, n>.
func FixedListOf(elem *Type, n uint32) *Type {
	return laidOut(&Type{Kind: KindFixedList, Elem: elem, Len: n})
}

// MapOf is map<key, value>.
func MapOf(key, value *Type) *Type {
	return laidOut(&Type{Kind: KindMap, Key: key, Elem: TupleOf(key, value)})
}

// RecordOf is a record.
func RecordOf(fields ...Field) *Type { return laidOut(&Type{Kind: KindRecord, Fields: fields}) }

// TupleOf is a tuple.
func TupleOf(types ...*Type) *Type {
	fields := make([]Field, len(types))
	for i, t := range types {
		fields[i].Type = t
	}
	return laidOut(&Type{Kind: KindTuple, Fields: fields})
}

// VariantOf is a variant; cases without payload have a nil Type.
func VariantOf(cases ...Field) *Type { return laidOut(&Type{Kind: KindVariant, Fields: cases}) }

// EnumOf is an enum.
func EnumOf(labels ...string) *Type {
	cases := make([]Field, len(labels))
	for i, l := range labels {
		cases[i].Name = l
	}
	return laidOut(&Type{Kind: KindEnum, Fields: cases})
}

// OptionOf is option<t>.
func OptionOf(t *Type) *Type {
	return laidOut(&Type{Kind: KindOption, Fields: []Field{{Name: "none"}, {Name: "some", Type: t}}})
}

// ResultOf is result<ok, err>; either may be nil.
func ResultOf(ok, err *Type) *Type {
	return laidOut(&Type{Kind: KindResult, Fields: []Field{{Name: "ok", Type: ok}, {Name: "error", Type: err}}})
}

// FlagsOf is a set of flags.
func FlagsOf(labels ...string) *Type { return laidOut(&Type{Kind: KindFlags, Labels: labels}) }

// OwnOf is own<r>.
func OwnOf(r *ResourceType) *Type { return laidOut(&Type{Kind: KindOwn, Resource: r}) }

// BorrowOf is borrow<r>.
func BorrowOf(r *ResourceType) *Type { return laidOut(&Type{Kind: KindBorrow, Resource: r}) }

// StreamOf is stream<t>, or stream if t is nil.
func StreamOf(t *Type) *Type { return laidOut(&Type{Kind: KindStream, Elem: t}) }

// FutureOf is future<t>, or future if t is nil.
func FutureOf(t *Type) *Type { return laidOut(&Type{Kind: KindFuture, Elem: t}) }

// Equal reports whether two types are equal (Explainer.md, "Type Checking"):
// same structure, labels included, and the same resources. An option, result,
// enum or tuple is not equal to the variant or record that it abbreviates.
func Equal(a, b *Type) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || a.Kind != b.Kind || a.Len != b.Len || a.Resource != b.Resource ||
		len(a.Fields) != len(b.Fields) || len(a.Labels) != len(b.Labels) {
		return false
	}
	for i, l := range a.Labels {
		if l != b.Labels[i] {
			return false
		}
	}
	for i, f := range a.Fields {
		if f.Name != b.Fields[i].Name || !Equal(f.Type, b.Fields[i].Type) {
			return false
		}
	}
	return Equal(a.Elem, b.Elem) && Equal(a.Key, b.Key)
}

// String is the type in WIT syntax; records, variants, enums and flags, which
// WIT can only name, are written with their contents in braces.
func (t *Type) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

func (t *Type) write(b *strings.Builder) {
	if t == nil {
		b.WriteByte('_')
		return
	}
	switch t.Kind {
	case KindList, KindStream, KindFuture:
		writeApplied(b, t.Kind.String(), t.Elem)
	case KindFixedList:
		b.WriteString("list<")
		t.Elem.write(b)
		b.WriteString(", " + strconv.FormatUint(uint64(t.Len), 10) + ">")
	case KindMap:
		writeApplied(b, "map", t.Key, t.Elem.Fields[1].Type)
	case KindOption:
		writeApplied(b, "option", t.Fields[1].Type)
	case KindResult:
		writeApplied(b, "result", t.Fields[0].Type, t.Fields[1].Type)
	case KindTuple:
		types := make([]*Type, len(t.Fields))
		for i, f := range t.Fields {
			types[i] = f.Type
		}
		writeApplied(b, "tuple", types...)
	case KindRecord, KindVariant, KindEnum:
		t.writeFields(b)
	case KindFlags:
		b.WriteString("flags { " + strings.Join(t.Labels, ", ") + " }")
	case KindOwn, KindBorrow:
		b.WriteString(t.Kind.String() + "<" + t.Resource.Name + ">")
	default:
		b.WriteString(t.Kind.String())
	}
}

func writeApplied(b *strings.Builder, name string, args ...*Type) {
	b.WriteString(name)
	if (name == "stream" || name == "future") && args[0] == nil {
		return
	}
	b.WriteByte('<')
	for i, a := range args {
		if i > 0 {
			b.WriteString(", ")
		}
		a.write(b)
	}
	b.WriteByte('>')
}

func (t *Type) writeFields(b *strings.Builder) {
	b.WriteString(t.Kind.String() + " { ")
	for i, f := range t.Fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(f.Name)
		switch {
		case t.Kind == KindRecord:
			b.WriteString(": ")
			f.Type.write(b)
		case f.Type != nil:
			b.WriteByte('(')
			f.Type.write(b)
			b.WriteByte(')')
		}
	}
	b.WriteString(" }")
}
