package bind

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/edgelint/edgelint/host/abi"
)

// handleCodec moves resources of the host, owned and borrowed.
type handleCodec struct {
	rt     *abi.ResourceType
	res    *goResource
	borrow bool
}

func newHandleCodec(t *abi.Type, g reflect.Type) (codec, error) {
	res, ok := t.Resource.Host.(*goResource)
	if !ok {
		return nil, fmt.Errorf("%s is not a resource of the host", t.Resource.Name)
	}
	if res.typ != g {
		return nil, fmt.Errorf("%w: %s is declared with %s", mismatch(t, g), t.Resource.Name, res.typ)
	}
	return handleCodec{rt: t.Resource, res: res, borrow: t.Kind == abi.KindBorrow}, nil
}

func (c handleCodec) lift(cx *abi.Context, i uint32, p unsafe.Pointer) error {
	var rep abi.Rep
	var err error
	if c.borrow {
		rep, err = cx.LiftBorrow(i, c.rt)
	} else {
		rep, err = cx.LiftOwn(i, c.rt)
	}
	if err != nil {
		return err
	}
	c.res.put(p, rep.Obj)
	return nil
}

func (c handleCodec) lower(cx *abi.Context, p unsafe.Pointer) (uint64, error) {
	rep := abi.Rep{Obj: c.res.get(p)}
	lower := cx.LowerOwn
	if c.borrow {
		lower = cx.LowerBorrow
	}
	i, err := lower(rep, c.rt)
	return uint64(i), err
}

func (c handleCodec) liftFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	return c.lift(cx, uint32(flat[0]), p)
}

func (c handleCodec) load(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	return c.lift(cx, uint32(cx.Load(addr, 4)), p)
}

func (c handleCodec) lowerFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) (err error) {
	flat[0], err = c.lower(cx, p)
	return err
}

func (c handleCodec) store(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	i, err := c.lower(cx, p)
	if err != nil {
		return err
	}
	cx.Store(addr, 4, i)
	return nil
}
