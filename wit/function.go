package wit

import (
	"iter"
	"strings"
)

// FunctionKind tells how a function hangs on a resource.
type FunctionKind uint8

// The kinds of function. All but Freestanding have a [Function.Resource].
const (
	Freestanding FunctionKind = iota
	Method                    // the first parameter is self, a borrow of the resource
	Static                    // no self
	Constructor               // gives the resource, or a result of it
)

// Accessor tells whether a function is a property's getter or setter.
type Accessor uint8

// The accessors. A getter has no parameter besides self, a setter has one.
const (
	NoAccessor Accessor = iota
	Getter
	Setter
)

// Function is a function of an interface or a world.
type Function struct {
	// Name is the name in the component's index space: f, [method]r.f,
	// [static]r.f, [constructor]r, or with [get] and [set] in front for
	// accessors.
	Name string
	Kind FunctionKind
	// Accessor is for getters and setters, which are never async.
	Accessor Accessor
	// Async reports an async func. Constructors never are.
	Async bool
	// Resource is the definition the function belongs to; [NoType] when Kind is
	// Freestanding.
	Resource   TypeID
	Params     []Param // with self
	Result     Type    // or None
	Docs       Docs
	Stability  Stability
	ExternalID ExternalID
	Span       Span
}

// Param is a parameter of a [Function].
type Param struct {
	Name string
	Type Type
	Span Span
}

// ItemName is the name as it stands in WIT: without resource and markers.
func (f *Function) ItemName() string {
	switch {
	case f.Kind == Constructor:
		return "constructor"
	case f.Kind != Freestanding:
		_, name, _ := strings.Cut(f.Name, ".")
		return name
	case f.Accessor != NoAccessor:
		_, name, _ := strings.Cut(f.Name, "]")
		return name
	}
	return f.Name
}

// Types ranges over the types of the parameters and the result, not following
// references.
func (f *Function) Types() iter.Seq[Type] {
	return func(yield func(Type) bool) {
		for i := range f.Params {
			if !yield(f.Params[i].Type) {
				return
			}
		}
		if f.Result != None {
			yield(f.Result)
		}
	}
}
