package component

import (
	"iter"

	"github.com/edgelint/edgelint/component/core"
)

// AnyType is a resolved type definition, what a type index stands for: a
// [*ValueType], [*ResourceType], [*FuncType], [*InstanceType] or [*ComponentType].
//
// A type's identity is its pointer. Importing or exporting a value or resource
// type under a new name makes a new type, whose AliasOf is the type that it is
// equal to; so does every instantiation for the types that depend on what it was
// given. Types are shared and immutable.
type AnyType interface {
	weight() weight
	typeKind() TypeKind
}

// Entity is the type of an import, export or definition: a [*FuncType],
// [*InstanceType], [*ComponentType], [*CoreModuleType], [*TypeItem] (the sort
// type) or [*ValueItem] (the sort value).
type Entity interface {
	weight() weight
	sort() Sort
}

// SortOf is the sort of definitions that an entity describes.
func SortOf(e Entity) Sort { return e.sort() }

// ValueType is a value type. Which fields are used depends on Kind, as for
// [Type]; it is never KindFunc or above.
type ValueType struct {
	Kind     TypeKind
	Prim     Prim          // KindPrimitive
	Fields   []ValueField  // KindRecord, KindVariant, KindTuple (no names)
	Labels   []string      // KindFlags, KindEnum
	Elem     *ValueType    // element or payload; KindMap: value; KindResult: ok; nil if there is none
	Key      *ValueType    // KindMap: key; KindResult: error, nil if there is none
	Len      uint32        // KindFixedList
	Resource *ResourceType // KindOwn, KindBorrow

	// AliasOf is the type that this one was declared equal to, by an import or
	// export of a type; all other fields are the same. It is nil for the
	// definition itself.
	AliasOf *ValueType

	facts facts
}

// ValueField is a field, case, tuple element or parameter. The type of a case may
// be nil.
type ValueField struct {
	Name string
	Type *ValueType
}

// HasBorrow tells whether values of the type may hold a borrowed handle.
func (t *ValueType) HasBorrow() bool { return t.facts.borrow }

// HasPointer tells whether values of the type may need linear memory beyond their
// own: lists, maps and strings.
func (t *ValueType) HasPointer() bool { return t.facts.pointer }

// Flat lists the core types that a value is passed as with a 32-bit memory
// (CanonicalABI.md, "Flattening"); ok is false if they are more than [MaxFlat].
// Callers do not change the list.
func (t *ValueType) Flat() (types []core.ValType, ok bool) {
	return t.facts.flat, !t.facts.spills
}

// FuncType is a function type.
type FuncType struct {
	Async  bool
	Params []ValueField
	Result *ValueType // nil if there is none

	w        weight
	resource bool
}

// Resource is a resource. Resources are nominal: each definition, each import or
// export of a fresh resource type, and each instantiation of a component that
// exports one makes a Resource of its own.
type Resource struct {
	// Name is the import or export that introduced the resource, "" for a
	// definition.
	Name string
	// Def is the definition, nil where the resource is abstract. Its destructor
	// is a core function of the component InComponent.
	Def         *Type
	InComponent *Component
	// Origin is, for the resources that an instantiation or the import of an
	// instance makes, the resource of the instantiated component or of the
	// instance type.
	Origin *Resource
}

// ResourceType is a resource as a type index names it: the resource itself, or
// an alias of it.
type ResourceType struct {
	Resource *Resource
	AliasOf  *ResourceType // nil for the type that introduced the resource

	alias *aliasToken
}

// aliasToken makes the aliases of a resource distinct. The types of one resource
// with one token are one type, however they came about.
type aliasToken struct{ of *aliasToken }

// InstanceType is the type of a component instance.
type InstanceType struct {
	Exports Items

	// fresh are the resources that the type declares itself: each instance of
	// the type has its own. Types of instances that exist have none.
	fresh    []*Resource
	w        weight
	resource bool
}

// ComponentType is the type of a component.
type ComponentType struct {
	Imports Items
	Exports Items

	// Def is the component that the type was derived from, nil for a written
	// type.
	Def *Component

	// imported are the resources that instantiation must supply, fresh those
	// that each instantiation makes, with the place where to find them.
	imported []resourcePath
	fresh    []resourcePath
	w        weight
	resource bool
}

// resourcePath leads to a resource: an index into imports or exports, then into
// the exports of the instances on the way.
type resourcePath struct {
	resource *Resource
	path     []int
}

// TypeItem is the entity of an imported or exported type: Created is the type
// that the import or export made, Referenced what it was declared equal to. They
// are the same for a fresh resource, and for types without aliases of their own
// (functions, instances, components).
type TypeItem struct {
	Created, Referenced AnyType
}

// ValueItem is the entity of a value.
type ValueItem struct{ Type *ValueType }

// Items are named imports or exports in their order. An entity is nil where a fault
// of the file keeps it from being known.
type Items struct {
	names *itemNames
	types []Entity
}

// itemNames is shared by all types that differ in resources alone.
type itemNames struct {
	list  []ExternName
	index nameIndex
}

// Len is the number of items.
func (it Items) Len() int { return len(it.types) }

// At is the i-th item.
func (it Items) At(i int) (ExternName, Entity) { return it.names.list[i], it.types[i] }

// All yields names and entities in order.
func (it Items) All() iter.Seq2[ExternName, Entity] {
	return func(yield func(ExternName, Entity) bool) {
		for i, t := range it.types {
			if !yield(it.names.list[i], t) {
				return
			}
		}
	}
}

// Get is the item of a name.
func (it Items) Get(name string) (Entity, bool) {
	if it.names == nil {
		return nil, false
	}
	i, ok := it.names.index.find(name)
	if !ok {
		return nil, false
	}
	return it.types[i], true
}

func (t *ValueType) typeKind() TypeKind     { return t.Kind }
func (t *ResourceType) typeKind() TypeKind  { return KindResource }
func (t *FuncType) typeKind() TypeKind      { return KindFunc }
func (t *InstanceType) typeKind() TypeKind  { return KindInstance }
func (t *ComponentType) typeKind() TypeKind { return KindComponent }

func (*FuncType) sort() Sort       { return SortFunc }
func (*InstanceType) sort() Sort   { return SortInstance }
func (*ComponentType) sort() Sort  { return SortComponent }
func (*CoreModuleType) sort() Sort { return SortCoreModule }
func (*TypeItem) sort() Sort       { return SortType }
func (*ValueItem) sort() Sort      { return SortValue }

func (t *ValueType) weight() weight      { return t.facts.weight }
func (t *ResourceType) weight() weight   { return lightest }
func (t *FuncType) weight() weight       { return t.w }
func (t *InstanceType) weight() weight   { return t.w }
func (t *ComponentType) weight() weight  { return t.w }
func (t *CoreModuleType) weight() weight { return t.w }
func (t *TypeItem) weight() weight       { return t.Referenced.weight() }
func (t *ValueItem) weight() weight      { return t.Type.weight() }
