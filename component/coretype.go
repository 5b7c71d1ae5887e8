package component

import "github.com/edgelint/edgelint/component/core"

// CoreFuncType is the type of a core function. In one [Info], equal types are one
// pointer.
type CoreFuncType struct {
	core.FuncType

	id core.TypeID
}

// CoreTypeDef is an entry of the core type index space: a module type, or, with
// Module nil, a core type.
type CoreTypeDef struct {
	Module *CoreModuleType
	Type   core.SubType

	id core.TypeID
}

// CoreModuleType is the type of a core module: that of a module of the file, or a
// written one.
type CoreModuleType struct {
	// Module is the module that the type was derived from, nil for a written
	// type.
	Module *core.Module

	info    *core.Info // of Module
	imports []moduleItem
	exports []moduleItem
	index   map[string]int // of exports
	w       weight
}

// moduleItem is an import or export of a written module type.
type moduleItem struct {
	module, name string
	typ          core.ExternType
}

// NumImports is the number of imports.
func (t *CoreModuleType) NumImports() int {
	if t.info != nil {
		return len(t.Module.Imports)
	}
	return len(t.imports)
}

// Import is the i-th import. Type indices in it are [core.TypeID]s.
func (t *CoreModuleType) Import(i int) (module, name string, typ core.ExternType) {
	if t.info != nil {
		imp := &t.Module.Imports[i]
		return imp.Module, imp.Name, t.info.Import(i)
	}
	imp := &t.imports[i]
	return imp.module, imp.name, imp.typ
}

// NumExports is the number of exports.
func (t *CoreModuleType) NumExports() int {
	if t.info != nil {
		return len(t.Module.Exports)
	}
	return len(t.exports)
}

// ExportAt is the i-th export. Type indices in it are [core.TypeID]s.
func (t *CoreModuleType) ExportAt(i int) (name string, typ core.ExternType) {
	if t.info != nil {
		return t.Module.Exports[i].Name, t.info.Export(i)
	}
	return t.exports[i].name, t.exports[i].typ
}

// Export is the export of a name. Type indices in it are [core.TypeID]s.
func (t *CoreModuleType) Export(name string) (typ core.ExternType, ok bool) {
	i, ok := t.index[name]
	if ok {
		_, typ = t.ExportAt(i)
	}
	return typ, ok
}

// CoreInstanceType is the type of a core instance: an instance of a module, or a
// bag of exports.
type CoreInstanceType struct {
	// Module is the type of the instantiated module, nil for a bag.
	Module *CoreModuleType

	scope *ScopeInfo
	bag   []CoreInlineExport
	index nameIndex // of the bag
}

// has tells whether there is an export of a name, of whatever type.
func (t *CoreInstanceType) has(name string) bool {
	if t.Module != nil {
		_, ok := t.Module.index[name]
		return ok
	}
	_, ok := t.index.find(name)
	return ok
}

// Export is the type of an export. Type indices in it are [core.TypeID]s. It is
// false if there is no such export or its type is unknown.
func (t *CoreInstanceType) Export(name string) (typ core.ExternType, ok bool) {
	if t.Module != nil {
		return t.Module.Export(name)
	}
	i, ok := t.index.find(name)
	if !ok {
		return core.ExternType{}, false
	}
	return t.scope.coreEntity(t.bag[i].Sort, t.bag[i].Index)
}

// coreEntity is what an index of a core sort stands for, false if that is unknown.
func (s *ScopeInfo) coreEntity(sort Sort, i uint32) (t core.ExternType, ok bool) {
	t.Kind = core.ExternKind(sort - SortCoreFunc)
	switch sort {
	case SortCoreFunc:
		if f := entry(s.CoreFuncs, i); f != nil {
			t.Type, ok = uint32(f.id), true
		}
	case SortCoreTag:
		if f := entry(s.CoreTags, i); f != nil {
			t.Type, ok = uint32(f.id), true
		}
	case SortCoreTable:
		if v := entry(s.CoreTables, i); v != nil {
			t.Table, ok = *v, true
		}
	case SortCoreMemory:
		if v := entry(s.CoreMemories, i); v != nil {
			t.Memory, ok = *v, true
		}
	case SortCoreGlobal:
		if v := entry(s.CoreGlobals, i); v != nil {
			t.Global, ok = *v, true
		}
	}
	return t, ok
}

func entry[T any](space []*T, i uint32) *T {
	if uint64(i) >= uint64(len(space)) {
		return nil
	}
	return space[i]
}

// coreSize is how many entries the index space of a core sort has.
func (s *ScopeInfo) coreSize(sort Sort) int {
	switch sort {
	case SortCoreFunc:
		return len(s.CoreFuncs)
	case SortCoreTable:
		return len(s.CoreTables)
	case SortCoreMemory:
		return len(s.CoreMemories)
	case SortCoreGlobal:
		return len(s.CoreGlobals)
	case SortCoreTag:
		return len(s.CoreTags)
	}
	return 0
}
