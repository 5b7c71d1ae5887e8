package abi

import "math"

// CoreType is the type of a core value that a component-level value flattens to.
type CoreType uint8

// The core types of flat values; the values are those of the binary format.
const (
	CoreI32 CoreType = 0x7f
	CoreI64 CoreType = 0x7e
	CoreF32 CoreType = 0x7d
	CoreF64 CoreType = 0x7c
)

// String is the type as the text format writes it.
func (c CoreType) String() string {
	switch c {
	case CoreI32:
		return "i32"
	case CoreI64:
		return "i64"
	case CoreF32:
		return "f32"
	case CoreF64:
		return "f64"
	}
	return "invalid"
}

// Layout is how a type lies in a linear memory, and how it flattens to core
// values (CanonicalABI.md, "Alignment", "Element Size", "Flattening").
type Layout struct {
	Size  uint32 // in bytes, a multiple of Align
	Align uint32 // 1, 2, 4 or 8
	// FlatLen is the number of core values the type flattens to; it stops
	// counting above maxFlat.
	FlatLen uint32
	// Flat are these core types, nil if there are more than maxFlat.
	Flat []CoreType
}

// Layout is the type's layout in a memory with 32-bit addresses.
func (t *Type) Layout() Layout { return t.layout }

// Layout64 is the type's layout in a memory with 64-bit addresses, of which only
// Size and Align differ.
func (t *Type) Layout64() Layout {
	l := t.layout
	size, align := sizeOf(t, 8, nil)
	l.Size, l.Align = clamp(size), uint32(align)
	return l
}

const (
	// maxSize stands for every size that does not fit a memory.
	maxSize = math.MaxUint32
	// maxFlat is how many core types of a flat form are kept; no convention
	// passes more than MaxFlatParams.
	maxFlat = 256
)

func clamp(n uint64) uint32 { return uint32(min(n, maxSize)) }

// laidOut computes the layout of a type whose parts have theirs.
func laidOut(t *Type) *Type {
	size, align := sizeOf(t, 4, t)
	t.layout = Layout{Size: clamp(size), Align: uint32(align)}
	t.layout.Flat, t.layout.FlatLen = flatten(t)
	return t
}

// sizeOf is the size and alignment of a type, with pointers of ptr bytes. If into
// is not nil, the offsets of the parts are recorded there.
func sizeOf(t *Type, ptr uint64, into *Type) (size, align uint64) {
	switch t.Kind {
	case KindBool, KindS8, KindU8:
		return 1, 1
	case KindS16, KindU16:
		return 2, 2
	case KindS64, KindU64, KindF64:
		return 8, 8
	case KindString, KindList, KindMap:
		return 2 * ptr, ptr
	case KindFixedList:
		size, align = partSize(t.Elem, ptr)
		return mulClamped(size, uint64(t.Len)), align
	case KindRecord, KindTuple:
		return recordSize(t, ptr, into)
	case KindVariant, KindEnum, KindOption, KindResult:
		return variantSize(t, ptr, into)
	case KindFlags:
		size = flagsSize(len(t.Labels))
		if into != nil {
			into.tag = uint32(size)
		}
		return size, size
	}
	return 4, 4
}

// partSize is the size of a part, which for 32-bit memories is known already.
func partSize(t *Type, ptr uint64) (size, align uint64) {
	if ptr == 4 {
		return uint64(t.layout.Size), uint64(t.layout.Align)
	}
	return sizeOf(t, ptr, nil)
}

func mulClamped(a, b uint64) uint64 { return min(a*b, maxSize) } // both below 2^32

func alignTo(n, align uint64) uint64 { return (n + align - 1) &^ (align - 1) }

func recordSize(t *Type, ptr uint64, into *Type) (size, align uint64) {
	align = 1
	for _, f := range t.Fields {
		s, a := partSize(f.Type, ptr)
		size = alignTo(size, a)
		if into != nil {
			into.offsets = append(into.offsets, clamp(size))
		}
		size, align = min(size+s, maxSize), max(align, a)
	}
	return alignTo(size, align), align
}

func variantSize(t *Type, ptr uint64, into *Type) (size, align uint64) {
	tag := tagSize(len(t.Fields))
	payloadAlign := uint64(1)
	for _, c := range t.Fields {
		if c.Type == nil {
			continue
		}
		s, a := partSize(c.Type, ptr)
		size, payloadAlign = max(size, s), max(payloadAlign, a)
	}
	offset := alignTo(tag, payloadAlign)
	if into != nil {
		into.tag, into.payload = uint32(tag), uint32(offset)
	}
	align = max(tag, payloadAlign)
	return alignTo(offset+size, align), align
}

// tagSize is the size in bytes of the discriminant of n cases.
func tagSize(n int) uint64 {
	switch {
	case n <= 1<<8:
		return 1
	case n <= 1<<16:
		return 2
	}
	return 4
}

func flagsSize(n int) uint64 {
	switch {
	case n <= 8:
		return 1
	case n <= 16:
		return 2
	}
	return 4
}

// flatten lists the core types of a type, or nil if there are more than maxFlat;
// the count stops there.
func flatten(t *Type) (flat []CoreType, n uint32) {
	switch t.Kind {
	case KindS64, KindU64:
		return []CoreType{CoreI64}, 1
	case KindF32:
		return []CoreType{CoreF32}, 1
	case KindF64:
		return []CoreType{CoreF64}, 1
	case KindString, KindList, KindMap:
		return []CoreType{CoreI32, CoreI32}, 2
	case KindFixedList:
		for range min(t.Len, maxFlat+1) {
			flat, n = appendFlat(flat, n, t.Elem)
		}
		return flat, n
	case KindRecord, KindTuple:
		for _, f := range t.Fields {
			flat, n = appendFlat(flat, n, f.Type)
		}
		return flat, n
	case KindVariant, KindEnum, KindOption, KindResult:
		return flattenVariant(t)
	}
	return []CoreType{CoreI32}, 1
}

func appendFlat(flat []CoreType, n uint32, t *Type) ([]CoreType, uint32) {
	n = min(n+t.layout.FlatLen, maxFlat+1)
	if n > maxFlat {
		return nil, n
	}
	return append(flat, t.layout.Flat...), n
}

func flattenVariant(t *Type) ([]CoreType, uint32) {
	flat, n := []CoreType{CoreI32}, uint32(1)
	for _, c := range t.Fields {
		if c.Type == nil {
			continue
		}
		n = max(n, min(1+c.Type.layout.FlatLen, maxFlat+1))
		for i, ft := range c.Type.layout.Flat {
			if i+1 < len(flat) {
				flat[i+1] = join(flat[i+1], ft)
			} else {
				flat = append(flat, ft)
			}
		}
	}
	if n > maxFlat {
		return nil, n
	}
	return flat, n
}

// join is the core type that can carry values of both.
func join(a, b CoreType) CoreType {
	switch {
	case a == b:
		return a
	case (a == CoreI32 || a == CoreF32) && (b == CoreI32 || b == CoreF32):
		return CoreI32
	}
	return CoreI64
}

// Offset is the offset of the i-th field of a record or tuple in memory.
func (t *Type) Offset(i int) uint32 { return t.offsets[i] }

// TagSize is the size of a variant's discriminant in memory.
func (t *Type) TagSize() uint32 { return t.tag }

// PayloadOffset is the offset of a variant's payload in memory.
func (t *Type) PayloadOffset() uint32 { return t.payload }
