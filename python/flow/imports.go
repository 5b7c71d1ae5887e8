package flow

import (
	"slices"
	"strings"

	"github.com/edgelint/edgelint/python/heap"
)

// importName interprets an import statement's first half.
func (m *machine) importName() {
	fromList, level := m.pop(), m.pop()
	names := fromList.object()
	n, _ := level.integer()
	module := absolute(m.env.globals, m.name(), int(n))
	imp := m.addImport(module, "")
	for e := range names.Elems() {
		imp.Names = append(imp.Names, e.Text())
	}
	target := module
	if names.IsNull() || names.IsNone() { // import a.b binds a
		target, _, _ = strings.Cut(module, ".")
	}
	m.push(one(m.moduleNode(target)))
	m.importedPackages(module)
}

func (m *machine) addImport(module, written string) *Import {
	imp := &Import{
		Position: m.position(), Module: module, Written: written, Guard: m.guards.at(m.in.Start),
	}
	m.fn.Imports = append(m.fn.Imports, imp)
	return imp
}

// importedPackages refers to the module and the packages around it: what they
// define at top level has run already.
func (m *machine) importedPackages(module string) {
	if mod := m.p.snap.Module(module); mod != nil {
		m.fn.refs = append(m.fn.refs, mod.Object)
	}
}

func (m *machine) moduleNode(name string) *node {
	if mod := m.p.snap.Module(name); mod != nil {
		return &node{kind: nodeObject, obj: mod.Object, path: name, attr: name, fresh: true}
	}
	return &node{kind: nodeUnloaded, path: name, attr: name, fresh: true}
}

// importFrom interprets `from module import name`.
func (m *machine) importFrom() {
	name := m.name()
	base := m.peek(1)
	if len(base) != 1 {
		m.push(nil)
		return
	}
	n := base[0]
	a := &node{kind: nodeUnloaded, path: chain(n.path, name), attr: name, fresh: true}
	if n.kind == nodeObject {
		m.p.moduleAttribute(a, n.obj, name)
		if a.kind == nodeAbsent {
			m.missing(name)
		}
	}
	m.push(one(a))
}

// missing notes that the import at hand asks for a name that is not there.
func (m *machine) missing(name string) {
	if len(m.fn.Imports) == 0 {
		return
	}
	last := m.fn.Imports[len(m.fn.Imports)-1]
	if slices.Contains(last.Names, name) {
		last.Missing = append(last.Missing, name)
	}
}

// absolute is the name of a module that an import names relatively.
func absolute(globals heap.Object, name string, level int) string {
	if level <= 0 {
		return name
	}
	pkg := globals.Get("__package__").Text()
	for range level - 1 {
		i := strings.LastIndexByte(pkg, '.')
		if i < 0 {
			return name
		}
		pkg = pkg[:i]
	}
	if name == "" {
		return pkg
	}
	return pkg + "." + name
}

// knowsAll reports whether the names of a loaded module are all that it will
// ever have: it has no __getattr__.
func (p *Program) knowsAll(module heap.Object) bool {
	return module.IsModule() && module.Get("__getattr__").IsNull() && !module.Get("__name__").IsNull() &&
		module.Type().ModuleName() == "builtins"
}
