package bind

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/edgelint/edgelint/host/abi"
)

// endType is a Go type for streams or futures; its method is called on nil.
type endType interface {
	newCodec(t *abi.Type) (codec, error)
}

func newEndCodec(t *abi.Type, g reflect.Type) (codec, error) {
	if e, ok := reflect.Zero(g).Interface().(endType); ok {
		return e.newCodec(t)
	}
	return nil, mismatch(t, g)
}

var errNoEnd = errors.New("the host has nil where the component expects a stream or future")

// endCodec moves readable ends, which P points to.
type endCodec[P any] struct {
	lift  func(cx *abi.Context, i uint32) (P, error)
	lower func(cx *abi.Context, v P) (uint32, error)
}

func (c endCodec[P]) liftFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) (err error) {
	*(*P)(p), err = c.lift(cx, uint32(flat[0]))
	return err
}

func (c endCodec[P]) load(cx *abi.Context, addr uint32, p unsafe.Pointer) (err error) {
	*(*P)(p), err = c.lift(cx, uint32(cx.Load(addr, 4)))
	return err
}

func (c endCodec[P]) lowerFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	i, err := c.lower(cx, *(*P)(p))
	flat[0] = uint64(i)
	return err
}

func (c endCodec[P]) store(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	i, err := c.lower(cx, *(*P)(p))
	if err != nil {
		return err
	}
	cx.Store(addr, 4, uint64(i))
	return nil
}

// elements moves the elements of a stream, or the value of a future.
type elements struct {
	codec codec  // nil if there is nothing to move
	size  uint32 // of an element in a component's memory
	bytes bool   // elements are bytes on both sides
}

func elementsOf[T any](t *abi.Type, kind abi.Kind) (elements, error) {
	g := reflect.TypeFor[T]()
	switch {
	case t.Kind != kind:
		return elements{}, fmt.Errorf("the component has %s where the host has a %s", t, kind)
	case t.Elem == nil && g != reflect.TypeFor[Unit]():
		return elements{}, fmt.Errorf("the component has %s where the host has a %s of %s", t, kind, g)
	case t.Elem == nil:
		return elements{}, nil
	}
	c, err := newCodec(t.Elem, g)
	return elements{
		codec: c, size: t.Elem.Layout().Size, bytes: t.Elem.Kind == abi.KindU8 && g.Kind() == reflect.Uint8,
	}, err
}

// buffer is what the host reads into or writes from.
type buffer[T any] struct {
	elements
	values []T
}

// Lift implements [abi.HostBuffer].
func (b *buffer[T]) Lift(cx *abi.Context, ptr, at, n uint32) error {
	if b.bytes {
		copy(b.memory(at, n), cx.Bytes(ptr, n))
		return nil
	}
	for i := range n {
		if err := b.codec.load(cx, ptr+i*b.size, unsafe.Pointer(&b.values[at+i])); err != nil {
			return err
		}
	}
	return nil
}

// Lower implements [abi.HostBuffer].
func (b *buffer[T]) Lower(cx *abi.Context, ptr, at, n uint32) error {
	if b.bytes {
		copy(cx.Bytes(ptr, n), b.memory(at, n))
		return nil
	}
	for i := range n {
		if err := b.codec.store(cx, ptr+i*b.size, unsafe.Pointer(&b.values[at+i])); err != nil {
			return err
		}
	}
	return nil
}

// Take implements [abi.HostBuffer].
func (b *buffer[T]) Take(src abi.HostBuffer, at, from, n uint32) error {
	s, ok := src.(*buffer[T])
	if !ok {
		return fmt.Errorf("the host writes %T and reads %T", src, b)
	}
	copy(b.values[at:at+n], s.values[from:from+n])
	return nil
}

// memory is the memory of elements that are bytes.
func (b *buffer[T]) memory(at, n uint32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&b.values[at])), n)
}
