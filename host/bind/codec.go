package bind

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/edgelint/edgelint/host/abi"
)

// codec moves values of one component-level type between a component and Go
// values of one Go type; p points to such a Go value. Addresses in memory have
// been checked by the caller, and flat slices have a slot for each core value.
type codec interface {
	liftFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error
	load(cx *abi.Context, addr uint32, p unsafe.Pointer) error
	lowerFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error
	store(cx *abi.Context, addr uint32, p unsafe.Pointer) error
}

// newCodec matches a component-level type with a Go type.
func newCodec(t *abi.Type, g reflect.Type) (codec, error) {
	switch t.Kind {
	case abi.KindString:
		if g.Kind() == reflect.String {
			return stringCodec{}, nil
		}
	case abi.KindList, abi.KindFixedList, abi.KindMap:
		return newListCodec(t, g)
	case abi.KindRecord, abi.KindTuple:
		return newRecordCodec(t, g)
	case abi.KindVariant, abi.KindOption, abi.KindResult:
		return newVariantCodec(t, g)
	case abi.KindOwn, abi.KindBorrow:
		return newHandleCodec(t, g)
	case abi.KindStream, abi.KindFuture:
		return newEndCodec(t, g)
	default:
		return newScalarCodec(t, g)
	}
	return nil, mismatch(t, g)
}

func mismatch(t *abi.Type, g reflect.Type) error {
	return fmt.Errorf("the component has %s where the host has the Go type %s", t, g)
}

// scalarCodec moves what is one core value.
type scalarCodec struct {
	t     *abi.Type
	size  uint32 // in the component's memory
	width uintptr
}

// scalarKinds are the kinds of Go types that match, for each kind of scalar.
var scalarKinds = map[abi.Kind]reflect.Kind{
	abi.KindBool: reflect.Bool, abi.KindChar: reflect.Int32,
	abi.KindS8: reflect.Int8, abi.KindS16: reflect.Int16, abi.KindS32: reflect.Int32, abi.KindS64: reflect.Int64,
	abi.KindU8: reflect.Uint8, abi.KindU16: reflect.Uint16, abi.KindU32: reflect.Uint32,
	abi.KindU64: reflect.Uint64, abi.KindF32: reflect.Float32, abi.KindF64: reflect.Float64,
}

func newScalarCodec(t *abi.Type, g reflect.Type) (codec, error) {
	c := scalarCodec{t: t, size: t.Layout().Size, width: g.Size()}
	switch t.Kind {
	case abi.KindEnum, abi.KindFlags:
		if isUnsigned(g) && c.width >= uintptr(c.size) {
			return c, nil
		}
	default:
		if kind, ok := scalarKinds[t.Kind]; ok && g.Kind() == kind {
			return c, nil
		}
	}
	return nil, mismatch(t, g)
}

func isUnsigned(g reflect.Type) bool {
	return g.Kind() >= reflect.Uint8 && g.Kind() <= reflect.Uint64
}

func (c scalarCodec) put(bits uint64, p unsafe.Pointer) error {
	switch c.t.Kind {
	case abi.KindChar:
		if err := abi.CheckChar(uint32(bits)); err != nil {
			return err
		}
	case abi.KindEnum:
		if err := abi.CheckCase(c.t, uint32(bits)); err != nil {
			return err
		}
	case abi.KindBool:
		*(*bool)(p) = uint32(bits) != 0
		return nil
	}
	putUint(p, c.width, abi.Narrow(c.t, bits))
	return nil
}

func (c scalarCodec) get(p unsafe.Pointer) (uint64, error) {
	bits := getUint(p, c.width)
	switch c.t.Kind {
	case abi.KindChar:
		return bits, abi.CheckChar(uint32(bits))
	case abi.KindEnum:
		return bits, abi.CheckCase(c.t, uint32(min(bits, 1<<32-1)))
	}
	return abi.Narrow(c.t, bits), nil
}

func (c scalarCodec) liftFlat(_ *abi.Context, flat []uint64, p unsafe.Pointer) error {
	return c.put(flat[0], p)
}

func (c scalarCodec) load(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	return c.put(cx.Load(addr, c.size), p)
}

func (c scalarCodec) lowerFlat(_ *abi.Context, flat []uint64, p unsafe.Pointer) (err error) {
	flat[0], err = c.get(p)
	return err
}

func (c scalarCodec) store(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	bits, err := c.get(p)
	if err != nil {
		return err
	}
	cx.Store(addr, c.size, bits)
	return nil
}

// putUint writes the low bytes of v to a Go integer or float of a width.
func putUint(p unsafe.Pointer, width uintptr, v uint64) {
	switch width {
	case 1:
		*(*uint8)(p) = uint8(v)
	case 2:
		*(*uint16)(p) = uint16(v)
	case 4:
		*(*uint32)(p) = uint32(v)
	default:
		*(*uint64)(p) = v
	}
}

func getUint(p unsafe.Pointer, width uintptr) uint64 {
	switch width {
	case 1:
		return uint64(*(*uint8)(p))
	case 2:
		return uint64(*(*uint16)(p))
	case 4:
		return uint64(*(*uint32)(p))
	}
	return *(*uint64)(p)
}

// stringCodec moves strings.
type stringCodec struct{}

func (stringCodec) lift(cx *abi.Context, addr, n uint32, p unsafe.Pointer) error {
	text, err := cx.LoadText(addr, n)
	*(*string)(p) = text.String()
	return err
}

func (c stringCodec) liftFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	return c.lift(cx, uint32(flat[0]), uint32(flat[1]), p)
}

func (c stringCodec) load(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	return c.lift(cx, uint32(cx.Load(addr, 4)), uint32(cx.Load(addr+4, 4)), p)
}

// textOf is the string at p as text: components trust that it is UTF-8, which what
// comes from a server or a file may not be.
func textOf(p unsafe.Pointer) abi.Text {
	return abi.TextOf(strings.ToValidUTF8(*(*string)(p), "\uFFFD"))
}

func (stringCodec) lowerFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	addr, n, err := cx.StoreText(textOf(p))
	flat[0], flat[1] = uint64(addr), uint64(n)
	return err
}

func (stringCodec) store(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	return storeRange(cx, addr, func() (uint32, uint32, error) {
		return cx.StoreText(textOf(p))
	})
}

// storeRange writes a pointer and a length to memory.
func storeRange(cx *abi.Context, addr uint32, put func() (uint32, uint32, error)) error {
	ptr, n, err := put()
	if err != nil {
		return err
	}
	cx.Store(addr, 4, uint64(ptr))
	cx.Store(addr+4, 4, uint64(n))
	return nil
}
