package flow

import (
	"strings"
	"sync"

	"github.com/edgelint/edgelint/python"
	bc "github.com/edgelint/edgelint/python/bytecode"
	"github.com/edgelint/edgelint/python/heap"
)

// Program is the analysis of one snapshot. Its methods may be called by
// several goroutines at once.
type Program struct {
	mu        sync.Mutex // held while functions are analyzed
	snap      *python.Snapshot
	functions []*Function
	byCode    map[*python.Code]*Function
	envs      map[*python.Code]*env
	owners    map[*python.Code]owner
	children  map[*python.Code][]*python.Code
	methods   map[methodName][]*Function
	fields    map[field]value
	assigned  map[field]bool // attributes of instances, and global variables by their dict
	expanded  map[heap.Object]bool
}

// methodName is the name of methods in the classes of one distribution; of the
// app itself if that is nil. An attribute of an unknown value may be any of
// them.
type methodName struct {
	dist *python.Distribution
	name string
}

// owner is the class whose dict holds a function.
type owner struct {
	class heap.Object
	kind  ownerKind
}

type ownerKind uint8

const (
	ownerNone ownerKind = iota
	ownerMethod
	ownerClassMethod
	ownerStaticMethod
)

// Analyze finds out what the app's own code, and that of the distributions it
// installed, refers to, and what of it a request can reach.
func Analyze(s *python.Snapshot) *Program {
	p := &Program{
		snap: s, byCode: map[*python.Code]*Function{}, envs: map[*python.Code]*env{},
		owners: map[*python.Code]owner{}, children: map[*python.Code][]*python.Code{},
		methods: map[methodName][]*Function{}, fields: map[field]value{}, assigned: map[field]bool{},
		expanded: map[heap.Object]bool{},
	}
	if s.Heap() == nil {
		return p
	}
	p.findOwners()
	for _, c := range s.Codes {
		if c.Parent != nil {
			p.children[c.Parent] = append(p.children[c.Parent], c)
		}
	}
	for _, c := range s.Codes { // once for what methods store in their instances
		if isCode(c, python.OriginUser) {
			p.analyze(c)
		}
	}
	clear(p.byCode)
	clear(p.envs)
	clear(p.methods)
	p.functions = nil
	for _, c := range s.Codes {
		if isCode(c, python.OriginUser) || isCode(c, python.OriginThirdParty) {
			p.analyze(c)
		}
	}
	p.follow()
	return p
}

// isCode reports whether code of an origin runs at all: functions that only
// compute annotations do not.
func isCode(c *python.Code, origin python.Origin) bool {
	return c.File.Origin == origin && c.Name() != "__annotate__"
}

// Functions are the functions of the app and of its distributions, sorted by
// file and line.
func (p *Program) Functions() []*Function { return p.functions }

// Callee is the analysis of the function that a use refers to: for a class
// that of its constructor. It is nil if that is not written in Python.
func (p *Program) Callee(u *Use) *Function {
	o := u.Object
	if o.IsClass() {
		o = o.Lookup("__init__")
	}
	for range maxExpandDepth {
		if o.IsFunction() || o.IsNull() {
			break
		}
		o = o.Wrapped()
	}
	c := p.snap.CodeOf(o)
	if c == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.analyze(c)
}

// findOwners maps methods to the class that defines them.
func (p *Program) findOwners() {
	for _, class := range p.snap.Classes {
		if class.Origin != python.OriginUser && class.Origin != python.OriginThirdParty {
			continue
		}
		for _, v := range class.Object.Dict().Items() {
			kind := ownerMethod
			switch v.TypeName() {
			case "staticmethod":
				kind = ownerStaticMethod
			case "classmethod":
				kind = ownerClassMethod
			}
			p.own(v, owner{class.Object, kind})
		}
	}
}

func (p *Program) own(v heap.Object, o owner) {
	candidates := []heap.Object{v}
	if v.IsProperty() {
		get, set, del := v.Accessors()
		candidates = []heap.Object{get, set, del}
	}
	for _, fn := range candidates {
		for range maxExpandDepth {
			if c := p.snap.CodeOf(fn); c != nil && strings.HasPrefix(c.QualName(), o.class.QualName()+".") {
				p.owners[c] = o
			}
			if fn = fn.Wrapped(); fn.IsNull() {
				break
			}
		}
	}
}

// analyze interprets a code object, after those around it.
func (p *Program) analyze(c *python.Code) *Function {
	if fn := p.byCode[c]; fn != nil {
		return fn
	}
	if len(p.functions) >= maxFunctions {
		return nil
	}
	fn := &Function{Code: c}
	p.byCode[c] = fn
	if c.Parent != nil {
		p.analyze(c.Parent)
	}
	if o := c.File.Origin; o == python.OriginUser || o == python.OriginThirdParty {
		p.functions = append(p.functions, fn)
	}
	e := p.newEnv(c)
	p.envs[c] = e
	m := &machine{
		p: p, fn: fn, env: e, lines: c.Lines(), minor: p.snap.Python.Minor, checked: map[string]bool{},
		guards: newGuards(c, e.exceptionNames(p)),
	}
	m.run()
	if p.owners[c].kind != ownerNone {
		name := methodName{c.File.Distribution, c.Name()}
		p.methods[name] = append(p.methods[name], fn)
	}
	return fn
}

// newEnv is what names mean when the code starts.
func (p *Program) newEnv(c *python.Code) *env {
	e := &env{code: c.Object, names: map[string]value{}}
	if c.Parent != nil {
		e.outer = p.envs[c.Parent]
	}
	if len(c.Functions) > 0 {
		e.globals = c.Functions[0].Globals()
	} else if e.outer != nil {
		e.globals = e.outer.globals
	} else if m := c.Module(); m != nil {
		e.globals = m.Globals()
	}
	e.module = e.globals.Get("__name__").Text()
	e.locals = make([]value, min(c.Object.Locals().Len(), maxStack))
	p.bindSelf(e, c)
	p.bindDefaults(e, c)
	p.bindFree(e, c)
	return e
}

// bindSelf binds the first parameter of a method.
func (p *Program) bindSelf(e *env, c *python.Code) {
	o := p.owners[c]
	e.class = o.class
	if c.Object.ArgCount() == 0 || len(e.locals) == 0 {
		return
	}
	first := &node{kind: nodeInstance, obj: o.class, path: nameOf(o.class), written: c.Object.Locals().Elem(0).Text()}
	switch o.kind {
	case ownerMethod:
		e.locals[0] = one(first)
	case ownerClassMethod:
		first.kind = nodeObject
		e.locals[0] = one(first)
	}
}

// bindDefaults binds parameters to what they are if the caller gives nothing: to
// objects, whose methods callers' objects have as well, not to texts and numbers,
// which say nothing of what callers give.
func (p *Program) bindDefaults(e *env, c *python.Code) {
	names := c.Object.Locals()
	for _, fn := range c.Functions[:min(1, len(c.Functions))] {
		defaults := fn.Defaults()
		start := c.Object.ArgCount() - defaults.Len()
		for i := range defaults.Len() {
			if d := defaults.Elem(i); !isPlain(d) {
				e.bindObject(start+i, names.Elem(start+i).Text(), d)
			}
		}
		for k, v := range fn.KwDefaults().Items() {
			for i := range len(e.locals) {
				if names.Elem(i).Is(k.Text()) && !isPlain(v) {
					e.bindObject(i, k.Text(), v)
				}
			}
		}
	}
}

func isPlain(o heap.Object) bool { return o.IsStr() || o.IsBytes() || o.IsInt() || o.IsFloat() }

func (e *env) bindObject(i int, name string, obj heap.Object) {
	if i < 0 || i >= len(e.locals) || obj.IsNull() || obj.IsNone() {
		return
	}
	n := &node{kind: nodeObject, obj: obj, path: nameOf(obj), written: name, attr: name}
	e.locals[i] = join(e.locals[i], one(n))
}

// bindFree binds free variables to what the cells of the live functions hold,
// and to what the code around gives them.
func (p *Program) bindFree(e *env, c *python.Code) {
	kinds, names := c.Object.LocalKinds(), c.Object.Locals()
	free := 0
	for i := range e.locals {
		if i >= len(kinds) || kinds[i]&heap.LocalFree == 0 {
			continue
		}
		name := names.Elem(i).Text()
		for _, fn := range c.Functions[:min(maxAlternatives, len(c.Functions))] {
			e.bindObject(i, name, fn.Closure().Elem(free).Wrapped())
		}
		if e.outer != nil {
			e.locals[i] = join(e.locals[i], e.outer.named(name))
		}
		if name == "__class__" && e.class.IsNull() {
			e.class = e.locals[i].object()
		}
		free++
	}
}

// named is what a variable of the code around is.
func (e *env) named(name string) value {
	names := e.code.Locals()
	for i := range e.locals {
		if names.Elem(i).Is(name) {
			return e.locals[i]
		}
	}
	return nil
}

// exceptionNames gives the names of the exceptions that a global stands for.
func (e *env) exceptionNames(p *Program) func(global string) []string {
	return func(global string) []string {
		obj := e.globals.Get(global)
		if obj.IsNull() {
			obj = p.snap.Heap().Builtins().Get(global)
		}
		switch {
		case obj.IsClass():
			return []string{obj.Name()}
		case obj.IsTuple():
			var names []string
			for o := range obj.Elems() {
				names = append(names, o.Name())
			}
			return names
		}
		return []string{global}
	}
}

// Literals yields the constant str and bytes objects of a function, each with
// the first place that loads it. Constants inside tuples have the place of the
// tuple.
func (fn *Function) Literals(yield func(Literal) bool) {
	lines := fn.Code.Lines()
	seen := map[heap.Object]bool{}
	for in := range fn.Code.Instructions() {
		if in.Op != bc.LoadConst && in.Op != bc.ReturnConst {
			continue
		}
		k := fn.Code.Object.Consts().Elem(int(min(in.Arg, maxUnits)))
		p := lines.At(in.Pos)
		at := Position{
			File: fn.Code.File.Path, Line: p.Line, Col: p.Col + 1, EndLine: p.EndLine, EndCol: p.EndCol + 1,
		}
		parts := []heap.Object{k}
		for e := range k.Elems() {
			parts = append(parts, e)
		}
		for _, o := range parts {
			if (o.IsStr() || o.IsBytes()) && !seen[o] {
				seen[o] = true
				if !yield(Literal{at, o}) {
					return
				}
			}
		}
	}
}
