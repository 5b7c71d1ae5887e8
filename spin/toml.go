package spin

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// MaxManifest bounds a manifest or runtime configuration, in bytes. The TOML library
// takes a time that grows with the square of the keys in one table.
const MaxManifest = 256 << 10

// value is a TOML value with its place. Exactly one of the fields behind pos says
// what it is: a table, an array, or a scalar (string, int64, float64, bool, or
// the text of a date).
type value struct {
	pos    Position
	table  *table
	array  []*value
	scalar any
}

// table is a TOML table in file order.
type table struct {
	keys []string
	vals map[string]*value
}

func newTable() *table { return &table{vals: map[string]*value{}} }

func (t *table) set(key string, v *value) {
	if _, ok := t.vals[key]; !ok {
		t.keys = append(t.keys, key)
	}
	t.vals[key] = v
}

// kind is what the value is, in words.
func (v *value) kind() string {
	switch v.scalar.(type) {
	case string:
		return "a string"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case bool:
		return "a boolean"
	case tomlDate:
		return "a date"
	}
	if v.table != nil {
		return "a table"
	}
	return "an array"
}

// tomlDate is the text of a date or time, which no manifest uses.
type tomlDate string

// parseTOML reads a document. The document is checked by the library's decoder;
// the tree, which keeps order and places, is built from its expressions.
func parseTOML(file string, data []byte) (*table, *Error) {
	if len(data) > MaxManifest {
		msg := fmt.Sprintf("the file has %d bytes, more than the %d that it may have", len(data), MaxManifest)
		return nil, &Error{Pos: Position{file, 1, 1}, Msg: msg}
	}
	var checked map[string]any
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // what some editors put first
	if err := toml.Unmarshal(data, &checked); err != nil {
		return nil, syntaxError(file, err)
	}
	b := &treeBuilder{file: file, root: newTable(), lines: lineStarts(data)}
	b.parser.Reset(data)
	b.current = b.root
	for b.parser.NextExpression() {
		b.expression(b.parser.Expression())
	}
	if err := b.parser.Error(); err != nil {
		return nil, syntaxError(file, err)
	}
	return b.root, nil
}

func syntaxError(file string, err error) *Error {
	e := &Error{Pos: Position{file, 1, 1}, Msg: strings.TrimPrefix(err.Error(), "toml: ")}
	if d, ok := err.(*toml.DecodeError); ok {
		e.Pos.Line, e.Pos.Col = d.Position()
		e.Key = strings.Join(d.Key(), ".")
	}
	return e
}

func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, c := range data {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// treeBuilder builds the tree of a document that is known to be well formed.
type treeBuilder struct {
	file    string
	parser  unstable.Parser
	root    *table
	current *table // what the last header opened
	lines   []int
}

func (b *treeBuilder) position(n *unstable.Node) Position {
	off := int(n.Raw.Offset)
	line := 0
	for lo, hi := 0, len(b.lines); lo < hi; {
		mid := (lo + hi) / 2
		if b.lines[mid] <= off {
			line, lo = mid, mid+1
		} else {
			hi = mid
		}
	}
	return Position{b.file, line + 1, off - b.lines[line] + 1}
}

func (b *treeBuilder) expression(n *unstable.Node) {
	switch n.Kind {
	case unstable.KeyValue:
		b.keyValue(b.current, n)
	case unstable.Table:
		b.current = b.header(n, false)
	case unstable.ArrayTable:
		b.current = b.header(n, true)
	}
}

// header opens the table of a [header], or a new element of a [[header]].
func (b *treeBuilder) header(n *unstable.Node, array bool) *table {
	t := b.root
	for it := n.Key(); it.Next(); {
		t = b.descend(t, it.Node(), array && it.IsLast())
	}
	return t
}

// descend is the table of a key in t, made if it is not there.
func (b *treeBuilder) descend(t *table, key *unstable.Node, newElement bool) *table {
	name := string(key.Data)
	v := t.vals[name]
	if v == nil {
		v = &value{pos: b.position(key)}
		t.set(name, v)
	}
	switch {
	case newElement:
		v.array = append(v.array, &value{pos: b.position(key), table: newTable()})
		return v.array[len(v.array)-1].table
	case len(v.array) > 0:
		last := v.array[len(v.array)-1]
		if last.table == nil {
			last.table = newTable()
		}
		return last.table
	case v.table == nil:
		v.table = newTable()
	}
	return v.table
}

func (b *treeBuilder) keyValue(t *table, n *unstable.Node) {
	for it := n.Key(); it.Next(); {
		key := it.Node()
		if it.IsLast() {
			v := b.value(n.Value())
			v.pos = b.position(key)
			t.set(string(key.Data), v)
			return
		}
		t = b.descend(t, key, false)
	}
}

func (b *treeBuilder) value(n *unstable.Node) *value {
	v := &value{pos: b.position(n)}
	text := string(n.Data)
	switch n.Kind {
	case unstable.String:
		v.scalar = text
	case unstable.Bool:
		v.scalar = text == "true"
	case unstable.Integer:
		i, _ := strconv.ParseInt(strings.TrimPrefix(text, "+"), 0, 64)
		v.scalar = i
	case unstable.Float:
		f, _ := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
		v.scalar = f
	case unstable.Array:
		v.array = []*value{}
		for it := n.Children(); it.Next(); {
			if it.Node().Kind != unstable.Comment {
				v.array = append(v.array, b.value(it.Node()))
			}
		}
	case unstable.InlineTable:
		v.table = newTable()
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				b.keyValue(v.table, it.Node())
			}
		}
	default:
		v.scalar = tomlDate(text)
	}
	return v
}
