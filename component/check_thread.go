package component

import (
	"github.com/edgelint/edgelint/component/core"
)

// declared is the core function of a definition whose type params and results
// are: the one that the option core-type declares, if it is given.
func (s *scope) declared(c *Canon, o *CanonOptions, params, results []core.ValType) *CoreFuncType {
	if absent(o.CoreType) {
		return s.coreFuncOf(params, results)
	}
	f := lookupCoreType(s, s, o.CoreType, c.Off).fn
	if f != nil && !hasSignature(f, params, results) {
		s.fail(c.Off, ruleFlattening, "canon %s: the core-type %d is %s, expected %s",
			c.Op, o.CoreType, f.FuncType, core.FuncType{Params: params, Results: results})
		return nil
	}
	return f
}

// canonCoreType checks that the option core-type names a function type.
func (s *scope) canonCoreType(i uint32, off int64) bool {
	t := lookupCoreType(s, s, i, off)
	if t.known() && t.fn == nil {
		s.fail(off, ruleCanonOption, "the core-type %d is not a function type", i)
	}
	return t.fn != nil
}

func (s *scope) threadNew(c *Canon) *CoreFuncType {
	ok := s.need(FeatureThreading, c.Off, "canon thread.new-indirect")
	f := s.threadFunc(c)
	t := lookup(s, s.CoreTables, SortCoreTable, c.Index, c.Off)
	if !ok || f == nil || t == nil {
		return nil
	}
	if t.Is64 && !s.need(FeatureMemory64, c.Off, "a 64-bit table") {
		return nil
	}
	if t.Element != core.FuncRef || t.Shared {
		s.fail(c.Off, ruleCanon, "canon thread.new-indirect takes an unshared table of funcref")
		return nil
	}
	return s.coreFuncOf([]core.ValType{t.IndexType(), f.Params[0]}, oneI32)
}

// threadFunc is the type of the function that a new thread runs.
func (s *scope) threadFunc(c *Canon) *CoreFuncType {
	t := lookupCoreType(s, s, c.Type, c.Off)
	if !t.known() {
		return nil
	}
	f := t.fn
	fits := f != nil && len(f.Params) == 1 && len(f.Results) == 0 &&
		(f.Params[0] == core.I32 || f.Params[0] == core.I64 && s.features&FeatureMemory64 != 0)
	if !fits {
		s.fail(c.Off, ruleCanon, "canon %s: core type %d is not (func (param i32))", c.Op, c.Type)
		return nil
	}
	return f
}

// sharedThreadOp is a thread built-in of the shared-everything-threads proposal.
func (s *scope) sharedThreadOp(c *Canon) *CoreFuncType {
	if !s.need(FeatureSharedEverything, c.Off, "canon "+c.Op.String()) {
		return nil
	}
	return nil
}

func (s *scope) gcSignature(*Canon, *CanonOptions, *FuncType, uint32, bool) {}

func (s *scope) gcLowered(*Canon, *CanonOptions, *FuncType) *CoreFuncType { return nil }
