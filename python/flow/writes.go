package flow

import (
	"slices"

	"github.com/edgelint/edgelint/python/heap"
)

// field is an attribute that methods of a class give to its instances.
type field struct {
	class heap.Object
	name  string
}

func (m *machine) storeAttr(name string) {
	target := m.pop()
	v := m.pop()
	v.mark(RolePassed)
	for _, n := range target {
		if n.kind == nodeInstance {
			m.p.assigned[field{n.obj, name}] = true
		}
		switch {
		case n.kind == nodeInstance && len(v) > 0:
			m.p.addField(field{n.obj, name}, v)
		case n.kind == nodeObject:
			m.addWrite(&Write{Target: chain(n.written, name), How: "assigned", Object: n.obj})
		}
	}
	target.mark(RoleBase)
}

// addField remembers what a method stores in an attribute of its instance.
func (p *Program) addField(f field, v value) {
	var kept value
	for _, n := range v {
		if n.kind == nodeInstance || n.kind == nodeObject && (n.obj.IsModule() || n.obj.IsClass() || n.obj.IsFunction()) {
			c := *n
			c.use = nil
			kept = append(kept, &c)
		}
	}
	if len(kept) > 0 {
		p.fields[f] = join(p.fields[f], kept)
	}
}

func (m *machine) storeSubscr() {
	m.pop().mark(RolePassed) // key
	container := m.pop()
	m.writeObject(container, "item assigned")
	container.mark(RoleBase)
	m.pop().mark(RolePassed)
}

// writeObject records a change of the live objects that a value may be.
func (m *machine) writeObject(v value, how string) {
	for _, n := range v {
		if n.kind == nodeObject && !n.obj.IsModule() {
			m.addWrite(&Write{Target: n.written, How: how, Object: n.obj})
		}
	}
}

// writeGlobal records that a global variable gets another value.
func (m *machine) writeGlobal(name, how string) {
	globals := m.env.globals
	m.p.assigned[field{globals, name}] = true
	m.addWrite(&Write{Target: name, How: how, Object: globals, Value: globals.Get(name)})
}

func (m *machine) addWrite(w *Write) {
	w.Position, w.Guard = m.position(), m.guards.at(m.in.Start)
	if len(m.fn.Writes) < maxUses {
		m.fn.Writes = append(m.fn.Writes, w)
	}
}

// mutators are the methods of list, dict, set, deque and the like that change
// the object they are called on.
var mutators = []string{
	"add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop", "popitem", "popleft",
	"put", "put_nowait", "remove", "reverse", "rotate", "setdefault", "sort", "update", "move_to_end", "subtract",
}

func isMutator(name string) bool { return slices.Contains(mutators, name) }

// mutate records the call of a mutating method on a live container.
func (m *machine) mutate(name string, self value, use *Use) {
	if !isMutator(name) || len(self) != 1 || use == nil {
		return
	}
	for _, n := range self[0].base {
		if n.kind == nodeObject && isContainer(n.obj) {
			m.addWrite(&Write{Target: n.written, How: name, Object: n.obj})
		}
	}
}

// isContainer reports whether the object is a list, dict or set, or an
// instance of one of the mutable containers of the standard library.
func isContainer(o heap.Object) bool {
	if o.IsList() || o.IsDict() || o.IsSet() && o.TypeName() == "set" {
		return true
	}
	switch nameOf(o.Type()) {
	case "collections.deque", "queue.Queue", "queue.SimpleQueue", "_queue.SimpleQueue", "builtins.bytearray",
		"asyncio.queues.Queue", "weakref.WeakValueDictionary", "weakref.WeakKeyDictionary", "array.array":
		return true
	}
	return false
}
