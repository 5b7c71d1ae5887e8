package component

// Values and start functions (Explainer.md, "Value Definitions" and "Start
// Definitions").

func (s *scope) value(v *Value) {
	s.need(FeatureValues, v.Off, "a value")
	s.fail(v.Off, ruleValue, "value sections are not supported")
	s.pushValue(nil)
}

// pushValue adds an imported, aliased or returned value. Exports use the value
// that they add at once.
func (s *scope) pushValue(v *ValueItem) {
	var t *ValueType
	if v != nil {
		t = v.Type
	}
	s.Values = append(s.Values, t)
	s.used = append(s.used, v == nil || s.def.Kind == DefExport)
	s.limit(len(s.Values), MaxValues, "values")
}

// useValue is the type of a value, which may be used once.
func (s *scope) useValue(i uint32, off int64) *ValueType {
	v := lookup(s, s.Values, SortValue, i, off)
	if v == nil {
		return nil
	}
	if s.used[i] {
		s.fail(off, ruleValue, "value %d is used twice", i)
	}
	s.used[i] = true
	return v
}

func (s *scope) unusedValues(off int64) {
	for i, used := range s.used {
		if !used {
			s.fail(off, ruleValue, "value %d is not used by an instantiation, start function or export", i)
		}
	}
}

func (s *scope) start(st *Start) {
	s.need(FeatureValues, st.Off, "a start function")
	if s.started {
		s.fail(st.Off, ruleStart, "a component can have one start function only")
	}
	s.started = true
	f := lookup(s, s.Funcs, SortFunc, st.Func, st.Off)
	if f != nil {
		s.checkStart(st, f)
	}
	for range st.Results {
		var v *ValueItem
		if f != nil && f.Result != nil {
			v = &ValueItem{f.Result}
		}
		s.pushValue(v)
	}
}

func (s *scope) checkStart(st *Start, f *FuncType) {
	results := uint32(0)
	if f.Result != nil {
		results = 1
	}
	if st.Results != results {
		s.fail(st.Off, ruleStart, "the start function has %d results, not %d", results, st.Results)
	}
	if len(st.Args) != len(f.Params) {
		s.fail(st.Off, ruleStart, "the start function takes %d arguments but is given %d", len(f.Params),
			len(st.Args))
		return
	}
	for i, a := range st.Args {
		v := s.useValue(a, st.Off)
		if v == nil {
			continue
		}
		if err := s.valueEqual(v, f.Params[i].Type); err != nil {
			s.fail(st.Off, ruleStart, "argument %d of the start function: %w", i, err)
		}
	}
}
