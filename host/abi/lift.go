package abi

import (
	"math"
	"unsafe"
)

// Flat core values are slots of 64 bits, in which an f32 or i32 uses the low
// half: joining types in the payload of a variant needs no conversion.

// LiftFlat lifts a value from its flat form, one slot for each core value
// (CanonicalABI.md, "Flat Lifting").
func (cx *Context) LiftFlat(t *Type, flat []uint64) (Value, error) {
	switch t.Kind {
	case KindString, KindList, KindMap:
		return cx.liftRange(t, uint32(flat[0]), uint32(flat[1]))
	case KindFixedList:
		n := t.Elem.layout.FlatLen
		return cx.liftEach(KindList, int(t.Len), func(i int) (Value, error) {
			return cx.LiftFlat(t.Elem, flat[uint32(i)*n:])
		})
	case KindRecord, KindTuple:
		return cx.liftEach(t.Kind, len(t.Fields), func(i int) (Value, error) {
			f := t.Fields[i].Type
			part := flat
			flat = flat[f.layout.FlatLen:]
			return cx.LiftFlat(f, part)
		})
	case KindVariant, KindEnum, KindOption, KindResult:
		return cx.liftCase(t, uint32(flat[0]), func(payload *Type) (Value, error) {
			return cx.LiftFlat(payload, flat[1:])
		})
	}
	return cx.liftScalar(t, flat[0])
}

// LoadValue lifts a value from checked memory (CanonicalABI.md, "Loading").
func (cx *Context) LoadValue(t *Type, ptr uint32) (Value, error) {
	switch t.Kind {
	case KindString, KindList, KindMap:
		return cx.liftRange(t, uint32(cx.Load(ptr, 4)), uint32(cx.Load(ptr+4, 4)))
	case KindFixedList:
		return cx.loadElems(t.Elem, ptr, t.Len)
	case KindRecord, KindTuple:
		return cx.liftEach(t.Kind, len(t.Fields), func(i int) (Value, error) {
			return cx.LoadValue(t.Fields[i].Type, ptr+t.offsets[i])
		})
	case KindVariant, KindEnum, KindOption, KindResult:
		return cx.liftCase(t, uint32(cx.Load(ptr, t.tag)), func(payload *Type) (Value, error) {
			return cx.LoadValue(payload, ptr+t.payload)
		})
	}
	return cx.liftScalar(t, cx.Load(ptr, t.layout.Size))
}

// liftScalar lifts what is one core value; bits above its size are ignored.
func (cx *Context) liftScalar(t *Type, bits uint64) (Value, error) {
	v := Value{kind: t.Kind}
	switch t.Kind {
	case KindBool:
		return Bool(uint32(bits) != 0), nil
	case KindOwn, KindBorrow:
		return cx.liftHandle(t, uint32(bits))
	case KindStream, KindFuture:
		return cx.liftEnd(t, uint32(bits))
	case KindErrorContext:
		e, err := cx.Instance.Table.ErrorContext(uint32(bits))
		return Value{kind: t.Kind, obj: e}, err
	case KindChar:
		if err := CheckChar(uint32(bits)); err != nil {
			return Value{}, err
		}
	}
	v.bits = Narrow(t, bits)
	return v, nil
}

// Narrow reduces a core value to the bits of a scalar type: unsigned integers
// are cut, signed ones cut and extended to 32 bits (s64 to 64), NaNs made
// canonical, and flags that do not exist dropped.
func Narrow(t *Type, bits uint64) uint64 {
	switch t.Kind {
	case KindU8:
		return uint64(uint8(bits))
	case KindU16:
		return uint64(uint16(bits))
	case KindS8:
		return uint64(uint32(int8(bits)))
	case KindS16:
		return uint64(uint32(int16(bits)))
	case KindS64, KindU64:
		return bits
	case KindF32:
		return canonicalNaN32(uint32(bits))
	case KindF64:
		return canonicalNaN64(bits)
	case KindFlags:
		return bits & (1<<len(t.Labels) - 1) & math.MaxUint32
	}
	return uint64(uint32(bits))
}

func canonicalNaN32(bits uint32) uint64 {
	if f := math.Float32frombits(bits); f != f {
		return 0x7fc00000
	}
	return uint64(bits)
}

func canonicalNaN64(bits uint64) uint64 {
	if f := math.Float64frombits(bits); f != f {
		return 0x7ff8000000000000
	}
	return bits
}

// CheckChar traps unless c is a Unicode scalar value.
func CheckChar(c uint32) error {
	if c >= 0x110000 || c >= 0xd800 && c <= 0xdfff {
		return Trapf("%#x is not a Unicode scalar value", c)
	}
	return nil
}

func (cx *Context) liftHandle(t *Type, i uint32) (Value, error) {
	lift := cx.LiftOwn
	if t.Kind == KindBorrow {
		lift = cx.LiftBorrow
	}
	rep, err := lift(i, t.Resource)
	return Handle(rep), err
}

// liftRange lifts a string or list from its pointer and length.
func (cx *Context) liftRange(t *Type, ptr, n uint32) (Value, error) {
	if t.Kind == KindString {
		text, err := cx.LoadText(ptr, n)
		return Value{kind: KindString, text: text}, err
	}
	if err := cx.CheckList(t.Elem, ptr, n); err != nil {
		return Value{}, err
	}
	return cx.loadElems(t.Elem, ptr, n)
}

// CheckList traps unless n elements at ptr are a list in memory.
func (cx *Context) CheckList(elem *Type, ptr, n uint32) error {
	size := uint64(n) * uint64(elem.layout.Size)
	if size > MaxListBytes {
		return Trapf("list of %d bytes is longer than %d", size, MaxListBytes)
	}
	return cx.CheckRange(ptr, size, elem.layout.Align)
}

func (cx *Context) loadElems(elem *Type, ptr, n uint32) (Value, error) {
	if elem.Kind == KindU8 {
		if err := cx.Spend(uint64(n)); err != nil {
			return Value{}, err
		}
		return Bytes(cx.Bytes(ptr, n)), nil
	}
	return cx.liftEach(KindList, int(n), func(i int) (Value, error) {
		return cx.LoadValue(elem, ptr+uint32(i)*elem.layout.Size)
	})
}

const valueSize = uint64(unsafe.Sizeof(Value{}))

func (cx *Context) liftEach(kind Kind, n int, lift func(i int) (Value, error)) (Value, error) {
	if err := cx.Spend(uint64(n) * valueSize); err != nil {
		return Value{}, err
	}
	list := make([]Value, n)
	for i := range list {
		v, err := lift(i)
		if err != nil {
			return Value{}, err
		}
		list[i] = v
	}
	return Value{kind: kind, list: list}, nil
}

func (cx *Context) liftCase(t *Type, index uint32, lift func(*Type) (Value, error)) (Value, error) {
	if err := CheckCase(t, index); err != nil {
		return Value{}, err
	}
	payload := t.Fields[index].Type
	if payload == nil {
		return Case(index), nil
	}
	v, err := lift(payload)
	return Case(index, v), err
}

// CheckCase traps unless the type has a case of the index.
func CheckCase(t *Type, index uint32) error {
	if uint64(index) >= uint64(len(t.Fields)) {
		return Trapf("invalid discriminant %d of a %s with %d cases", index, t.Kind, len(t.Fields))
	}
	return nil
}
