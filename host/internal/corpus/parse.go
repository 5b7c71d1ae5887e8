// Package corpus reads the types and values of the conformance corpus, as its
// README describes them.
package corpus

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/edgelint/edgelint/host/abi"
)

// ParseType reads a type of the corpus: the name of a primitive, or an object
// with one key, the constructor.
func ParseType(raw json.RawMessage) (*abi.Type, error) {
	var name *string
	if json.Unmarshal(raw, &name) == nil {
		if name == nil {
			return nil, nil
		}
		for _, t := range []*abi.Type{
			abi.TypeBool, abi.TypeS8, abi.TypeU8, abi.TypeS16, abi.TypeU16, abi.TypeS32, abi.TypeU32,
			abi.TypeS64, abi.TypeU64, abi.TypeF32, abi.TypeF64, abi.TypeChar, abi.TypeString,
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

func applyType(constructor string, arg json.RawMessage) (*abi.Type, error) {
	switch constructor {
	case "list", "option":
		t, err := ParseType(arg)
		if err != nil {
			return nil, err
		}
		if constructor == "list" {
			return abi.ListOf(t), nil
		}
		return abi.OptionOf(t), nil
	case "flags", "enum":
		var labels []string
		if err := json.Unmarshal(arg, &labels); err != nil {
			return nil, err
		}
		if constructor == "flags" {
			return abi.FlagsOf(labels...), nil
		}
		return abi.EnumOf(labels...), nil
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
			return abi.RecordOf(fields...), nil
		}
		return abi.VariantOf(fields...), nil
	}
	return applyPositional(constructor, arg)
}

// countedType is a type with n cases, the last one of a variant with a u32.
func countedType(constructor string, n int) *abi.Type {
	cases := make([]abi.Field, n)
	labels := make([]string, n)
	for i := range cases {
		labels[i] = "c" + strconv.Itoa(i)
		cases[i].Name = labels[i]
	}
	if constructor == "enum-n" {
		return abi.EnumOf(labels...)
	}
	cases[n-1].Type = abi.TypeU32
	return abi.VariantOf(cases...)
}

func applyPositional(constructor string, arg json.RawMessage) (*abi.Type, error) {
	var args []json.RawMessage
	if err := json.Unmarshal(arg, &args); err != nil {
		return nil, err
	}
	var types []*abi.Type
	for i, a := range args {
		if constructor == "fixed-list" && i == 1 {
			n, err := strconv.ParseUint(string(a), 10, 32)
			if err != nil {
				return nil, err
			}
			return abi.FixedListOf(types[0], uint32(n)), nil
		}
		t, err := ParseType(a)
		if err != nil {
			return nil, err
		}
		types = append(types, t)
	}
	switch constructor {
	case "tuple":
		return abi.TupleOf(types...), nil
	case "result":
		return abi.ResultOf(types[0], types[1]), nil
	case "map":
		return abi.MapOf(types[0], types[1]), nil
	}
	return nil, fmt.Errorf("unknown constructor %q", constructor)
}

func parseFields(raw json.RawMessage) ([]abi.Field, error) {
	var pairs [][2]json.RawMessage
	if err := json.Unmarshal(raw, &pairs); err != nil {
		return nil, err
	}
	var fields []abi.Field
	for _, p := range pairs {
		var f abi.Field
		if err := json.Unmarshal(p[0], &f.Name); err != nil {
			return nil, err
		}
		t, err := ParseType(p[1])
		if err != nil {
			return nil, err
		}
		f.Type = t
		fields = append(fields, f)
	}
	return fields, nil
}

// Text makes the value of a string of the corpus; [abi.String] is one.
type Text func(s string) abi.Value

// ParseValue reads a value of the corpus as a value of a type.
func ParseValue(raw json.RawMessage, t *abi.Type, text Text) (abi.Value, error) {
	var typed struct{ Value json.RawMessage }
	if err := json.Unmarshal(raw, &typed); err != nil {
		return abi.Value{}, fmt.Errorf("%w: %s", err, raw)
	}
	raw = typed.Value
	switch t.Kind {
	case abi.KindBool:
		var b bool
		err := json.Unmarshal(raw, &b)
		return abi.Bool(b), err
	case abi.KindString, abi.KindChar:
		var s string
		err := json.Unmarshal(raw, &s)
		if t.Kind == abi.KindChar {
			return abi.Char([]rune(s + "\x00")[0]), err
		}
		return text(s), err
	case abi.KindList, abi.KindFixedList, abi.KindMap, abi.KindTuple, abi.KindRecord:
		return parseElems(raw, t, text)
	case abi.KindVariant, abi.KindEnum, abi.KindOption, abi.KindResult:
		return parseCase(raw, t, text)
	case abi.KindFlags:
		var labels []string
		err := json.Unmarshal(raw, &labels)
		var bits uint32
		for _, l := range labels {
			bits |= 1 << slices.Index(t.Labels, l)
		}
		return abi.Flags(bits), err
	}
	return parseNumber(raw, t)
}

func parseNumber(raw json.RawMessage, t *abi.Type) (abi.Value, error) {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return abi.Value{}, err
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		var signed int64
		signed, err = strconv.ParseInt(s, 10, 64)
		n = uint64(signed)
	}
	return number(t.Kind, n), err
}

func number(kind abi.Kind, n uint64) abi.Value {
	switch kind {
	case abi.KindS8:
		return abi.S8(int8(n))
	case abi.KindU8:
		return abi.U8(uint8(n))
	case abi.KindS16:
		return abi.S16(int16(n))
	case abi.KindU16:
		return abi.U16(uint16(n))
	case abi.KindS32:
		return abi.S32(int32(n))
	case abi.KindU32:
		return abi.U32(uint32(n))
	case abi.KindS64:
		return abi.S64(int64(n))
	case abi.KindU64:
		return abi.U64(n)
	case abi.KindF32:
		return abi.F32(math.Float32frombits(uint32(n)))
	}
	return abi.F64(math.Float64frombits(n))
}

func parseElems(raw json.RawMessage, t *abi.Type, text Text) (abi.Value, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return abi.Value{}, err
	}
	var elems []abi.Value
	for i, p := range parts {
		elem := t.Elem
		switch t.Kind {
		case abi.KindRecord:
			var pair [2]json.RawMessage
			if err := json.Unmarshal(p, &pair); err != nil {
				return abi.Value{}, err
			}
			p, elem = pair[1], t.Fields[i].Type
		case abi.KindTuple:
			elem = t.Fields[i].Type
		}
		v, err := ParseValue(p, elem, text)
		if err != nil {
			return abi.Value{}, err
		}
		elems = append(elems, v)
	}
	switch t.Kind {
	case abi.KindRecord:
		return abi.Record(elems...), nil
	case abi.KindTuple:
		return abi.Tuple(elems...), nil
	}
	return abi.List(elems...), nil
}

func parseCase(raw json.RawMessage, t *abi.Type, text Text) (abi.Value, error) {
	label, payload := "none", raw
	switch t.Kind {
	case abi.KindEnum:
		if err := json.Unmarshal(raw, &label); err != nil {
			return abi.Value{}, err
		}
		payload = nil
	case abi.KindOption:
		if string(raw) != "null" {
			label = "some"
		}
	case abi.KindVariant:
		var c struct {
			Case    string
			Payload json.RawMessage
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			return abi.Value{}, err
		}
		label, payload = c.Case, c.Payload
	case abi.KindResult:
		var r map[string]json.RawMessage
		if err := json.Unmarshal(raw, &r); err != nil {
			return abi.Value{}, err
		}
		label = "ok"
		payload = r["Ok"]
		if e, ok := r["Err"]; ok {
			label, payload = "error", e
		}
	}
	i := slices.IndexFunc(t.Fields, func(f abi.Field) bool { return f.Name == label })
	if i < 0 {
		return abi.Value{}, fmt.Errorf("no case %q", label)
	}
	if t.Fields[i].Type == nil {
		return abi.Case(uint32(i)), nil
	}
	v, err := ParseValue(payload, t.Fields[i].Type, text)
	return abi.Case(uint32(i), v), err
}
