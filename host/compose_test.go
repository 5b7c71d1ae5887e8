package host_test

import (
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
)

const adds = "fixtures:calc/add@1.0.0"

// compose composes components of testdata; each after the first has a plug.
func compose(t *testing.T, names []string, plugs ...map[string]link.Plug) (*host.Component, error) {
	t.Helper()
	e, err := host.NewEngine(t.Context(), host.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close(t.Context()) })
	imports := bind.NewImports()
	var parts []host.Part
	for i, name := range names {
		f, err := component.Open("testdata/components/" + name + ".wasm")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		parts = append(parts, host.Part{File: f, Imports: imports, Plugs: plugs[i]})
		imports = imports.Sibling()
	}
	return e.Compose(t.Context(), parts, link.Options{Strict: true})
}

func plug(part int, export string) map[string]link.Plug {
	return map[string]link.Plug{adds: {Part: part, Export: export}}
}

func TestComponentsSupplyEachOther(t *testing.T) {
	t.Parallel()
	c, err := compose(t, []string{"adder", "doubler", "doubler"}, nil, plug(0, adds), plug(1, adds))
	if err != nil {
		t.Fatal(err)
	}
	in := instantiate(t, c)
	// The inner doubler adds 1 to each sum.
	for range 2 {
		if got, err := in.Call(t.Context(), "twice", abi.U32(20)); err != nil || got.Uint() != 41 {
			t.Errorf("twice 20 = %v, %v", got, err)
		}
	}
	if got, err := in.Call(t.Context(), adds+"#add", abi.U32(1), abi.U32(2)); err != nil || got.Uint() != 6 {
		t.Errorf("1 + 2 = %v, %v", got, err)
	}
}

func TestComponentsThatDoNotFitAreNotComposed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		names []string
		plugs []map[string]link.Plug
		says  string
	}{
		{[]string{"other-adder", "doubler"}, []map[string]link.Plug{nil, plug(0, adds)}, `the function "add" is exported with another type`},
		{[]string{"other-adder", "doubler"}, []map[string]link.Plug{nil, plug(0, "fixtures:calc/empty")}, `the function "add" is not exported`},
		{[]string{"adder", "doubler"}, []map[string]link.Plug{nil, plug(0, "none")}, `does not export "none"`},
		{[]string{"adder", "doubler"}, []map[string]link.Plug{nil, plug(1, adds)}, "no earlier component"},
		{[]string{"adder", "doubler"}, []map[string]link.Plug{nil, nil}, "the host does not offer the interface"},
	} {
		if _, err := compose(t, c.names, c.plugs...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v", c.names, err)
		}
	}
}
