package abi_test

import (
	"testing"

	"github.com/edgelint/edgelint/host/abi"
)

// fuzzTypes use every kind of value that lies in memory.
func fuzzTypes() []*abi.Type {
	field := func(name string, t *abi.Type) abi.Field { return abi.Field{Name: name, Type: t} }
	record := abi.RecordOf(field("a", abi.TypeU8), field("b", abi.ListOf(abi.TypeString)), field("c", abi.TypeF64))
	variant := abi.VariantOf(field("x", nil), field("y", record), field("z", abi.TypeChar))
	return []*abi.Type{
		abi.ListOf(record),
		abi.ListOf(variant),
		abi.TupleOf(abi.TypeString, abi.OptionOf(abi.ListOf(abi.TypeU8)), abi.FlagsOf("p", "q", "r")),
		abi.ResultOf(abi.MapOf(abi.TypeString, abi.TypeS16), abi.EnumOf("one", "two")),
		abi.FixedListOf(abi.ListOf(abi.ListOf(abi.TypeBool)), 3),
	}
}

// FuzzLoad lifts values from any memory: it must trap or give a value that can be
// lowered again.
func FuzzLoad(f *testing.F) {
	f.Add([]byte{16, 0, 0, 0, 2, 0, 0, 0}, uint8(0), uint8(0))
	f.Add([]byte{0, 0, 0, 0, 255, 255, 255, 31}, uint8(2), uint8(1))
	f.Fuzz(func(t *testing.T, memory []byte, typ, encoding uint8) {
		types := fuzzTypes()
		names := []string{"utf8", "utf16", "latin1+utf16"}
		m, cx := newTestContext(t, 1<<16, names[int(encoding)%len(names)])
		copy(m.bytes, memory)
		at := abi.Place{InMemory: true}
		v, err := cx.LiftValue(types[int(typ)%len(types)], at)
		if err != nil {
			return
		}
		m2, cx2 := newTestContext(t, 1<<24, "utf8")
		m2.next = 4096
		if err := cx2.LowerValue(types[int(typ)%len(types)], v, at); err != nil {
			if len(m2.bytes) > int(m2.next) {
				t.Errorf("%s was lifted and cannot be lowered: %v", v, err)
			}
		}
	})
}
