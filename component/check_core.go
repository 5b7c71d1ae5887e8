package component

import (
	"fmt"
	"slices"

	"github.com/edgelint/edgelint/component/core"
)

// Core modules, instances and types (Explainer.md, "Core Instance Definitions").

func (s *scope) coreModule(m *CoreModule) {
	s.count(s)
	s.push(SortCoreModule, s.moduleType(m.Module))
}

// moduleType is the type of a decoded module.
func (s *scope) moduleType(m *core.Module) *CoreModuleType {
	t := &CoreModuleType{Module: m, w: lightest, exports: make(map[string]core.ExternType, len(m.Exports))}
	t.imports = slices.Clone(m.Imports)
	for i := range t.imports {
		s.resolve(m, &t.imports[i].Type)
	}
	for _, e := range m.Exports {
		x := exportedType(m, e)
		s.resolve(m, &x)
		t.exports[e.Name] = x
	}
	return t
}

// exportedType is the type of a module's export with the module's own indices.
func exportedType(m *core.Module, e core.Export) core.ExternType {
	t := core.ExternType{Kind: e.Kind, Type: core.NoIndex}
	i := uint64(e.Index)
	switch {
	case e.Kind == core.ExternFunc && i < uint64(len(m.Funcs)):
		t.Type = m.Funcs[i]
	case e.Kind == core.ExternTable && i < uint64(len(m.Tables)):
		t.Table = m.Tables[i].TableType
	case e.Kind == core.ExternMemory && i < uint64(len(m.Memories)):
		t.Memory = m.Memories[i].MemoryType
	case e.Kind == core.ExternGlobal && i < uint64(len(m.Globals)):
		t.Global = m.Globals[i].GlobalType
	case e.Kind == core.ExternTag && i < uint64(len(m.Tags)):
		t.Type = m.Tags[i].Type
	}
	return t
}

// resolve turns the type index of a function or tag into one of all modules.
func (s *scope) resolve(m *core.Module, t *core.ExternType) {
	if t.Kind != core.ExternFunc && t.Kind != core.ExternTag || uint64(t.Type) >= uint64(len(m.Types)) {
		return
	}
	t.Type = s.core.intern(m.Types[t.Type].Func).id
}

func (s *scope) coreInstance(in *CoreInstance) *CoreInstanceType {
	if in.Inline {
		return s.coreBag(in)
	}
	m := lookup(s, s.CoreModules, SortCoreModule, in.Module, in.Off)
	args := make(map[string]*CoreInstanceType, len(in.Args))
	for _, a := range in.Args {
		if _, ok := args[a.Name]; ok {
			s.fail(a.Off, ruleCoreInstance, "the argument %q is given twice", a.Name)
			continue
		}
		args[a.Name] = lookup(s, s.CoreInstances, SortCoreInstance, a.Instance, a.Off)
	}
	if m == nil {
		return nil
	}
	for _, imp := range m.imports {
		if err := s.coreArg(args, imp); err != nil {
			s.failErr(in.Off, ruleCoreInstance, fmt.Errorf("core module %d cannot be instantiated: %w", in.Module, err))
			break
		}
	}
	return &CoreInstanceType{exports: m.exports}
}

// coreArg checks that one import of a module is supplied.
func (s *scope) coreArg(args map[string]*CoreInstanceType, imp core.Import) error {
	from, ok := args[imp.Module]
	if !ok {
		return fmt.Errorf("there is no argument for imports from %q", imp.Module)
	}
	if from == nil {
		return nil
	}
	have, ok := from.exports[imp.Name]
	if !ok {
		return fmt.Errorf("the argument %q does not export %q", imp.Module, imp.Name)
	}
	if have.Kind != imp.Type.Kind {
		return fmt.Errorf("the import %q of %q is a %v, but the argument exports a %v", imp.Name, imp.Module, imp.Type.Kind, have.Kind)
	}
	return nil
}

func (s *scope) coreBag(in *CoreInstance) *CoreInstanceType {
	t := &CoreInstanceType{exports: make(map[string]core.ExternType, len(in.Exports))}
	for _, x := range in.Exports {
		if _, ok := t.exports[x.Name]; ok {
			s.fail(x.Off, ruleCoreInstance, "the export %q is given twice", x.Name)
			continue
		}
		if e, ok := s.coreEntity(x); ok {
			t.exports[x.Name] = e
		}
	}
	return t
}

// coreEntity is what an index of a core sort stands for.
func (s *scope) coreEntity(x CoreInlineExport) (t core.ExternType, ok bool) {
	t.Kind = core.ExternKind(x.Sort - SortCoreFunc)
	switch x.Sort {
	case SortCoreFunc:
		f := lookup(s, s.CoreFuncs, x.Sort, x.Index, x.Off)
		if ok = f != nil; ok {
			t.Type = f.id
		}
	case SortCoreTable:
		v := lookup(s, s.CoreTables, x.Sort, x.Index, x.Off)
		if ok = v != nil; ok {
			t.Table = *v
		}
	case SortCoreMemory:
		v := lookup(s, s.CoreMemories, x.Sort, x.Index, x.Off)
		if ok = v != nil; ok {
			t.Memory = *v
		}
	case SortCoreGlobal:
		v := lookup(s, s.CoreGlobals, x.Sort, x.Index, x.Off)
		if ok = v != nil; ok {
			t.Global = *v
		}
	case SortCoreTag:
		f := lookup(s, s.CoreTags, x.Sort, x.Index, x.Off)
		if ok = f != nil; ok {
			t.Type = f.id
		}
	}
	return t, ok
}

// coreExport is an alias of an export of a core instance.
func (s *scope) coreExport(a *Alias) {
	in := lookup(s, s.CoreInstances, SortCoreInstance, a.Instance, a.Off)
	if in == nil {
		s.pushCore(a.Sort, nil)
		return
	}
	e, ok := in.exports[a.Name]
	switch {
	case !ok:
		s.fail(a.Off, ruleAlias, "core instance %d does not export %q", a.Instance, a.Name)
	case e.Kind != core.ExternKind(a.Sort-SortCoreFunc):
		s.fail(a.Off, ruleAlias, "the export %q of core instance %d is a %v, not a %s", a.Name, a.Instance, e.Kind, a.Sort)
	default:
		s.pushCore(a.Sort, &e)
		return
	}
	s.pushCore(a.Sort, nil)
}

// pushCore adds a core item to the index space of its sort, an unknown one if t is
// nil.
func (s *scope) pushCore(sort Sort, t *core.ExternType) {
	switch sort {
	case SortCoreFunc:
		s.CoreFuncs = append(s.CoreFuncs, s.coreFunc(t))
	case SortCoreTag:
		s.CoreTags = append(s.CoreTags, s.coreFunc(t))
	case SortCoreTable:
		s.CoreTables = append(s.CoreTables, part(t, func(t *core.ExternType) *core.TableType { return &t.Table }))
	case SortCoreMemory:
		s.CoreMemories = append(s.CoreMemories, part(t, func(t *core.ExternType) *core.MemoryType { return &t.Memory }))
	case SortCoreGlobal:
		s.CoreGlobals = append(s.CoreGlobals, part(t, func(t *core.ExternType) *core.GlobalType { return &t.Global }))
	}
}

func (s *scope) coreFunc(t *core.ExternType) *CoreFuncType {
	if t == nil || uint64(t.Type) >= uint64(len(s.core.types)) {
		return nil
	}
	return s.core.types[t.Type]
}

func part[T any](t *core.ExternType, of func(*core.ExternType) *T) *T {
	if t == nil {
		return nil
	}
	v := *of(t)
	return &v
}

func (s *scope) coreType(t *CoreType) {
	if t.Module != nil {
		s.coreTypes = append(s.coreTypes, coreTypeDef{module: s.writtenModuleType(t.Module)})
		return
	}
	for _, sub := range t.Rec.Types {
		var def coreTypeDef
		if sub.Kind == core.CompositeFunc {
			def.fn = s.core.intern(sub.Func)
		}
		s.coreTypes = append(s.coreTypes, def)
	}
}

// coreTypeDef is an entry of the core type index space.
type coreTypeDef struct {
	module *CoreModuleType
	fn     *CoreFuncType
}

func (d coreTypeDef) known() bool { return d.module != nil || d.fn != nil }

func (s *scope) writtenModuleType(m *ModuleType) *CoreModuleType {
	t := &CoreModuleType{w: lightest, exports: map[string]core.ExternType{}}
	for _, d := range m.Decls {
		if d.Export != nil {
			t.exports[d.Export.Name] = d.Export.Type
		}
	}
	return t
}

func (s *scope) pushCoreType(t coreTypeDef) { s.coreTypes = append(s.coreTypes, t) }

func lookupCoreType(s, from *scope, i uint32, off int64) coreTypeDef {
	if uint64(i) >= uint64(len(from.coreTypes)) {
		s.outOfRange(SortCoreType, i, len(from.coreTypes), off)
		return coreTypeDef{}
	}
	return from.coreTypes[i]
}

func (s *scope) moduleTypeAt(i uint32, off int64) *CoreModuleType {
	return lookupCoreType(s, s, i, off).module
}

func (s *scope) coreFuncAt(i uint32, off int64) *CoreFuncType {
	return lookup(s, s.CoreFuncs, SortCoreFunc, i, off)
}

func hasSignature(f *CoreFuncType, params, results []core.ValType) bool {
	return slices.Equal(f.Params, params) && slices.Equal(f.Results, results)
}

func (c *checker) moduleSubtype(a, b *CoreModuleType) error {
	for name, want := range b.exports {
		have, ok := a.exports[name]
		if !ok {
			return fmt.Errorf("the module does not export %q", name)
		}
		if have.Kind != want.Kind {
			return fmt.Errorf("the export %q is a %v, not a %v", name, have.Kind, want.Kind)
		}
	}
	return nil
}
