package abi

// LowerFlat lowers a value into its flat form, one slot for each core value
// (CanonicalABI.md, "Flat Lowering"). Slots that the value does not use become 0.
func (cx *Context) LowerFlat(t *Type, v Value, flat []uint64) error {
	switch t.Kind {
	case KindString, KindList, KindMap:
		ptr, n, err := cx.lowerRange(t, v)
		flat[0], flat[1] = uint64(ptr), uint64(n)
		return err
	case KindFixedList:
		n := t.Elem.layout.FlatLen
		return lowerEach(t, v, int(t.Len), func(i int, e Value) error {
			return cx.LowerFlat(t.Elem, e, flat[uint32(i)*n:])
		})
	case KindRecord, KindTuple:
		return lowerEach(t, v, len(t.Fields), func(i int, e Value) error {
			f := t.Fields[i].Type
			part := flat
			flat = flat[f.layout.FlatLen:]
			return cx.LowerFlat(f, e, part)
		})
	case KindVariant, KindEnum, KindOption, KindResult:
		payload, err := payloadOf(t, v)
		if err != nil {
			return err
		}
		clear(flat[1:t.layout.FlatLen])
		flat[0] = v.bits
		if payload == nil {
			return nil
		}
		return cx.LowerFlat(payload, v.list[0], flat[1:])
	}
	bits, err := cx.lowerScalar(t, v)
	flat[0] = bits
	return err
}

// StoreValue lowers a value into checked memory (CanonicalABI.md, "Storing").
func (cx *Context) StoreValue(t *Type, v Value, ptr uint32) error {
	switch t.Kind {
	case KindString, KindList, KindMap:
		at, n, err := cx.lowerRange(t, v)
		if err != nil {
			return err
		}
		cx.Store(ptr, 4, uint64(at))
		cx.Store(ptr+4, 4, uint64(n))
		return nil
	case KindFixedList:
		return cx.storeElems(t, v, ptr, t.Len)
	case KindRecord, KindTuple:
		return lowerEach(t, v, len(t.Fields), func(i int, e Value) error {
			return cx.StoreValue(t.Fields[i].Type, e, ptr+t.offsets[i])
		})
	case KindVariant, KindEnum, KindOption, KindResult:
		payload, err := payloadOf(t, v)
		if err != nil {
			return err
		}
		cx.Store(ptr, t.tag, v.bits)
		if payload == nil {
			return nil
		}
		return cx.StoreValue(payload, v.list[0], ptr+t.payload)
	}
	bits, err := cx.lowerScalar(t, v)
	if err != nil {
		return err
	}
	cx.Store(ptr, t.layout.Size, bits)
	return nil
}

func (cx *Context) lowerScalar(t *Type, v Value) (uint64, error) {
	switch t.Kind {
	case KindOwn, KindBorrow:
		if v.kind != KindOwn {
			return 0, mismatch(t, v)
		}
		lower := cx.LowerOwn
		if t.Kind == KindBorrow {
			lower = cx.LowerBorrow
		}
		i, err := lower(v.Rep(), t.Resource)
		return uint64(i), err
	case KindStream, KindFuture:
		i, err := cx.lowerEnd(t, v)
		return uint64(i), err
	case KindErrorContext:
		e, ok := v.obj.(*ErrorContext)
		if !ok {
			return 0, mismatch(t, v)
		}
		i, err := cx.Instance.Table.AddObject(e)
		return uint64(i), err
	}
	if v.kind != t.Kind {
		return 0, mismatch(t, v)
	}
	if t.Kind == KindChar {
		return v.bits, CheckChar(uint32(v.bits))
	}
	return Narrow(t, v.bits), nil
}

// lowerRange puts a string or list into memory.
func (cx *Context) lowerRange(t *Type, v Value) (ptr, n uint32, err error) {
	if t.Kind == KindString {
		if v.kind != KindString {
			return 0, 0, mismatch(t, v)
		}
		return cx.StoreText(v.text)
	}
	if v.kind != KindList {
		return 0, 0, mismatch(t, v)
	}
	count := len(v.list)
	if v.bits == byteList {
		count = len(v.text.s)
	}
	ptr, err = cx.AllocateList(t.Elem, count)
	if err != nil {
		return 0, 0, err
	}
	return ptr, uint32(count), cx.storeElems(t, v, ptr, uint32(count))
}

// AllocateList asks the component for room for a list.
func (cx *Context) AllocateList(elem *Type, n int) (uint32, error) {
	size := uint64(n) * uint64(elem.layout.Size)
	if uint64(n) > MaxListBytes || size > MaxListBytes {
		return 0, Trapf("list of %d bytes is longer than %d", size, MaxListBytes)
	}
	return cx.Allocate(elem.layout.Align, uint32(size))
}

func (cx *Context) storeElems(t *Type, v Value, ptr, n uint32) error {
	if v.kind == KindList && v.bits == byteList && t.Elem.Kind == KindU8 && uint64(len(v.text.s)) == uint64(n) {
		copy(cx.Bytes(ptr, n), v.text.s)
		return nil
	}
	return lowerEach(t, v, int(n), func(i int, e Value) error {
		return cx.StoreValue(t.Elem, e, ptr+uint32(i)*t.Elem.layout.Size)
	})
}

func lowerEach(t *Type, v Value, n int, lower func(i int, e Value) error) error {
	elems := v.Elems()
	if len(elems) != n || v.kind != KindList && v.kind != KindRecord && v.kind != KindTuple {
		return mismatch(t, v)
	}
	for i, e := range elems {
		if err := lower(i, e); err != nil {
			return err
		}
	}
	return nil
}

// payloadOf is the type of the payload of the value's case, nil if it has none.
func payloadOf(t *Type, v Value) (*Type, error) {
	if v.kind != KindVariant || v.bits >= uint64(len(t.Fields)) {
		return nil, mismatch(t, v)
	}
	payload := t.Fields[v.bits].Type
	if (payload != nil) != (len(v.list) == 1) || len(v.list) > 1 {
		return nil, mismatch(t, v)
	}
	return payload, nil
}

func mismatch(t *Type, v Value) error { return Trapf("%s is not a value of type %s", v, t) }
