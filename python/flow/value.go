package flow

import (
	"github.com/edgelint/edgelint/python/heap"
)

// value is what is known of a value on the stack: the things it may be. An
// empty value is unknown.
type value []*node

type nodeKind uint8

const (
	nodeObject   nodeKind = iota // a live object
	nodeConst                    // a constant of the code
	nodeSmall                    // a small int that is no object
	nodeInstance                 // some instance of the class obj
	nodeAttr                     // an attribute of something unknown
	nodeResult                   // what a call gave
	nodeUnloaded                 // a module that is not in the snapshot
	nodeAbsent                   // an attribute that a module or class lacks
	nodeItems                    // a tuple or list that the code builds
	nodeNull                     // no value: the marker that calls have
	nodeEnter                    // the method that opens a with statement's subject
	nodeLambda                   // a function that the code makes
	nodePrefix                   // a text of which the beginning is known
)

// node is one thing that a value may be.
type node struct {
	kind    nodeKind
	obj     heap.Object
	path    string
	written string
	attr    string
	small   int
	prefix  string
	items   []value
	getter  heap.Object // of nodeAttr: the property's function, if it is one
	base    value       // of nodeEnter, and of a method's call
	use     *Use
	fresh   bool // bound by an import: each load of the variable is a use
}

func one(n *node) value { return value{n} }

// object is the value's object, if it is just one.
func (v value) object() heap.Object {
	if len(v) != 1 {
		return heap.Object{}
	}
	switch v[0].kind {
	case nodeObject, nodeConst:
		return v[0].obj
	}
	return heap.Object{}
}

// isNull reports whether the value is the marker that calls have.
func (v value) isNull() bool { return len(v) == 1 && v[0].kind == nodeNull }

// integer is the value of a constant int.
func (v value) integer() (int64, bool) {
	if len(v) != 1 {
		return 0, false
	}
	switch v[0].kind {
	case nodeSmall:
		return int64(v[0].small), true
	case nodeConst:
		return v[0].obj.Int()
	}
	return 0, false
}

// text is the value of a constant str.
func (v value) text() (string, bool) {
	if len(v) != 1 || v[0].kind != nodeConst || !v[0].obj.IsStr() {
		return "", false
	}
	return v[0].obj.Text(), true
}

// mark gives the uses behind a value their role.
func (v value) mark(role Role) {
	for _, n := range v {
		n.mark(role)
	}
}

func (n *node) mark(role Role) {
	if u := n.use; u != nil && (u.Role < role || !u.consumed) {
		u.Role, u.consumed = role, true
	}
	for _, item := range n.items {
		item.mark(role)
	}
}

// same reports whether two nodes stand for the same thing.
func (n *node) same(m *node) bool {
	return n.kind == m.kind && n.obj == m.obj && n.path == m.path && n.small == m.small && n.prefix == m.prefix &&
		len(n.items) == 0 && len(m.items) == 0
}

// join is what is either of two values. Joining with the unknown keeps what is
// known: the analysis looks for what can happen.
func join(a, b value) value {
	if len(a) == 0 {
		return b
	}
	out := a[:len(a):len(a)]
	for _, n := range b {
		known := false
		for _, m := range out {
			known = known || m.same(n)
		}
		if !known && len(out) < maxAlternatives {
			out = append(out, n)
		}
	}
	return out
}
