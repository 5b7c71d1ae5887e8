package heap

// Size is the number of bytes that an object takes: itself with the
// collector's head, and the tables and arrays that only it has.
func (o Object) Size() int64 {
	if o.addr == 0 {
		return 0
	}
	t := o.Type()
	size := int64(t.u32(offTypeBasicSize))
	if t.u32(offTypeFlags)&flagTracked != 0 {
		size += headSize
	}
	switch {
	case o.IsStr():
		return o.strSize()
	case o.IsInt():
		return size + 4*int64(min(o.u32(offIntTag)>>3, maxDigits))
	case o.IsCode():
		return int64(o.h.lay.codeUnits) + int64(len(o.CodeUnits()))
	case o.IsDict():
		return size + o.h.keys(o.u32(offDictKeys)).bytes()
	case o.IsList():
		return size + 4*int64(o.Len())
	case o.IsTuple():
		return size + 4*int64(o.Len())
	case o.IsBytes():
		return size + int64(o.Len())
	case o.IsSet():
		return size + 8*int64(min(o.u32(offSetMask), maxItems)+1)
	case o.IsClass():
		return size + o.h.keys(o.u32(offHeapCachedKeys)).bytes()
	case o.inlineValues() != 0:
		return size + 4*int64(len(o.h.keys(t.u32(offHeapCachedKeys)).entries))/8
	}
	return size
}

// strSize is the size of a str with its characters, which in a subclass of str
// lie elsewhere.
func (o Object) strSize() int64 {
	length, width, addr := o.strData()
	head := uint32(offStrASCII)
	if addr != o.addr+offStrASCII {
		head = max(offStrWide, o.Type().u32(offTypeBasicSize))
	}
	return int64(head) + int64(length+1)*int64(width)
}

// bytes is the size of a table of keys.
func (t table) bytes() int64 {
	if t.size == 0 {
		return 0
	}
	return offKeysIndices + t.indices + int64(len(t.entries))
}

// Refs calls visit with the objects that an object refers to, as far as their
// places are known; for objects of C types with whatever looks like a pointer
// to an object. Functions do not refer to their globals here, nor instances to
// their class.
func (o Object) Refs(visit func(Object)) {
	switch {
	case o.addr == 0, o.IsStr(), o.IsBytes(), o.IsInt(), o.IsFloat(), o.IsNone():
	case o.IsDict():
		for k, v := range o.Items() {
			visit(k)
			visit(v)
		}
	case o.IsTuple(), o.IsList(), o.IsSet():
		for e := range o.Elems() {
			visit(e)
		}
	case o.IsFunction():
		o.words(functionRefs, visit)
	case o.IsCode():
		o.words(codeRefs, visit)
	case o.IsClass():
		o.words(classRefs, visit)
		if o.IsHeapType() {
			o.words(heapTypeRefs, visit)
		}
	case o.IsModule():
		visit(o.Dict())
	case o.Type().IsHeapType() && o.inlineValues() != 0:
		for k, v := range o.Attrs() {
			visit(k)
			visit(v)
		}
	default:
		o.guessRefs(visit)
	}
}

var (
	functionRefs = []uint32{
		offFuncName, offFuncQualName, offFuncCode, offFuncDefaults, offFuncKwDefaults, offFuncClosure, offFuncDoc,
		offFuncDict, offFuncModule,
	}
	codeRefs = []uint32{
		offCodeConsts, offCodeNames, offCodeExceptions, offCodeLocals, offCodeLocalKinds, offCodeFileName, offCodeName,
		offCodeQualName, offCodeLineTable,
	}
	classRefs    = []uint32{offTypeDict, offTypeMRO, offTypeBases}
	heapTypeRefs = []uint32{offHeapName, offHeapQualName}
)

func (o Object) words(offsets []uint32, visit func(Object)) {
	for _, off := range offsets {
		visit(o.ref(off))
	}
}

// guessRefs visits every word of the object that points to an object, and its
// dict.
func (o Object) guessRefs(visit func(Object)) {
	size := min(o.Type().u32(offTypeBasicSize), maxGuessed)
	for off := uint32(8); off+4 <= size; off += 4 {
		if r := o.ref(off); r.addr%4 == 0 && r.Valid() && r.u32(offRefcnt) != 0 {
			visit(r)
		}
	}
	visit(o.Dict())
}
