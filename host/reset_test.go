package host

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/host/wasi/wasihttp"
)

// guestState is a copy of all memories and mutable globals of an instance.
func guestState(in *Instance) (memories [][]byte, globals []uint64) {
	for _, m := range in.memories {
		memories = append(memories, bytes.Clone(m.Bytes()))
	}
	for _, g := range in.globals {
		globals = append(globals, g.global.Get())
	}
	return memories, globals
}

func sameState(t *testing.T, what string, in *Instance, memories [][]byte, globals []uint64) {
	t.Helper()
	m, g := guestState(in)
	for i := range memories {
		if !bytes.Equal(m[i], memories[i]) {
			t.Errorf("%s: memory %d differs from a new instance's", what, i)
		}
	}
	if fmt.Sprint(g) != fmt.Sprint(globals) {
		t.Errorf("%s: globals differ from a new instance's", what)
	}
	for i := range in.parts {
		for range in.parts[i].Table.All() {
			t.Errorf("%s: component instance %d has handles", what, i)
		}
	}
}

func TestResetInstanceIsByteForByteANewOne(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e, err := NewEngine(ctx, Options{Interpret: true})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close(ctx)
	f, err := component.Open("../testdata/guide-p2.wasm")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	imports := bind.NewImports()
	wasi.Add(imports, wasi.Config{})
	wasihttp.Add(imports, wasihttp.Config{})
	c, err := e.Compile(ctx, f, imports, link.Options{})
	if err != nil {
		t.Fatal(err)
	}
	newInstance := func() *Instance {
		in, err := c.Instantiate(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := in.keep(); err != nil {
			t.Fatal(err)
		}
		return in
	}
	fresh, in := newInstance(), newInstance()
	defer fresh.Close(ctx)
	defer in.Close(ctx)
	memories, globals := guestState(fresh)
	if len(memories) == 0 || len(globals) < 100 {
		t.Fatalf("%d memories and %d mutable globals are not those of Python", len(memories), len(globals))
	}
	sameState(t, "untouched", in, memories, globals)

	for i := range 5 {
		w := httptest.NewRecorder()
		x := wasihttp.NewExchange(w, httptest.NewRequest("GET", fmt.Sprintf("/%d", i), nil))
		_, err := in.Call(ctx, "wasi:http/incoming-handler@0.2.0#handle",
			abi.Handle(abi.Rep{Obj: x.Request}), abi.Handle(abi.Rep{Obj: x.Outparam}))
		if err != nil || x.Finish() != nil || w.Code != 200 {
			t.Fatal(err, w.Code)
		}
		if m, _ := guestState(in); bytes.Equal(m[0], memories[0]) {
			t.Fatal("the request left no trace in memory, so the test shows nothing")
		}
		if err := in.reset(ctx); err != nil {
			t.Fatal(err)
		}
		sameState(t, "after a request", in, memories, globals)
	}

	for _, m := range in.memories {
		for i := range m.Bytes() {
			m.Bytes()[i] ^= 0xa5
		}
	}
	for i, g := range in.globals {
		g.global.Set(uint64(i) + 12345)
	}
	if _, err := in.parts[0].Table.Add(abi.Entry{}); err != nil {
		t.Fatal(err)
	}
	if err := in.reset(ctx); err != nil {
		t.Fatal(err)
	}
	sameState(t, "after everything was changed", in, memories, globals)
}
