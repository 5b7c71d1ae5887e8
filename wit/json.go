package wit

import (
	"io"
	"strconv"
)

// WriteJSON writes a set as "wasm-tools component wit --json" does: an object
// with the arenas worlds, interfaces, types and packages, in which ids are the
// indices of entries. Source positions are left out.
func WriteJSON(w io.Writer, r *Resolve) error {
	var j jsonWriter
	j.open('{')
	jsonArray(&j, "worlds", r.Worlds, (*jsonWriter).world)
	jsonArray(&j, "interfaces", r.Interfaces, (*jsonWriter).iface)
	jsonArray(&j, "types", r.Types, (*jsonWriter).typeDef)
	jsonArray(&j, "packages", r.Packages, (*jsonWriter).pkg)
	j.close('}')
	j.buf = append(j.buf, '\n')
	_, err := w.Write(j.buf)
	return err
}

// jsonWriter writes JSON with two spaces of indentation. Values follow each
// other with the separators that their place needs.
type jsonWriter struct {
	buf   []byte
	depth int
	comma bool // an element stands before in this object or array
	keyed bool // a key was written, its value comes next
}

// start puts what must stand before a value or key.
func (j *jsonWriter) start() {
	if j.keyed {
		j.keyed = false
		return
	}
	if j.comma {
		j.buf = append(j.buf, ',')
	}
	j.comma = true
	if j.depth > 0 {
		j.newline()
	}
}

func (j *jsonWriter) newline() {
	j.buf = append(j.buf, '\n')
	for range j.depth {
		j.buf = append(j.buf, "  "...)
	}
}

// open begins an object or array, with the bracket given.
func (j *jsonWriter) open(bracket byte) {
	j.start()
	j.buf = append(j.buf, bracket)
	j.depth++
	j.comma = false
}

// close ends what open began.
func (j *jsonWriter) close(bracket byte) {
	j.depth--
	if j.comma {
		j.newline()
	}
	j.buf = append(j.buf, bracket)
	j.comma = true
}

// openKey begins an object that is the value of a key.
func (j *jsonWriter) openKey(name string) {
	j.key(name)
	j.open('{')
}

func (j *jsonWriter) key(name string) {
	j.string(name)
	j.buf = append(j.buf, ": "...)
	j.keyed = true
}

func (j *jsonWriter) null() {
	j.start()
	j.buf = append(j.buf, "null"...)
}

func (j *jsonWriter) number(n int) {
	j.start()
	j.buf = strconv.AppendInt(j.buf, int64(n), 10)
}

// string escapes what JSON demands and nothing else.
func (j *jsonWriter) string(s string) {
	const hex = "0123456789abcdef"
	j.start()
	j.buf = append(j.buf, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			j.buf = append(j.buf, '\\', c)
		case c == '\n':
			j.buf = append(j.buf, `\n`...)
		case c == '\r':
			j.buf = append(j.buf, `\r`...)
		case c == '\t':
			j.buf = append(j.buf, `\t`...)
		case c == '\b':
			j.buf = append(j.buf, `\b`...)
		case c == '\f':
			j.buf = append(j.buf, `\f`...)
		case c < ' ':
			j.buf = append(j.buf, `\u00`...)
			j.buf = append(j.buf, hex[c>>4], hex[c&15])
		default:
			j.buf = append(j.buf, c)
		}
	}
	j.buf = append(j.buf, '"')
}

// name writes a string, or null for "".
func (j *jsonWriter) name(s string) {
	if s == "" {
		j.null()
		return
	}
	j.string(s)
}

func (j *jsonWriter) id(id int32) {
	if id < 0 {
		j.null()
		return
	}
	j.number(int(id))
}

// tagged writes {tag: id}.
func (j *jsonWriter) tagged(tag string, id int32) {
	j.open('{')
	j.key(tag)
	j.id(id)
	j.close('}')
}

func jsonArray[T any](j *jsonWriter, key string, list []T, element func(*jsonWriter, T)) {
	j.key(key)
	j.open('[')
	for _, v := range list {
		element(j, v)
	}
	j.close(']')
}

func jsonIDs[T ~int32](j *jsonWriter, key string, ids *Ordered[string, T]) {
	j.openKey(key)
	for name, id := range ids.All() {
		j.key(name)
		j.number(int(id))
	}
	j.close('}')
}
