package component

import (
	"fmt"

	"github.com/edgelint/edgelint/component/core"
)

// scope is a scope under way.
type scope struct {
	*checker
	*ScopeInfo
	kind scopeKind
	up   *scope
	src  *Scope
	comp *Component // nil in types
	typ  *TypeScope // nil in components
	def  Def        // being checked
	item item       // being checked, of the definition

	imported []resourcePath
	fresh    []*Resource // that instances of the scope make

	imports, exports externs
	w                weight // of the imports and exports
	aliasedSize      uint64 // of the types aliased from outer components
	contextType      core.ValType
	started          bool
	used             []bool // the values used so far
}

// item is an argument of an instantiation, or an export of a bag.
type item struct{ kind, name string }

type scopeKind uint8

const (
	inComponent scopeKind = iota
	inComponentType
	inInstanceType
)

func (c *checker) newScope(kind scopeKind, up *scope, src *Scope) *scope {
	s, info := &scope{}, &ScopeInfo{}
	if n := len(c.spare); n > 0 {
		s, c.spare = c.spare[n-1], c.spare[:n-1]
		info = s.ScopeInfo
		*info = ScopeInfo{}
	}
	*s = scope{
		checker: c, ScopeInfo: info, kind: kind, up: up, src: src, w: lightest,
		imports: newExterns("import", len(src.Imports)), exports: newExterns("export", len(src.Exports)),
	}
	s.allocate()
	return s
}

// allocate makes room for the index spaces, whose sizes are known.
func (s *scope) allocate() {
	for i := range s.src.spaces {
		n := len(s.src.spaces[i].defs)
		switch s.src.spaces[i].sort {
		case SortCoreFunc:
			s.CoreFuncs = make([]*CoreFuncType, 0, n)
		case SortCoreModule:
			s.CoreModules = make([]*CoreModuleType, 0, n)
		case SortCoreInstance:
			s.CoreInstances = make([]*CoreInstanceType, 0, n)
		case SortType:
			s.Types = make([]AnyType, 0, n)
		case SortFunc:
			s.Funcs = make([]*FuncType, 0, n)
		case SortInstance:
			s.Instances = make([]*InstanceType, 0, n)
		}
	}
}

func (c *checker) component(comp *Component, up *scope) *ComponentType {
	s := c.newScope(inComponent, up, &comp.Scope)
	s.comp = comp
	c.info.components[comp] = s.ScopeInfo
	s.count(comp.Range.Off)
	for _, d := range comp.Order {
		if len(c.errs) >= c.maxErrors {
			break
		}
		s.define(d)
	}
	s.def = Def{}
	s.unusedValues(comp.Range.End())
	t := s.componentType(comp.Range.End())
	t.Def = comp
	return t
}

// count notes a component or module, of which a file may hold so many.
func (s *scope) count(off int64) {
	if s.nested++; s.nested == MaxModulesAndComponents+1 {
		s.fail(off, ruleLimit, "more than %d core modules and components in one file",
			MaxModulesAndComponents)
	}
}

// define checks one definition and adds what it defines to the index spaces.
func (s *scope) define(d Def) {
	s.def, s.item = d, item{}
	i := d.Index
	switch d.Kind {
	case DefCoreModule:
		s.coreModule(s.comp.CoreModules[i])
	case DefCoreInstance:
		s.CoreInstances = append(s.CoreInstances, s.coreInstance(&s.comp.CoreInstances[i]))
		s.limit(len(s.CoreInstances)+len(s.Instances), MaxInstances, "instances")
	case DefCoreType:
		s.coreType(&s.src.CoreTypes[i])
	case DefComponent:
		s.Components = append(s.Components, s.component(s.comp.Components[i], s))
		s.limit(len(s.Components), MaxComponents, "components")
	case DefInstance:
		s.Instances = append(s.Instances, s.instance(&s.comp.Instances[i]))
		s.limit(len(s.CoreInstances)+len(s.Instances), MaxInstances, "instances")
	case DefAlias:
		s.alias(&s.src.Aliases[i])
	case DefType:
		s.Types = append(s.Types, s.typeDef(&s.src.Types[i]))
		s.limit(len(s.Types)+len(s.CoreTypes), MaxTypes, "types")
	case DefCanon:
		s.canon(&s.comp.Canons[i])
	case DefStart:
		s.start(&s.comp.Starts[i])
	case DefImport:
		s.importDef(&s.src.Imports[i])
	case DefExport:
		s.exportDef(&s.src.Exports[i])
	case DefValue:
		s.value(&s.comp.Values[i])
	}
}

// push adds an entity to the index space of its sort; nil is an unknown one.
func (s *scope) push(sort Sort, e Entity) {
	switch sort {
	case SortCoreModule:
		m, _ := e.(*CoreModuleType)
		s.CoreModules = append(s.CoreModules, m)
		s.limit(len(s.CoreModules), MaxModules, "core modules")
	case SortFunc:
		f, _ := e.(*FuncType)
		s.Funcs = append(s.Funcs, f)
		s.limit(len(s.Funcs)+len(s.CoreFuncs), MaxFunctions, "functions")
	case SortValue:
		v, _ := e.(*ValueItem)
		s.pushValue(v)
	case SortType:
		var t AnyType
		if item, ok := e.(*TypeItem); ok {
			t = item.Created
		}
		s.Types = append(s.Types, t)
		s.limit(len(s.Types)+len(s.CoreTypes), MaxTypes, "types")
	case SortComponent:
		c, _ := e.(*ComponentType)
		s.Components = append(s.Components, c)
		s.limit(len(s.Components), MaxComponents, "components")
	case SortInstance:
		i, _ := e.(*InstanceType)
		s.Instances = append(s.Instances, i)
		s.limit(len(s.CoreInstances)+len(s.Instances), MaxInstances, "instances")
	}
}

// limit reports the first definition beyond a limit.
func (s *scope) limit(n, most int, what string) {
	if n == most+1 {
		s.fail(s.offset(), ruleLimit, "more than %d %s", most, what)
	}
}

// fail records a fault of the definition at hand.
func (s *scope) fail(off int64, rule Rule, format string, args ...any) {
	s.failErr(off, rule, fmt.Errorf(format, args...))
}

func (s *scope) failErr(off int64, rule Rule, err error) {
	if len(s.errs) < s.maxErrors {
		s.errs = append(s.errs, &Error{Offset: off, Path: s.place(), Rule: rule, Err: err})
	}
}

// need reports a definition that takes a proposal which is not accepted.
func (s *scope) need(f Features, off int64, what string) bool {
	if s.features&f == f {
		return true
	}
	s.fail(off, ruleGates, "%s: the proposal %s is not enabled", what, f)
	return false
}

// offset is where the definition at hand begins.
func (s *scope) offset() int64 {
	i := s.def.Index
	switch s.def.Kind {
	case DefCoreModule:
		return s.comp.CoreModules[i].Range.Off
	case DefCoreInstance:
		return s.comp.CoreInstances[i].Off
	case DefCoreType:
		return s.src.CoreTypes[i].Off
	case DefComponent:
		return s.comp.Components[i].Range.Off
	case DefInstance:
		return s.comp.Instances[i].Off
	case DefAlias:
		return s.src.Aliases[i].Off
	case DefType:
		return s.src.Types[i].Off
	case DefCanon:
		return s.comp.Canons[i].Off
	case DefStart:
		return s.comp.Starts[i].Off
	case DefImport:
		return s.src.Imports[i].Off
	case DefExport:
		return s.src.Exports[i].Off
	case DefValue:
		return s.comp.Values[i].Off
	}
	return s.comp.Range.End()
}

// path is the place of the scope.
func (s *scope) path() string {
	if s.comp != nil {
		return s.comp.Path
	}
	return s.typ.Path()
}

// place is the path of the definition at hand.
func (s *scope) place() string {
	if s.item.kind != "" {
		return fmt.Sprintf("%s/%s %q", s.definition(), s.item.kind, s.item.name)
	}
	return s.definition()
}

func (s *scope) definition() string {
	i := s.def.Index
	switch s.def.Kind {
	case DefInvalid:
		return s.path()
	case DefImport:
		return fmt.Sprintf("%s/import %q", s.path(), s.src.Imports[i].Name.Name)
	case DefExport:
		return fmt.Sprintf("%s/export %q", s.path(), s.src.Exports[i].Name.Name)
	case DefType:
		return fmt.Sprintf("%s/type[%d]", s.path(), len(s.Types))
	}
	return fmt.Sprintf("%s/%s[%d]", s.path(), defNames[s.def.Kind], i)
}

var defNames = map[DefKind]string{
	DefCoreModule: "module", DefCoreInstance: "core instance", DefCoreType: "core type",
	DefComponent: "component",
	DefInstance:  "instance", DefAlias: "alias", DefCanon: "canon", DefStart: "start", DefValue: "value",
}
