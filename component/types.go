package component

import (
	"fmt"

	"github.com/edgelint/edgelint/component/core"
)

// ValType is a value type as written at one place: a primitive, or the index of
// a type. The zero value is no type.
type ValType struct {
	Prim  Prim   // PrimNone if the type is an index
	Index uint32 // type index, if Prim is PrimNone
	Valid bool   // whether there is a type at all
}

// Prim is a primitive value type.
type Prim uint8

// The primitive value types.
const (
	PrimNone Prim = iota
	PrimBool
	PrimS8
	PrimU8
	PrimS16
	PrimU16
	PrimS32
	PrimU32
	PrimS64
	PrimU64
	PrimF32
	PrimF64
	PrimChar
	PrimString
	PrimErrorContext
)

var primNames = [...]string{
	"none", "bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string",
	"error-context",
}

// String is the type as WIT writes it.
func (p Prim) String() string {
	if int(p) < len(primNames) {
		return primNames[p]
	}
	return "invalid"
}

// Type is one definition of the type index space, as decoded. Which fields are
// used depends on Kind; indices refer to the scope that holds the type.
type Type struct {
	Off  int64
	Kind TypeKind

	Prim     Prim     // KindPrimitive
	Fields   []Field  // KindRecord, KindVariant, KindTuple (no names), KindFunc (its parameters)
	Labels   []string // KindFlags, KindEnum
	Elem     ValType  // element; KindMap: value; KindResult: ok; KindFunc: result
	Key      ValType  // KindMap: key; KindResult: error
	Len      uint32   // KindFixedList
	Resource uint32   // KindOwn, KindBorrow: type index of the resource
	Async    bool     // KindFunc
	Scope    *TypeScope
	Rep      core.ValType // KindResource
	Dtor     uint32       // KindResource: core function index, if HasDtor
	HasDtor  bool
}

// Field is a field, case, tuple element or parameter. A case may have no type.
type Field struct {
	Name string
	Type ValType
	Off  int64
}

// TypeScope holds the declarations of a component type or instance type.
type TypeScope struct {
	Scope

	component *Component
	outer     *TypeScope // nil outside of other types
	index     uint32     // of the type
}

// Path names the place of the type: "root/type[4]".
func (t *TypeScope) Path() string {
	outer := t.component.Path
	if t.outer != nil {
		outer = t.outer.Path()
	}
	return fmt.Sprintf("%s/type[%d]", outer, t.index)
}

// TypeKind is the kind of a type definition.
type TypeKind uint8

// The kinds of types (Binary.md, "Type Definitions").
const (
	KindInvalid TypeKind = iota
	KindPrimitive
	KindRecord
	KindVariant
	KindList
	KindFixedList
	KindMap
	KindTuple
	KindFlags
	KindEnum
	KindOption
	KindResult
	KindOwn
	KindBorrow
	KindStream
	KindFuture
	KindFunc
	KindComponent
	KindInstance
	KindResource
)

var kindNames = [...]string{
	"invalid", "primitive", "record", "variant", "list", "fixed-length list", "map", "tuple", "flags", "enum",
	"option", "result", "own", "borrow", "stream", "future", "func", "component", "instance", "resource",
}

// String is the kind as the specification names it.
func (k TypeKind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "invalid"
}

// CoreType is one entry of a component's core type section: a group of recursive
// core types, or a module type.
type CoreType struct {
	Off    int64
	Rec    *core.RecGroup // nil if Module is set
	Module *ModuleType
}

// ModuleType is the type of a core module: declarations in order.
type ModuleType struct{ Decls []ModuleDecl }

// ModuleDecl is one declaration of a module type: an import, a group of types, an
// export, or, if none of these is set, an outer alias of a core type.
type ModuleDecl struct {
	Off    int64
	Import *core.Import
	Rec    *core.RecGroup
	Export *ModuleExport
	Alias  Alias
}

// ModuleExport is an export declared in a module type.
type ModuleExport struct {
	Name string
	Type core.ExternType
}
