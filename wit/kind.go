package wit

// Kind is the structure of a [TypeDef]; it is one of [Record], [Resource],
// [Handle], [Flags], [Tuple], [Variant], [Enum], [Option], [Result], [List],
// [FixedList], [Map], [Future], [Stream], [Alias] and [Unknown].
type Kind interface {
	// String is the kind's name, such as "record".
	String() string
	kind()
}

type (
	// Record is a product type with named fields.
	Record struct{ Fields []Field }

	// Resource is an abstract type, reached through handles.
	Resource struct{}

	// Handle is own<T> or borrow<T> of a resource.
	Handle struct {
		Resource TypeID // the definition or an alias of it
		Borrow   bool
	}

	// Flags is a set of named bits.
	Flags struct{ Flags []Flag }

	// Tuple is tuple<T...>.
	Tuple struct{ Types []Type }

	// Variant is a sum type with named cases.
	Variant struct{ Cases []Case }

	// Enum is a variant without payloads.
	Enum struct{ Cases []EnumCase }

	// Option is option<T>.
	Option struct{ Elem Type }

	// Result is result<Ok, Err>; either may be [None].
	Result struct{ Ok, Err Type }

	// List is list<T>.
	List struct{ Elem Type }

	// FixedList is list<T, N>.
	FixedList struct {
		Elem Type
		Len  uint32 // elements
	}

	// Map is map<K, V>.
	Map struct{ Key, Value Type }

	// Future is future<T>, or future when Elem is [None].
	Future struct{ Elem Type }

	// Stream is stream<T>, or stream when Elem is [None].
	Stream struct{ Elem Type }

	// Alias is another name for a type: type a = b, or use i.{b as a}.
	Alias struct{ Target Type }

	// Unknown stands for a type of another package until that is resolved. A
	// Resolve that is handed out has none.
	Unknown struct{}
)

// Field is a field of a [Record].
type Field struct {
	Name string
	Type Type
	Docs Docs
	Span Span
}

// Flag is one bit of [Flags].
type Flag struct {
	Name string
	Docs Docs
	Span Span
}

// Case is a case of a [Variant]. Type is [None] for a case without payload.
type Case struct {
	Name string
	Type Type
	Docs Docs
	Span Span
}

// EnumCase is a case of an [Enum].
type EnumCase struct {
	Name string
	Docs Docs
	Span Span
}

func (Record) kind()    {}
func (Resource) kind()  {}
func (Handle) kind()    {}
func (Flags) kind()     {}
func (Tuple) kind()     {}
func (Variant) kind()   {}
func (Enum) kind()      {}
func (Option) kind()    {}
func (Result) kind()    {}
func (List) kind()      {}
func (FixedList) kind() {}
func (Map) kind()       {}
func (Future) kind()    {}
func (Stream) kind()    {}
func (Alias) kind()     {}
func (Unknown) kind()   {}

func (Record) String() string    { return "record" }
func (Resource) String() string  { return "resource" }
func (Flags) String() string     { return "flags" }
func (Tuple) String() string     { return "tuple" }
func (Variant) String() string   { return "variant" }
func (Enum) String() string      { return "enum" }
func (Option) String() string    { return "option" }
func (Result) String() string    { return "result" }
func (List) String() string      { return "list" }
func (FixedList) String() string { return "fixed-length list" }
func (Map) String() string       { return "map" }
func (Future) String() string    { return "future" }
func (Stream) String() string    { return "stream" }
func (Alias) String() string     { return "type" }
func (Unknown) String() string   { return "unknown" }

func (h Handle) String() string {
	if h.Borrow {
		return "borrow"
	}
	return "own"
}
