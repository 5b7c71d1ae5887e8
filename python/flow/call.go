package flow

import (
	"strings"

	bc "github.com/edgelint/edgelint/python/bytecode"
	"github.com/edgelint/edgelint/python/heap"
)

// call interprets a call: it takes the callable and the arguments, and leaves
// what is known of the result.
func (m *machine) call() {
	callee, self, args := m.takeCall()
	for _, a := range args {
		a.value.mark(RolePassed)
	}
	callee.mark(RoleCalled)
	if len(callee) == 0 {
		m.push(nil)
		return
	}
	facts := argFacts(args)
	var result value
	for _, n := range callee {
		if n.use != nil {
			n.use.Args = facts
		}
		result = join(result, m.result(n, self, args))
	}
	m.push(result)
}

// argument is an argument of a call on the stack.
type argument struct {
	name  string
	value value
}

// takeCall takes a call off the stack. What stands before the arguments are
// two values in an order that depends on the version: the callable, and either
// the object that a method is called on or a null.
func (m *machine) takeCall() (callee, self value, args []argument) {
	var names heap.Object
	switch m.in.Op {
	case bc.CallFunctionEx:
		return m.takeCallEx()
	case bc.CallKw:
		names = m.pop().object()
	default:
		names, m.kwNames = m.kwNames, heap.Object{}
	}
	values := m.popN(min(m.in.Arg, maxStack))
	positional := len(values) - names.Len()
	for i, v := range values {
		name := ""
		if i >= positional {
			name = names.Elem(i - positional).Text()
		}
		args = append(args, argument{name, v})
	}
	callee, self = m.takeCallable()
	return callee, self, args
}

func (m *machine) takeCallEx() (callee, self value, args []argument) {
	if m.minor != 12 || m.in.Arg&1 != 0 {
		m.pop().mark(RolePassed) // the mapping of keywords
	}
	sequence := m.pop()
	if len(sequence) == 1 && sequence[0].kind == nodeItems {
		for _, item := range sequence[0].items {
			args = append(args, argument{"", item})
		}
	} else {
		sequence.mark(RolePassed)
	}
	callee, self = m.takeCallable()
	return callee, self, args
}

// takeCallable takes the two values before the arguments.
func (m *machine) takeCallable() (callee, self value) {
	second, first := m.pop(), m.pop()
	if first.isNull() {
		return second, first
	}
	return first, second
}

func values(args []argument) []value {
	var out []value
	for _, a := range args {
		out = append(out, a.value)
	}
	return out
}

func argFacts(args []argument) []Arg {
	out := make([]Arg, 0, len(args))
	for _, a := range args {
		fact := Arg{Name: a.name}
		if len(a.value) == 1 {
			n := a.value[0]
			fact.Path, fact.Prefix = n.path, n.prefix
			switch n.kind {
			case nodeConst:
				fact.Const = n.obj
			case nodeObject:
				fact.Object = n.obj
			}
		}
		out = append(out, fact)
	}
	return out
}

// result is what calling n gives.
func (m *machine) result(n *node, self value, args []argument) value {
	written := n.written + "()"
	switch {
	case n.kind == nodeEnter:
		return n.base
	case n.kind == nodeObject && n.obj.IsClass():
		if n.obj == m.typeOfTypes() {
			return nil
		}
		made := &node{kind: nodeInstance, obj: n.obj, path: nameOf(n.obj), written: written}
		if made.path == "contextlib.suppress" {
			made.items = values(args)
		}
		return one(made)
	case n.kind == nodeObject && n.obj.IsBuiltin():
		if v, ok := m.builtinCall(nameOf(n.obj), args); ok {
			return v
		}
	case n.kind == nodeObject && nameOf(n.obj) == "importlib.import_module":
		return m.dynamicImport(n.written, args)
	case n.kind == nodeAttr || n.kind == nodeObject && isMutator(n.attr):
		m.mutate(n.attr, self, n.use)
	}
	if n.path == "" {
		return nil
	}
	path := n.path + "()"
	if len(path) > maxChain {
		return nil
	}
	return one(&node{kind: nodeResult, path: path, written: written, use: nil})
}

func (m *machine) typeOfTypes() heap.Object { return m.env.globals.Type().Type() }

// builtinCall treats the built-in functions that reach for names.
func (m *machine) builtinCall(name string, args []argument) (value, bool) {
	switch name {
	case "builtins.getattr":
		return m.getattr(args), true
	case "builtins.hasattr":
		m.ask(args)
		return nil, true
	case "builtins.__import__":
		return m.dynamicImport("__import__", args), true
	case "builtins.isinstance", "builtins.issubclass":
		for _, a := range args {
			for _, n := range a.value {
				n.recheck()
			}
		}
	}
	return nil, false
}

// recheck takes back that a value is passed on: it is only tested for.
func (n *node) recheck() {
	if n.use != nil && n.use.Role == RolePassed {
		n.use.Role = RoleChecked
	}
	for _, item := range n.items {
		for _, inner := range item {
			inner.recheck()
		}
	}
}

// getattr resolves getattr(object, "constant").
func (m *machine) getattr(args []argument) value {
	if len(args) < 2 {
		return nil
	}
	name, ok := args[1].value.text()
	if !ok {
		return nil
	}
	var v value
	for _, n := range args[0].value {
		a := m.p.attribute(n, name)
		if a == nil || len(v) == maxAlternatives {
			continue
		}
		if len(args) > 2 && m.checked != nil {
			m.checked[a.path] = true
		}
		v = append(v, m.use(a))
	}
	args[0].value.mark(RoleBase)
	return v
}

// ask notes what hasattr asks for.
func (m *machine) ask(args []argument) {
	if len(args) != 2 {
		return
	}
	name, ok := args[1].value.text()
	if !ok {
		return
	}
	for _, n := range args[0].value {
		if a := m.p.attribute(n, name); a != nil {
			m.checked[a.path] = true
		}
	}
}

// dynamicImport treats import_module(...) and __import__(...).
func (m *machine) dynamicImport(written string, args []argument) value {
	if len(args) == 0 {
		return nil
	}
	name, ok := args[0].value.text()
	if !ok {
		m.addImport("", written)
		return nil
	}
	if strings.HasPrefix(name, ".") {
		base, known := "", false
		if len(args) > 1 {
			base, known = args[1].value.text()
		}
		if !known {
			m.addImport("", written)
			return nil
		}
		level := len(name) - len(strings.TrimLeft(name, "."))
		name = relative(base, name[level:], level)
	}
	m.addImport(name, written)
	m.importedPackages(name)
	if written == "__import__" {
		name, _, _ = strings.Cut(name, ".")
	}
	n := m.moduleNode(name)
	n.written = written + "()"
	return one(n)
}

func relative(pkg, name string, level int) string {
	for range level - 1 {
		pkg, _ = cutLast(pkg)
	}
	return pkg + "." + name
}

func cutLast(dotted string) (string, string) {
	if i := strings.LastIndexByte(dotted, '.'); i >= 0 {
		return dotted[:i], dotted[i+1:]
	}
	return "", dotted
}
