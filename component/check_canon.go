package component

import (
	"github.com/edgelint/edgelint/component/core"
)

// Canonical definitions (Explainer.md, "Canonical Definitions").

// CanonInfo is a canonical definition with its operands resolved. What the
// definition has not, or could not be resolved, is nil.
type CanonInfo struct {
	Options CanonOptions
	// Func is the component function that is lifted to or lowered.
	Func *FuncType
	// Core is the core function that is lifted, or that the definition makes.
	Core *CoreFuncType
	// Resource is the operand of resource operations.
	Resource *ResourceType
	// Value is the stream or future type of their operations, and the result of
	// task.return.
	Value *ValueType
}

func (s *scope) canon(c *Canon) {
	info := &CanonInfo{}
	s.Canons = append(s.Canons, info)
	if c.Op == CanonLift {
		s.Funcs = append(s.Funcs, s.lift(c, info))
	} else {
		info.Core = s.canonCore(c, info)
		s.CoreFuncs = append(s.CoreFuncs, info.Core)
	}
	s.limit(len(s.Funcs)+len(s.CoreFuncs), MaxFunctions, "functions")
}

func (s *scope) lift(c *Canon, info *CanonInfo) *FuncType {
	t := s.funcTypeAt(c.Type, c.Off)
	f := s.coreFuncAt(c.Index, c.Off)
	info.Func, info.Core = t, f
	o, ok := s.options(c)
	info.Options = o
	if !ok || t == nil || f == nil || !s.liftingOptions(c, &o, f) || !s.asyncness(c, &o, t) {
		return t
	}
	if o.GC {
		s.checkGC(c, &o, t, f)
		return t
	}
	params, results, ok := s.liftSignature(c, &o, t)
	if ok && s.coreFuncOf(params, results) != f {
		s.fail(c.Off, ruleFlattening,
			"canon lift: core function %d has the type %s, but the function type lowers to %s",
			c.Index, f.FuncType, core.FuncType{Params: params, Results: results})
	}
	return t
}

// asyncness checks that the option async is for async function types only.
func (s *scope) asyncness(c *Canon, o *CanonOptions, t *FuncType) bool {
	if o.Async && !t.Async {
		s.fail(c.Off, ruleCanonOption, "canon %s: the option async takes an async function type", c.Op)
		return false
	}
	return true
}

// canonCore is the core function that a definition other than lift makes, nil if
// it is faulty.
func (s *scope) canonCore(c *Canon, info *CanonInfo) *CoreFuncType {
	switch c.Op {
	case CanonLower:
		return s.lower(c, info)
	case CanonResourceNew, CanonResourceRep, CanonResourceDrop:
		return s.resourceOp(c, info)
	case CanonTaskReturn:
		return s.taskReturn(c, info)
	case CanonContextGet, CanonContextSet:
		return s.contextOp(c)
	case CanonErrorContextNew, CanonErrorContextDebugMessage:
		return s.errorContextOp(c, info)
	case CanonWaitableSetWait, CanonWaitableSetPoll:
		return s.waitOp(c)
	case CanonThreadNewIndirect:
		return s.threadNew(c)
	case CanonThreadSpawnRef, CanonThreadSpawnIndirect, CanonThreadAvailableParallelism:
		return s.sharedThreadOp(c)
	}
	if c.Op >= CanonStreamNew && c.Op <= CanonFutureDropWritable || c.Op == CanonStreamForward ||
		c.Op == CanonFutureForward {
		return s.streamOp(c, info)
	}
	return s.plainBuiltin(c)
}

func (s *scope) lower(c *Canon, info *CanonInfo) *CoreFuncType {
	t := lookup(s, s.Funcs, SortFunc, c.Index, c.Off)
	info.Func = t
	o, ok := s.options(c)
	info.Options = o
	if !ok || t == nil || !s.loweringOptions(c, &o) || !s.asyncness(c, &o, t) {
		return nil
	}
	return s.lowered(c, &o, t)
}

// lowered is the core function that calls a function of type t.
func (s *scope) lowered(c *Canon, o *CanonOptions, t *FuncType) *CoreFuncType {
	if o.GC {
		f := s.coreFuncTypeAt(o.CoreType, c.Off)
		if f == nil || !s.checkGC(c, o, t, f) {
			return nil
		}
		return f
	}
	params, results, ok := s.lowerSignature(c, o, t)
	if !ok {
		return nil
	}
	return s.coreFuncOf(params, results)
}

func (s *scope) resourceOp(c *Canon, info *CanonInfo) *CoreFuncType {
	r := s.resourceAt(c.Index, c.Off)
	if r == nil {
		return nil
	}
	info.Resource = r
	if c.Op == CanonResourceDrop {
		return s.coreFuncOf([]core.ValType{core.I32}, nil)
	}
	if def := r.Resource.Def; def == nil || r.Resource.InComponent != s.comp {
		s.fail(c.Off, ruleCanon, "canon %s takes a resource that this component defines; type %d is %s", c.Op,
			c.Index, r.Resource)
		return nil
	}
	handle, rep := []core.ValType{core.I32}, []core.ValType{r.Resource.Def.Rep}
	if c.Op == CanonResourceNew {
		return s.coreFuncOf(rep, handle)
	}
	return s.coreFuncOf(handle, rep)
}

func (s *scope) taskReturn(c *Canon, info *CanonInfo) *CoreFuncType {
	ok := s.need(FeatureAsync, c.Off, "canon task.return")
	t := &FuncType{}
	if c.Result.Valid {
		v := s.valType(c.Result, c.Off)
		ok = ok && v != nil
		info.Value = v
		t.Params = []ValueField{{Name: "v", Type: v}}
		if v != nil && v.HasBorrow() {
			s.fail(c.Off, ruleCanon, "canon task.return: the result cannot hold a borrow")
			ok = false
		}
	}
	o, optsOK := s.options(c)
	info.Options = o
	if !absent(o.Realloc) {
		s.fail(c.Off, ruleCanonOption, "canon task.return cannot have the option realloc")
		return nil
	}
	if !optsOK || !ok || !s.loweringOptions(c, &o) || !s.noAsync(c, &o) {
		return nil
	}
	return s.lowered(c, &o, t)
}

func (s *scope) contextOp(c *Canon) *CoreFuncType {
	ok := s.need(FeatureAsync, c.Off, "canon "+c.Op.String())
	switch c.Core {
	case core.I32:
	case core.I64:
		ok = s.need(FeatureMemory64, c.Off, "a 64-bit "+c.Op.String()) && ok
	default:
		s.fail(c.Off, ruleCanon, "canon %s has the type %s, expected i32 or i64", c.Op, c.Core)
		return nil
	}
	switch {
	case s.contextType == 0:
		s.contextType = c.Core
	case s.contextType != c.Core:
		s.fail(c.Off, ruleCanon, "canon %s has the type %s, but %s before", c.Op, c.Core, s.contextType)
		ok = false
	}
	if c.Index > 0 {
		ok = s.need(FeatureThreading, c.Off, "a context slot other than 0") && ok
	}
	if c.Index > 1 {
		s.fail(c.Off, ruleCanon, "canon %s: there is no context slot %d, only 0 and 1", c.Op, c.Index)
		ok = false
	}
	if !ok {
		return nil
	}
	if c.Op == CanonContextGet {
		return s.coreFuncOf(nil, []core.ValType{c.Core})
	}
	return s.coreFuncOf([]core.ValType{c.Core}, nil)
}

func (s *scope) errorContextOp(c *Canon, info *CanonInfo) *CoreFuncType {
	ok := s.need(FeatureErrorContext, c.Off, "canon "+c.Op.String())
	o, optsOK := s.options(c)
	info.Options = o
	if !ok || !optsOK || !s.needMemory(c, &o) {
		return nil
	}
	if c.Op == CanonErrorContextDebugMessage && !s.needRealloc(c, &o) {
		return nil
	}
	if !s.noAsync(c, &o) || !s.loweringOptions(c, &o) {
		return nil
	}
	p := o.pointer()
	if c.Op == CanonErrorContextNew {
		return s.declared(c, &o, []core.ValType{p, p}, []core.ValType{core.I32})
	}
	return s.declared(c, &o, []core.ValType{core.I32, p}, nil)
}

func (s *scope) waitOp(c *Canon) *CoreFuncType {
	ok := s.need(FeatureAsync, c.Off, "canon "+c.Op.String())
	m := s.canonMemory(c.Index, c.Off)
	if !ok || m == nil {
		return nil
	}
	return s.coreFuncOf([]core.ValType{core.I32, m.IndexType()}, []core.ValType{core.I32})
}
