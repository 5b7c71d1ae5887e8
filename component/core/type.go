package core

import (
	"fmt"
	"strings"
)

// FuncType is the type of a function or tag.
type FuncType struct {
	Params, Results []ValType
}

// String is the type in the text format.
func (f FuncType) String() string {
	var b strings.Builder
	b.WriteString("(func")
	for _, part := range []struct {
		word  string
		types []ValType
	}{{" (param", f.Params}, {" (result", f.Results}} {
		if len(part.types) == 0 {
			continue
		}
		b.WriteString(part.word)
		for _, t := range part.types {
			b.WriteByte(' ')
			b.WriteString(t.String())
		}
		b.WriteByte(')')
	}
	b.WriteByte(')')
	return b.String()
}

// Field is a field of a struct, or the element of an array. Its type may be
// packed ([I8], [I16]).
type Field struct {
	Type    ValType
	Mutable bool
}

// Composite is the kind of a composite type, by its code in the binary format.
type Composite byte

// The composite types.
const (
	CompositeFunc   Composite = 0x60
	CompositeStruct Composite = 0x5f
	CompositeArray  Composite = 0x5e
	CompositeCont   Composite = 0x5d
)

// String is the kind's name in the text format.
func (c Composite) String() string {
	switch c {
	case CompositeFunc:
		return "func"
	case CompositeStruct:
		return "struct"
	case CompositeArray:
		return "array"
	case CompositeCont:
		return "cont"
	}
	return fmt.Sprintf("composite type 0x%02x", byte(c))
}

// NoIndex stands for an absent index.
const NoIndex = ^uint32(0)

// SubType is a definition of a type section: a composite type with its
// place in the subtype order (core specification, section 5.3). Its indices are
// those of the module as decoded, or [TypeID]s in a [TypeStore].
type SubType struct {
	Kind   Composite
	Final  bool
	Shared bool
	Func   FuncType // of a CompositeFunc
	Fields []Field  // of a CompositeStruct; the one element of a CompositeArray
	Cont   uint32   // of a CompositeCont: its function type
	Super  uint32   // declared supertype, or NoIndex

	// Descriptor and Describes are the type's descriptor, and the type it is a
	// descriptor of (custom descriptors proposal), or NoIndex.
	Descriptor, Describes uint32

	Offset int64 // of the definition in the file
}

// RecGroup is a recursion group. A type outside of a written group is a group
// of its own.
type RecGroup struct {
	Explicit bool // written as a group
	Types    []SubType
	Offset   int64
}

// Limits are the bounds of a table in elements, or of a memory in pages.
type Limits struct {
	Min, Max uint64 // Max counts only with HasMax
	HasMax   bool
	Shared   bool
	Is64     bool // indexed by i64
}

// IndexType is the type of indices: I32, or I64.
func (l Limits) IndexType() ValType {
	if l.Is64 {
		return I64
	}
	return I32
}

// TableType is the type of a table.
type TableType struct {
	Limits
	Element ValType
}

// DefaultPageBits is the binary logarithm of a page's usual size, 64 KiB.
const DefaultPageBits = 16

// MemoryType is the type of a memory.
type MemoryType struct {
	Limits
	CustomPage bool  // the type states its page size
	PageBits   uint8 // binary logarithm of the page size in bytes
}

// GlobalType is the type of a global.
type GlobalType struct {
	Type            ValType
	Mutable, Shared bool
}

// ExternKind is a sort of import and export, by its code in the binary format.
type ExternKind byte

// The sorts of imports and exports.
const (
	ExternFunc ExternKind = iota
	ExternTable
	ExternMemory
	ExternGlobal
	ExternTag
)

// String is the sort's name in the text format.
func (k ExternKind) String() string {
	switch k {
	case ExternFunc:
		return "func"
	case ExternTable:
		return "table"
	case ExternMemory:
		return "memory"
	case ExternGlobal:
		return "global"
	case ExternTag:
		return "tag"
	}
	return fmt.Sprintf("extern kind 0x%02x", byte(k))
}

// ExternType is the type of an import or export. Its indices are those of the
// module as decoded, or [TypeID]s once a [TypeStore] resolved them.
type ExternType struct {
	Kind   ExternKind
	Exact  bool   // of a function: the very type and no subtype
	Type   uint32 // of a function or tag: its function type
	Table  TableType
	Memory MemoryType
	Global GlobalType
}
