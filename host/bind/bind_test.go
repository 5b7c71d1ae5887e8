package bind_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
)

// memory is a memory whose allocator only moves on.
type memory struct {
	bytes []byte
	next  uint32
}

func (m *memory) Size() uint32 { return uint32(len(m.bytes)) }

func (m *memory) Read(off, n uint32) ([]byte, bool) { return m.bytes[off : off+n], true }

func (m *memory) realloc(_ context.Context, _, _, align, size uint32) (uint32, error) {
	ptr := (m.next + align - 1) &^ (align - 1)
	m.next = ptr + size
	return ptr, nil
}

func newContext(tb testing.TB) *abi.Context {
	m := &memory{bytes: make([]byte, 1<<20), next: 1 << 16}
	cx := &abi.Context{}
	cx.Start(tb.Context(), &abi.Options{Memory: m, Realloc: m.realloc}, &abi.Instance{MayLeave: true})
	return cx
}

// call lowers arguments as a component would, calls f, and lifts the result.
func call(
	tb testing.TB, cx *abi.Context, f bind.Func, t *abi.FuncType, args ...abi.Value,
) (abi.Value, error) {
	tb.Helper()
	callee, err := bind.Bind(f, t)
	if err != nil {
		return abi.Value{}, err
	}
	sig := t.Signature(abi.LowerSync)
	stack := make([]uint64, max(len(sig.Params), len(sig.Results)))
	in := abi.Place{Flat: stack}
	if sig.SpillParams {
		stack[0] = 1024
		in = sig.ParamsIn(stack)
	}
	if sig.SpillResult {
		stack[len(sig.Params)-1] = 8192
	}
	if err := cx.LowerValue(t.Tuple(), abi.Tuple(args...), in); err != nil {
		tb.Fatal(err)
	}
	out := sig.ResultOut(stack)
	c := callee.Begin()
	defer c.End()
	if err := c.Lift(cx, in); err != nil {
		return abi.Value{}, err
	}
	if err := c.Run(tb.Context()); err != nil {
		return abi.Value{}, err
	}
	if err := c.Lower(cx, out); err != nil {
		return abi.Value{}, err
	}
	if t.Result == nil {
		return abi.Value{}, nil
	}
	return cx.LiftValue(t.Result, out)
}

type point struct {
	X     uint8
	Long  string
	Inner []bind.Tuple2[uint16, bind.Option[string]]
}

type method struct {
	Case  uint8
	Other string
	Code  uint32 `wit:"status-code"`
}

func echo[T any](_ context.Context, v T) (T, error) { return v, nil }

func TestValuesPassThroughGo(t *testing.T) {
	t.Parallel()
	record := abi.RecordOf(
		abi.Field{Name: "x", Type: abi.TypeU8}, abi.Field{Name: "long", Type: abi.TypeString},
		abi.Field{Name: "inner", Type: abi.ListOf(abi.TupleOf(abi.TypeU16, abi.OptionOf(abi.TypeString)))})
	variant := abi.VariantOf(
		abi.Field{Name: "get"}, abi.Field{Name: "other", Type: abi.TypeString},
		abi.Field{Name: "status-code", Type: abi.TypeU32})
	for _, tt := range []struct {
		name   string
		f      bind.Func
		typ    *abi.Type
		values []abi.Value
	}{
		{"bool", bind.Func1(echo[bool]), abi.TypeBool, []abi.Value{abi.Bool(true), abi.Bool(false)}},
		{"s8", bind.Func1(echo[int8]), abi.TypeS8, []abi.Value{abi.S8(-128), abi.S8(127)}},
		{"u16", bind.Func1(echo[uint16]), abi.TypeU16, []abi.Value{abi.U16(65535)}},
		{"s64", bind.Func1(echo[int64]), abi.TypeS64, []abi.Value{abi.S64(-1 << 63)}},
		{"f32", bind.Func1(echo[float32]), abi.TypeF32, []abi.Value{abi.F32(-1.5)}},
		{"f64", bind.Func1(echo[float64]), abi.TypeF64, []abi.Value{abi.F64(1e300)}},
		{"char", bind.Func1(echo[rune]), abi.TypeChar, []abi.Value{abi.Char('☃')}},
		{"string", bind.Func1(echo[string]), abi.TypeString, []abi.Value{abi.String("grüß"), abi.String("")}},
		{"bytes", bind.Func1(echo[[]byte]), abi.ListOf(abi.TypeU8), []abi.Value{abi.Bytes([]byte("abc"))}},
		{"view", bind.Func1(echo[bind.View]), abi.ListOf(abi.TypeU8), []abi.Value{abi.Bytes([]byte("abc"))}},
		{
			"list", bind.Func1(echo[[]string]), abi.ListOf(abi.TypeString),
			[]abi.Value{abi.List(abi.String("a"), abi.String("")), abi.List()},
		},
		{
			"fixed list", bind.Func1(echo[[]uint32]), abi.FixedListOf(abi.TypeU32, 2),
			[]abi.Value{abi.List(abi.U32(1), abi.U32(2))},
		},
		{
			"option", bind.Func1(echo[bind.Option[uint64]]), abi.OptionOf(abi.TypeU64),
			[]abi.Value{abi.None(), abi.Some(abi.U64(7))},
		},
		{
			"result", bind.Func1(echo[bind.Result[bind.Unit, string]]), abi.ResultOf(nil, abi.TypeString),
			[]abi.Value{abi.Ok(), abi.Err(abi.String("no"))},
		},
		{
			"result without error", bind.Func1(echo[bind.Result[uint8, bind.Unit]]), abi.ResultOf(abi.TypeU8, nil),
			[]abi.Value{abi.Ok(abi.U8(3)), abi.Err()},
		},
		{"enum", bind.Func1(echo[uint8]), abi.EnumOf("a", "b"), []abi.Value{abi.Case(1)}},
		{"flags", bind.Func1(echo[uint16]), abi.FlagsOf("a", "b", "c"), []abi.Value{abi.Flags(5)}},
		{
			"variant", bind.Func1(echo[method]), variant,
			[]abi.Value{abi.Case(0), abi.Case(1, abi.String("PATCH")), abi.Case(2, abi.U32(404))},
		},
		{"record", bind.Func1(echo[point]), record, []abi.Value{abi.Record(
			abi.U8(1), abi.String("long"),
			abi.List(abi.Tuple(abi.U16(1), abi.Some(abi.String("x"))), abi.Tuple(abi.U16(2), abi.None())),
		)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cx := newContext(t)
			ft := abi.NewFuncType(false, tt.typ, abi.Field{Name: "v", Type: tt.typ})
			for _, v := range tt.values {
				got, err := call(t, cx, tt.f, ft, v)
				if err != nil {
					t.Fatal(err)
				}
				if got.String() != v.String() {
					t.Errorf("%s came back as %s", v, got)
				}
			}
		})
	}
}

func TestTextsOfTheHostAreUTF8(t *testing.T) {
	t.Parallel()
	f := bind.Func0(func(context.Context) ([]string, error) { return []string{"a\xff", "\xc3", "ü"}, nil })
	got, err := call(t, newContext(t), f, abi.NewFuncType(false, abi.ListOf(abi.TypeString)))
	if want := abi.List(abi.String("a\uFFFD"), abi.String("\uFFFD"), abi.String("ü")); err != nil || got.String() != want.String() {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestSpilledArgumentsAreReadFromMemory(t *testing.T) {
	t.Parallel()
	type five = struct{ A, B, C, D, E string }
	strs := abi.TupleOf(abi.TypeString, abi.TypeString, abi.TypeString, abi.TypeString, abi.TypeString)
	ft := abi.NewFuncType(false, abi.TypeString,
		abi.Field{Name: "first", Type: strs}, abi.Field{Name: "second", Type: strs})
	join := bind.Func2(func(_ context.Context, a, b five) (string, error) {
		return strings.Join([]string{a.A, a.B, a.C, a.D, a.E, b.A, b.B, b.C, b.D, b.E}, ""), nil
	})
	ten := func(s ...string) (v []abi.Value) {
		for _, x := range s {
			v = append(v, abi.String(x))
		}
		return v
	}
	got, err := call(t, newContext(t), join, ft,
		abi.Tuple(ten("a", "b", "c", "d", "e")...), abi.Tuple(ten("f", "g", "h", "i", "j")...))
	if err != nil || got.Text() != "abcdefghij" {
		t.Errorf("got %s, %v", got, err)
	}
}

type stream struct{ name string }

func TestResourcesAreMovedAndLent(t *testing.T) {
	t.Parallel()
	imports := bind.NewImports()
	iface := imports.Interface("a:b/c")
	dropped := []string{}
	rt := bind.Resource(iface, "stream", func(_ context.Context, s *stream) error {
		dropped = append(dropped, s.name)
		return nil
	})
	cx := newContext(t)
	cx.Lent = &abi.Lenders{}
	table := &cx.Instance.Table
	open := bind.Func1(func(_ context.Context, name string) (*stream, error) { return &stream{name}, nil })
	name := bind.Func1(func(_ context.Context, s *stream) (string, error) { return s.name, nil })

	own, borrow := abi.OwnOf(rt), abi.BorrowOf(rt)
	_, err := call(t, cx, open, abi.NewFuncType(false, own, abi.Field{Name: "name", Type: abi.TypeString}),
		abi.String("x"))
	if err != nil {
		t.Fatal(err)
	}
	// The call above lifted the handle that open made; put it back.
	i, err := table.Add(abi.Entry{Type: rt, Own: true, Rep: abi.Rep{Obj: &stream{"y"}}})
	if err != nil {
		t.Fatal(err)
	}
	callee, err := bind.Bind(name, abi.NewFuncType(false, abi.TypeString, abi.Field{Name: "self", Type: borrow}))
	if err != nil {
		t.Fatal(err)
	}
	c := callee.Begin()
	if err := c.Lift(cx, abi.Place{Flat: []uint64{uint64(i)}}); err != nil {
		t.Fatal(err)
	}
	if e, _ := table.Get(i); e.Lends != 1 {
		t.Errorf("handle is lent %d times during the call", e.Lends)
	}
	if _, err := cx.LiftOwn(i, rt); err == nil {
		t.Error("a handle that is lent was given away")
	}
	cx.Lent.Release(table)
	rep, err := cx.LiftOwn(i, rt)
	if err != nil {
		t.Fatal(err)
	}
	if err := rt.Drop(t.Context(), rep); err != nil || !reflect.DeepEqual(dropped, []string{"y"}) {
		t.Errorf("dropped %v, %v", dropped, err)
	}
	if _, err := cx.LiftBorrow(i, rt); err == nil {
		t.Error("a handle that was given away is still there")
	}
}

func TestMismatchedTypesAreRefused(t *testing.T) {
	t.Parallel()
	field := func(t *abi.Type) abi.Field { return abi.Field{Name: "p", Type: t} }
	for _, tt := range []struct {
		f    bind.Func
		t    *abi.FuncType
		want string
	}{
		{bind.Func1(echo[uint32]), abi.NewFuncType(false, abi.TypeU32, field(abi.TypeU64)), `parameter "p"`},
		{bind.Func1(echo[uint32]), abi.NewFuncType(false, nil, field(abi.TypeU32)), "expects no result"},
		{bind.Func1(echo[uint32]), abi.NewFuncType(false, abi.TypeU32), "passes 0 arguments"},
		{bind.Func1(echo[uint8]), abi.NewFuncType(false, abi.FlagsOf(strings.Split("abcdefghi", "")...),
			field(abi.FlagsOf("a"))), "result"},
		{bind.Func1(echo[point]), abi.NewFuncType(false, nil, field(abi.RecordOf(field(abi.TypeU8),
			field(abi.TypeString), field(abi.ListOf(abi.TypeU8))))), `field "p"`},
	} {
		_, err := bind.Bind(tt.f, tt.t)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one that says %q", tt.t, err, tt.want)
		}
	}
}

func TestHostileListsAreRefusedBeforeTheyAreAllocated(t *testing.T) {
	t.Parallel()
	cx := newContext(t)
	f := bind.Func1(func(_ context.Context, v []string) (uint32, error) { return uint32(len(v)), nil })
	callee, err := bind.Bind(f, abi.NewFuncType(false, abi.TypeU32,
		abi.Field{Name: "v", Type: abi.ListOf(abi.TypeString)}))
	if err != nil {
		t.Fatal(err)
	}
	for _, flat := range [][]uint64{{0, 1 << 29}, {4, 1<<32 - 1}, {1, 0}, {1<<32 - 4, 1}, {1 << 20, 1}} {
		c := callee.Begin()
		if err := c.Lift(cx, abi.Place{Flat: flat}); err == nil {
			t.Errorf("list at %#x of %d strings was lifted", flat[0], flat[1])
		}
		c.End()
	}
}

func BenchmarkScalarCall(b *testing.B) {
	cx := newContext(b)
	f := bind.Func2(func(_ context.Context, a uint32, c uint64) (uint64, error) { return uint64(a) + c, nil })
	callee, err := bind.Bind(f, abi.NewFuncType(false, abi.TypeU64,
		abi.Field{Name: "a", Type: abi.TypeU32}, abi.Field{Name: "b", Type: abi.TypeU64}))
	if err != nil {
		b.Fatal(err)
	}
	place := abi.Place{Flat: []uint64{1, 2}}
	b.ReportAllocs()
	for b.Loop() {
		c := callee.Begin()
		if c.Lift(cx, place) != nil || c.Run(cx.Ctx) != nil || c.Lower(cx, place) != nil {
			b.Fatal("trap")
		}
		c.End()
		place.Flat[1] = 2
	}
}

func ExampleFunc1() {
	imports := bind.NewImports()
	words := imports.Interface("example:words/count@0.1.0")
	words.Func("count", bind.Func1(func(_ context.Context, text string) (uint32, error) {
		return uint32(len(strings.Fields(text))), nil
	}))
	found, _ := imports.Lookup("example:words/count@0.1.0")
	fmt.Println(found.Name(), found.Funcs())
	// Output: example:words/count@0.1.0 [count]
}
