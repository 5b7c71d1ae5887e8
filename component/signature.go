package component

import "github.com/edgelint/edgelint/component/core"

// Core signatures of lifted and lowered functions (CanonicalABI.md, "Flattening").

// maxFlatAsync is MaxFlat for the parameters of an async lowered function.
const maxFlatAsync = 4

// liftSignature is the type that a core function must have to be lifted to t.
func (s *scope) liftSignature(c *Canon, o *CanonOptions, t *FuncType) (params, results []core.ValType,
	ok bool,
) {
	for _, p := range t.Params {
		if p.Type.HasPointer() && !s.needRealloc(c, o) {
			return nil, nil, false
		}
	}
	params, spills := s.flatParams(o, t, MaxFlat)
	if spills {
		if !s.needRealloc(c, o) {
			return nil, nil, false
		}
		params = []core.ValType{o.pointer()}
	}
	if t.Result != nil {
		flat, spills := s.flat(o, t.Result)
		if o.Async {
			if (spills || t.Result.HasPointer()) && !s.needMemory(c, o) {
				return nil, nil, false
			}
		} else if results = flat; spills || len(flat) > 1 {
			if !s.needMemory(c, o) {
				return nil, nil, false
			}
			results = []core.ValType{o.pointer()}
		}
	}
	if o.Async && !absent(o.Callback) {
		results = oneI32
	}
	return params, results, true
}

// lowerSignature is the type of the core function that calls a function of type t.
func (s *scope) lowerSignature(c *Canon, o *CanonOptions, t *FuncType) (params, results []core.ValType,
	ok bool,
) {
	for _, p := range t.Params {
		if p.Type.HasPointer() && !s.needMemory(c, o) {
			return nil, nil, false
		}
	}
	limit := MaxFlat
	if o.Async {
		limit = maxFlatAsync
	}
	params, spills := s.flatParams(o, t, limit)
	if spills {
		if !s.needMemory(c, o) {
			return nil, nil, false
		}
		params = []core.ValType{o.pointer()}
	}
	if o.Async {
		results = oneI32
	}
	if t.Result == nil {
		return params, results, true
	}
	if t.Result.HasPointer() && !s.needRealloc(c, o) {
		return nil, nil, false
	}
	flat, spills := s.flat(o, t.Result)
	if !o.Async && !spills && len(flat) <= 1 {
		return params, flat, true
	}
	if !s.needMemory(c, o) {
		return nil, nil, false
	}
	return append(params[:len(params):len(params)], o.pointer()), results, true
}

// flatParams is the parameters as core types; they go through memory if they are
// more than limit.
func (s *scope) flatParams(o *CanonOptions, t *FuncType, limit int) (params []core.ValType, spills bool) {
	for _, p := range t.Params {
		flat, spills := s.flat(o, p.Type)
		if spills || len(params)+len(flat) > limit {
			return nil, true
		}
		params = append(params, flat...)
	}
	return params, false
}

// flat is the core types of a value with the memory that the options name.
func (s *scope) flat(o *CanonOptions, t *ValueType) (flat []core.ValType, spills bool) {
	if !o.Memory64 || !t.facts.pointer {
		return t.facts.flat, t.facts.spills
	}
	return s.flat64(t)
}

// wide is the flat form of a type with a 64-bit memory.
type wide struct {
	flat   []core.ValType
	spills bool
}

// flat64 is worked out on demand, as few components have a 64-bit memory, and once
// for each type.
func (c *checker) flat64(t *ValueType) (flat []core.ValType, spills bool) {
	if !t.facts.pointer {
		return t.facts.flat, t.facts.spills
	}
	if w, ok := c.wide[t]; ok {
		return w.flat, w.spills
	}
	switch t.Kind {
	case KindPrimitive, KindList, KindMap:
		flat = []core.ValType{core.I64, core.I64}
	case KindRecord, KindTuple:
		for _, f := range t.Fields {
			if flat, spills = c.append64(flat, f.Type); spills {
				break
			}
		}
	case KindFixedList:
		for i := uint32(0); i < t.Len && !spills; i++ {
			flat, spills = c.append64(flat, t.Elem)
		}
	default:
		flat, spills = flattenVariant(t.cases(), c.flat64)
	}
	if c.wide == nil {
		c.wide = map[*ValueType]wide{}
	}
	c.wide[t] = wide{flat, spills}
	return flat, spills
}

func (c *checker) append64(flat []core.ValType, t *ValueType) (sum []core.ValType, spills bool) {
	more, spills := c.flat64(t)
	if spills || len(flat)+len(more) > MaxFlat {
		return nil, true
	}
	return append(flat, more...), false
}
