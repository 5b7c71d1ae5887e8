package host_test

import (
	"context"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
)

// The components under testdata/components are made from the texts beside them by
// `wasm-tools parse`.

// newComponent compiles one of them.
func newComponent(tb testing.TB, name string, imports *bind.Imports, opts host.Options) *host.Component {
	tb.Helper()
	c, err := compileComponent(tb, name, imports, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// instantiate makes an instance that is closed when the test ends.
func instantiate(t *testing.T, c *host.Component) *host.Instance {
	t.Helper()
	in, err := c.Instantiate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(context.WithoutCancel(t.Context())) })
	return in
}

// compileComponent is newComponent for those that may be refused.
func compileComponent(tb testing.TB, name string, imports *bind.Imports, opts host.Options) (*host.Component, error) {
	tb.Helper()
	ctx := tb.Context()
	e, err := host.NewEngine(ctx, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { e.Close(ctx) })
	f, err := component.Open("testdata/components/" + name + ".wasm")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	return e.Compile(ctx, f, imports, link.Options{})
}

// engines are the ways to run a component.
var engines = map[string]host.Options{"compiler": {}, "interpreter": {Interpret: true}}

func TestComponentsThatCannotRunAreRefusedWithTheReason(t *testing.T) {
	imports := bind.NewImports()
	imports.Interface("").Func("nothing", bind.Func0(func(context.Context) (bind.Unit, error) {
		return bind.Unit{}, nil
	}))
	for name, want := range map[string]string{
		"two-memories":   "the module has 2 memories, and the engine supports one",
		"empty-instance": `import "nothing": it is an instance, but the host offers a function of this name`,
	} {
		if _, err := compileComponent(t, name, imports, host.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
	if _, err := compileComponent(t, "empty-instance", bind.NewImports(), host.Options{}); err != nil {
		t.Errorf("an empty instance need not be offered: %v", err)
	}
}
