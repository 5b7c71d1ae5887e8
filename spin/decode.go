package spin

import (
	"maps"
	"slices"
	"strings"
)

// decoder turns trees into typed values and gathers the faults it meets.
type decoder struct {
	file           string
	errs, warnings ErrorList
}

func (d *decoder) fail(pos Position, key, msg string) { d.failAs(KindOther, pos, key, msg) }

func (d *decoder) failAs(kind Kind, pos Position, key, msg string) {
	e := d.fault(pos, key, msg)
	e.Kind = kind
	d.errs = append(d.errs, e)
}

func (d *decoder) warn(pos Position, key, msg string) { d.warnAs(KindOther, pos, key, msg) }

func (d *decoder) warnAs(kind Kind, pos Position, key, msg string) {
	e := d.fault(pos, key, msg)
	e.Kind = kind
	d.warnings = append(d.warnings, e)
}

func (d *decoder) fault(pos Position, key, msg string) *Error {
	pos.File = d.file
	return &Error{Pos: pos, Key: key, Msg: msg}
}

// kebabRule says what [isKebab] tests.
const kebabRule = "a component's id is words joined by -, each of letters and digits of one case, as in my-app"

// isTable reports whether a value is a table, and a fault if it is not.
func (d *decoder) isTable(v *value, path string) bool {
	if v.table == nil {
		d.fail(v.pos, path, "expected a table, found "+v.kind())
	}
	return v.table != nil
}

// fields says what to do with each key of a table.
type fields map[string]func(v *value, key string)

// table decodes a table: each key by its function, and unknown keys as faults.
func (d *decoder) table(v *value, path string, fs fields) {
	if d.isTable(v, path) {
		d.keys(v.table, path, fs)
	}
}

func (d *decoder) keys(t *table, path string, fs fields) {
	for _, key := range t.keys {
		v := t.vals[key]
		full := join(path, key)
		if f, ok := fs[key]; ok {
			f(v, full)
			continue
		}
		d.failAs(KindUnknownKey, v.pos, full, unknownName("key", key, slices.Sorted(maps.Keys(fs))))
	}
}

// each decodes a table whose keys are names of the user's.
func (d *decoder) each(v *value, path string, f func(name string, v *value, key string)) {
	if !d.isTable(v, path) {
		return
	}
	for _, key := range v.table.keys {
		f(key, v.table.vals[key], join(path, key))
	}
}

func join(path, key string) string {
	if path == "" || key == "" {
		return path + key
	}
	return path + "." + key
}

// required reports a key that a table lacks.
func (d *decoder) required(v *value, path string, keys ...string) {
	if v.table == nil {
		return
	}
	for _, k := range keys {
		if v.table.vals[k] == nil {
			d.fail(v.pos, path, "the key "+k+" is missing")
		}
	}
}

// String is a string of a manifest with its place.
type String struct {
	Value string
	Pos   Position
}

func (d *decoder) string(v *value, path string) String {
	s, ok := v.scalar.(string)
	if !ok {
		d.fail(v.pos, path, "expected a string, found "+v.kind())
	}
	return String{s, v.pos}
}

// text decodes a string without its place.
func (d *decoder) text(v *value, path string) string { return d.string(v, path).Value }

func (d *decoder) optionalString(v *value, path string) *String {
	s := d.string(v, path)
	return &s
}

func (d *decoder) bool(v *value, path string) bool {
	b, ok := v.scalar.(bool)
	if !ok {
		d.fail(v.pos, path, "expected true or false, found "+v.kind())
	}
	return b
}

func (d *decoder) int(v *value, path string) int64 {
	i, ok := v.scalar.(int64)
	if !ok {
		d.fail(v.pos, path, "expected an integer, found "+v.kind())
	}
	return i
}

func (d *decoder) strings(v *value, path string) []String {
	if v.array == nil {
		d.fail(v.pos, path, "expected an array of strings, found "+v.kind())
		return nil
	}
	out := make([]String, 0, len(v.array))
	for _, e := range v.array {
		out = append(out, d.string(e, path))
	}
	return out
}

// stringMap decodes a table of strings in file order.
func (d *decoder) stringMap(v *value, path string) []Entry {
	var out []Entry
	d.each(v, path, func(name string, v *value, key string) {
		out = append(out, Entry{Name: name, Value: d.string(v, key)})
	})
	return out
}

// Entry is a key of the user's with its string.
type Entry struct {
	Name  string
	Value String
}

// snakeRule says what [decoder.declared] tests.
const snakeRule = "a variable's name is lower-case words joined by _, each beginning with a letter, as in api_token"

// declared reports a name that no variable can be declared by.
func (d *decoder) declared(name string, pos Position, key string) {
	if !areWords(name, "_") || name != strings.ToLower(name) {
		d.fail(pos, key, snakeRule)
	}
}

// labels decodes the labels of stores or databases.
func (d *decoder) labels(v *value, path string) []String {
	list := d.strings(v, path)
	for _, s := range list {
		if s.Value != "" && !isLabel(s.Value) {
			d.fail(s.Pos, path, "a label is words joined by - or _, each of letters and digits of one case, as in my-store")
		}
	}
	return list
}

// into makes a field's function that stores what decode gives.
func into[T any](dst *T, decode func(v *value, path string) T) func(*value, string) {
	return func(v *value, path string) { *dst = decode(v, path) }
}

// isKebab reports whether a name is words joined by "-", each beginning with a
// letter and all of one case.
func isKebab(name string) bool { return areWords(name, "-") }

// isLabel reports whether a name can be one of a store or database: words as in
// [isKebab], joined by "-" or by "_".
func isLabel(name string) bool { return isKebab(name) || areWords(name, "_") }

func areWords(name, separator string) bool {
	for word := range strings.SplitSeq(name, separator) {
		lower, upper := strings.ToLower(word), strings.ToUpper(word)
		if word == "" || word != lower && word != upper || word[0] >= '0' && word[0] <= '9' || !isAlphanumeric(word) {
			return false
		}
	}
	return true
}

func isAlphanumeric(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// isSnake reports whether a name is lower-case words joined by "_", the first
// beginning with a letter.
func isSnake(name string) bool {
	for word := range strings.SplitSeq(name, "_") {
		if word == "" || word != strings.ToLower(word) || !isAlphanumeric(word) {
			return false
		}
	}
	return name[0] >= 'a' && name[0] <= 'z'
}
