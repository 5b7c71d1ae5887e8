package bind

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/edgelint/edgelint/host/abi"
)

// recordCodec moves records and tuples.
type recordCodec []recordField

type recordField struct {
	codec  codec
	offset uintptr // in the Go struct
	addr   uint32  // in memory
	slot   uint32  // in the flat form
}

func newRecordCodec(t *abi.Type, g reflect.Type) (codec, error) {
	if g.Kind() != reflect.Struct || g.NumField() != len(t.Fields) {
		return nil, mismatch(t, g)
	}
	var c recordCodec
	slot := uint32(0)
	for i, f := range t.Fields {
		gf := g.Field(i)
		if t.Kind == abi.KindRecord && !named(gf, f.Name) {
			return nil, fmt.Errorf("field %q of %s is field %s of the Go type %s", f.Name, t, gf.Name, g)
		}
		fc, err := newCodec(f.Type, gf.Type)
		if err != nil {
			return nil, fmt.Errorf("field %d: %w", i, err)
		}
		c = append(c, recordField{codec: fc, offset: gf.Offset, addr: t.Offset(i), slot: slot})
		slot += f.Type.Layout().FlatLen
	}
	return c, nil
}

// named tells whether a Go field stands for a name of WIT.
func named(f reflect.StructField, name string) bool {
	if tag, ok := f.Tag.Lookup("wit"); ok {
		return tag == name
	}
	return strings.EqualFold(f.Name, strings.ReplaceAll(name, "-", ""))
}

func (c recordCodec) liftFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	for _, f := range c {
		if err := f.codec.liftFlat(cx, flat[f.slot:], unsafe.Add(p, f.offset)); err != nil {
			return err
		}
	}
	return nil
}

func (c recordCodec) load(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	for _, f := range c {
		if err := f.codec.load(cx, addr+f.addr, unsafe.Add(p, f.offset)); err != nil {
			return err
		}
	}
	return nil
}

func (c recordCodec) lowerFlat(cx *abi.Context, flat []uint64, p unsafe.Pointer) error {
	for _, f := range c {
		if err := f.codec.lowerFlat(cx, flat[f.slot:], unsafe.Add(p, f.offset)); err != nil {
			return err
		}
	}
	return nil
}

func (c recordCodec) store(cx *abi.Context, addr uint32, p unsafe.Pointer) error {
	for _, f := range c {
		if err := f.codec.store(cx, addr+f.addr, unsafe.Add(p, f.offset)); err != nil {
			return err
		}
	}
	return nil
}
