package host

import (
	"errors"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
)

// asyncInstance makes an instance whose component uses async.
func asyncInstance(t *testing.T) *Instance {
	t.Helper()
	e, err := NewEngine(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close(t.Context()) })
	f, err := component.Open("testdata/components/lingers.wasm")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := e.Compile(t.Context(), f, bind.NewImports(), link.Options{})
	if err != nil {
		t.Fatal(err)
	}
	in, err := c.Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestPanicsOfTheHostInThreadsAndPostsEndTheInstanceOnly(t *testing.T) {
	panics := func(*abi.Context, abi.Place) error { panic("a mistake of the host") }
	for name, fails := range map[string]func(*Instance, *Func) error{
		"in a thread": func(in *Instance, run *Func) error {
			return in.callAsync(in.context(t.Context()), run.fn, panics, panics)
		},
		"in a post": func(in *Instance, _ *Func) error {
			in.Post(func(error) { panic("a mistake of the host") })
			done := make(chan error)
			in.post(func() { done <- in.dead })
			return <-done
		},
	} {
		in := asyncInstance(t)
		run, err := in.component.Func("run")
		if err != nil {
			t.Fatal(err)
		}
		if err := fails(in, run); err == nil || !strings.Contains(err.Error(), "panic in the host: a mistake of the host") {
			t.Errorf("%s: error %v", name, err)
		}
		if _, err := in.CallFunc(t.Context(), run); !errors.Is(err, ErrDead) {
			t.Errorf("%s: error %v of another call, want ErrDead", name, err)
		}
		if err := in.Close(t.Context()); err != nil {
			t.Errorf("%s: closing: %v", name, err)
		}
	}
}
