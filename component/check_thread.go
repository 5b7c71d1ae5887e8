package component

import "github.com/edgelint/edgelint/component/core"

// Thread built-ins, and definitions whose core type is declared.

// declared is the core function of a definition whose type params and results
// are: the one that the option core-type declares, if it is given.
func (s *scope) declared(c *Canon, o *CanonOptions, params, results []core.ValType) *CoreFuncType {
	if absent(o.CoreType) {
		return s.coreFuncOf(params, results)
	}
	f := s.coreFuncTypeAt(o.CoreType, c.Off)
	if f != nil && !hasSignature(f, params, results) {
		s.fail(c.Off, ruleFlattening, "canon %s: the core-type %d is %s, expected %s",
			c.Op, o.CoreType, f.FuncType, core.FuncType{Params: params, Results: results})
		return nil
	}
	return f
}

// coreFuncTypeAt is the function type behind a core type index, nil if it is
// unknown.
func (s *scope) coreFuncTypeAt(i uint32, off int64) *CoreFuncType {
	t := lookup(s, s.CoreTypes, SortCoreType, i, off)
	if t == nil {
		return nil
	}
	if t.Module != nil || t.Type.Kind != core.CompositeFunc {
		s.fail(off, ruleCanonOption, "core type %d is not a function type", i)
		return nil
	}
	return s.coreFunc(t.id)
}

func (s *scope) threadNew(c *Canon) *CoreFuncType {
	ok := s.need(FeatureThreading, c.Off, "canon thread.new-indirect")
	f := s.coreFuncTypeAt(c.Type, c.Off)
	t := lookup(s, s.CoreTables, SortCoreTable, c.Index, c.Off)
	if !ok || f == nil || t == nil {
		return nil
	}
	is32 := hasSignature(f, oneI32, nil)
	is64 := hasSignature(f, flatI64, nil) && s.features.Has(FeatureMemory64)
	switch {
	case !is32 && !is64:
		s.fail(c.Off, ruleCanon, "canon %s: core type %d is %s, expected (func (param i32))", c.Op, c.Type,
			f.FuncType)
		return nil
	case t.Is64 && !s.need(FeatureMemory64, c.Off, "a 64-bit table"):
		return nil
	case t.Element != core.FuncRef || t.Shared:
		s.fail(c.Off, ruleCanon, "canon %s takes an unshared table of funcref", c.Op)
		return nil
	}
	return s.coreFuncOf([]core.ValType{t.IndexType(), f.Params[0]}, oneI32)
}

// sharedThreadOp is a thread built-in of the shared-everything-threads proposal.
func (s *scope) sharedThreadOp(c *Canon) *CoreFuncType {
	if !s.need(featureSharedEverything, c.Off, "canon "+c.Op.String()) {
		return nil
	}
	var params []core.ValType
	if c.Op != CanonThreadAvailableParallelism {
		if !s.spawnable(c) {
			return nil
		}
		params = []core.ValType{core.IndexedRef(c.Type, true, false), core.I32}
	}
	if c.Op == CanonThreadSpawnIndirect {
		t := lookup(s, s.CoreTables, SortCoreTable, c.Index, c.Off)
		if t == nil {
			return nil
		}
		if !t.Shared || t.Is64 || t.Element != core.AbstractRef(core.HeapFunc, true, true) {
			s.fail(c.Off, ruleCanon, "canon %s takes a shared 32-bit table of shared funcref", c.Op)
			return nil
		}
		params[0] = core.I32
	}
	return s.intern(core.SubType{
		Kind: core.CompositeFunc, Final: true, Shared: true, Func: core.FuncType{
			Params:  params,
			Results: oneI32,
		},
	}, core.TypeScope{Base: uint32(len(s.CoreTypes)), Lookup: s.coreTypeID})
}

// spawnable checks the type of the function that a shared thread runs.
func (s *scope) spawnable(c *Canon) bool {
	f := s.coreFuncTypeAt(c.Type, c.Off)
	if f == nil {
		return false
	}
	ok := s.CoreTypes[c.Type].Type.Shared && hasSignature(f, oneI32, nil)
	if !ok {
		s.fail(c.Off, ruleCanon, "canon %s: core type %d is not (shared (func (param i32)))", c.Op, c.Type)
	}
	return ok
}
