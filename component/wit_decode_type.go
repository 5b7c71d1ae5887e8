package component

import (
	"errors"
	"fmt"
	"strings"

	"github.com/edgelint/edgelint/wit"
)

// namedType decodes an exported or imported type: an alias if the type, or one
// it is an alias of, is known already, else its definition.
func (d *witDecoder) namedType(name ExternName, item *TypeItem, owner wit.Owner) (wit.TypeID, error) {
	def := &wit.TypeDef{Name: name.Name, Owner: owner, ExternalID: externalID(name)}
	if known, ok := d.known(item.Referenced); ok {
		def.Kind = wit.Alias{Target: known.Type()}
	} else {
		switch t := item.Referenced.(type) {
		case *ValueType:
			kind, err := d.kind(t)
			if err != nil {
				return wit.NoType, err
			}
			def.Kind = kind
		case *ResourceType:
			def.Kind = wit.Resource{}
		case nil:
			return wit.NoType, errUnresolved
		default:
			return wit.NoType, fmt.Errorf("WIT has no named types of the kind %v", t.typeKind())
		}
	}
	id := d.define(def)
	if _, ok := def.Kind.(wit.Resource); ok {
		d.resources[ownedName{owner, name.Name}] = id
	}
	if _, ok := d.types[item.Created]; ok {
		return wit.NoType, errors.New("WIT cannot express that the type is one that has another name already")
	}
	d.types[item.Created] = id
	return id, nil
}

func (d *witDecoder) define(def *wit.TypeDef) wit.TypeID {
	d.r.Types = append(d.r.Types, def)
	return wit.TypeID(len(d.r.Types) - 1)
}

// known finds the definition made for a type, or else for what it is an alias
// of.
func (d *witDecoder) known(t AnyType) (wit.TypeID, bool) {
	for t != nil {
		if id, ok := d.types[t]; ok {
			return id, true
		}
		switch alias := t.(type) {
		case *ValueType:
			if alias.AliasOf == nil {
				return wit.NoType, false
			}
			t = alias.AliasOf
		case *ResourceType:
			if alias.AliasOf == nil {
				return wit.NoType, false
			}
			t = alias.AliasOf
		default:
			return wit.NoType, false
		}
	}
	return wit.NoType, false
}

var primitiveTypes = [...]wit.Type{
	PrimBool: wit.Bool, PrimS8: wit.S8, PrimU8: wit.U8, PrimS16: wit.S16, PrimU16: wit.U16, PrimS32: wit.S32,
	PrimU32: wit.U32, PrimS64: wit.S64, PrimU64: wit.U64, PrimF32: wit.F32, PrimF64: wit.F64, PrimChar: wit.Char,
	PrimString: wit.String, PrimErrorContext: wit.ErrorContext,
}

// inPlace reports whether a type is a primitive written where it is used, not
// one that a definition gave an index.
func inPlace(t *ValueType) bool { return t.Kind == KindPrimitive && t == &primitives[t.Prim] }

// valType decodes the use of a type.
func (d *witDecoder) valType(t *ValueType) (wit.Type, error) {
	if t == nil {
		return wit.None, errUnresolved
	}
	if inPlace(t) {
		return primitiveTypes[t.Prim], nil
	}
	if id, ok := d.types[t]; ok {
		return id.Type(), nil
	}
	kind, err := d.kind(t)
	if err != nil {
		return wit.None, err
	}
	switch kind.(type) {
	case wit.Record, wit.Variant, wit.Enum, wit.Flags:
		return wit.None, fmt.Errorf("a %v without a name", kind)
	}
	id := d.define(&wit.TypeDef{Kind: kind})
	d.types[t] = id
	return id.Type(), nil
}

// optType decodes a type that may be missing.
func (d *witDecoder) optType(t *ValueType) (wit.Type, error) {
	if t == nil {
		return wit.None, nil
	}
	return d.valType(t)
}

// kind decodes the structure of a type.
func (d *witDecoder) kind(t *ValueType) (wit.Kind, error) {
	switch t.Kind {
	case KindPrimitive:
		return wit.Alias{Target: primitiveTypes[t.Prim]}, nil
	case KindRecord:
		return d.record(t)
	case KindVariant:
		return d.variant(t)
	case KindTuple:
		return d.tuple(t)
	case KindFlags:
		k := wit.Flags{Flags: make([]wit.Flag, len(t.Labels))}
		for i, name := range t.Labels {
			k.Flags[i].Name = name
		}
		return k, nil
	case KindEnum:
		k := wit.Enum{Cases: make([]wit.EnumCase, len(t.Labels))}
		for i, name := range t.Labels {
			k.Cases[i].Name = name
		}
		return k, nil
	case KindOwn, KindBorrow:
		id, ok := d.types[t.Resource]
		if !ok {
			return nil, errors.New("a handle to a resource without a name")
		}
		return wit.Handle{Resource: id, Borrow: t.Kind == KindBorrow}, nil
	}
	return d.container(t)
}

// container decodes the structure of a type around others.
func (d *witDecoder) container(t *ValueType) (wit.Kind, error) {
	switch t.Kind {
	case KindOption:
		elem, err := d.valType(t.Elem)
		return wit.Option{Elem: elem}, err
	case KindList:
		elem, err := d.valType(t.Elem)
		return wit.List{Elem: elem}, err
	case KindFixedList:
		elem, err := d.valType(t.Elem)
		return wit.FixedList{Elem: elem, Len: t.Len}, err
	case KindFuture:
		elem, err := d.optType(t.Elem)
		return wit.Future{Elem: elem}, err
	case KindStream:
		elem, err := d.optType(t.Elem)
		return wit.Stream{Elem: elem}, err
	case KindMap:
		key, err := d.valType(t.Key)
		if err != nil {
			return nil, err
		}
		value, err := d.valType(t.Elem)
		return wit.Map{Key: key, Value: value}, err
	case KindResult:
		ok, err := d.optType(t.Elem)
		if err != nil {
			return nil, err
		}
		bad, err := d.optType(t.Key)
		return wit.Result{Ok: ok, Err: bad}, err
	}
	return nil, fmt.Errorf("WIT has no types of the kind %v", t.Kind)
}

func (d *witDecoder) record(t *ValueType) (wit.Kind, error) {
	k := wit.Record{Fields: make([]wit.Field, len(t.Fields))}
	for i, f := range t.Fields {
		ty, err := d.valType(f.Type)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		k.Fields[i] = wit.Field{Name: f.Name, Type: ty}
	}
	return k, nil
}

func (d *witDecoder) variant(t *ValueType) (wit.Kind, error) {
	k := wit.Variant{Cases: make([]wit.Case, len(t.Fields))}
	for i, f := range t.Fields {
		ty, err := d.optType(f.Type)
		if err != nil {
			return nil, fmt.Errorf("case %s: %w", f.Name, err)
		}
		k.Cases[i] = wit.Case{Name: f.Name, Type: ty}
	}
	return k, nil
}

func (d *witDecoder) tuple(t *ValueType) (wit.Kind, error) {
	k := wit.Tuple{Types: make([]wit.Type, len(t.Fields))}
	for i, f := range t.Fields {
		ty, err := d.valType(f.Type)
		if err != nil {
			return nil, err
		}
		k.Types[i] = ty
	}
	return k, nil
}

// function decodes a function of an interface or world.
func (d *witDecoder) function(name ExternName, t *FuncType, owner wit.Owner) (*wit.Function, error) {
	f := &wit.Function{Name: name.Name, Async: t.Async, Resource: wit.NoType, ExternalID: externalID(name)}
	if err := d.functionKind(f, owner); err != nil {
		return nil, err
	}
	for _, p := range t.Params {
		ty, err := d.valType(p.Type)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", p.Name, err)
		}
		f.Params = append(f.Params, wit.Param{Name: p.Name, Type: ty})
	}
	var err error
	if f.Result, err = d.optType(t.Result); err != nil {
		return nil, fmt.Errorf("result: %w", err)
	}
	return f, nil
}

// functionKind finds out from a function's name how it hangs on a resource.
func (d *witDecoder) functionKind(f *wit.Function, owner wit.Owner) error {
	annotation, rest := cutAny(f.Name, annotConstructor, annotMethod, annotStatic)
	accessor, rest := cutAny(rest, annotGet, annotSet)
	switch accessor {
	case annotGet:
		f.Accessor = wit.Getter
	case annotSet:
		f.Accessor = wit.Setter
	}
	switch annotation {
	case annotConstructor:
		f.Kind = wit.Constructor
	case annotMethod:
		f.Kind = wit.Method
	case annotStatic:
		f.Kind = wit.Static
	default:
		return nil
	}
	resource, _, _ := strings.Cut(rest, ".")
	id, ok := d.resources[ownedName{owner, resource}]
	if !ok {
		return fmt.Errorf("its resource %q is not defined in the same place", resource)
	}
	f.Resource = id
	return nil
}

// match connects a type that is met again with the definition it was given when
// it was met first, so that the anonymous types inside are the same ones, too.
func (d *witDecoder) match(id wit.TypeID, t *ValueType) error {
	kind := d.r.Types[id].Kind
	if alias, ok := kind.(wit.Alias); ok {
		if _, ok := alias.Target.ID(); ok || t.Kind == KindPrimitive {
			return nil
		}
	}
	parts, ok := matchingParts(kind, t)
	if !ok {
		return fmt.Errorf("it was a %v before and is a %v here, of another form", kind, t.Kind)
	}
	for _, p := range parts {
		if err := d.matchPart(p); err != nil {
			return err
		}
	}
	return nil
}

func (d *witDecoder) matchPart(p partPair) error {
	if p.is == nil && p.was == wit.None || p.is != nil && inPlace(p.is) && p.was.IsPrimitive() {
		return nil
	}
	id, ok := p.was.ID()
	if !ok || p.is == nil || inPlace(p.is) {
		return errors.New("it was made of other types before")
	}
	_, seen := d.types[p.is]
	d.types[p.is] = id
	if seen {
		return nil
	}
	return d.match(id, p.is)
}

// partPair is a part of a type as decoded before and as met again.
type partPair struct {
	was wit.Type
	is  *ValueType
}

// matchingParts pairs up what two forms of a type are made of; ok is false if
// they differ.
func matchingParts(kind wit.Kind, t *ValueType) (parts []partPair, ok bool) {
	switch k := kind.(type) {
	case wit.Record:
		ok = t.Kind == KindRecord && len(k.Fields) == len(t.Fields)
		for i := 0; ok && i < len(k.Fields); i++ {
			ok = k.Fields[i].Name == t.Fields[i].Name
			parts = append(parts, partPair{k.Fields[i].Type, t.Fields[i].Type})
		}
		return parts, ok
	case wit.Variant:
		ok = t.Kind == KindVariant && len(k.Cases) == len(t.Fields)
		for i := 0; ok && i < len(k.Cases); i++ {
			ok = k.Cases[i].Name == t.Fields[i].Name
			parts = append(parts, partPair{k.Cases[i].Type, t.Fields[i].Type})
		}
		return parts, ok
	case wit.Tuple:
		ok = t.Kind == KindTuple && len(k.Types) == len(t.Fields)
		for i := 0; ok && i < len(k.Types); i++ {
			parts = append(parts, partPair{k.Types[i], t.Fields[i].Type})
		}
		return parts, ok
	case wit.Flags:
		return nil, t.Kind == KindFlags
	case wit.Enum:
		return nil, t.Kind == KindEnum
	case wit.Handle:
		return nil, t.Kind == KindOwn || t.Kind == KindBorrow
	}
	return containedParts(kind, t)
}

func containedParts(kind wit.Kind, t *ValueType) (parts []partPair, ok bool) {
	switch k := kind.(type) {
	case wit.Option:
		return []partPair{{k.Elem, t.Elem}}, t.Kind == KindOption
	case wit.List:
		return []partPair{{k.Elem, t.Elem}}, t.Kind == KindList
	case wit.FixedList:
		return []partPair{{k.Elem, t.Elem}}, t.Kind == KindFixedList && k.Len == t.Len
	case wit.Future:
		return []partPair{{k.Elem, t.Elem}}, t.Kind == KindFuture
	case wit.Stream:
		return []partPair{{k.Elem, t.Elem}}, t.Kind == KindStream
	case wit.Map:
		return []partPair{{k.Key, t.Key}, {k.Value, t.Elem}}, t.Kind == KindMap
	case wit.Result:
		return []partPair{{k.Ok, t.Elem}, {k.Err, t.Key}}, t.Kind == KindResult
	}
	return nil, false
}
