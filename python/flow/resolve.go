package flow

import (
	"strings"

	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/heap"
)

// global is what a global name stands for, nil if nothing is known.
func (p *Program) global(globals heap.Object, module, name string) *node {
	obj := globals.Get(name)
	path := module + "." + name
	if obj.IsNull() {
		obj = p.snap.Heap().Builtins().Get(name)
		path = "builtins." + name
	}
	if obj.IsNull() {
		return nil
	}
	if named := nameOf(obj); named != "" {
		path = named
	}
	return &node{kind: nodeObject, obj: obj, path: path, written: name, attr: name}
}

// attribute is what an attribute of n stands for, nil if nothing is known.
func (p *Program) attribute(n *node, name string) *node {
	a := &node{kind: nodeAttr, attr: name, written: chain(n.written, name)}
	if n.path != "" {
		a.path = chain(n.path, name)
	}
	switch n.kind {
	case nodeNull:
		return nil
	case nodeObject:
		p.objectAttribute(a, n.obj, name)
	case nodeConst:
		a.base = one(n)
	case nodeInstance:
		p.instanceAttribute(a, n.obj, name)
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
func (p *Program) objectAttribute(a *node, obj heap.Object, name string) {
	switch {
	case obj.IsModule():
		p.moduleAttribute(a, obj, name)
	case obj.IsClass():
		p.classAttribute(a, obj, name)
	case obj.Type().IsHeapType():
		if v := obj.Attr(name); !v.IsNull() && !v.IsProperty() {
			a.setObject(v)
			return
		}
		p.instanceAttribute(a, obj.Type(), name)
	}
}

func (a *node) setObject(obj heap.Object) {
	a.kind, a.obj = nodeObject, obj
	if obj.IsModule() {
		a.path = obj.Name()
	}
}

func (p *Program) moduleAttribute(a *node, module heap.Object, name string) {
	own := module.Get("__name__").Text()
	a.path = own + "." + name
	if v := module.Get(name); !v.IsNull() {
		a.setObject(v)
		return
	}
	if sub := p.snap.Module(own + "." + name); sub != nil {
		a.setObject(sub.Object)
		return
	}
	if p.knowsAll(module) {
		a.kind, a.obj = nodeAbsent, module
	}
}

func (p *Program) classAttribute(a *node, class heap.Object, name string) {
	if v := class.Lookup(name); !v.IsNull() {
		a.setObject(v)
	}
}

// instanceAttribute resolves an attribute of some instance of a class.
// isOverridden reports whether methods give their instances an attribute, so that
// what the class has is not what they have.
func (p *Program) isOverridden(class heap.Object, name string) bool {
	for c := range class.MRO() {
		if p.assigned[field{c, name}] {
			return true
		}
	}
	return false
}

func (p *Program) instanceAttribute(a *node, class heap.Object, name string) {
	if v := class.Lookup(name); !v.IsNull() {
		if v.IsProperty() {
			a.getter, _, _ = v.Accessors()
			return
		}
		if isPlain(v) && p.isOverridden(class, name) {
			return
		}
		a.setObject(v)
		return
	}
	for c := range class.MRO() {
		if known := p.fields[field{c, name}]; len(known) == 1 {
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

// Resolve is the use of a dotted name as code at the top level of a module
// would have it now, after the module has run: "datetime.now" is
// "datetime.datetime.now". The position is for the caller to fill in.
func (p *Program) Resolve(m *python.Module, dotted string) *Use {
	first, rest, more := strings.Cut(dotted, ".")
	n := p.global(m.Globals(), m.Name, first)
	if n == nil {
		return &Use{Written: dotted}
	}
	for more {
		first, rest, more = strings.Cut(rest, ".")
		n = p.attribute(n, first)
	}
	u := &Use{Written: dotted, Path: n.path, Attr: n.attr}
	switch n.kind {
	case nodeObject:
		u.Object, u.Name = n.obj, nameOf(n.obj)
	case nodeAbsent:
		u.Absent = n.obj
	}
	return u
}
