package heap

// Object is a handle of one object of a heap. The zero Object is no object
// (C's NULL); it is safe to call every method on it. Two handles are equal if
// they name the same object.
type Object struct {
	h    *Heap
	addr uint32
}

// Addr is the object's address, 0 for no object.
func (o Object) Addr() uint32 { return o.addr }

// IsNull reports that there is no object.
func (o Object) IsNull() bool { return o.addr == 0 }

// u32 is the word at an offset inside the object.
func (o Object) u32(off uint32) uint32 {
	if o.addr == 0 {
		return 0
	}
	return o.h.img.u32(o.addr + off)
}

// ref is the object that the word at an offset points to.
func (o Object) ref(off uint32) Object {
	if o.addr == 0 {
		return Object{}
	}
	return o.h.Object(o.h.img.u32(o.addr + off))
}

// Type is the object's class.
func (o Object) Type() Object { return o.ref(offType) }

// Valid reports whether the address holds an object at all: one whose type is
// a type.
func (o Object) Valid() bool {
	return o.addr != 0 && o.Type().Type().u32(offTypeFlags)&flagType != 0
}

// TypeName is the name of the object's class as tp_name has it: "str",
// "functools.partial", "Handler".
func (o Object) TypeName() string {
	if o.addr == 0 {
		return ""
	}
	return o.h.img.cstring(o.Type().u32(offTypeName))
}

func (o Object) typeFlag(bit uint32) bool { return o.Type().u32(offTypeFlags)&bit != 0 }

// typed reports whether the object's type is exactly the one at addr.
func (o Object) typed(addr uint32) bool { return o.addr != 0 && addr != 0 && o.u32(offType) == addr }

func (o Object) known() *types {
	if o.h == nil {
		return &types{}
	}
	return &o.h.known
}

// IsStr reports whether the object is a str or of a subclass.
func (o Object) IsStr() bool { return o.typeFlag(flagStr) }

// IsBytes reports whether the object is a bytes or of a subclass.
func (o Object) IsBytes() bool { return o.typeFlag(flagBytes) }

// IsInt reports whether the object is an int or of a subclass (as bool is).
func (o Object) IsInt() bool { return o.typeFlag(flagInt) }

// IsFloat reports whether the object is a float.
func (o Object) IsFloat() bool { return o.typed(o.known().float) }

// IsNone reports whether the object is None.
func (o Object) IsNone() bool { return o.typed(o.known().none) }

// IsTuple reports whether the object is a tuple or of a subclass.
func (o Object) IsTuple() bool { return o.typeFlag(flagTuple) }

// IsList reports whether the object is a list or of a subclass.
func (o Object) IsList() bool { return o.typeFlag(flagList) }

// IsDict reports whether the object is a dict or of a subclass.
func (o Object) IsDict() bool { return o.typeFlag(flagDict) }

// IsSet reports whether the object is a set or a frozenset.
func (o Object) IsSet() bool { return o.typed(o.known().set) || o.typed(o.known().frozenSet) }

// IsClass reports whether the object is a class.
func (o Object) IsClass() bool { return o.typeFlag(flagType) }

// IsFunction reports whether the object is a function written in Python.
func (o Object) IsFunction() bool { return o.typed(o.known().function) }

// IsBuiltin reports whether the object is a function written in C.
func (o Object) IsBuiltin() bool { return o.typed(o.known().builtin) }

// IsCode reports whether the object is a code object.
func (o Object) IsCode() bool { return o.typed(o.known().code) }

// IsCell reports whether the object is a closure's cell.
func (o Object) IsCell() bool { return o.typed(o.known().cell) }

// IsMethod reports whether the object is a bound method.
func (o Object) IsMethod() bool { return o.typed(o.known().method) }

// IsProperty reports whether the object is a property.
func (o Object) IsProperty() bool { return o.typed(o.known().property) }

// IsPartial reports whether the object is a functools.partial.
func (o Object) IsPartial() bool { return o.TypeName() == "functools.partial" }

// IsModule reports whether the object is a module or of a subclass.
func (o Object) IsModule() bool {
	return o.addr != 0 && o.Type().IsSubclassOf(o.h.Object(o.h.known.module))
}
