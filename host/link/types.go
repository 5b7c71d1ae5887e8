package link

import (
	"fmt"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
)

// funcType is a function type with the resources of this instance.
func (e *env) funcType(t *component.FuncType) (*abi.FuncType, error) {
	if ft, ok := e.funcTypes[t]; ok {
		return ft, nil
	}
	params, err := e.fields(t.Params)
	if err != nil {
		return nil, err
	}
	result, err := e.valueType(t.Result)
	if err != nil {
		return nil, err
	}
	ft := abi.NewFuncType(t.Async, result, params...)
	e.funcTypes[t] = ft
	return ft, nil
}

func (e *env) fields(fields []component.ValueField) ([]abi.Field, error) {
	out := make([]abi.Field, len(fields))
	for i, f := range fields {
		t, err := e.valueType(f.Type)
		if err != nil {
			return nil, err
		}
		out[i] = abi.Field{Name: f.Name, Type: t}
	}
	return out, nil
}

// valueType is a value type with the resources of this instance; nil stays nil.
func (e *env) valueType(t *component.ValueType) (*abi.Type, error) {
	if t == nil {
		return nil, nil
	}
	if vt, ok := e.valueTypes[t]; ok {
		return vt, nil
	}
	vt, err := e.convert(t)
	if err != nil {
		return nil, err
	}
	e.valueTypes[t] = vt
	return vt, nil
}

var primitives = map[component.Prim]*abi.Type{
	component.PrimBool: abi.TypeBool, component.PrimS8: abi.TypeS8, component.PrimU8: abi.TypeU8,
	component.PrimS16: abi.TypeS16, component.PrimU16: abi.TypeU16, component.PrimS32: abi.TypeS32,
	component.PrimU32: abi.TypeU32, component.PrimS64: abi.TypeS64, component.PrimU64: abi.TypeU64,
	component.PrimF32: abi.TypeF32, component.PrimF64: abi.TypeF64, component.PrimChar: abi.TypeChar,
	component.PrimString: abi.TypeString, component.PrimErrorContext: abi.TypeErrorContext,
}

func (e *env) convert(t *component.ValueType) (*abi.Type, error) {
	fields, err := e.fields(t.Fields)
	if err != nil {
		return nil, err
	}
	elem, err := e.valueType(t.Elem)
	if err != nil {
		return nil, err
	}
	key, err := e.valueType(t.Key)
	if err != nil {
		return nil, err
	}
	switch t.Kind {
	case component.KindPrimitive:
		return primitives[t.Prim], nil
	case component.KindRecord:
		return abi.RecordOf(fields...), nil
	case component.KindVariant:
		return abi.VariantOf(fields...), nil
	case component.KindTuple:
		types := make([]*abi.Type, len(fields))
		for i, f := range fields {
			types[i] = f.Type
		}
		return abi.TupleOf(types...), nil
	case component.KindOwn, component.KindBorrow:
		return e.handleType(t)
	case component.KindFlags:
		return abi.FlagsOf(t.Labels...), nil
	case component.KindEnum:
		return abi.EnumOf(t.Labels...), nil
	}
	return convertApplied(t, elem, key)
}

func convertApplied(t *component.ValueType, elem, key *abi.Type) (*abi.Type, error) {
	switch t.Kind {
	case component.KindList:
		return abi.ListOf(elem), nil
	case component.KindFixedList:
		return abi.FixedListOf(elem, t.Len), nil
	case component.KindMap:
		return abi.MapOf(key, elem), nil
	case component.KindOption:
		return abi.OptionOf(elem), nil
	case component.KindResult:
		return abi.ResultOf(elem, key), nil
	case component.KindStream:
		return abi.StreamOf(elem), nil
	case component.KindFuture:
		return abi.FutureOf(elem), nil
	}
	return nil, fmt.Errorf("unknown type %s", t.Kind)
}

func (e *env) handleType(t *component.ValueType) (*abi.Type, error) {
	rt := e.resources[t.Resource.Resource]
	if rt == nil {
		return nil, fmt.Errorf("%s: the resource %s is not known here", e.def.Path, t.Resource.Resource)
	}
	if t.Kind == component.KindOwn {
		return abi.OwnOf(rt), nil
	}
	return abi.BorrowOf(rt), nil
}
