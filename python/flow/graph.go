package flow

import (
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/heap"
)

// Reached reports whether a request can reach the function: the handler refers
// to it, or something that the handler refers to, and so on. A function that
// nothing refers to by name may still be called; a function that is reached
// may never be.
func (fn *Function) Reached() bool { return fn.root || fn.from != nil }

// Chain is a shortest way from the handler to the function, both included; nil
// if a request does not reach it.
func (fn *Function) Chain() []*Function {
	if !fn.Reached() {
		return nil
	}
	var chain []*Function
	for at := fn; at != nil; at = at.from {
		chain = append(chain, at)
	}
	for i, j := 0, len(chain)-1; i < j; i, j = i+1, j-1 {
		chain[i], chain[j] = chain[j], chain[i]
	}
	return chain
}

// follow marks what the handlers reach, nearest first.
func (p *Program) follow() {
	var queue []*Function
	for _, h := range p.snap.Handlers {
		for _, c := range h.Methods {
			if fn := p.byCode[c]; fn != nil && !fn.root {
				fn.root = true
				queue = append(queue, fn)
			}
		}
		// What else the class defines that runs without being named.
		p.expand(h.Class, nil, 0, &queue)
	}
	for len(queue) > 0 {
		fn := queue[0]
		queue = queue[1:]
		p.reach(fn, &queue)
	}
}

// reach adds what a function refers to.
func (p *Program) reach(fn *Function, queue *[]*Function) {
	for _, ref := range fn.refs {
		p.expand(ref, fn, 0, queue)
	}
	for _, c := range p.children[fn.Code] {
		p.enter(c, fn, queue)
	}
	for _, attr := range fn.attrs {
		for _, method := range p.methods[methodName{fn.Code.File.Distribution, attr}] {
			p.enter(method.Code, fn, queue)
		}
	}
}

// enter marks a code object as reached from a function.
func (p *Program) enter(c *python.Code, from *Function, queue *[]*Function) {
	fn := p.byCode[c]
	if fn == nil || fn.Reached() {
		return
	}
	if from == nil {
		fn.root = true
	} else {
		fn.from, fn.steps = from, from.steps+1
	}
	*queue = append(*queue, fn)
}

// expand finds the functions that a reference to an object may lead to: the
// function itself and what it closes over, the methods of a class that run
// without being named, what containers and instances hold.
func (p *Program) expand(o heap.Object, from *Function, depth int, queue *[]*Function) {
	if o.IsNull() || depth > maxExpandDepth || p.expanded[o] || len(p.expanded) > maxExpand {
		return
	}
	switch {
	case o.IsStr(), o.IsBytes(), o.IsInt(), o.IsNone(), o.IsFloat(), o.IsCode(), o.IsModule():
		return
	}
	p.expanded[o] = true
	next := func(inner heap.Object) { p.expand(inner, from, depth+1, queue) }
	switch {
	case o.IsFunction():
		if c := p.snap.CodeOf(o); c != nil {
			p.enter(c, from, queue)
		}
		for cell := range o.Closure().Elems() {
			next(cell.Wrapped())
		}
		next(o.Dict().Get("__wrapped__"))
	case o.IsClass():
		p.expandClass(o, next)
	case o.IsProperty():
		get, set, del := o.Accessors()
		next(get)
		next(set)
		next(del)
	case o.IsDict():
		for _, v := range o.Items() {
			next(v)
		}
	case o.IsTuple(), o.IsList(), o.IsSet():
		for e := range o.Elems() {
			next(e)
		}
	default:
		next(o.Wrapped())
		next(o.Self())
		p.expandInstance(o, next)
	}
}

// expandClass finds the methods that run when an instance is made or used
// without naming them: __init__ and the like, and those that override a method
// of a base class, which calls them.
func (p *Program) expandClass(class heap.Object, next func(heap.Object)) {
	if !class.IsHeapType() || !p.isApp(class) {
		return
	}
	for c := range class.MRO() {
		if !c.IsHeapType() || !p.isApp(c) {
			continue
		}
		for k, v := range c.Dict().Items() {
			if isDunder(k.Text()) || overridden(class, c, k.Text()) {
				next(v)
			}
		}
	}
}

// isApp reports whether a class is the app's or a distribution's.
func (p *Program) isApp(class heap.Object) bool {
	m := p.snap.Module(class.ModuleName())
	return m != nil && (m.Origin == python.OriginUser || m.Origin == python.OriginThirdParty)
}

func isDunder(name string) bool {
	return len(name) > 4 && name[:2] == "__" && name[len(name)-2:] == "__" &&
		name != "__dict__" && name != "__class__" && name != "__weakref__"
}

// overridden reports whether an ancestor of class behind c has the name.
func overridden(class, c heap.Object, name string) bool {
	behind := false
	for base := range class.MRO() {
		if behind && !base.Dict().Get(name).IsNull() {
			return true
		}
		behind = behind || base == c
	}
	return false
}

func (p *Program) expandInstance(o heap.Object, next func(heap.Object)) {
	next(o.Type())
	for _, v := range o.Attrs() {
		next(v)
	}
}
