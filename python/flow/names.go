package flow

import (
	"github.com/edgelint/edgelint/python/heap"
)

// use records that the code names what n stands for.
func (m *machine) use(n *node) *node {
	if len(m.fn.Uses) >= maxUses {
		return n
	}
	u := &Use{
		Position: m.position(), Written: n.written, Path: n.path, Attr: n.attr, Guard: m.guards.at(m.in.Start),
	}
	switch n.kind {
	case nodeObject:
		u.Object = n.obj
		u.Name = nameOf(n.obj)
		m.fn.refs = append(m.fn.refs, n.obj)
	case nodeAbsent:
		u.Absent = n.obj
		if m.checked[n.path] {
			u.Guard.asked = true
		}
	case nodeAttr:
		m.fn.attrs = append(m.fn.attrs, n.attr)
	}
	m.fn.Uses = append(m.fn.Uses, u)
	copied := *n
	copied.use = u
	return &copied
}

func (m *machine) loadGlobal(name string, withNull bool) {
	v := value{}
	if n := m.global(name); n != nil {
		v = one(m.use(n))
	}
	if withNull && m.minor == 12 {
		m.push(one(&node{kind: nodeNull}))
	}
	m.push(v)
	if withNull && m.minor != 12 {
		m.push(one(&node{kind: nodeNull}))
	}
}

// global is what a global name stands for, nil if nothing is known.
func (m *machine) global(name string) *node {
	obj := m.env.globals.Get(name)
	path := m.env.module + "." + name
	if obj.IsNull() {
		obj = m.p.snap.Heap().Builtins().Get(name)
		path = "builtins." + name
	}
	if obj.IsNull() {
		return nil
	}
	if obj.IsModule() {
		path = obj.Name()
	}
	return &node{kind: nodeObject, obj: obj, path: path, written: name, attr: name}
}

func (m *machine) loadName(name string) {
	if v, ok := m.env.names[name]; ok {
		m.push(v)
		return
	}
	m.loadGlobal(name, false)
}

// loadLocal loads a local variable, a cell or a free variable. Where it holds
// what an import in this function bound, that is a use.
func (m *machine) loadLocal(i uint32) {
	v := m.local(i)
	out := make(value, 0, len(v))
	for _, n := range v {
		if (n.kind == nodeObject || n.kind == nodeUnloaded) && (n.fresh || n.use == nil) {
			n = m.use(n)
		}
		out = append(out, n)
	}
	m.push(out)
}

func (m *machine) local(i uint32) value {
	if uint64(i) < uint64(len(m.env.locals)) {
		return m.env.locals[i]
	}
	return nil
}

func (m *machine) storeLocal(i uint32) {
	v := m.pop()
	v.mark(RoleStored)
	if uint64(i) >= uint64(len(m.env.locals)) {
		return
	}
	m.env.locals[i] = join(m.env.locals[i], renamed(v, m.localName(i)))
}

// renamed is the value under the name of a variable.
func renamed(v value, name string) value {
	out := make(value, 0, len(v))
	for _, n := range v {
		if n.kind == nodeNull || n.kind == nodeConst && n.obj.IsNone() {
			continue
		}
		c := *n
		if c.kind == nodeObject && (c.use == nil || c.fresh) || c.kind == nodeUnloaded {
			c.written, c.fresh = name, true
		}
		out = append(out, &c)
	}
	return out
}

func (m *machine) localName(i uint32) string {
	return m.fn.Code.Object.Locals().Elem(int(i)).Text()
}

func (m *machine) loadAttr(name string, method bool) {
	base := m.pop()
	base.mark(RoleBase)
	var v value
	for _, n := range base {
		if a := m.attribute(n, name); a != nil && len(v) < maxAlternatives {
			v = append(v, m.use(a))
		}
	}
	if len(base) == 0 {
		v = one(m.use(&node{kind: nodeAttr, attr: name, written: "(…)." + name}))
	}
	m.push(v)
	if method {
		m.push(one(&node{kind: nodeNull, base: base}))
	}
}

// attribute is what an attribute of n stands for, nil if nothing is known.
func (m *machine) attribute(n *node, name string) *node {
	a := &node{kind: nodeAttr, attr: name, written: chain(n.written, name)}
	if n.path != "" {
		a.path = chain(n.path, name)
	}
	switch n.kind {
	case nodeNull:
		return nil
	case nodeObject:
		m.objectAttribute(a, n.obj, name)
	case nodeConst:
		a.base = one(n)
	case nodeInstance:
		m.instanceAttribute(a, n.obj, name)
	case nodeUnloaded, nodeAbsent:
		a.kind = nodeAttr
	}
	return a
}

func chain(base, name string) string {
	if base == "" {
		return "(…)." + name
	}
	if len(base) > maxChain {
		return base
	}
	return base + "." + name
}

// objectAttribute resolves an attribute of a live object.
func (m *machine) objectAttribute(a *node, obj heap.Object, name string) {
	switch {
	case obj.IsModule():
		m.moduleAttribute(a, obj, name)
	case obj.IsClass():
		m.classAttribute(a, obj, name)
	case obj.Type().IsHeapType():
		if v := obj.Attr(name); !v.IsNull() && !v.IsProperty() {
			a.setObject(v)
			return
		}
		m.instanceAttribute(a, obj.Type(), name)
	}
}

func (a *node) setObject(obj heap.Object) {
	a.kind, a.obj = nodeObject, obj
	if obj.IsModule() {
		a.path = obj.Name()
	}
}

func (m *machine) moduleAttribute(a *node, module heap.Object, name string) {
	own := module.Get("__name__").Text()
	a.path = own + "." + name
	if v := module.Get(name); !v.IsNull() {
		a.setObject(v)
		return
	}
	if sub := m.p.snap.Module(own + "." + name); sub != nil {
		a.setObject(sub.Object)
		return
	}
	if m.p.knowsAll(module) {
		a.kind, a.obj = nodeAbsent, module
	}
}

func (m *machine) classAttribute(a *node, class heap.Object, name string) {
	if v := class.Lookup(name); !v.IsNull() {
		a.setObject(v)
	}
}

// instanceAttribute resolves an attribute of some instance of a class.
func (m *machine) instanceAttribute(a *node, class heap.Object, name string) {
	if v := class.Lookup(name); !v.IsNull() {
		if v.IsProperty() {
			get, _, _ := v.Accessors()
			m.fn.refs = append(m.fn.refs, get)
			return
		}
		a.setObject(v)
		return
	}
	for c := range class.MRO() {
		if known := m.p.fields[field{c, name}]; len(known) == 1 {
			written, path := a.written, a.path
			*a = *known[0]
			a.written, a.attr, a.use = written, name, nil
			if a.path == "" {
				a.path = path
			}
			return
		}
	}
}

// loadSuper resolves super().name.
func (m *machine) loadSuper(name string, method bool) {
	m.popN(3)
	a := &node{kind: nodeAttr, attr: name, written: "super()." + name}
	first := true
	for class := range m.env.class.MRO() {
		if first { // the class itself
			first = false
			continue
		}
		if v := class.Dict().Get(name); !v.IsNull() {
			a.setObject(v)
			a.path = nameOf(v)
			break
		}
	}
	m.push(one(m.use(a)))
	if method {
		m.push(one(&node{kind: nodeNull}))
	}
}

// nameOf is the name of a module, class or function, with its module.
func nameOf(o heap.Object) string {
	if w := o.Wrapped(); !w.IsNull() && !o.IsFunction() && !o.IsPartial() {
		o = w
	}
	if o.IsModule() {
		return o.Name()
	}
	name := o.QualName()
	if module := o.ModuleName(); module != "" && name != "" {
		return module + "." + name
	}
	return name
}
