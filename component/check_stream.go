package component

import "github.com/edgelint/edgelint/component/core"

// Built-ins of the asynchronous component model (CanonicalABI.md, "Canonical
// Definitions").

var oneI32, twoI32 = flatI32, flatPair

// plainBuiltin is a built-in without operands that matter to its type.
func (s *scope) plainBuiltin(c *Canon) *CoreFuncType {
	feature, params, results := FeatureAsync, []core.ValType(nil), []core.ValType(nil)
	switch c.Op {
	case CanonTaskCancel, CanonBackpressureInc, CanonBackpressureDec:
	case CanonSubtaskDrop, CanonWaitableSetDrop:
		params = oneI32
	case CanonSubtaskCancel:
		params, results = oneI32, oneI32
		if c.Async && !s.need(FeatureMoreAsyncBuiltins, c.Off, "an async subtask.cancel") {
			return nil
		}
	case CanonWaitableSetNew, CanonThreadYield:
		results = oneI32
	case CanonWaitableJoin:
		params = twoI32
	case CanonErrorContextDrop:
		feature, params = FeatureErrorContext, oneI32
	case CanonThreadIndex, CanonThreadSuspend:
		feature, results = FeatureThreading, oneI32
	case CanonThreadResumeLater:
		feature, params = FeatureThreading, oneI32
	case CanonThreadSuspendThenResume, CanonThreadYieldThenResume, CanonThreadSuspendThenPromote,
		CanonThreadYieldThenPromote:
		feature, params, results = FeatureThreading, oneI32, oneI32
	default:
		return nil
	}
	if !s.need(feature, c.Off, "canon "+c.Op.String()) {
		return nil
	}
	return s.coreFuncOf(params, results)
}

// streamOp is an operation of a stream or future type.
func (s *scope) streamOp(c *Canon, info *CanonInfo) *CoreFuncType {
	need := FeatureAsync
	if c.Op == CanonStreamForward || c.Op == CanonFutureForward {
		need |= FeatureForward
	}
	if c.Async {
		need |= FeatureMoreAsyncBuiltins
	}
	ok := s.need(need, c.Off, "canon "+c.Op.String())
	info.Value = s.streamType(c)
	if info.Value == nil {
		return nil
	}
	var params, results []core.ValType
	switch c.Op {
	case CanonStreamNew, CanonFutureNew:
		results = flatI64
	case CanonStreamForward, CanonFutureForward:
		params = twoI32
	case CanonStreamCancelRead, CanonStreamCancelWrite, CanonFutureCancelRead, CanonFutureCancelWrite:
		params, results = oneI32, oneI32
	case CanonStreamDropReadable, CanonStreamDropWritable, CanonFutureDropReadable, CanonFutureDropWritable:
		params = oneI32
	default:
		f := s.copyOp(c, info)
		if !ok {
			return nil
		}
		return f
	}
	if !ok {
		return nil
	}
	return s.coreFuncOf(params, results)
}

// streamType is the operand of an operation of streams or futures.
func (s *scope) streamType(c *Canon) *ValueType {
	want := KindFuture
	if c.Op >= CanonStreamNew && c.Op <= CanonStreamDropWritable || c.Op == CanonStreamForward {
		want = KindStream
	}
	t := s.typeAt(c.Index, c.Off)
	v, ok := t.(*ValueType)
	if t != nil && (!ok || v.Kind != want) {
		s.fail(c.Off, ruleCanon, "canon %s takes a %s type; type %d is %s", c.Op, want, c.Index,
			withArticle(describeType(t)))
		return nil
	}
	return v
}

// copyOp is a read or write of a stream or future.
func (s *scope) copyOp(c *Canon, info *CanonInfo) *CoreFuncType {
	o, ok := s.options(c)
	info.Options = o
	if !ok || !o.Async && !s.need(FeatureMoreAsyncBuiltins, c.Off, "a synchronous "+c.Op.String()) {
		return nil
	}
	if elem := info.Value.Elem; elem != nil {
		reads := c.Op == CanonStreamRead || c.Op == CanonFutureRead
		if !s.needMemory(c, &o) || reads && elem.HasPointer() && !s.needRealloc(c, &o) {
			return nil
		}
	}
	if !s.loweringOptions(c, &o) {
		return nil
	}
	p := o.pointer()
	if c.Op == CanonStreamRead || c.Op == CanonStreamWrite {
		return s.declared(c, &o, []core.ValType{core.I32, p, p}, []core.ValType{p})
	}
	return s.declared(c, &o, []core.ValType{core.I32, p}, oneI32)
}
