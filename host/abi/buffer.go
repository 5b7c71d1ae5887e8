package abi

// MaxBufferLength is the most elements that one read or write of a stream may be
// of.
const MaxBufferLength = 1<<28 - 1

// Buffer is what a stream or future is read into or written from: a part of a
// component's memory.
type Buffer struct {
	cx               Context
	ptr              uint32
	progress, length uint32
}

// NewBuffer makes a buffer of n elements at ptr, which it checks.
func NewBuffer(cx *Context, elem *Type, ptr, n uint32) (*Buffer, error) {
	if n > MaxBufferLength {
		return nil, Trapf("a buffer of %d elements is longer than %d", n, MaxBufferLength)
	}
	if elem != nil && n > 0 {
		size := uint64(n) * uint64(elem.layout.Size)
		if err := cx.CheckRange(ptr, size, elem.layout.Align); err != nil {
			return nil, err
		}
	}
	return &Buffer{cx: *cx, ptr: ptr, length: n}, nil
}

// Remain is the number of elements that are still to be read or written.
func (b *Buffer) Remain() uint32 { return b.length - b.progress }

// transfer passes as many elements as both buffers have room for.
func transfer(elem *Type, dst, src *Buffer) error {
	n := min(dst.Remain(), src.Remain())
	defer func() {
		dst.progress += n
		src.progress += n
	}()
	if elem == nil {
		return nil
	}
	size := elem.layout.Size
	src.cx.Refresh()
	dst.cx.Refresh()
	from, to := src.ptr+src.progress*size, dst.ptr+dst.progress*size
	if numeric(elem) {
		copy(dst.cx.Bytes(to, n*size), src.cx.Bytes(from, n*size))
		return nil
	}
	src.cx.Budget = MaxHostBytes
	for i := range n {
		v, err := src.cx.LoadValue(elem, from+i*size)
		if err != nil {
			return err
		}
		if err := dst.cx.StoreValue(elem, v, to+i*size); err != nil {
			return err
		}
	}
	return nil
}

// numeric reports whether elements are numbers, or nothing, so that any bits in
// memory are values of them.
func numeric(elem *Type) bool { return elem == nil || elem.Kind >= KindS8 && elem.Kind <= KindF64 }
