package component

import (
	"errors"
	"fmt"
	"slices"

	"github.com/edgelint/edgelint/component/core"
)

// Core modules and instances (Explainer.md, "Core Instance Definitions").

func (s *scope) coreModule(m *CoreModule) {
	s.count(m.Range.Off)
	s.modules = append(s.modules, m)
	s.push(SortCoreModule, orNil(s.moduleType(m)))
}

// moduleType is the type of a decoded module, nil if the module is not valid.
func (s *scope) moduleType(m *CoreModule) *CoreModuleType {
	info, err := s.module(m.Module)
	if err != nil {
		s.failIn(m.Path, err)
		return nil
	}
	t := newModuleType(m.Module, info)
	s.uniqueImports(t, m.Range.End())
	return t
}

func newModuleType(m *core.Module, info *core.Info) *CoreModuleType {
	t := &CoreModuleType{Module: m, info: info, w: lightest, index: make(map[string]int, len(m.Exports))}
	for i := range m.Exports {
		t.index[m.Exports[i].Name] = i
	}
	t.w.size = uint32(info.TypeSize())
	return t
}

// ModuleMatches checks that a core module from elsewhere can stand for one of type
// t, a type of this file: it imports no more and exports no less. It must not be
// called by several goroutines at once.
func (i *Info) ModuleMatches(m *core.Module, t *CoreModuleType) error {
	info, err := i.core.Interface(m)
	if err != nil {
		return err
	}
	return moduleSubtype(i.core.Types(), newModuleType(m, info), t)
}

// failIn records a fault inside of a core module.
func (c *checker) failIn(path string, err error) {
	if e, ok := errors.AsType[*Error](located(path, err)); ok && len(c.errs) < c.maxErrors {
		e.Rule = ruleCore
		c.errs = append(c.errs, e)
	}
}

// uniqueImports checks that a module imports each name once (Explainer.md, "Import
// and Export Definitions").
func (s *scope) uniqueImports(t *CoreModuleType, off int64) {
	seen := make(map[[2]string]struct{}, t.NumImports())
	for i := range t.NumImports() {
		module, name, _ := t.Import(i)
		key := [2]string{module, name}
		if _, ok := seen[key]; ok {
			s.fail(off, ruleUnique,
				"the module imports %q from %q twice, which a module in a component cannot", name, module)
			return
		}
		seen[key] = struct{}{}
	}
}

func (s *scope) coreInstance(in *CoreInstance) *CoreInstanceType {
	if in.Inline {
		return s.coreBag(in)
	}
	m := lookup(s, s.CoreModules, SortCoreModule, in.Module, in.Off)
	args := make(map[string]*CoreInstanceType, len(in.Args))
	for _, a := range in.Args {
		s.item = item{"argument", a.Name}
		if _, ok := args[a.Name]; ok {
			s.fail(in.Off, ruleCoreInstance, "the argument %q is given twice", a.Name)
			continue
		}
		args[a.Name] = lookup(s, s.CoreInstances, SortCoreInstance, a.Instance, in.Off)
	}
	s.item = item{}
	if m == nil {
		return nil
	}
	for i := range m.NumImports() {
		if err := s.coreArg(args, m, i); err != nil {
			s.failErr(in.Off, ruleCoreInstance, fmt.Errorf("core module %d cannot be instantiated: %w",
				in.Module, err))
			break
		}
	}
	return &CoreInstanceType{Module: m}
}

// coreArg checks that one import of a module is supplied.
func (s *scope) coreArg(args map[string]*CoreInstanceType, m *CoreModuleType, i int) error {
	module, name, want := m.Import(i)
	from, ok := args[module]
	if !ok {
		return fmt.Errorf("there is no argument for imports from %q", module)
	}
	if from == nil {
		return nil
	}
	have, ok := from.Export(name)
	switch {
	case !ok && from.has(name):
		return nil // of unknown type
	case !ok:
		return fmt.Errorf("the argument %q does not export %q", module, name)
	}
	if err := s.types().Matches(have, want); err != nil {
		return fmt.Errorf("the import %q of %q: %w", name, module, err)
	}
	return nil
}

// coreBag is a core instance made of other definitions.
func (s *scope) coreBag(in *CoreInstance) *CoreInstanceType {
	t := &CoreInstanceType{scope: s.ScopeInfo, bag: in.Exports, index: newNameIndex(len(in.Exports))}
	w := lightest
	for i := range in.Exports {
		x := &in.Exports[i]
		s.item = item{"export", x.Name}
		s.coreBagItem(x, in.Off, &w)
		if _, fresh := t.index.add(x.Name); !fresh {
			s.fail(in.Off, ruleCoreInstance, "the export %q is given twice", x.Name)
			return nil
		}
	}
	return t
}

// coreBagItem checks an export of a bag, and adds it to the bag's weight.
func (s *scope) coreBagItem(x *CoreInlineExport, off int64, w *weight) {
	if n := s.coreSize(x.Sort); uint64(x.Index) >= uint64(n) {
		s.outOfRange(x.Sort, x.Index, n, off)
	}
	item := lightest
	if f := entry(s.CoreFuncs, x.Index); f != nil && x.Sort == SortCoreFunc {
		item.size += uint32(1 + len(f.Params) + len(f.Results))
	}
	if fault := w.add(item); fault != "" {
		s.fail(off, ruleLimit, "%s", fault)
	}
	if x.Sort == SortCoreTag {
		s.need(Features(core.Exceptions), off, "a tag")
	}
}

// coreExport is an alias of an export of a core instance.
func (s *scope) coreExport(a *Alias) {
	s.pushCore(s.coreExported(a))
}

func (s *scope) coreExported(a *Alias) (sort Sort, t core.ExternType, known bool) {
	sort = a.Sort
	if a.Sort == SortCoreTag {
		s.need(Features(core.Exceptions), a.Off, "a tag")
	}
	in := lookup(s, s.CoreInstances, SortCoreInstance, a.Instance, a.Off)
	if in == nil {
		return sort, t, false
	}
	t, known = in.Export(a.Name)
	switch {
	case !known && !in.has(a.Name):
		s.fail(a.Off, ruleAlias, "core instance %d does not export %q", a.Instance, a.Name)
	case known && t.Kind != core.ExternKind(sort-SortCoreFunc):
		s.fail(a.Off, ruleAlias, "the export %q of core instance %d is a %v, not a %s", a.Name, a.Instance,
			t.Kind, sort)
		known = false
	}
	return sort, t, known
}

// pushCore adds a core item to the index space of its sort.
func (s *scope) pushCore(sort Sort, t core.ExternType, known bool) {
	var f *CoreFuncType
	if known && (sort == SortCoreFunc || sort == SortCoreTag) {
		f = s.coreFunc(core.TypeID(t.Type))
	}
	switch sort {
	case SortCoreFunc:
		s.CoreFuncs = append(s.CoreFuncs, f)
		s.limit(len(s.Funcs)+len(s.CoreFuncs), MaxFunctions, "functions")
	case SortCoreTag:
		s.CoreTags = append(s.CoreTags, f)
	case SortCoreTable:
		s.CoreTables = append(s.CoreTables, ifKnown(t.Table, known))
	case SortCoreMemory:
		s.CoreMemories = append(s.CoreMemories, ifKnown(t.Memory, known))
	case SortCoreGlobal:
		s.CoreGlobals = append(s.CoreGlobals, ifKnown(t.Global, known))
	case SortCoreInstance:
		s.CoreInstances = append(s.CoreInstances, nil)
	}
}

func ifKnown[T any](v T, known bool) *T {
	if !known {
		return nil
	}
	return &v
}

func (s *scope) coreFuncAt(i uint32, off int64) *CoreFuncType {
	return lookup(s, s.CoreFuncs, SortCoreFunc, i, off)
}

func hasSignature(f *CoreFuncType, params, results []core.ValType) bool {
	return slices.Equal(f.Params, params) && slices.Equal(f.Results, results)
}

// moduleSubtype checks that a module of type a can stand for one of type b: it
// imports no more and exports no less.
func moduleSubtype(types *core.TypeStore, a, b *CoreModuleType) error {
	if a == b {
		return nil
	}
	given := make(map[[2]string]core.ExternType, b.NumImports())
	for i := range b.NumImports() {
		module, name, t := b.Import(i)
		given[[2]string{module, name}] = t
	}
	for i := range a.NumImports() {
		module, name, want := a.Import(i)
		have, ok := given[[2]string{module, name}]
		if !ok {
			return fmt.Errorf("the module imports %q from %q, which is not foreseen", name, module)
		}
		if err := types.Matches(have, want); err != nil {
			return fmt.Errorf("in the import %q from %q: %w", name, module, err)
		}
	}
	for i := range b.NumExports() {
		name, want := b.ExportAt(i)
		have, ok := a.Export(name)
		if !ok {
			return fmt.Errorf("the module does not export %q", name)
		}
		if err := types.Matches(have, want); err != nil {
			return fmt.Errorf("in the export %q: %w", name, err)
		}
	}
	return nil
}
