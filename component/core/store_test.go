package core_test

import (
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/binary"
)

// types is a module with a type section.
func types(t *testing.T, section string) *core.Module {
	t.Helper()
	m, err := core.Parse(binary.AppendSection([]byte(preamble), byte(core.SectionType), []byte(section)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// id checks a module and gives the identity of one of its types.
func id(t *testing.T, v *core.Validator, m *core.Module, index uint32) core.TypeID {
	t.Helper()
	info, err := v.Module(m)
	if err != nil {
		t.Fatal(err)
	}
	id, ok := info.TypeID(index)
	if !ok {
		t.Fatalf("no type %d", index)
	}
	return id
}

// A list of lists of itself: (rec (type $l (struct (field (ref null $l))))).
const (
	recList = "\x4e\x01\x5f\x01\x63\x00\x00"
	// The same as the second type, by its own index; and next to another type.
	recList1   = "\x4e\x01\x5f\x01\x63\x01\x00"
	recList1of = "\x4e\x02\x5f\x01\x63\x01\x00\x5f\x00"
	funcI32    = "\x60\x01\x7f\x00"
)

func TestEqualTypesOfDifferentModulesAreOne(t *testing.T) {
	t.Parallel()
	v := core.NewValidator(core.Options{})
	list := id(t, v, types(t, "\x01"+recList), 0)
	f := id(t, v, types(t, "\x01"+funcI32), 0)
	if got := id(t, v, types(t, "\x02"+funcI32+recList1), 1); got != list {
		t.Errorf("a list behind a function is type %d, the list alone %d", got, list)
	}
	if got := id(t, v, types(t, "\x03"+funcI32+recList1+funcI32), 2); got != f {
		t.Errorf("the function is type %d, before %d", got, f)
	}
	if got := id(t, v, types(t, "\x02"+funcI32+recList1of), 1); got == list {
		t.Error("a list in a group of two is the list in a group of one")
	}
	if got := v.Types().Type(list).Fields[0].Type.String(); got != "(ref null 0)" {
		t.Errorf("the list's field is %s", got)
	}
	if n := v.Types().Len(); n != 4 {
		t.Errorf("%d types, want 4: the list, the function, and two of a group", n)
	}
}

func TestFaultyGroupsLeaveNoTypes(t *testing.T) {
	t.Parallel()
	v := core.NewValidator(core.Options{})
	faulty := types(t, "\x01\x50\x00\x5f\x00") // a subtype of nothing, which is open, is fine
	if _, err := v.Module(faulty); err != nil {
		t.Fatal(err)
	}
	before := v.Types().Len()
	for range 2 {
		_, err := v.Module(types(t, "\x02"+funcI32+"\x50\x01\x00\x60\x00\x00"))
		if err == nil || !strings.Contains(err.Error(), "type[1]: sub type cannot have a final super type") {
			t.Fatalf("error %v", err)
		}
	}
	if n := v.Types().Len(); n != before+1 {
		t.Errorf("%d types, want %d and the function", n, before)
	}
}

func TestImportMatching(t *testing.T) {
	t.Parallel()
	v := core.NewValidator(core.Options{Features: core.AllFeatures})
	// An open function type, a subtype of it, and another type.
	info, err := v.Module(types(t, "\x03\x50\x00\x60\x00\x00\x50\x01\x00\x60\x00\x00"+funcI32))
	if err != nil {
		t.Fatal(err)
	}
	f := func(index uint32, exact bool) core.ExternType {
		id, _ := info.TypeID(index)
		return core.ExternType{Kind: core.ExternFunc, Type: uint32(id), Exact: exact}
	}
	tag := func(index uint32) core.ExternType {
		x := f(index, false)
		x.Kind = core.ExternTag
		return x
	}
	limits := func(low uint64, high ...uint64) core.Limits {
		l := core.Limits{Min: low, HasMax: len(high) > 0}
		if l.HasMax {
			l.Max = high[0]
		}
		return l
	}
	table := func(l core.Limits, element core.ValType) core.ExternType {
		return core.ExternType{Kind: core.ExternTable, Table: core.TableType{Limits: l, Element: element}}
	}
	memory := func(l core.Limits, page uint8) core.ExternType {
		return core.ExternType{Kind: core.ExternMemory, Memory: core.MemoryType{Limits: l, PageBits: page}}
	}
	global := func(valType core.ValType, mutable bool) core.ExternType {
		return core.ExternType{Kind: core.ExternGlobal, Global: core.GlobalType{Type: valType, Mutable: mutable}}
	}
	shared, wide := limits(1, 2), limits(1, 2)
	shared.Shared, wide.Is64 = true, true
	for _, c := range []struct {
		name       string
		sub, super core.ExternType
		fault      string
	}{
		{"same function", f(0, false), f(0, false), ""},
		{"subtype", f(1, false), f(0, false), ""},
		{"supertype", f(0, false), f(1, false), "expected function type"},
		{"other function", f(2, false), f(0, false), "expected function type (func), found (func (param i32))"},
		{"exact for plain", f(1, true), f(0, false), ""},
		{"plain for exact", f(0, false), f(0, true), "exact type"},
		{"exact", f(0, true), f(0, true), ""},
		{"exact subtype", f(1, true), f(0, true), "expected function type"},
		{"other kind", f(0, false), tag(0), "expected a tag, found a func"},
		{"same tag", tag(2), tag(2), ""},
		{"tag of a subtype", tag(1), tag(0), "expected tag type"},
		{"larger table", table(limits(3, 4), core.FuncRef), table(limits(2, 5), core.FuncRef), ""},
		{"smaller table", table(limits(1), core.FuncRef), table(limits(2), core.FuncRef), "at least 2, found 1"},
		{"endless table", table(limits(2), core.FuncRef), table(limits(2, 3), core.FuncRef), "at most 3"},
		{"table elements", table(limits(1), core.ExternRef), table(limits(1), core.FuncRef), "of type funcref"},
		{"table indices", table(wide, core.FuncRef), table(limits(1), core.FuncRef), "indexed by i32, found i64"},
		{"shared table", table(shared, core.FuncRef), table(limits(1), core.FuncRef), "shared"},
		{"memory", memory(limits(2, 3), 16), memory(limits(1, 4), 16), ""},
		{"shared memory", memory(shared, 16), memory(limits(1, 2), 16), "shared"},
		{"memory indices", memory(wide, 16), memory(limits(1), 16), "indexed by"},
		{"pages", memory(limits(1), 0), memory(limits(1), 16), "2^16 bytes, found 2^0"},
		{"memory too large", memory(limits(1, 9), 16), memory(limits(1, 4), 16), "at most 4"},
		{"constant of a subtype", global(core.I31Ref, false), global(core.AnyRef, false), ""},
		{"variable of a subtype", global(core.I31Ref, true), global(core.AnyRef, true), "anyref, found i31ref"},
		{"constant for variable", global(core.I32, false), global(core.I32, true), "mutability"},
		{"other global", global(core.I64, false), global(core.I32, false), "type i32, found i64"},
	} {
		err := v.Types().Matches(c.sub, c.super)
		if err == nil && c.fault != "" || err != nil && (c.fault == "" || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.fault)
		}
	}
}

func TestTypeNames(t *testing.T) {
	t.Parallel()
	for want, typ := range map[string]core.ValType{
		"i32": core.I32, "v128": core.V128, "i16": core.I16,
		"funcref": core.FuncRef, "nullref": core.NullRef,
		"nullexternref":           core.AbstractRef(core.HeapNoExtern, true, false),
		"(ref func)":              core.FuncRef.AsNonNull(),
		"(ref null (shared any))": core.AbstractRef(core.HeapAny, true, true),
		"(ref 7)":                 core.IndexedRef(7, false, false),
		"(ref null (exact 0))":    core.IndexedRef(0, false, true).AsNullable(),
		"anything":                0,
		"(ref heap type 0x01)":    core.AbstractRef(1, false, false),
	} {
		if got := typ.String(); got != want {
			t.Errorf("%x is %q, want %q", uint32(typ), got, want)
		}
	}
	if got := (core.DefaultFeatures &^ core.MVP & core.WASM1).String(); got != "mutable-global" {
		t.Errorf("features %q", got)
	}
}
