package wit

// Resolve is a set of packages in which every name has been looked up. The
// arenas are in topological order as far as types and interfaces of one package
// go: what an entry refers to stands before it.
//
// A Resolve that a function of this package returned is not to be changed; it
// may then be read by several goroutines.
type Resolve struct {
	Worlds     []*World
	Interfaces []*Interface
	Types      []*TypeDef
	Packages   []*Package

	// PackageNames finds a package by its name, version included.
	PackageNames Ordered[PackageName, PackageID]
	// Sources holds the text that the spans of the model point into. It is
	// empty for what was decoded from a binary.
	Sources Sources
}

// Package is a named and maybe versioned collection of interfaces and worlds.
type Package struct {
	Name       PackageName
	Docs       Docs
	Interfaces Ordered[string, InterfaceID]
	Worlds     Ordered[string, WorldID]
}

// Interface is a named set of types and functions.
type Interface struct {
	Name      string // "" for one written inside a world
	Types     Ordered[string, TypeID]
	Functions Ordered[string, *Function] // by [Function.Name]
	Docs      Docs
	Stability Stability
	Package   PackageID
	// CloneOf is the interface without name that an include copied this one
	// from, or nil.
	CloneOf *InterfaceID
	Span    Span
}

// World says what a component imports and exports.
type World struct {
	Name      string
	Imports   Ordered[WorldKey, WorldItem]
	Exports   Ordered[WorldKey, WorldItem]
	Package   PackageID
	Docs      Docs
	Stability Stability
	// Includes are the include statements not yet worked in; they are empty in
	// a Resolve that is handed out.
	Includes []Include
	Span     Span
}

// Include is one include statement of a world.
type Include struct {
	World     WorldID
	Stability Stability
	Names     []Rename
	Span      Span
}

// Rename is one "name as other" of an include statement.
type Rename struct {
	From, To string
	Span     Span // of From
}

// WorldKey names an import or export: a plain name, or an interface known by
// its full id. Keys are comparable; make them with [NameKey] and
// [InterfaceKey].
type WorldKey struct {
	Name      string      // "" when the key is an interface
	Interface InterfaceID // [NoInterface] when the key is a name
}

// NameKey is the key of something imported or exported under a plain name.
func NameKey(name string) WorldKey { return WorldKey{Name: name, Interface: NoInterface} }

// InterfaceKey is the key of an interface imported or exported under its id.
func InterfaceKey(id InterfaceID) WorldKey { return WorldKey{Interface: id} }

// IsInterface reports whether the key is an interface id.
func (k WorldKey) IsInterface() bool { return k.Name == "" }

// WorldItem is what a world imports or exports: an [*InterfaceItem], a
// [*Function] or a [*TypeItem].
type WorldItem interface{ worldItem() }

// InterfaceItem is an imported or exported interface. Under a [NameKey] it is
// either an interface written in place (which has no name), or a named one that
// the import implements.
type InterfaceItem struct {
	ID         InterfaceID
	Stability  Stability
	ExternalID ExternalID
	Docs       Docs // of the import or export statement
	Span       Span
}

// TypeItem is a type that a world defines or uses. Types are imports only.
type TypeItem struct {
	ID   TypeID
	Span Span
}

func (*InterfaceItem) worldItem() {}
func (*Function) worldItem()      {}
func (*TypeItem) worldItem()      {}

// TypeDef is the definition of a type: named, or an anonymous one such as the
// list<u8> of a parameter.
type TypeDef struct {
	Name       string // "" for anonymous types
	Kind       Kind
	Owner      Owner
	Docs       Docs
	Stability  Stability
	ExternalID ExternalID
	Span       Span
}

// Owner tells where a type was defined. The zero value is nowhere, as for
// anonymous types. Owners are comparable.
type Owner struct {
	kind ownerKind
	id   int32
}

type ownerKind uint8

const (
	ownedByNone ownerKind = iota
	ownedByWorld
	ownedByInterface
)

// WorldOwner is the owner of a type defined in a world.
func WorldOwner(id WorldID) Owner { return Owner{ownedByWorld, int32(id)} }

// InterfaceOwner is the owner of a type defined in an interface.
func InterfaceOwner(id InterfaceID) Owner { return Owner{ownedByInterface, int32(id)} }

// World gives the world that defines the type.
func (o Owner) World() (WorldID, bool) {
	if o.kind != ownedByWorld {
		return NoWorld, false
	}
	return WorldID(o.id), true
}

// Interface gives the interface that defines the type.
func (o Owner) Interface() (InterfaceID, bool) {
	if o.kind != ownedByInterface {
		return NoInterface, false
	}
	return InterfaceID(o.id), true
}

// IsNone reports whether nothing owns the type.
func (o Owner) IsNone() bool { return o.kind == ownedByNone }

// Docs is a doc comment with its markers removed. The zero value is no comment,
// which is not the same as an empty one.
type Docs struct {
	Text    string
	Present bool
}

// ExternalID is the string of an @external-id attribute. The zero value is no
// attribute, which is not the same as an empty string.
type ExternalID struct {
	Value   string
	Present bool
}
