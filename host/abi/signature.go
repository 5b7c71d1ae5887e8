package abi

import "strings"

// FuncType is the type of a component-level function.
type FuncType struct {
	Params []Field
	Result *Type // nil if there is none
	Async  bool

	params *Type // the parameters as a tuple
}

// NewFuncType makes a function type.
func NewFuncType(async bool, result *Type, params ...Field) *FuncType {
	types := make([]*Type, len(params))
	for i, p := range params {
		types[i] = p.Type
	}
	return &FuncType{Params: params, Result: result, Async: async, params: TupleOf(types...)}
}

// Tuple is the tuple of the parameters.
func (f *FuncType) Tuple() *Type { return f.params }

// String is the type in WIT syntax.
func (f *FuncType) String() string {
	var b strings.Builder
	if f.Async {
		b.WriteString("async ")
	}
	b.WriteString("func(")
	for i, p := range f.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name + ": ")
		p.Type.write(&b)
	}
	b.WriteByte(')')
	if f.Result != nil {
		b.WriteString(" -> ")
		f.Result.write(&b)
	}
	return b.String()
}

// Convention is which side of a canonical definition a core function is on, and
// with which options (CanonicalABI.md, "Flattening").
type Convention uint8

// The conventions.
const (
	LiftSync Convention = iota
	LiftCallback
	LiftStackful
	LowerSync
	LowerAsync
)

// Signature is the core function type of a function under a convention.
type Signature struct {
	Params, Results []CoreType
	// SpillParams: the parameters are in memory, and the one core parameter
	// that stands for them points there.
	SpillParams bool
	// SpillResult: the result is in memory. Under the lift conventions the core
	// result points there; under the lower ones the last core parameter does.
	SpillResult bool
}

// Signature is the function's core type under a convention.
func (f *FuncType) Signature(c Convention) Signature {
	var s Signature
	limit := uint32(MaxFlatParams)
	if c == LowerAsync {
		limit = MaxFlatAsyncParams
	}
	if l := f.params.layout; l.FlatLen > limit {
		s.Params, s.SpillParams = []CoreType{CoreI32}, true
	} else {
		s.Params = l.Flat
	}
	switch c {
	case LiftCallback:
		s.Results = []CoreType{CoreI32}
	case LiftSync, LowerSync:
		f.syncResult(&s, c)
	case LowerAsync:
		s.Results = []CoreType{CoreI32}
		if f.Result != nil {
			s.SpillResult = true
			s.Params = append(s.Params[:len(s.Params):len(s.Params)], CoreI32)
		}
	}
	return s
}

func (f *FuncType) syncResult(s *Signature, c Convention) {
	switch {
	case f.Result == nil:
	case f.Result.layout.FlatLen <= MaxFlatResults:
		s.Results = f.Result.layout.Flat
	case c == LiftSync:
		s.SpillResult, s.Results = true, []CoreType{CoreI32}
	default:
		s.SpillResult = true
		s.Params = append(s.Params[:len(s.Params):len(s.Params)], CoreI32)
	}
}

// Place says where values of a call lie: in core values, or in memory.
type Place struct {
	Flat     []uint64
	InMemory bool
	Addr     uint32
}

// ParamsIn is where a lowered call's parameters lie, given the core values it was
// called with.
func (s *Signature) ParamsIn(stack []uint64) Place {
	if s.SpillParams {
		return Place{InMemory: true, Addr: uint32(stack[0])}
	}
	return Place{Flat: stack}
}

// ResultOut is where a lowered call's result goes, given the core values it was
// called with; flat results go to the start of the stack.
func (s *Signature) ResultOut(stack []uint64) Place {
	if s.SpillResult {
		return Place{InMemory: true, Addr: uint32(stack[len(s.Params)-1])}
	}
	return Place{Flat: stack}
}
