package component

import "github.com/edgelint/edgelint/component/core"

func (d *sectionDecoder) typeDef() {
	t := Type{Off: d.Offset()}
	d.readType(&t)
	d.add(SortType, DefType, len(d.scope.Types))
	d.scope.Types = append(d.scope.Types, t)
}

// readType reads a type definition (Binary.md, "deftype").
func (d *sectionDecoder) readType(t *Type) {
	switch b := d.Byte(); b {
	case 0x3f:
		t.Kind, t.Rep = KindResource, core.ReadValType(d.Reader)
		if t.HasDtor = d.Flag("the presence of a destructor"); t.HasDtor {
			t.Dtor = d.U32()
		}
	case 0x40, 0x43:
		t.Kind, t.Async = KindFunc, b == 0x43
		t.Fields = d.fields("parameters", MaxParams)
		t.Elem = d.resultList()
	case 0x41:
		t.Kind, t.Scope = KindComponent, d.typeScope(true)
	case 0x42:
		t.Kind, t.Scope = KindInstance, d.typeScope(false)
	default:
		if p := primOf(b); p != PrimNone {
			t.Kind, t.Prim = KindPrimitive, p
			return
		}
		d.definedType(t, b)
	}
}

// definedType reads the defined value types that are not primitive.
func (d *sectionDecoder) definedType(t *Type, opcode byte) {
	switch opcode {
	case 0x72:
		t.Kind, t.Fields = KindRecord, d.fields("fields of a record", MaxRecordFields)
	case 0x71:
		t.Kind, t.Fields = KindVariant, d.cases()
	case 0x70:
		t.Kind, t.Elem = KindList, d.valType()
	case 0x67:
		t.Kind, t.Elem, t.Len = KindFixedList, d.valType(), d.U32()
	case 0x63:
		t.Kind, t.Key, t.Elem = KindMap, d.valType(), d.valType()
	case 0x6f:
		t.Kind = KindTuple
		for range d.Count("elements of a tuple", MaxTupleTypes) {
			t.Fields = append(t.Fields, Field{Off: d.Offset(), Type: d.valType()})
		}
	case 0x6e:
		t.Kind, t.Labels = KindFlags, d.labels("flags", MaxFlagNames)
	case 0x6d:
		t.Kind, t.Labels = KindEnum, d.labels("cases of an enum", MaxEnumCases)
	case 0x6b:
		t.Kind, t.Elem = KindOption, d.valType()
	case 0x6a:
		t.Kind, t.Elem, t.Key = KindResult, d.optValType(), d.optValType()
	case 0x69:
		t.Kind, t.Resource = KindOwn, d.U32()
	case 0x68:
		t.Kind, t.Resource = KindBorrow, d.U32()
	case 0x66:
		t.Kind, t.Elem = KindStream, d.optValType()
	case 0x65:
		t.Kind, t.Elem = KindFuture, d.optValType()
	default:
		d.Fail(t.Off, "unknown type 0x%02x", opcode)
	}
}

func (d *sectionDecoder) fields(what string, limit int) []Field {
	n := d.Count(what, limit)
	if n == 0 {
		return nil
	}
	fields := make([]Field, 0, min(n, d.Len()))
	for range n {
		fields = append(fields, Field{Off: d.Offset(), Name: d.Name(), Type: d.valType()})
	}
	return fields
}

func (d *sectionDecoder) cases() []Field {
	var cases []Field
	for range d.Count("cases of a variant", MaxVariantCases) {
		cases = append(cases, Field{Off: d.Offset(), Name: d.Name(), Type: d.optValType()})
		if b := d.Byte(); b != 0x00 {
			d.Fail(d.Offset()-1, "byte 0x%02x behind a case, expected 0x00", b)
		}
	}
	return cases
}

func (d *sectionDecoder) labels(what string, limit int) []string {
	var labels []string
	for range d.Count(what, limit) {
		labels = append(labels, d.Name())
	}
	return labels
}

// resultList reads the result of a function: a type, or none.
func (d *sectionDecoder) resultList() ValType {
	at := d.Offset()
	switch b := d.Byte(); b {
	case 0x00:
		return d.valType()
	case 0x01:
		if n := d.Byte(); n != 0x00 {
			d.Fail(at+1, "%d named results, of which there can be none", n)
		}
	default:
		d.Fail(at, "result list 0x%02x, expected 0x00 (a type) or 0x01 (none)", b)
	}
	return ValType{}
}

func (d *sectionDecoder) optValType() ValType {
	if d.Flag("the presence of a type") {
		return d.valType()
	}
	return ValType{}
}

func (d *sectionDecoder) valType() ValType {
	if p := primOf(d.Peek()); p != PrimNone {
		d.Byte()
		return ValType{Prim: p, Valid: true}
	}
	at := d.Offset()
	i := d.S33()
	if i < 0 {
		d.Fail(at, "0x%02x is neither a primitive type nor a type index", byte(i&0x7f))
		return ValType{}
	}
	return ValType{Index: uint32(i), Valid: true}
}

// primOf is the primitive type of an opcode, PrimNone for any other byte.
func primOf(b byte) Prim {
	switch {
	case b >= 0x73 && b <= 0x7f:
		return PrimBool + Prim(0x7f-b)
	case b == 0x64:
		return PrimErrorContext
	}
	return PrimNone
}
