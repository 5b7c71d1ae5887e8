package host_test

import (
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
	c, err := e.Compile(ctx, f, imports, link.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// engines are the ways to run a component.
var engines = map[string]host.Options{"compiler": {}, "interpreter": {Interpret: true}}
