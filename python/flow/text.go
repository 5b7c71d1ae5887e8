package flow

import bc "github.com/edgelint/edgelint/python/bytecode"

// Arguments of BINARY_OP that add.
const (
	opAdd        = 0
	opInplaceAdd = 13
)

// concatenate interprets an addition, or a formatted string: of a text that is
// put together the beginning is known up to the first part that is not known whole.
func (m *machine) concatenate() {
	parts := 2
	if m.in.Op == bc.BuildString {
		parts = int(min(m.in.Arg, maxStack))
	}
	text, known := m.beginning(parts)
	m.apply()
	if m.in.Op == bc.BinaryOp && m.in.Arg != opAdd && m.in.Arg != opInplaceAdd {
		return
	}
	if known {
		m.pop()
		m.push(one(&node{kind: nodePrefix, prefix: text}))
	}
}

// beginning is what the topmost values begin with when they are put together, not
// known if the first of them is not.
func (m *machine) beginning(parts int) (text string, known bool) {
	at := len(m.stack) - parts
	if at < 0 || parts == 0 {
		return "", false
	}
	for i, part := range m.stack[at:] {
		prefix, ok := part.prefix()
		if !ok {
			return text, i > 0
		}
		if len(text)+len(prefix) > maxText {
			return text, i > 0
		}
		if text += prefix; part[0].kind == nodePrefix {
			break
		}
	}
	return text, true
}

// formatStr is the argument of FORMAT_VALUE for str(value) without a
// specification; smaller ones have no conversion.
const formatStr = 1

// format interprets the formatting of a value: a text stays as it is.
func (m *machine) format() {
	if _, ok := m.peek(1).prefix(); ok && (m.in.Op == bc.FormatSimple || m.in.Arg <= formatStr) {
		return
	}
	m.apply()
}

// prefix is what a text begins with, all of it if it is known.
func (v value) prefix() (string, bool) {
	if len(v) != 1 {
		return "", false
	}
	switch n := v[0]; n.kind {
	case nodePrefix:
		return n.prefix, true
	case nodeConst, nodeObject:
		return n.obj.Text(), n.obj.IsStr()
	}
	return "", false
}
