// Package canonjson writes JSON whose bytes depend on the value alone: no
// white space, map keys in byte order, struct-like objects in the order given,
// characters outside the control range as they are.
//
//	data, err := canonjson.Marshal(map[string]any{"b": 1, "a": "<"})
//	// {"a":"<","b":1}
//
// It is what registries' content needs (the digest of a manifest must not
// depend on a library's version) and what encoding/json cannot be told: that
// escapes U+2028 and prints numbers its own way.
package canonjson

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Field is one member of an Object.
type Field struct {
	Name  string
	Value any
}

// Object is a JSON object whose members keep their order.
type Object []Field

// Set appends a member unless value is empty: nil, "", or a list, map or
// Object without elements.
func (o *Object) Set(name string, value any) {
	if !empty(value) {
		*o = append(*o, Field{name, value})
	}
}

func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	case []any:
		return len(v) == 0
	case map[string]string:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	case Object:
		return len(v) == 0
	}
	return false
}

// Marshal encodes nil, booleans, strings, integers, float64, json.Number,
// Object, and slices and string-keyed maps of these. Other types, strings that
// are not UTF-8, and numbers JSON does not know are errors.
func Marshal(value any) ([]byte, error) {
	return appendValue(nil, value)
}

func appendValue(dst []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case string:
		return appendString(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case float64:
		return appendFloat(dst, v)
	case json.Number:
		return append(dst, v...), nil
	case Object:
		return appendObject(dst, v)
	case []Object:
		return appendList(dst, v)
	case []string:
		return appendList(dst, v)
	case []any:
		return appendList(dst, v)
	case map[string]string:
		return appendMap(dst, v)
	case map[string]any:
		return appendMap(dst, v)
	}
	return nil, fmt.Errorf("a %T has no JSON form here", value)
}

func appendList[T any](dst []byte, list []T) (_ []byte, err error) {
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendValue(dst, v); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func appendMap[T any](dst []byte, m map[string]T) ([]byte, error) {
	fields := make(Object, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		fields = append(fields, Field{name, m[name]})
	}
	return appendObject(dst, fields)
}

func appendObject(dst []byte, fields Object) (_ []byte, err error) {
	dst = append(dst, '{')
	for i, f := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendString(dst, f.Name); err != nil {
			return nil, err
		}
		if dst, err = appendValue(append(dst, ':'), f.Value); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return append(dst, '}'), nil
}

func appendString(dst []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("%q is not UTF-8", s)
	}
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= 0x20:
			dst = append(dst, c)
		default:
			dst = appendControl(dst, c)
		}
	}
	return append(dst, '"'), nil
}

func appendControl(dst []byte, c byte) []byte {
	switch c {
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// appendFloat prints the shortest digits that read back as f, with a fraction
// or an exponent always, and the exponent from 1e16 up and below 1e-5: the form
// the Rust readers and writers of these documents use.
func appendFloat(dst []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, fmt.Errorf("%v is not a JSON number", f)
	}
	if a := math.Abs(f); a == 0 || a >= 1e-5 && a < 1e16 {
		dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
		if f == math.Trunc(f) {
			dst = append(dst, ".0"...)
		}
		return dst, nil
	}
	text := strconv.AppendFloat(nil, f, 'e', -1, 64)
	mark := slices.Index(text, 'e')
	exponent, err := strconv.Atoi(string(text[mark+1:]))
	if err != nil {
		return nil, err
	}
	return strconv.AppendInt(append(dst, text[:mark+1]...), int64(exponent), 10), nil
}
