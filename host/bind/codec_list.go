package bind

import (
	"reflect"
	"unsafe"

	"github.com/edgelint/edgelint/host/abi"
)

// bytesCodec moves list<u8> at once; a View is not copied when lifted.
type bytesCodec struct {
	elem *abi.Type
	view bool
}

// listCodec moves lists element by element. A fixed-length list has length n.
type listCodec struct {
	t     *abi.Type
	elem  codec
	slice reflect.Type
	width uintptr // of an element in Go
	size  uint32  // of an element in memory
	slots uint32  // of an element's flat form
	n     uint32
}

func newListCodec(t *abi.Type, g reflect.Type) (codec, error) {
	if g.Kind() != reflect.Slice {
		return nil, mismatch(t, g)
	}
	if t.Kind == abi.KindList && t.Elem.Kind == abi.KindU8 && g.Elem().Kind() == reflect.Uint8 {
		return bytesCodec{elem: t.Elem, view: g == reflect.TypeFor[View]()}, nil
	}
	elem, err := newCodec(t.Elem, g.Elem())
	if err != nil {
		return nil, err
	}
	l := t.Elem.Layout()
	c := &listCodec{t: t, elem: elem, slice: g, width: g.Elem().Size(), size: l.Size, slots: l.FlatLen, n: t.Len}
	if t.Kind == abi.KindFixedList {
		return fixedCodec{c}, nil
	}
	return c, nil
}

func (c bytesCodec) lift(cx *abi.Context, addr, n uint32, p unsafe.Pointer) error {
	if err := cx.CheckList(c.elem, addr, n); err != nil {
		return err
	}
	b := cx.Bytes(addr, n)
	if !c.view {
		if err := cx.Spend(uint64(n)); err != nil {
			return err
		}
		b = append([]byte(nil), b...)
	}
	*(*[]byte)(p) = b
	return nil
}

func (c bytesCodec) lower(cx *abi.Context, p unsafe.Pointer) (uint32, uint32, error) {
	b := *(*[]byte)(p)
	addr, err := cx.AllocateList(c.elem, len(b))
	if err != nil {
		return 0, 0, err
	}
	copy(cx.Bytes(addr, uint32(len(b))), b)
	return addr, uint32(len(b)), nil
}

func (c bytesCodec) liftFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	return c.lift(cx, uint32(flat[0]), uint32(flat[1]), p)
}

func (c bytesCodec) load(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	return c.lift(cx, uint32(cx.Load(addr, 4)), uint32(cx.Load(addr+4, 4)), p)
}

func (c bytesCodec) lowerFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	addr, n, err := c.lower(cx, p)
	flat[0], flat[1] = uint64(addr), uint64(n)
	return err
}

func (c bytesCodec) store(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	return storeRange(cx, addr, func() (uint32, uint32, error) { return c.lower(cx, p) })
}

// makeSlice makes room for n elements at the slice that p points to and returns
// where they begin.
func (c *listCodec) makeSlice(cx *abi.Context, n uint32, p unsafe.Pointer) (unsafe.Pointer, error) {
	if err := cx.Spend(uint64(n) * uint64(c.width)); err != nil {
		return nil, err
	}
	s := reflect.MakeSlice(c.slice, int(n), int(n))
	reflect.NewAt(c.slice, p).Elem().Set(s)
	return s.UnsafePointer(), nil
}

func (c *listCodec) loadElems(cx *abi.Context, addr, n uint32, p unsafe.Pointer) error {
	first, err := c.makeSlice(cx, n, p)
	if err != nil {
		return err
	}
	for i := range n {
		if err := c.elem.load(cx, addr+i*c.size, unsafe.Add(first, uintptr(i)*c.width)); err != nil {
			return err
		}
	}
	return nil
}

func (c *listCodec) storeElems(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	s := *(*[]byte)(p) // only its pointer and length are used
	first := unsafe.Pointer(unsafe.SliceData(s))
	for i := range len(s) {
		if err := c.elem.store(cx, addr+uint32(i)*c.size, unsafe.Add(first, uintptr(i)*c.width)); err != nil {
			return err
		}
	}
	return nil
}

func (c *listCodec) lift(cx *abi.Context, addr, n uint32, p unsafe.Pointer) error {
	if err := cx.CheckList(c.t.Elem, addr, n); err != nil {
		return err
	}
	return c.loadElems(cx, addr, n, p)
}

func (c *listCodec) lower(cx *abi.Context, p unsafe.Pointer) (uint32, uint32, error) {
	n := len(*(*[]byte)(p))
	addr, err := cx.AllocateList(c.t.Elem, n)
	if err != nil {
		return 0, 0, err
	}
	return addr, uint32(n), c.storeElems(cx, addr, p)
}

func (c *listCodec) liftFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	return c.lift(cx, uint32(flat[0]), uint32(flat[1]), p)
}

func (c *listCodec) load(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	return c.lift(cx, uint32(cx.Load(addr, 4)), uint32(cx.Load(addr+4, 4)), p)
}

func (c *listCodec) lowerFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	addr, n, err := c.lower(cx, p)
	flat[0], flat[1] = uint64(addr), uint64(n)
	return err
}

func (c *listCodec) store(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	return storeRange(cx, addr, func() (uint32, uint32, error) { return c.lower(cx, p) })
}

// fixedCodec moves fixed-length lists, which lie in place.
type fixedCodec struct{ *listCodec }

func (c fixedCodec) liftFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	first, err := c.makeSlice(cx, c.n, p)
	if err != nil {
		return err
	}
	for i := range c.n {
		if err := c.elem.liftFlat(cx, flat[i*c.slots:], unsafe.Add(first, uintptr(i)*c.width)); err != nil {
			return err
		}
	}
	return nil
}

func (c fixedCodec) load(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	return c.loadElems(cx, addr, c.n, p)
}

func (c fixedCodec) check(p unsafe.Pointer) error {
	if n := len(*(*[]byte)(p)); n != int(c.n) {
		return abi.Trapf("a list of %d elements is not a %s", n, c.t)
	}
	return nil
}

func (c fixedCodec) lowerFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	if err := c.check(p); err != nil {
		return err
	}
	first := unsafe.Pointer(unsafe.SliceData(*(*[]byte)(p)))
	for i := range c.n {
		if err := c.elem.lowerFlat(cx, flat[i*c.slots:], unsafe.Add(first, uintptr(i)*c.width)); err != nil {
			return err
		}
	}
	return nil
}

func (c fixedCodec) store(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	if err := c.check(p); err != nil {
		return err
	}
	return c.storeElems(cx, addr, p)
}
