package flow

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
		m.fn.refs = append(m.fn.refs, n.getter)
	}
	m.fn.Uses = append(m.fn.Uses, u)
	copied := *n
	copied.use = u
	return &copied
}

func (m *machine) loadGlobal(name string, withNull bool) {
	v := value{}
	n := m.p.global(m.env.globals, m.env.module, name)
	if n != nil && !m.isAssigned(n, name) {
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

// isAssigned reports whether code assigns to a global variable that holds a text or
// number now.
func (m *machine) isAssigned(n *node, name string) bool {
	return isPlain(n.obj) && m.p.assigned[field{m.env.globals, name}]
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
		if a := m.p.attribute(n, name); a != nil && len(v) < maxAlternatives {
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
