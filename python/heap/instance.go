package heap

import "iter"

// Dict is the dict of a module's names, or of a class's, function's or
// instance's attributes. It is no object if the attributes lie in the instance
// itself ([Object.Attrs] knows both) or there are none.
func (o Object) Dict() Object {
	switch {
	case o.addr == 0:
		return Object{}
	case o.IsClass():
		return o.ref(offTypeDict)
	case o.IsFunction():
		return o.ref(offFuncDict)
	case o.IsModule():
		return o.ref(offModuleDict)
	}
	if o.typeFlag(o.h.lay.managedDict) {
		if ptr := o.managed(); ptr&1 == 0 || !o.h.lay.oddValues {
			return o.h.Object(ptr)
		}
		return Object{}
	}
	if off := o.dictOffset(); off != 0 {
		return o.ref(off)
	}
	return Object{}
}

// managed is the word before the object that leads to its attributes.
func (o Object) managed() uint32 {
	if o.addr < offManaged {
		return 0
	}
	return o.h.img.u32(o.addr - offManaged)
}

// dictOffset is where an instance keeps the pointer to its dict, 0 if nowhere.
// A negative tp_dictoffset counts from the end of an object of variable size.
func (o Object) dictOffset() uint32 {
	t := o.Type()
	off := int32(t.u32(offTypeDictOffset))
	if off >= 0 {
		return uint32(off)
	}
	n := int32(o.u32(offSize))
	if n < 0 {
		n = -n
	}
	size := int64(t.u32(offTypeBasicSize)) + int64(n)*int64(t.u32(offTypeItemSize))
	at := (size+3)&^3 + int64(off)
	if at <= 0 || at > int64(len(o.h.img.Mem)) {
		return 0
	}
	return uint32(at)
}

// inlineValues is the address of the values kept with the instance, in the
// order of the class's shared keys; 0 if there are none.
func (o Object) inlineValues() uint32 {
	lay := o.h.lay
	if lay.oddValues {
		if ptr := o.managed(); o.typeFlag(lay.managedDict) && ptr&1 != 0 {
			return ptr + 1
		}
		return 0
	}
	if !o.typeFlag(lay.inlineFlag) {
		return 0
	}
	values := o.addr + o.Type().u32(offTypeBasicSize)
	const validByte = 3
	if o.h.img.u8(values+validByte) != 1 {
		return 0
	}
	return values + lay.valuesHead
}

// Attrs yields the attributes of the object itself, not those of its class:
// names and values of the instance dict, wherever it is, and of the slots.
func (o Object) Attrs() iter.Seq2[Object, Object] {
	return func(yield func(Object, Object) bool) {
		if o.addr == 0 {
			return
		}
		if o.IsClass() || o.IsModule() || o.IsFunction() {
			o.Dict().Items()(yield)
			return
		}
		stopped := false
		each := func(k, v Object) bool {
			stopped = !yield(k, v)
			return !stopped
		}
		if values := o.inlineValues(); values != 0 {
			o.h.pairs(o.h.keys(o.Type().u32(offHeapCachedKeys)), values)(each)
		} else {
			o.Dict().Items()(each)
		}
		if !stopped {
			o.slots(each)
		}
	}
}

// slots yields the values of __slots__ members.
func (o Object) slots(yield func(Object, Object) bool) {
	for class := range o.Type().MRO() {
		if class.u32(offTypeFlags)&flagHeapType == 0 {
			continue
		}
		for _, d := range class.Dict().Items() {
			if !d.typed(o.h.known.member) {
				continue
			}
			member := d.u32(offDescrMember)
			at := o.h.img.u32(member + offMemberOffset)
			kind := o.h.img.u32(member + offMemberType)
			if kind != memberObject && kind != memberObjectEx || at >= class.u32(offTypeBasicSize) {
				continue
			}
			if v := o.ref(at); v.Valid() && !yield(d.ref(offDescrName), v) {
				return
			}
		}
	}
}

// Attr is the attribute that the object itself or its class has under a name,
// or no object. Descriptors are not called: a property is the property object.
func (o Object) Attr(name string) Object {
	for k, v := range o.Attrs() {
		if k.Is(name) {
			return v
		}
	}
	if o.IsClass() {
		return o.Lookup(name)
	}
	return o.Type().Lookup(name)
}
