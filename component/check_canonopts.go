package component

import (
	"github.com/edgelint/edgelint/component/core"
)

// StringEncoding is how strings lie in linear memory.
type StringEncoding uint8

// The string encodings; UTF-8 is the default.
const (
	EncodingUTF8 StringEncoding = iota
	EncodingUTF16
	EncodingLatin1UTF16
)

// CanonOptions are the options of a canonical definition, by name. Indices are
// those of the component's core memories, functions and types, [core.NoIndex]
// where the option is absent.
type CanonOptions struct {
	Encoding   StringEncoding
	Memory     uint32
	Realloc    uint32
	PostReturn uint32
	Callback   uint32
	CoreType   uint32
	Async      bool
	GC         bool
	Memory64   bool // the memory is a 64-bit one
}

// pointer is the core type of addresses.
func (o *CanonOptions) pointer() core.ValType {
	if o.Memory64 {
		return core.I64
	}
	return core.I32
}

func absent(index uint32) bool { return index == core.NoIndex }

// options checks the options of a canonical definition (CanonicalABI.md, "canonopt
// Validation"). The definition cannot be judged further if ok is false.
func (s *scope) options(c *Canon) (o CanonOptions, ok bool) {
	none := core.NoIndex
	o = CanonOptions{Memory: none, Realloc: none, PostReturn: none, Callback: none, CoreType: none}
	ok = true
	var given [OptGC + 1]bool
	for _, opt := range c.Opts {
		kind := opt.Kind
		if kind <= OptLatin1UTF16 {
			kind = OptUTF8
		}
		if given[kind] {
			s.fail(c.Off, ruleCanonOption, "canon %s: %s", c.Op, twice(kind))
			return o, false
		}
		given[kind] = true
		ok = s.option(c, opt, &o) && ok
	}
	return o, s.optionsTogether(c, &o) && ok
}

func twice(kind CanonOptKind) string {
	if kind == OptUTF8 {
		return "more than one string encoding"
	}
	return "the option " + kind.String() + " is given twice"
}

// option takes one option over into o.
func (s *scope) option(c *Canon, opt CanonOpt, o *CanonOptions) (ok bool) {
	switch opt.Kind {
	case OptUTF8, OptUTF16, OptLatin1UTF16:
		o.Encoding = StringEncoding(opt.Kind)
	case OptMemory:
		o.Memory = opt.Index
		m := s.canonMemory(opt.Index, c.Off)
		o.Memory64 = m != nil && m.Is64
		return m != nil
	case OptRealloc:
		o.Realloc = opt.Index
	case OptPostReturn:
		o.PostReturn = opt.Index
	case OptCallback:
		o.Callback = opt.Index
	case OptAsync:
		o.Async = true
		return s.need(FeatureAsync, c.Off, "the option async")
	case OptGC:
		o.GC = true
		return s.need(FeatureGC, c.Off, "the option gc")
	case OptCoreType:
		o.CoreType = opt.Index
		return s.need(FeatureGC, c.Off, "the option core-type") && s.coreFuncTypeAt(opt.Index, c.Off) != nil
	}
	return true
}

// optionsTogether checks which options go together.
func (s *scope) optionsTogether(c *Canon, o *CanonOptions) (ok bool) {
	fault := ""
	switch {
	case !absent(o.Callback) && !o.Async:
		fault = "the option callback takes the option async"
	case !absent(o.PostReturn) && o.Async:
		fault = "the options post-return and async exclude each other"
	case !absent(o.CoreType) && !o.GC:
		fault = "the option core-type takes the option gc"
	case !absent(o.Realloc) && absent(o.Memory):
		fault = "the option realloc takes the option memory"
	}
	if fault != "" {
		s.fail(c.Off, ruleCanonOption, "canon %s: %s", c.Op, fault)
		return false
	}
	if absent(o.Realloc) {
		return true
	}
	f := s.coreFuncAt(o.Realloc, c.Off)
	if f == nil {
		return false
	}
	p := o.pointer()
	if hasSignature(f, []core.ValType{p, p, p, p}, []core.ValType{p}) {
		return true
	}
	s.fail(c.Off, ruleCanonOption,
		"canon %s: the realloc function %d has the type %s, expected (func (param %s %[5]s %[5]s %[5]s) "+
			"(result %[5]s))", c.Op, o.Realloc, f.FuncType, p, p)
	return false
}

// canonMemory is the memory of an index, which must be an unshared one.
func (s *scope) canonMemory(i uint32, off int64) *core.MemoryType {
	m := lookup(s, s.CoreMemories, SortCoreMemory, i, off)
	if m == nil {
		return nil
	}
	if m.Is64 && !s.need(FeatureMemory64, off, "a 64-bit memory") {
		return nil
	}
	if m.Shared {
		s.fail(off, ruleCanonOption, "memory %d is shared, which canonical definitions do not support", i)
		return nil
	}
	return m
}

// loweringOptions checks what only lifting can have.
func (s *scope) loweringOptions(c *Canon, o *CanonOptions) (ok bool) {
	fault := ""
	switch {
	case !absent(o.PostReturn):
		fault = "the option post-return is for lifting only"
	case !absent(o.Callback):
		fault = "the option callback is for lifting only"
	case o.GC && absent(o.CoreType):
		fault = "the option gc takes the option core-type when lowering"
	default:
		return true
	}
	s.fail(c.Off, ruleCanonOption, "canon %s: %s", c.Op, fault)
	return false
}

// liftingOptions checks the functions that lifting a core function names.
func (s *scope) liftingOptions(c *Canon, o *CanonOptions, f *CoreFuncType) (ok bool) {
	i32 := core.I32
	switch {
	case !absent(o.CoreType):
		s.fail(c.Off, ruleCanonOption, "canon lift: the option core-type is for lowering only")
		return false
	case !absent(o.PostReturn):
		post := s.coreFuncAt(o.PostReturn, c.Off)
		if post != nil && !hasSignature(post, f.Results, nil) {
			s.fail(c.Off, ruleCanonOption,
				"canon lift: the post-return function %d has the type %s; it takes the "+
					"results of the function and returns nothing", o.PostReturn, post.FuncType)
			return false
		}
		return post != nil
	case o.Async && absent(o.Callback):
		return s.need(FeatureAsyncStackful, c.Off, "an async lift without callback")
	case !absent(o.Callback):
		back := s.coreFuncAt(o.Callback, c.Off)
		if back != nil && !hasSignature(back, []core.ValType{i32, i32, i32}, []core.ValType{i32}) {
			s.fail(c.Off, ruleCanonOption, "canon lift: the callback function %d has the type %s, expected "+
				"(func (param i32 i32 i32) (result i32))", o.Callback, back.FuncType)
			return false
		}
		return back != nil
	}
	return true
}

// needMemory and needRealloc check that options are there which the types at hand
// cannot do without.
func (s *scope) needMemory(c *Canon, o *CanonOptions) bool {
	if absent(o.Memory) {
		s.fail(c.Off, ruleCanonOption, "canon %s: the option memory is required", c.Op)
	}
	return !absent(o.Memory)
}

func (s *scope) needRealloc(c *Canon, o *CanonOptions) bool {
	if !s.needMemory(c, o) {
		return false
	}
	if absent(o.Realloc) {
		s.fail(c.Off, ruleCanonOption, "canon %s: the option realloc is required", c.Op)
	}
	return !absent(o.Realloc)
}

// noAsync checks that a definition is not given the option async.
func (s *scope) noAsync(c *Canon, o *CanonOptions) bool {
	if o.Async {
		s.fail(c.Off, ruleCanonOption, "canon %s cannot have the option async", c.Op)
	}
	return !o.Async
}
