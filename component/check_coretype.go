package component

import (
	"fmt"

	"github.com/edgelint/edgelint/component/core"
)

// Core types (Explainer.md, "Core Type Definitions").

func (c *checker) types() *core.TypeStore { return c.core.Types() }

// coreFunc is the function type of a type in the store, nil if it is no function.
func (c *checker) coreFunc(id core.TypeID) *CoreFuncType {
	if f := c.coreFuncs[id]; f != nil {
		return f
	}
	t := c.types().Type(id)
	if t.Kind != core.CompositeFunc {
		return nil
	}
	f := &CoreFuncType{FuncType: t.Func, id: id}
	c.coreFuncs[id] = f
	return f
}

// coreFuncOf is the final, unshared function type of a signature.
func (c *checker) coreFuncOf(params, results []core.ValType) *CoreFuncType {
	c.key = c.key[:0]
	for _, list := range [2][]core.ValType{params, results} {
		c.key = append(c.key, byte(len(list)))
		for _, t := range list {
			c.key = append(c.key, byte(t))
		}
	}
	if f := c.signatures[string(c.key)]; f != nil {
		return f
	}
	signature := core.FuncType{Params: params, Results: results}
	f := c.intern(core.SubType{Kind: core.CompositeFunc, Final: true, Func: signature}, core.TypeScope{})
	c.signatures[string(c.key)] = f
	return f
}

// intern puts a function type of our own making into the store. It is nil if the
// features do not have it.
func (c *checker) intern(t core.SubType, scope core.TypeScope) *CoreFuncType {
	t.Super, t.Descriptor, t.Describes = core.NoIndex, core.NoIndex, core.NoIndex
	id, err := c.types().Intern(core.RecGroup{Types: []core.SubType{t}}, scope, c.features.Core())
	if err != nil {
		return nil
	}
	return c.coreFunc(id)
}

func (s *scope) coreType(t *CoreType) {
	if t.Module != nil {
		def := &CoreTypeDef{Module: s.writtenModuleType(t)}
		if def.Module == nil {
			def = nil
		}
		s.pushCoreType(def)
		return
	}
	base := uint32(len(s.CoreTypes))
	id, err := s.types().Intern(*t.Rec, core.TypeScope{Base: base, Lookup: s.coreTypeID}, s.features.Core())
	if err != nil {
		s.failIn(s.place(), err)
	}
	for i := range t.Rec.Types {
		if err != nil {
			s.pushCoreType(nil)
			continue
		}
		id := id + core.TypeID(i)
		s.pushCoreType(&CoreTypeDef{Type: s.types().Type(id), id: id})
	}
}

// coreTypeID is the type of an index for other core types, which cannot refer to
// module types.
func (s *scope) coreTypeID(i uint32) (core.TypeID, bool) {
	t := entry(s.CoreTypes, i)
	if t == nil || t.Module != nil {
		return 0, false
	}
	return t.id, true
}

func (s *scope) pushCoreType(t *CoreTypeDef) {
	s.CoreTypes = append(s.CoreTypes, t)
	s.limit(len(s.CoreTypes)+len(s.Types), MaxTypes, "types")
}

// moduleTypeAt is the module type behind a core type index, nil if it is unknown.
func (s *scope) moduleTypeAt(i uint32, off int64) *CoreModuleType {
	t := lookup(s, s.CoreTypes, SortCoreType, i, off)
	if t == nil {
		return nil
	}
	if t.Module == nil {
		s.fail(off, ruleIndex, "core type %d is a %v type, expected a module type", i, t.Type.Kind)
	}
	return t.Module
}

// writtenModuleType is a module type, nil if it is not valid.
func (s *scope) writtenModuleType(t *CoreType) *CoreModuleType {
	m := &moduleTypeScope{scope: s, off: t.Off, types: s.core.Declarations()}
	m.out = &CoreModuleType{w: lightest, index: map[string]int{}}
	for i := range t.Module.Decls {
		if err := m.declare(&t.Module.Decls[i]); err != nil {
			s.failIn(s.place(), err)
			return nil
		}
	}
	s.uniqueImports(m.out, t.Off)
	return m.out
}

// moduleTypeScope is a module type under way.
type moduleTypeScope struct {
	*scope
	off    int64
	types  *core.Declarations
	out    *CoreModuleType
	counts [core.ExternTag + 1]int // of imports
}

func (m *moduleTypeScope) declare(d *ModuleDecl) error {
	switch {
	case d.Import != nil:
		return m.imported(d.Import, d.Off)
	case d.Export != nil:
		return m.exported(d.Export, d.Off)
	case d.Rec != nil:
		return m.types.Define(*d.Rec)
	}
	id, err := m.aliased(&d.Alias)
	if err == nil {
		m.types.Add(id)
	}
	return err
}

// aliased is the type that an outer alias names: of the module type itself, or of
// the scopes around it.
func (m *moduleTypeScope) aliased(a *Alias) (core.TypeID, error) {
	if a.Count == 0 {
		id, ok := m.types.Type(a.Index)
		if !ok {
			return 0, m.fault(a.Off, "there is no core type %d: there are %d before", a.Index, m.types.Len())
		}
		return id, nil
	}
	from := m.scope
	for range a.Count - 1 {
		if from = from.up; from == nil {
			return 0, m.fault(a.Off, "the alias reaches %d scopes outward, but there are %d", a.Count,
				m.depth()+1)
		}
	}
	id, ok := from.coreTypeID(a.Index)
	if !ok {
		return 0, m.fault(a.Off, "there is no core type %d that is not a module type", a.Index)
	}
	return id, nil
}

func (m *moduleTypeScope) fault(off int64, format string, args ...any) error {
	return &core.Error{Offset: off, Err: fmt.Errorf(format, args...)}
}

func (m *moduleTypeScope) imported(imp *core.Import, off int64) error {
	t, err := m.types.Extern(imp.Type, off)
	if err != nil {
		return err
	}
	m.counts[t.Kind]++
	if limit := m.mostImports(t.Kind); m.counts[t.Kind] > limit {
		return m.fault(off, "more than %d imports of sort %v", limit, t.Kind)
	}
	m.out.imports = append(m.out.imports, moduleItem{imp.Module, imp.Name, t})
	return m.add(t, off)
}

func (m *moduleTypeScope) mostImports(kind core.ExternKind) int {
	features := m.features.Core()
	switch {
	case kind == core.ExternTable && features.Has(core.ReferenceTypes):
		return core.MaxTables
	case kind == core.ExternMemory && features.Has(core.MultiMemory):
		return core.MaxMemories
	case kind == core.ExternTable || kind == core.ExternMemory:
		return 1
	}
	return core.MaxFunctions
}

func (m *moduleTypeScope) exported(exp *ModuleExport, off int64) error {
	t, err := m.types.Extern(exp.Type, off)
	if err != nil {
		return err
	}
	if _, ok := m.out.index[exp.Name]; ok {
		return m.fault(off, "the export %q is declared twice", exp.Name)
	}
	m.out.index[exp.Name] = len(m.out.exports)
	m.out.exports = append(m.out.exports, moduleItem{name: exp.Name, typ: t})
	return m.add(t, off)
}

// add adds an import or export to the effective size of the module type.
func (m *moduleTypeScope) add(t core.ExternType, off int64) error {
	item := lightest
	if t.Kind == core.ExternFunc || t.Kind == core.ExternTag {
		f := m.coreFunc(core.TypeID(t.Type))
		item.size = uint32(2 + len(f.Params) + len(f.Results))
	}
	if fault := m.out.w.add(item); fault != "" {
		return m.fault(off, "%s", fault)
	}
	return nil
}
