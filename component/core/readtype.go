package core

import "github.com/edgelint/edgelint/internal/binary"

// eagerCap bounds the room made on the word of a count; longer vectors grow as
// their elements arrive.
const eagerCap = 1024

// ReadRecType reads one entry of a type section: a recursion group, or a lone
// type.
func ReadRecType(r *binary.Reader) RecGroup {
	g := RecGroup{Offset: r.Offset()}
	if r.Peek() != 0x4e {
		g.Types = []SubType{readSubType(r)}
		return g
	}
	r.Byte()
	g.Explicit = true
	n := r.Count("types of a recursion group", MaxTypes)
	g.Types = make([]SubType, 0, min(n, eagerCap))
	for i := 0; i < n && r.Err() == nil; i++ {
		g.Types = append(g.Types, readSubType(r))
	}
	return g
}

func readSubType(r *binary.Reader) SubType {
	t := SubType{Offset: r.Offset(), Final: true, Descriptor: NoIndex, Describes: NoIndex}
	code := r.Byte()
	if code == 0x4f || code == 0x50 {
		t.Final = code == 0x4f
		for range r.Count("supertypes", MaxSupertypes) {
			t.Supers = append(t.Supers, readTypeIndex(r))
		}
		code = r.Byte()
	}
	readComposite(r, code, &t)
	return t
}

// readComposite reads the composite type that begins with code, which is read
// already.
func readComposite(r *binary.Reader, code byte, t *SubType) {
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
		t.Func = ReadFuncType(r)
	case CompositeStruct:
		n := r.Count("struct fields", MaxStructFields)
		t.Fields = make([]Field, 0, min(n, eagerCap))
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

// ReadFuncType reads the parameters and results of a function type, what
// follows its code 0x60.
func ReadFuncType(r *binary.Reader) FuncType {
	types := readValTypes(r, nil, "function parameters", MaxFunctionParams)
	n := len(types)
	types = readValTypes(r, types, "function results", MaxFunctionResults)
	return FuncType{Params: types[:n:n], Results: types[n:]}
}

func readValTypes(r *binary.Reader, types []ValType, what string, limit int) []ValType {
	n := r.Count(what, limit)
	if types == nil {
		types = make([]ValType, 0, n+1) // most functions have one result at most
	}
	for i := 0; i < n && r.Err() == nil; i++ {
		types = append(types, ReadValType(r))
	}
	return types
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
