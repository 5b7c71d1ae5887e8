package core

// checkGroup is the validity of the types in the store from first on, a
// recursion group. Supertypes come first, so that their chains are short before
// anything walks them.
func (s *TypeStore) checkGroup(first TypeID, features Features) error {
	for id := int(first); id < len(s.types); id++ {
		if err := s.checkSuper(id, features); err != nil {
			return err
		}
	}
	for id := int(first); id < len(s.types); id++ {
		t := &s.types[id]
		if err := s.checkComposite(t, features); err != nil {
			return err
		}
		if t.Super != NoIndex && !s.types.matches(t, &s.types[t.Super]) {
			return fault(t.Offset, "sub type must match its super type")
		}
		if err := s.checkDescriptors(uint32(id), t, features); err != nil {
			return err
		}
	}
	return nil
}

func (s *TypeStore) checkSuper(id int, features Features) error {
	t := &s.types[id]
	switch {
	case t.Super == NoIndex && t.Final:
		return nil
	case !features.Has(GC):
		return fault(t.Offset, "subtypes require the gc feature")
	case t.Super == NoIndex:
		return nil
	case s.types[t.Super].Final:
		return fault(t.Offset, "sub type cannot have a final super type")
	case s.depths[t.Super] >= MaxSubtypingDepth:
		return fault(t.Offset, "sub types nested more than %d deep", MaxSubtypingDepth)
	}
	s.depths[id] = s.depths[t.Super] + 1
	return nil
}

func (s *TypeStore) checkComposite(t *SubType, features Features) error {
	if t.Shared && !features.Has(SharedEverythingThreads) {
		return fault(t.Offset, "a shared type requires the shared-everything-threads feature")
	}
	switch t.Kind {
	case CompositeFunc:
		return s.checkFunc(t, features)
	case CompositeCont:
		if !features.Has(StackSwitching | GCTypes) {
			return fault(t.Offset, "a continuation type requires the stack-switching feature")
		}
		if s.types[t.Cont].Kind != CompositeFunc {
			return fault(t.Offset, "a continuation type needs a function type")
		}
		return nil
	}
	if !features.Has(GC | GCTypes) {
		return fault(t.Offset, "%v types require the gc feature", t.Kind)
	}
	for _, f := range t.Fields {
		if f.Type == I8 || f.Type == I16 {
			continue
		}
		if err := s.checkPart(t, f.Type, features); err != nil {
			return err
		}
	}
	return nil
}

func (s *TypeStore) checkFunc(t *SubType, features Features) error {
	for _, list := range [2][]ValType{t.Func.Params, t.Func.Results} {
		for _, p := range list {
			if err := s.checkPart(t, p, features); err != nil {
				return err
			}
		}
	}
	if len(t.Func.Results) > 1 && !features.Has(MultiValue) {
		return fault(t.Offset, "several results require the multi-value feature")
	}
	return nil
}

func (s *TypeStore) checkPart(t *SubType, part ValType, features Features) error {
	if need := features.missing(part); need != 0 {
		return fault(t.Offset, "type %v requires the %v feature", part, need)
	}
	if t.Shared && !s.types.isShared(part) {
		return fault(t.Offset, "a shared type must hold shared types, not %v", part)
	}
	return nil
}

// missing is the proposal that a value type needs and the set lacks, or zero.
func (f Features) missing(t ValType) Features {
	need := t.needs(f)
	return need &^ f
}

// needs is the proposals behind a value type.
func (t ValType) needs(f Features) Features {
	switch {
	case t == I32 || t == I64:
		return 0
	case t == F32 || t == F64:
		return Floats
	case t == V128:
		return SIMD
	case t.Exact():
		return ReferenceTypes | CustomDescriptors
	case t.isIndexed():
		if f.Has(GC) {
			return ReferenceTypes
		}
		return ReferenceTypes | FunctionReferences
	}
	need := ReferenceTypes
	if t.Shared() {
		need |= SharedEverythingThreads
	}
	switch h := t.Heap(); h {
	case HeapFunc, HeapExtern:
		if h == HeapExtern {
			need |= GCTypes
		}
		if !t.Nullable() {
			need |= FunctionReferences
		}
	case HeapExn:
		need |= Exceptions
	case HeapNoExn:
		need |= Exceptions | GCTypes
	case HeapCont, HeapNoCont:
		need |= StackSwitching | GCTypes
	default:
		need |= GC | GCTypes
	}
	return need
}

// checkDescriptors are the rules of the custom descriptors proposal.
func (s *TypeStore) checkDescriptors(id uint32, t *SubType, features Features) error {
	described, descriptor := t.Descriptor != NoIndex, t.Describes != NoIndex
	switch {
	case !described && !descriptor:
	case !features.Has(CustomDescriptors):
		return fault(t.Offset, "a descriptor requires the custom-descriptors feature")
	case t.Kind != CompositeStruct:
		return fault(t.Offset, "only a struct type has a descriptor or is one")
	}
	if err := s.checkSuperDescriptors(t); err != nil {
		return err
	}
	if described {
		d := &s.types[t.Descriptor]
		if d.Describes != id {
			return fault(t.Offset, "the type's descriptor does not describe it")
		}
		if d.Final != t.Final {
			return fault(t.Offset, "a descriptor must be final as its described type is, or open")
		}
	}
	if descriptor && s.types[t.Describes].Descriptor != id {
		return fault(t.Offset, "the type the descriptor describes does not name it")
	}
	return nil
}

func (s *TypeStore) checkSuperDescriptors(t *SubType) error {
	if t.Super == NoIndex {
		return nil
	}
	super := &s.types[t.Super]
	switch {
	case t.Descriptor != NoIndex && super.Descriptor == NoIndex:
		return fault(t.Offset, "a type with a descriptor needs a super type with one")
	case t.Descriptor != NoIndex && s.types[t.Descriptor].Super != super.Descriptor:
		return fault(t.Offset, "the descriptor must be a sub type of the super type's descriptor")
	case t.Descriptor == NoIndex && super.Descriptor != NoIndex:
		return fault(t.Offset, "the super type of a type without a descriptor cannot have one")
	case t.Describes == NoIndex && super.Describes != NoIndex:
		return fault(t.Offset, "the super type of a type that is no descriptor cannot be one")
	case t.Describes != NoIndex && super.Describes == NoIndex:
		return fault(t.Offset, "the super type of a descriptor must be a descriptor")
	case t.Describes != NoIndex && s.types[t.Describes].Super != super.Describes:
		return fault(t.Offset, "the described type must be a sub type of what the super type describes")
	}
	return nil
}
