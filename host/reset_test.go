package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/host/wasi/p3"
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

// askSync sends a request to a component for WASI 0.2.
func askSync(ctx context.Context, in *Instance, r *http.Request) (status int, err error) {
	w := httptest.NewRecorder()
	x := wasihttp.NewExchange(w, r)
	_, err = in.Call(ctx, "wasi:http/incoming-handler@0.2.0#handle",
		abi.Handle(abi.Rep{Obj: x.Request}), abi.Handle(abi.Rep{Obj: x.Outparam}))
	return w.Code, errors.Join(err, x.Finish())
}

// askAsync sends a request to a component for WASI 0.3, and checks that nothing is
// left of it but what is in its memory.
func askAsync(ctx context.Context, in *Instance, r *http.Request) (status int, err error) {
	f, err := in.component.Func("wasi:http/handler@0.3.0#handle")
	if err != nil {
		return 0, err
	}
	w := httptest.NewRecorder()
	ctx, cancel := context.WithCancel(ctx)
	answered, ended := make(chan error, 1), make(chan error, 1)
	in.startCall(ctx, f, []abi.Value{abi.Handle(abi.Rep{Obj: wasihttp.NewRequest(r, true)})}, func(v abi.Value) {
		go func() {
			response, err := wasihttp.ResponseOf(v)
			if err == nil {
				err = response.WriteTo(ctx, w, false)
			}
			answered <- err
		}()
	}, func(dead error) { ended <- dead })
	err = errors.Join(<-answered, <-ended)
	cancel()
	if !in.rest() {
		err = errors.Join(err, errors.New("the instance does not come to rest"))
	}
	for i := range in.parts {
		for _, e := range in.parts[i].Table.All() {
			err = errors.Join(err, fmt.Errorf("component instance %d still has a %T", i, e.Rep.Obj))
		}
	}
	return w.Code, err
}

func TestResetInstanceIsByteForByteANewOne(t *testing.T) {
	t.Parallel()
	for app, ask := range map[string]func(context.Context, *Instance, *http.Request) (int, error){
		"guide-p2": askSync, "guide-p3": askAsync,
	} {
		t.Run(app, func(t *testing.T) {
			t.Parallel()
			testReset(t, app, ask)
		})
	}
}

func testReset(t *testing.T, app string, ask func(context.Context, *Instance, *http.Request) (int, error)) {
	ctx := t.Context()
	e, err := NewEngine(ctx, Options{Interpret: true})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close(ctx)
	f, err := component.Open("../testdata/" + app + ".wasm")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	imports := bind.NewImports()
	wasi.Add(imports, wasi.Config{})
	p3.Add(imports, wasi.Config{})
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
		if status, err := ask(ctx, in, httptest.NewRequest("GET", fmt.Sprintf("/%d", i), nil)); err != nil || status != 200 {
			t.Fatal(status, err)
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
