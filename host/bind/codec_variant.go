package bind

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/edgelint/edgelint/host/abi"
)

// variantCodec moves variants, options and results: the case is a Go integer or
// bool at offset 0, the payload of a case a field of the Go struct.
type variantCodec struct {
	t     *abi.Type
	width uintptr
	slots uint32
	cases []variantCase
}

type variantCase struct {
	codec  codec // nil if there is no payload
	offset uintptr
}

func newVariantCodec(t *abi.Type, g reflect.Type) (codec, error) {
	if g.Kind() != reflect.Struct || g.NumField() == 0 || !tagFits(t, g.Field(0).Type) {
		return nil, mismatch(t, g)
	}
	c := &variantCodec{t: t, width: g.Field(0).Type.Size(), slots: t.Layout().FlatLen}
	next := 1
	for i, f := range t.Fields {
		var vc variantCase
		if f.Type == nil {
			next += absentField(t, g, next)
			c.cases = append(c.cases, vc)
			continue
		}
		if next >= g.NumField() {
			return nil, mismatch(t, g)
		}
		gf := g.Field(next)
		next++
		if t.Kind == abi.KindVariant && !named(gf, f.Name) {
			return nil, fmt.Errorf("case %q of %s is field %s of the Go type %s", f.Name, t, gf.Name, g)
		}
		payload, err := newCodec(f.Type, gf.Type)
		if err != nil {
			return nil, fmt.Errorf("case %d: %w", i, err)
		}
		c.cases = append(c.cases, variantCase{codec: payload, offset: gf.Offset})
	}
	if next != g.NumField() {
		return nil, mismatch(t, g)
	}
	return c, nil
}

// tagFits tells whether a Go type can tell the cases of a type apart.
func tagFits(t *abi.Type, g reflect.Type) bool {
	if t.Kind == abi.KindVariant {
		return isUnsigned(g) && g.Size() >= uintptr(t.TagSize())
	}
	return g.Kind() == reflect.Bool
}

// absentField counts the field of a Result that stands for what is absent.
func absentField(t *abi.Type, g reflect.Type, i int) int {
	if t.Kind == abi.KindResult && i < g.NumField() && g.Field(i).Type == reflect.TypeFor[Unit]() {
		return 1
	}
	return 0
}

func (c *variantCodec) begin(index uint64, p unsafe.Pointer) (variantCase, error) {
	if err := abi.CheckCase(c.t, uint32(index)); err != nil {
		return variantCase{}, err
	}
	putUint(p, c.width, uint64(uint32(index)))
	return c.cases[uint32(index)], nil
}

func (c *variantCodec) liftFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	vc, err := c.begin(flat[0], p)
	if err != nil || vc.codec == nil {
		return err
	}
	return vc.codec.liftFlat(cx, flat[1:], unsafe.Add(p, vc.offset))
}

func (c *variantCodec) load(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	vc, err := c.begin(cx.Load(addr, c.t.TagSize()), p)
	if err != nil || vc.codec == nil {
		return err
	}
	return vc.codec.load(cx, addr+c.t.PayloadOffset(), unsafe.Add(p, vc.offset))
}

func (c *variantCodec) lowerFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	index := getUint(p, c.width)
	if err := abi.CheckCase(c.t, uint32(min(index, 1<<32-1))); err != nil {
		return err
	}
	clear(flat[1:c.slots])
	flat[0] = index
	vc := c.cases[index]
	if vc.codec == nil {
		return nil
	}
	return vc.codec.lowerFlat(cx, flat[1:], unsafe.Add(p, vc.offset))
}

func (c *variantCodec) store(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	index := getUint(p, c.width)
	if err := abi.CheckCase(c.t, uint32(min(index, 1<<32-1))); err != nil {
		return err
	}
	cx.Store(addr, c.t.TagSize(), index)
	vc := c.cases[index]
	if vc.codec == nil {
		return nil
	}
	return vc.codec.store(cx, addr+c.t.PayloadOffset(), unsafe.Add(p, vc.offset))
}
