package heap_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/edgelint/edgelint/python/heap"
	"github.com/edgelint/edgelint/python/internal/heaptest"
)

// versions runs a test on a heap of each supported version.
func versions(t *testing.T, test func(t *testing.T, b *heaptest.Builder)) {
	t.Parallel()
	for name, minor := range map[string]int{"3.12": 12, "3.14": 14} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := heaptest.New(minor)
			for _, module := range []string{"sys", "builtins", "_imp"} {
				b.Module(module, "", nil)
			}
			test(t, b)
		})
	}
}

func open(t *testing.T, b *heaptest.Builder) *heap.Heap {
	t.Helper()
	h, err := heap.Open(b.Image())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestTextOfEveryWidth(t *testing.T) {
	versions(t, func(t *testing.T, b *heaptest.Builder) {
		texts := []string{"", "plain", "Zürich", "Ελλάς", "🐍 snake"}
		var addrs []uint32
		for _, s := range texts {
			addrs = append(addrs, b.Str(s))
		}
		h := open(t, b)
		for i, want := range texts {
			o := h.Object(addrs[i])
			if got := o.Text(); got != want || !o.IsStr() || o.Len() != len([]rune(want)) {
				t.Errorf("text %q of length %d, want %q", got, o.Len(), want)
			}
		}
		if o := h.Object(addrs[1]); !o.Is("plain") || o.Is("plainer") || o.Is("plaid") {
			t.Error("Is does not tell texts apart")
		}
	})
}

func TestIntegers(t *testing.T) {
	versions(t, func(t *testing.T, b *heaptest.Builder) {
		values := []int64{0, 1, -1, 1<<30 - 1, 1 << 30, -(1 << 40), 1<<62 + 12345, -(1<<63 - 1)}
		var addrs []uint32
		for _, v := range values {
			addrs = append(addrs, b.Int(v))
		}
		huge := b.Int(1)
		b.Put32(huge+8, 5<<3)
		h := open(t, b)
		for i, want := range values {
			got, ok := h.Object(addrs[i]).Int()
			if !ok || got != want || h.Object(addrs[i]).BigInt().Int64() != want {
				t.Errorf("int %d (%v), want %d", got, ok, want)
			}
		}
		if v, ok := h.Object(huge).Int(); ok {
			t.Errorf("an int of five digits is %d", v)
		}
	})
}

func TestContainers(t *testing.T) {
	versions(t, func(t *testing.T, b *heaptest.Builder) {
		one, two := b.Int(1), b.Str("two")
		tuple, list, set := b.Tuple(one, two), b.List(two, one, two), b.Set(one, two)
		dict := b.Dict(heaptest.Names{"a": one, "b": two})
		mapping := b.Mapping(one, two, two, one)
		h := open(t, b)
		for name, c := range map[string]struct {
			addr uint32
			want []uint32
		}{
			"tuple": {tuple, []uint32{one, two}}, "list": {list, []uint32{two, one, two}}, "set": {set, []uint32{one, two}},
		} {
			var got []uint32
			for o := range h.Object(c.addr).Elems() {
				got = append(got, o.Addr())
			}
			if !slices.Equal(got, c.want) || h.Object(c.addr).Len() != len(c.want) {
				t.Errorf("%s has %x, want %x", name, got, c.want)
			}
		}
		if got := h.Object(list).Elem(1).Addr(); got != one {
			t.Errorf("element 1 of the list is %x", got)
		}
		if got := h.Object(tuple).Elem(2); !got.IsNull() {
			t.Errorf("element 2 of a pair is %x", got.Addr())
		}
		if got := h.Object(dict).Get("b").Text(); got != "two" {
			t.Errorf("dict has %q", got)
		}
		keys := []uint32{}
		for k, v := range h.Object(mapping).Items() {
			keys = append(keys, k.Addr(), v.Addr())
		}
		if !slices.Equal(keys, []uint32{one, two, two, one}) {
			t.Errorf("mapping has %x", keys)
		}
	})
}

func TestInstancesAndClasses(t *testing.T) {
	versions(t, func(t *testing.T, b *heaptest.Builder) {
		base := b.Class("lib", "Base", 0, heaptest.Names{"limit": b.Int(9)})
		class := b.Class("app", "Thing", base, nil, "x", "y")
		obj := b.Instance(class, b.Int(1), b.Str("why"))
		h := open(t, b)
		o := h.Object(obj)
		got := map[string]string{}
		for k, v := range o.Attrs() {
			got[k.Text()] = v.TypeName()
		}
		if want := map[string]string{"x": "int", "y": "str"}; !maps.Equal(got, want) {
			t.Errorf("attributes %v, want %v", got, want)
		}
		if v, _ := o.Attr("limit").Int(); v != 9 {
			t.Errorf("inherited attribute is %d", v)
		}
		if !o.Attr("none").IsNull() {
			t.Error("an attribute that is not there has a value")
		}
		c := o.Type()
		if c.Name() != "Thing" || c.QualName() != "Thing" || c.ModuleName() != "app" || !c.IsHeapType() {
			t.Errorf("class %s.%s", c.ModuleName(), c.QualName())
		}
		if !c.IsSubclassOf(h.Object(base)) || h.Object(base).IsSubclassOf(c) {
			t.Error("inheritance is the wrong way round")
		}
	})
}

func TestFunctionsAndCode(t *testing.T) {
	versions(t, func(t *testing.T, b *heaptest.Builder) {
		app := b.Module("app", "/0/app.py", nil)
		units := []byte{151, 0, 121, 0}
		code := b.Code(heaptest.Code{
			File: "/0/app.py", QualName: "main", FirstLine: 12, Names: []string{"socket", "connect"},
			Consts: []uint32{b.None()}, Units: units, Lines: []byte{0xf8}, Exceptions: []byte{0x80, 1, 2, 3},
		})
		fn := b.Function("app", b.Globals(app), code)
		h := open(t, b)
		f := h.Object(fn)
		if f.Name() != "main" || f.ModuleName() != "app" || f.Globals().Get("__file__").Text() != "/0/app.py" {
			t.Errorf("function %s of %s", f.Name(), f.ModuleName())
		}
		c := f.Code()
		if c.FileName() != "/0/app.py" || c.QualName() != "main" || c.FirstLine() != 12 {
			t.Errorf("code %s %s:%d", c.QualName(), c.FileName(), c.FirstLine())
		}
		if !slices.Equal(c.CodeUnits(), units) || len(c.LineTable()) != 1 || len(c.ExceptionTable()) != 4 {
			t.Errorf("units %x, lines %x, exceptions %x", c.CodeUnits(), c.LineTable(), c.ExceptionTable())
		}
		if !c.Names().Elem(1).Is("connect") || !c.Consts().Elem(0).IsNone() {
			t.Error("names or constants differ")
		}
	})
}

func TestTrackedObjectsAreAllFound(t *testing.T) {
	versions(t, func(t *testing.T, b *heaptest.Builder) {
		app := b.Module("app", "/0/app.py", nil)
		code := b.Code(heaptest.Code{File: "/0/app.py", QualName: "f"})
		want := map[uint32]bool{}
		for range 10 {
			want[b.Function("app", b.Globals(app), code)] = true
		}
		h := open(t, b)
		byList, byShape := map[uint32]bool{}, map[uint32]bool{}
		for o := range h.Tracked() {
			if o.IsFunction() {
				byList[o.Addr()] = true
			}
		}
		for o := range h.Functions() {
			byShape[o.Addr()] = true
		}
		if !maps.Equal(byList, want) || !maps.Equal(byShape, want) {
			t.Errorf("%d functions by list and %d by shape, want %d", len(byList), len(byShape), len(want))
		}
	})
}

func TestOpenRefusesWhatIsNoHeap(t *testing.T) {
	t.Parallel()
	version := heaptest.Sample(14)
	version.Mem[version.Symbol("_PyRuntime")+8+2] = 15
	version12 := heaptest.Sample(12)
	version12.Libraries[0].Name = "libpython3.13.so"
	damaged := heaptest.Sample(12)
	clear(damaged.Mem[0x1000:0x1400])
	noTypes := heaptest.Sample(14)
	clear(noTypes.Mem[0x10000:])
	for name, c := range map[string]struct {
		img  *heap.Image
		want error
	}{
		"empty memory":             {&heap.Image{}, heap.ErrNoPython},
		"memory of zeros":          {&heap.Image{Mem: make([]byte, 1<<16)}, heap.ErrNoPython},
		"unknown version":          {version, heap.ErrVersion},
		"unknown library version":  {version12, heap.ErrVersion},
		"interpreter state erased": {damaged, heap.ErrDamaged},
		"types erased":             {noTypes, heap.ErrDamaged},
	} {
		if _, err := heap.Open(c.img); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestNullObjectAnswersNothing(t *testing.T) {
	t.Parallel()
	var o heap.Object
	get, set, del := o.Accessors()
	for _, other := range []heap.Object{
		o.Type(), o.Dict(), o.Get("x"), o.Attr("x"), o.Elem(0), o.Code(), o.Globals(), o.Closure(), o.Wrapped(),
		o.Self(), o.Consts(), o.Names(), o.Locals(), o.Lookup("x"), o.Defaults(), o.KwDefaults(), get, set, del,
	} {
		if !other.IsNull() {
			t.Error("no object has an object")
		}
	}
	if o.Text()+o.Name()+o.QualName()+o.ModuleName()+o.TypeName() != "" || o.Len() != 0 || o.Bytes() != nil || o.Valid() {
		t.Error("no object has a value")
	}
	for range o.Attrs() {
		t.Error("no object has attributes")
	}
}
