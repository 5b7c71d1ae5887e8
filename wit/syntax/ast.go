package syntax

// File is the syntax tree of one WIT file.
type File struct {
	Name string
	// Package is the declaration at the head of the file, or nil.
	Package *PackageName
	Items   []Item

	src      string
	base     Pos
	comments []comment
}

// Item is a declaration of a file or a package block: [*Interface], [*World],
// [*TopUse] or [*PackageBlock].
type Item interface{ item() }

// Ident is an identifier, without the percent sign of an escaped one. The zero
// value is no identifier.
type Ident struct {
	Name string
	Span Span
}

// PackageName is namespace:name@version.
type PackageName struct {
	Docs      Comments
	Namespace Ident
	Name      Ident
	Version   Version
	Span      Span // of the name with its version
}

// Version is the text after an at sign; it has the shape of a semantic version,
// but not necessarily the rules of one. The zero value is no version.
type Version struct {
	Text string
	Span Span
}

// PackageBlock is package a:b { ... }.
type PackageBlock struct {
	Package *PackageName
	Items   []Item
}

// TopUse is use path as name; at the top of a file.
type TopUse struct {
	Attributes []Attribute
	Path       Path
	As         Ident
	Span       Span
}

// Interface is interface name { ... }.
type Interface struct {
	Docs       Comments
	Attributes []Attribute
	Name       Ident
	Items      []InterfaceItem
}

// InterfaceItem is an item of an interface: [*TypeDecl], [*Func] or [*Use].
type InterfaceItem interface{ interfaceItem() }

// World is world name { ... }.
type World struct {
	Docs       Comments
	Attributes []Attribute
	Name       Ident
	Items      []WorldItem
}

// WorldItem is an item of a world: [*Extern], [*TypeDecl], [*Use] or [*Include].
type WorldItem interface{ worldItem() }

// Extern is an import or export. Exactly one of Func, Path and Interface is set:
//
//	import name: func();          Func
//	import name: interface { }    Interface
//	import ns:pkg/name;           Path
//	import name: ns:pkg/name;     Path, and Name is set
type Extern struct {
	Docs       Comments
	Attributes []Attribute
	Export     bool
	Name       Ident
	Func       *Func
	Path       *Path
	Interface  *Interface // without docs, attributes and name
}

// Span is the place of the import's or export's own name.
func (e *Extern) Span() Span {
	if e.Name.Name != "" || e.Path == nil {
		return e.Name.Span
	}
	return e.Path.Name.Span
}

// Path names an interface or world: name, or ns:pkg/name@version.
type Path struct {
	Package *PackageName // nil for a bare name
	Name    Ident
}

// Use is use path.{a, b as c};
type Use struct {
	Attributes []Attribute
	Path       Path
	Names      []UseName
}

// UseName is one name of a [Use].
type UseName struct {
	Name Ident
	As   Ident
}

// Local is the name under which it is known afterwards.
func (n *UseName) Local() Ident {
	if n.As.Name != "" {
		return n.As
	}
	return n.Name
}

// Include is include path with { a as b }
type Include struct {
	Attributes []Attribute
	Path       Path
	Names      []UseName
}

// Attribute is @name(...).
type Attribute struct {
	Name Ident // since, unstable, deprecated or external-id
	// Value is the version of since and deprecated, the feature of unstable, or
	// the string of external-id.
	Value string
	Span  Span // of the value
}

// Func is a function, with the name it has in the text. A constructor has the
// name "constructor".
type Func struct {
	Docs        Comments
	Attributes  []Attribute
	Name        Ident
	Constructor bool
	Static      bool
	Async       bool
	Accessor    Accessor
	Params      []Member
	Result      *Type
	Keyword     Span // of func, get, set or constructor
}

// Accessor tells getters and setters from functions.
type Accessor uint8

// The accessors.
const (
	NoAccessor Accessor = iota
	Getter
	Setter
)

// TypeDecl is the declaration of a type.
type TypeDecl struct {
	Docs       Comments
	Attributes []Attribute
	Name       Ident
	Kind       DeclKind
	Alias      *Type    // when Kind is AliasDecl
	Members    []Member // fields, cases or flags
	Funcs      []*Func  // of a resource
}

// DeclKind is the kind of a [TypeDecl].
type DeclKind uint8

// The kinds of declaration.
const (
	AliasDecl DeclKind = iota // type a = b;
	RecordDecl
	VariantDecl
	EnumDecl
	FlagsDecl
	ResourceDecl
)

// Member is a field of a record, a case of a variant or enum, a flag, or a
// parameter.
type Member struct {
	Docs Comments
	Name Ident
	Type *Type // nil for none
}

// Type is a use of a type.
type Type struct {
	Kind TypeKind
	Span Span   // of its first token
	Name string // of NamedType, OwnType and BorrowType
	// Args are the parameters: one of list, option, future and stream, two of
	// map and result. An absent one of result, future or stream is nil.
	Args []*Type
	Len  uint32 // of FixedListType
}

// TypeKind is the kind of a [Type].
type TypeKind uint8

// The kinds of type.
const (
	NamedType TypeKind = iota
	BoolType
	U8Type
	U16Type
	U32Type
	U64Type
	S8Type
	S16Type
	S32Type
	S64Type
	F32Type
	F64Type
	CharType
	StringType
	ErrorContextType
	ListType
	FixedListType
	MapType
	OptionType
	ResultType
	TupleType
	FutureType
	StreamType
	OwnType
	BorrowType
)

func (*Interface) item()    {}
func (*World) item()        {}
func (*TopUse) item()       {}
func (*PackageBlock) item() {}

func (*TypeDecl) interfaceItem() {}
func (*Func) interfaceItem()     {}
func (*Use) interfaceItem()      {}

func (*Extern) worldItem()   {}
func (*TypeDecl) worldItem() {}
func (*Use) worldItem()      {}
func (*Include) worldItem()  {}
