package component

import (
	"github.com/edgelint/edgelint/component/core"
)

// Range is a run of bytes of the file.
type Range = core.Range

// Component is one component of a file: the root, or one nested in another.
type Component struct {
	Scope

	// Path names the component's place in the file: "root",
	// "root/component[1]", "root/component[1]/component[0]".
	Path string
	// Parent is the component around this one, nil for the root.
	Parent *Component
	// Range is the component's whole binary, preamble included.
	Range Range

	Sections []Section // in file order, custom sections included
	Customs  []Custom  // in file order

	// The definitions by kind, each in file order. They are not index
	// spaces: imports and aliases add to index spaces, too (see Scope).
	CoreModules   []*CoreModule
	CoreInstances []CoreInstance
	Components    []*Component
	Instances     []Instance
	Canons        []Canon
	Values        []Value
	Starts        []Start
}

// Scope is what components, component types and instance types have in common:
// definitions in order, and the index spaces they fill. A component or instance
// type fills only the spaces that its declarations can add to.
type Scope struct {
	// Order lists all definitions in file order.
	Order []Def

	Types     []Type
	CoreTypes []CoreType
	Aliases   []Alias
	Imports   []Import
	Exports   []Export

	// spaces holds the index spaces that are not empty, of which the scopes in a
	// large file have one or two.
	spaces []indexSpace
}

// indexSpace holds the definition behind every index of a sort.
type indexSpace struct {
	sort Sort
	defs []Def
}

// Space is the index space of a sort: for each index the definition that added it.
func (s *Scope) Space(sort Sort) []Def {
	for i := range s.spaces {
		if s.spaces[i].sort == sort {
			return s.spaces[i].defs
		}
	}
	return nil
}

// Lookup is the definition behind an index of a sort, and whether there is one.
func (s *Scope) Lookup(sort Sort, index uint32) (Def, bool) {
	space := s.Space(sort)
	if uint64(index) >= uint64(len(space)) {
		return Def{}, false
	}
	return space[index], true
}

// Def refers to one definition of a scope: the Index-th of the slice that holds
// definitions of its kind (Scope.Types for DefType, and so on).
type Def struct {
	Kind  DefKind
	Index uint32
}

// DefKind is the kind of a definition, which tells the slice that holds it.
type DefKind uint8

// The kinds of definitions.
const (
	DefInvalid      DefKind = iota
	DefCoreModule           // Component.CoreModules
	DefCoreInstance         // Component.CoreInstances
	DefCoreType             // Scope.CoreTypes
	DefComponent            // Component.Components
	DefInstance             // Component.Instances
	DefAlias                // Scope.Aliases
	DefType                 // Scope.Types
	DefCanon                // Component.Canons
	DefStart                // Component.Starts
	DefImport               // Scope.Imports
	DefExport               // Scope.Exports
	DefValue                // Component.Values
)

// Sort is the sort of an index space (Binary.md, "sort" and "core:sort").
type Sort uint8

// The sorts. Those of core definitions come first.
const (
	SortCoreFunc Sort = iota
	SortCoreTable
	SortCoreMemory
	SortCoreGlobal
	SortCoreTag
	SortCoreType
	SortCoreModule
	SortCoreInstance
	SortFunc
	SortValue
	SortType
	SortComponent
	SortInstance
	NumSorts // the number of sorts; not a sort
)

var sortNames = [NumSorts]string{
	"core func", "core table", "core memory", "core global", "core tag", "core type", "core module",
	"core instance", "func", "value", "type", "component", "instance",
}

// String is the sort as the specification writes it.
func (s Sort) String() string {
	if s < NumSorts {
		return sortNames[s]
	}
	return "invalid sort"
}

// SectionID is the id byte of a component section.
type SectionID uint8

// The sections of a component (Binary.md, "Component Definitions").
const (
	SectionCustom SectionID = iota
	SectionCoreModule
	SectionCoreInstance
	SectionCoreType
	SectionComponent
	SectionInstance
	SectionAlias
	SectionType
	SectionCanon
	SectionStart
	SectionImport
	SectionExport
	SectionValue
)

var sectionNames = [...]string{
	"custom", "core module", "core instance", "core type", "component", "instance", "alias", "type", "canon",
	"start", "import", "export", "value",
}

// String is the section's name.
func (id SectionID) String() string {
	if int(id) < len(sectionNames) {
		return sectionNames[id]
	}
	return "unknown"
}

// Section is one section: Body is its content without id and size.
type Section struct {
	ID   SectionID
	Body Range
}

// Custom is a custom section: Body is its content behind the name.
type Custom struct {
	Name string
	Body Range
}

// CoreModule is a core module defined in a component.
type CoreModule struct {
	// Path names its place: "root/module[3]".
	Path  string
	Range Range
	// Module is the decoded module.
	Module *core.Module
}

// CoreInstance is a core instance: an instantiation of a core module, or, with
// Inline set, a bag of exports of other definitions.
type CoreInstance struct {
	Off     int64
	Inline  bool
	Module  uint32 // core module index, if not Inline
	Args    []CoreArg
	Exports []CoreInlineExport // if Inline
}

// CoreArg supplies all imports of one module name from a core instance.
type CoreArg struct {
	Name     string
	Instance uint32
	Off      int64
}

// CoreInlineExport is one export of a bag of core exports.
type CoreInlineExport struct {
	Name  string
	Sort  Sort
	Index uint32
	Off   int64
}

// Instance is a component instance: an instantiation, or, with Inline set, a bag
// of exports.
type Instance struct {
	Off       int64
	Inline    bool
	Component uint32 // component index, if not Inline
	Args      []Arg
	Exports   []InlineExport // if Inline
}

// Arg supplies one import of an instantiated component.
type Arg struct {
	Name  string
	Sort  Sort
	Index uint32
	Off   int64
}

// InlineExport is one export of a bag of exports.
type InlineExport struct {
	Name  ExternName
	Sort  Sort
	Index uint32
	Off   int64
}

// AliasKind tells what an alias refers to.
type AliasKind uint8

// The kinds of aliases.
const (
	AliasExport     AliasKind = iota // an export of a component instance
	AliasCoreExport                  // an export of a core instance
	AliasOuter                       // a definition of an enclosing scope
)

// Alias adds a definition of elsewhere to an index space.
type Alias struct {
	Off      int64
	Kind     AliasKind
	Sort     Sort
	Instance uint32 // AliasExport and AliasCoreExport: the instance
	Name     string // AliasExport and AliasCoreExport: the export's name
	Count    uint32 // AliasOuter: how many scopes outward, 0 is this one
	Index    uint32 // AliasOuter: the index there
}

// Import is one import of a component or component type.
type Import struct {
	Off  int64
	Name ExternName
	Desc ExternDesc
}

// Export is one export. In a component, Sort and Index name the definition that
// is exported, and Desc, if not nil, is the type ascribed to it; in a component
// or instance type Desc alone says what is exported.
type Export struct {
	Off   int64
	Name  ExternName
	Sort  Sort
	Index uint32
	Desc  *ExternDesc
}

// ExternName is the name of an import or export with its attributes
// (Explainer.md, "Import and Export Definitions").
type ExternName struct {
	Name          string
	Implements    string // interface name, or ""
	VersionSuffix string // or ""
	ExternalID    string // or ""
	Attributes    Attributes
}

// Attributes tells which attributes an extern name carries, empty ones included.
type Attributes uint8

// The attributes of extern names.
const (
	AttrImplements Attributes = 1 << iota
	AttrVersionSuffix
	AttrExternalID
)

// String is the name without attributes.
func (n ExternName) String() string { return n.Name }

// ExternDesc is the type of an import or export.
type ExternDesc struct {
	Off  int64
	Sort Sort // SortCoreModule, SortFunc, SortValue, SortType, SortComponent or SortInstance
	// Index is a core type index (SortCoreModule), the type index that the item
	// equals (SortType with BoundEq), else the index of its type.
	Index uint32
	Bound Bound   // SortType
	Value ValType // SortValue: its type
}

// Bound is the bound of an imported or exported type.
type Bound uint8

// The bounds.
const (
	BoundEq  Bound = iota // equal to what Index names
	BoundSub              // a fresh resource type
)

// Start is the start section: a function called when the component is instantiated.
type Start struct {
	Off     int64
	Func    uint32
	Args    []uint32 // value indices
	Results uint32   // how many values it adds
}

// Value is a value definition.
type Value struct {
	Off  int64
	Type ValType
	Body Range // the encoded value
}
