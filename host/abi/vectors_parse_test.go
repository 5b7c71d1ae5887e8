package abi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// parseType reads a type of the corpus: the name of a primitive, or an object
// with one key, the constructor.
func parseType(raw json.RawMessage) (*Type, error) {
	var name *string
	if json.Unmarshal(raw, &name) == nil {
		if name == nil {
			return nil, nil
		}
		for _, t := range []*Type{
			TypeBool, TypeS8, TypeU8, TypeS16, TypeU16, TypeS32, TypeU32, TypeS64, TypeU64, TypeF32, TypeF64,
			TypeChar, TypeString,
		} {
			if t.Kind.String() == *name {
				return t, nil
			}
		}
		return nil, fmt.Errorf("unknown primitive %q", *name)
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil || len(object) != 1 {
		return nil, fmt.Errorf("not a type: %s", raw)
	}
	for constructor, arg := range object {
		return applyType(constructor, arg)
	}
	return nil, nil
}

func applyType(constructor string, arg json.RawMessage) (*Type, error) {
	switch constructor {
	case "list", "option":
		t, err := parseType(arg)
		if err != nil {
			return nil, err
		}
		if constructor == "list" {
			return ListOf(t), nil
		}
		return OptionOf(t), nil
	case "flags", "enum":
		var labels []string
		if err := json.Unmarshal(arg, &labels); err != nil {
			return nil, err
		}
		if constructor == "flags" {
			return FlagsOf(labels...), nil
		}
		return EnumOf(labels...), nil
	case "enum-n", "variant-n":
		n, err := strconv.Atoi(string(arg))
		if err != nil {
			return nil, err
		}
		return countedType(constructor, n), nil
	case "record", "variant":
		fields, err := parseFields(arg)
		if err != nil {
			return nil, err
		}
		if constructor == "record" {
			return RecordOf(fields...), nil
		}
		return VariantOf(fields...), nil
	}
	return applyPositional(constructor, arg)
}

// countedType is a type with n cases, the last one of a variant with a u32.
func countedType(constructor string, n int) *Type {
	cases := make([]Field, n)
	labels := make([]string, n)
	for i := range cases {
		labels[i] = "c" + strconv.Itoa(i)
		cases[i].Name = labels[i]
	}
	if constructor == "enum-n" {
		return EnumOf(labels...)
	}
	cases[n-1].Type = TypeU32
	return VariantOf(cases...)
}

func applyPositional(constructor string, arg json.RawMessage) (*Type, error) {
	var args []json.RawMessage
	if err := json.Unmarshal(arg, &args); err != nil {
		return nil, err
	}
	var types []*Type
	for i, a := range args {
		if constructor == "fixed-list" && i == 1 {
			n, err := strconv.ParseUint(string(a), 10, 32)
			if err != nil {
				return nil, err
			}
			return FixedListOf(types[0], uint32(n)), nil
		}
		t, err := parseType(a)
		if err != nil {
			return nil, err
		}
		types = append(types, t)
	}
	switch constructor {
	case "tuple":
		return TupleOf(types...), nil
	case "result":
		return ResultOf(types[0], types[1]), nil
	case "map":
		return MapOf(types[0], types[1]), nil
	}
	return nil, fmt.Errorf("unknown constructor %q", constructor)
}

func parseFields(raw json.RawMessage) ([]Field, error) {
	var pairs [][2]json.RawMessage
	if err := json.Unmarshal(raw, &pairs); err != nil {
		return nil, err
	}
	var fields []Field
	for _, p := range pairs {
		var f Field
		if err := json.Unmarshal(p[0], &f.Name); err != nil {
			return nil, err
		}
		t, err := parseType(p[1])
		if err != nil {
			return nil, err
		}
		f.Type = t
		fields = append(fields, f)
	}
	return fields, nil
}

// parseValue reads a value of the corpus as a value of a type; its strings are
// as if they had been lifted from a memory of the given encoding.
func parseValue(raw json.RawMessage, t *Type, from Encoding) (Value, error) {
	var typed struct{ Value json.RawMessage }
	if err := json.Unmarshal(raw, &typed); err != nil {
		return Value{}, fmt.Errorf("%w: %s", err, raw)
	}
	raw = typed.Value
	switch t.Kind {
	case KindBool:
		var b bool
		err := json.Unmarshal(raw, &b)
		return Bool(b), err
	case KindString, KindChar:
		text, err := parseText(raw, from)
		if t.Kind == KindChar {
			return Char([]rune(text.s)[0]), err
		}
		return Value{kind: KindString, text: text}, err
	case KindList, KindFixedList, KindMap, KindTuple, KindRecord:
		return parseElems(raw, t, from)
	case KindVariant, KindEnum, KindOption, KindResult:
		return parseCase(raw, t, from)
	case KindFlags:
		var labels []string
		err := json.Unmarshal(raw, &labels)
		var bits uint32
		for _, l := range labels {
			bits |= 1 << slices.Index(t.Labels, l)
		}
		return Flags(bits), err
	}
	return parseNumber(raw, t)
}

func parseNumber(raw json.RawMessage, t *Type) (Value, error) {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return Value{}, err
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		var signed int64
		signed, err = strconv.ParseInt(s, 10, 64)
		n = uint64(signed)
	}
	return Value{kind: t.Kind, bits: Narrow(t, n)}, err
}

func parseElems(raw json.RawMessage, t *Type, from Encoding) (Value, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return Value{}, err
	}
	var elems []Value
	for i, p := range parts {
		elem := t.Elem
		switch t.Kind {
		case KindRecord:
			var pair [2]json.RawMessage
			if err := json.Unmarshal(p, &pair); err != nil {
				return Value{}, err
			}
			p, elem = pair[1], t.Fields[i].Type
		case KindTuple:
			elem = t.Fields[i].Type
		}
		v, err := parseValue(p, elem, from)
		if err != nil {
			return Value{}, err
		}
		elems = append(elems, v)
	}
	switch t.Kind {
	case KindRecord:
		return Record(elems...), nil
	case KindTuple:
		return Tuple(elems...), nil
	}
	return List(elems...), nil
}

func parseCase(raw json.RawMessage, t *Type, from Encoding) (Value, error) {
	label, payload := "none", raw
	switch t.Kind {
	case KindEnum:
		if err := json.Unmarshal(raw, &label); err != nil {
			return Value{}, err
		}
		payload = nil
	case KindOption:
		if string(raw) != "null" {
			label = "some"
		}
	case KindVariant:
		var c struct {
			Case    string
			Payload json.RawMessage
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			return Value{}, err
		}
		label, payload = c.Case, c.Payload
	case KindResult:
		var r map[string]json.RawMessage
		if err := json.Unmarshal(raw, &r); err != nil {
			return Value{}, err
		}
		label = "ok"
		payload = r["Ok"]
		if e, ok := r["Err"]; ok {
			label, payload = "error", e
		}
	}
	i := slices.IndexFunc(t.Fields, func(f Field) bool { return f.Name == label })
	if i < 0 {
		return Value{}, fmt.Errorf("no case %q", label)
	}
	if t.Fields[i].Type == nil {
		return Case(uint32(i)), nil
	}
	v, err := parseValue(payload, t.Fields[i].Type, from)
	return Case(uint32(i), v), err
}
