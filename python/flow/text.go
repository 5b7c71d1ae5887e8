package flow

import bc "github.com/edgelint/edgelint/python/bytecode"

// Arguments of BINARY_OP that add.
const (
	opAdd        = 0
	opInplaceAdd = 13
)

// concatenate interprets an addition, or a formatted string: of a text that is
// put together the beginning is known if that of its first part is.
func (m *machine) concatenate() {
	parts := 2
	if m.in.Op == bc.BuildString {
		parts = int(min(m.in.Arg, maxStack))
	}
	var first value
	if at := len(m.stack) - parts; at >= 0 && parts > 0 {
		first = m.stack[at]
	}
	m.apply()
	if m.in.Op == bc.BinaryOp && m.in.Arg != opAdd && m.in.Arg != opInplaceAdd {
		return
	}
	if prefix, ok := first.prefix(); ok {
		m.pop()
		m.push(one(&node{kind: nodePrefix, prefix: prefix}))
	}
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
