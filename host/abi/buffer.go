package abi

// MaxBufferLength is the most elements that one read or write of a stream may be
// of.
const MaxBufferLength = 1<<28 - 1

// Buffer is what a stream or future is read into or written from: a part of a
// component's memory, or what the host has.
type Buffer struct {
	host             HostBuffer // nil for a component's memory
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
	switch {
	case elem == nil:
		return nil
	case src.host != nil && dst.host != nil:
		return dst.host.Take(src.host, dst.progress, src.progress, n)
	case src.host != nil:
		dst.cx.Refresh()
		return src.host.Lower(&dst.cx, dst.addr(elem), src.progress, n)
	case dst.host != nil:
		src.cx.Refresh()
		src.cx.Budget = MaxHostBytes
		return dst.host.Lift(&src.cx, src.addr(elem), dst.progress, n)
	}
	return transferMemory(elem, dst, src, n)
}

// addr is where the next element lies.
func (b *Buffer) addr(elem *Type) uint32 { return b.ptr + b.progress*elem.layout.Size }

// transferMemory passes elements between components.
func transferMemory(elem *Type, dst, src *Buffer, n uint32) error {
	src.cx.Refresh()
	dst.cx.Refresh()
	size, from, to := elem.layout.Size, src.addr(elem), dst.addr(elem)
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
