package flow

import (
	bc "github.com/edgelint/edgelint/python/bytecode"
	"github.com/edgelint/edgelint/python/heap"
)

// machine interprets the bytecode of one code object, once from the first
// instruction to the last. Jumps forward carry the stack along; jumps back do
// not, as a loop finds the stack as it left it.
type machine struct {
	p      *Program
	fn     *Function
	env    *env
	lines  bc.LineTable
	guards *guards
	minor  int

	in      bc.Instr
	stack   []value
	dead    bool
	pending map[int][]value // stacks that jumps bring to an offset
	kwNames heap.Object     // of the call that follows (3.12)
	checked map[string]bool // "module.name" that hasattr or getattr asked for
}

// env is what names mean in a code object.
type env struct {
	globals heap.Object // dict of the module's names
	module  string      // __name__ there
	locals  []value     // by index of localsplus
	names   map[string]value
	class   heap.Object // the class whose body holds the function, if known
	outer   *env
	code    heap.Object
}

// run interprets the code of fn.
func (m *machine) run() {
	handlers := m.fn.Code.Handlers()
	entries := map[int]int{} // handler's offset to the stack's depth there
	for _, h := range handlers {
		depth := h.Depth + 1
		if h.LastI {
			depth++
		}
		entries[h.Target] = depth
	}
	m.pending = map[int][]value{}
	n := 0
	for in := range m.fn.Code.Instructions() {
		if n++; n > maxUnits {
			return
		}
		m.in = in
		m.arrive(entries)
		m.step()
		if in.Ends() {
			m.dead = true
		}
	}
}

// arrive sets the stack up for the instruction at hand.
func (m *machine) arrive(entries map[int]int) {
	at := m.in.Start
	if depth, ok := entries[at]; ok {
		m.stack = m.stack[:0]
		for range min(depth, maxStack) {
			m.push(nil)
		}
		m.dead = false
	}
	carried, ok := m.pending[at]
	if !ok {
		return
	}
	if m.dead {
		m.stack = append(m.stack[:0], carried...)
	} else if len(carried) == len(m.stack) {
		for i := range m.stack {
			m.stack[i] = join(m.stack[i], carried[i])
		}
	}
	m.dead = false
}

// carry remembers the stack for where the instruction jumps to.
func (m *machine) carry(extra ...value) {
	to, ok := m.in.Target()
	if !ok || to <= m.in.Pos || m.pending[to] != nil {
		return
	}
	m.pending[to] = append(append(make([]value, 0, len(m.stack)+len(extra)), m.stack...), extra...)
}

func (m *machine) push(v value) {
	if len(m.stack) < maxStack {
		m.stack = append(m.stack, v)
	}
}

func (m *machine) pop() value {
	if len(m.stack) == 0 {
		return nil
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return v
}

// popN takes n values and gives them in the order they were pushed.
func (m *machine) popN(n uint32) []value {
	if uint64(n) > uint64(len(m.stack)) {
		n = uint32(len(m.stack))
	}
	at := len(m.stack) - int(n)
	out := append([]value(nil), m.stack[at:]...)
	m.stack = m.stack[:at]
	return out
}

// peek is the value n places below the top, from 1.
func (m *machine) peek(n uint32) value {
	if n == 0 || uint64(n) > uint64(len(m.stack)) {
		return nil
	}
	return m.stack[len(m.stack)-int(n)]
}

// apply does what the table of effects says.
func (m *machine) apply() {
	e := effectOf(m.in, m.minor)
	role := RoleChecked
	if passes(m.in.Op) {
		role = RolePassed
	}
	arg := min(m.in.Arg, maxStack)
	for _, v := range m.popN(uint32(e.pop) + uint32(e.popArg)*arg) {
		v.mark(role)
	}
	for range e.push {
		m.push(nil)
	}
}

func (m *machine) position() Position {
	p := m.lines.At(m.in.Pos)
	return Position{
		File: m.fn.Code.File.Path, Line: p.Line, Col: p.Col + 1, EndLine: p.EndLine, EndCol: p.EndCol + 1,
	}
}

// name is a name of the code object.
func (m *machine) name() string {
	i, _ := m.in.NameIndex()
	return m.fn.Code.Object.Names().Elem(i).Text()
}

// constant is a constant of the code object.
func (m *machine) constant(i uint32) heap.Object {
	return m.fn.Code.Object.Consts().Elem(int(min(i, maxUnits)))
}
