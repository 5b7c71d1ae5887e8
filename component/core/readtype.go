package core

import (
	"slices"

	"github.com/edgelint/edgelint/internal/binary"
)

// maxEager bounds the room made on the word of a count; longer vectors grow as
// their elements arrive.
const maxEager = 8 << 10

func eager(n int) int { return min(n, maxEager) }

// valTypes hands out room for the value types of many definitions at once.
type valTypes []ValType

const valTypesChunk = 256

// read reads a vector of value types.
func (v *valTypes) read(r *binary.Reader, what string, limit int) []ValType {
	n := r.Count(what, limit)
	if n == 0 {
		return nil
	}
	if cap(*v)-len(*v) < n {
		*v = make([]ValType, 0, max(n, min(valTypesChunk, r.Len())))
	}
	start := len(*v)
	for i := 0; i < n && r.Err() == nil; i++ {
		*v = append(*v, ReadValType(r))
	}
	return (*v)[start:len(*v):len(*v)]
}

// ReadRecType reads one entry of a type section: a recursion group, or a lone
// type.
func ReadRecType(r *binary.Reader) RecGroup {
	g := RecGroup{Offset: r.Offset()}
	g.Types, g.Explicit = readRecType(r, nil, new(valTypes))
	return g
}

// readRecType appends the types of a group to list.
func readRecType(r *binary.Reader, list []SubType, vals *valTypes) (types []SubType, explicit bool) {
	if r.Peek() != 0x4e {
		return append(list, readSubType(r, vals)), false
	}
	r.Byte()
	n := r.Count("types of a recursion group", MaxTypes)
	list = slices.Grow(list, eager(n))
	for i := 0; i < n && r.Err() == nil; i++ {
		list = append(list, readSubType(r, vals))
	}
	return list, true
}

func readSubType(r *binary.Reader, vals *valTypes) SubType {
	t := SubType{Offset: r.Offset(), Final: true, Super: NoIndex, Descriptor: NoIndex, Describes: NoIndex}
	code := r.Byte()
	if code == 0x4f || code == 0x50 {
		t.Final = code == 0x4f
		at := r.Offset()
		for i := range r.Count("supertypes", MaxSupertypes) {
			if t.Super = readTypeIndex(r); i > 0 {
				r.Fail(at, "more than one supertype")
			}
		}
		code = r.Byte()
	}
	readComposite(r, code, &t, vals)
	return t
}

// readComposite reads the composite type that begins with code, which is read
// already.
func readComposite(r *binary.Reader, code byte, t *SubType, vals *valTypes) {
	if code == 0x65 {
		t.Shared, code = true, r.Byte()
	}
	if code == 0x4c {
		t.Describes, code = readTypeIndex(r), r.Byte()
	}
	if code == 0x4d {
		t.Descriptor, code = readTypeIndex(r), r.Byte()
	}
	t.Kind = Composite(code)
	switch t.Kind {
	case CompositeFunc:
		t.Func = readFuncType(r, vals)
	case CompositeStruct:
		n := r.Count("struct fields", MaxStructFields)
		t.Fields = make([]Field, 0, eager(n))
		for i := 0; i < n && r.Err() == nil; i++ {
			t.Fields = append(t.Fields, readField(r))
		}
	case CompositeArray:
		t.Fields = []Field{readField(r)}
	case CompositeCont:
		at := r.Offset()
		index := r.S33()
		if index < 0 || index >= MaxTypes {
			r.Fail(at, "%d is no type index for a continuation", index)
		}
		t.Cont = uint32(index)
	default:
		r.Fail(r.Offset()-1, "0x%02x begins no type definition", code)
	}
}

func readFuncType(r *binary.Reader, vals *valTypes) FuncType {
	return FuncType{
		Params:  vals.read(r, "function parameters", MaxFunctionParams),
		Results: vals.read(r, "function results", MaxFunctionResults),
	}
}

func readField(r *binary.Reader) Field {
	var f Field
	if c := ValType(r.Peek()); c == I8 || c == I16 {
		r.Byte()
		f.Type = c
	} else {
		f.Type = ReadValType(r)
	}
	f.Mutable = r.Flag("mutability of a field")
	return f
}

// ReadValType reads a value type. Reference types are as wide as in the GC
// proposal; whether they are enabled is for validation to say.
func ReadValType(r *binary.Reader) ValType {
	if t := ValType(r.Peek()); t.IsNumeric() {
		r.Byte()
		return t
	}
	return readRef(r, "value type")
}

// ReadRefType reads a reference type.
func ReadRefType(r *binary.Reader) ValType { return readRef(r, "reference type") }

func readRef(r *binary.Reader, what string) ValType {
	switch c := r.Peek(); c {
	case 0x63, 0x64:
		r.Byte()
		return readHeapType(r) | bit(c == 0x63, nullBit)
	case 0x65:
		r.Byte()
		return readAbstract(r, what) | nullBit | sharedBit
	}
	return readAbstract(r, what) | nullBit
}

// readHeapType reads a heap type as the reference to it without null.
func readHeapType(r *binary.Reader) ValType {
	switch c := r.Peek(); {
	case c == 0x62:
		r.Byte()
		return IndexedRef(readTypeIndex(r), false, true)
	case c == 0x65:
		r.Byte()
		return readAbstract(r, "heap type") | sharedBit
	case c&0xc0 == 0x40:
		return readAbstract(r, "heap type")
	}
	at := r.Offset()
	index := r.S33()
	if index < 0 || index >= MaxTypes {
		r.Fail(at, "%d is neither a type index below %d nor a heap type", index, MaxTypes)
		return 0
	}
	return IndexedRef(uint32(index), false, false)
}

func readAbstract(r *binary.Reader, what string) ValType {
	at := r.Offset()
	h := HeapType(r.Byte())
	if h < HeapCont || h > HeapNoCont {
		r.Fail(at, "0x%02x is no %s", byte(h), what)
		return 0
	}
	return refBit | ValType(h)
}

func readTypeIndex(r *binary.Reader) uint32 {
	at := r.Offset()
	i := r.U32()
	if i >= MaxTypes {
		r.Fail(at, "type index %d exceeds the limit of %d types", i, MaxTypes)
	}
	return i
}
