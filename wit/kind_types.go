package wit

import "slices"

// eachType visits the types that a kind is made of until visit reports false.
// Those of a handle and an alias are what they refer to.
func eachType(k Kind, visit func(Type) bool) bool {
	switch k := k.(type) {
	case Handle:
		return visit(k.Resource.Type())
	case Record:
		return !slices.ContainsFunc(k.Fields, func(f Field) bool { return !visit(f.Type) })
	case Variant:
		return !slices.ContainsFunc(k.Cases, func(c Case) bool { return c.Type != None && !visit(c.Type) })
	case Tuple:
		return !slices.ContainsFunc(k.Types, func(t Type) bool { return !visit(t) })
	case Option:
		return visit(k.Elem)
	case Result:
		return (k.Ok == None || visit(k.Ok)) && (k.Err == None || visit(k.Err))
	case List:
		return visit(k.Elem)
	case FixedList:
		return visit(k.Elem)
	case Map:
		return visit(k.Key) && visit(k.Value)
	case Future:
		return k.Elem == None || visit(k.Elem)
	case Stream:
		return k.Elem == None || visit(k.Elem)
	case Alias:
		return visit(k.Target)
	}
	return true
}

// mapTypes replaces every type that a kind is made of, handles and aliases
// aside. Fields, cases and tuples are changed in place.
func mapTypes(k Kind, f func(Type) Type) Kind {
	switch k := k.(type) {
	case Record:
		for i := range k.Fields {
			k.Fields[i].Type = f(k.Fields[i].Type)
		}
	case Variant:
		for i := range k.Cases {
			k.Cases[i].Type = f(k.Cases[i].Type)
		}
	case Tuple:
		for i := range k.Types {
			k.Types[i] = f(k.Types[i])
		}
	case Option:
		return Option{f(k.Elem)}
	case Result:
		ok := f(k.Ok)
		return Result{ok, f(k.Err)}
	case List:
		return List{f(k.Elem)}
	case FixedList:
		return FixedList{f(k.Elem), k.Len}
	case Map:
		key := f(k.Key)
		return Map{key, f(k.Value)}
	case Future:
		return Future{f(k.Elem)}
	case Stream:
		return Stream{f(k.Elem)}
	}
	return k
}

// cloneKind is a copy that shares nothing that [mapTypes] changes.
func cloneKind(k Kind) Kind {
	switch k := k.(type) {
	case Record:
		return Record{slices.Clone(k.Fields)}
	case Variant:
		return Variant{slices.Clone(k.Cases)}
	case Tuple:
		return Tuple{slices.Clone(k.Types)}
	}
	return k
}
