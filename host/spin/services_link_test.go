package spin_test

import (
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	spinhost "github.com/edgelint/edgelint/host/spin"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/spin"
)

// TestServicesAreOfferedInFull links components that import all functions of all
// versions, and whose types must be those of the host.
func TestServicesAreOfferedInFull(t *testing.T) {
	t.Parallel()
	const manifest = "spin_manifest_version = 2\n[application]\nname = \"test\"\n" +
		"[[trigger.http]]\nroute = \"/\"\ncomponent = \"one\"\n[component.one]\nsource = \"app.wasm\"\n"
	for built, interfaces := range map[string][]string{
		"postgres-p2": {
			"fermyon:spin/redis@2.0.0", "fermyon:spin/postgres@2.0.0", "fermyon:spin/mysql@2.0.0", "fermyon:spin/mqtt@2.0.0",
			"spin:postgres/postgres@3.0.0", "spin:postgres/postgres@4.0.0",
		},
		"postgres-p3": {
			"spin:redis/redis@3.0.0", "spin:postgres/postgres@4.2.0", "spin:mysql/mysql@3.0.0", "spin:mqtt/mqtt@3.0.0",
		},
	} {
		f, err := component.Open(conformance.Built(t, built))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		m, err := spin.Parse("spin.toml", []byte(manifest))
		if err != nil {
			t.Fatal(err)
		}
		app, err := spinhost.NewApp(t.Context(), m, spinhost.Config{})
		if err != nil {
			t.Fatal(err)
		}
		defer app.Close()
		imports := bind.NewImports()
		if err := app.AddComponent(t.Context(), imports, "one", wasi.Config{}); err != nil {
			t.Fatal(err)
		}
		info, errs := component.Check(f, component.CheckOptions{Features: component.AllFeatures})
		if err := errs.Err(); err != nil {
			t.Fatal(err)
		}
		plan, err := link.Link(f, info, imports, link.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range interfaces {
			imported := false
			for _, imp := range f.Root.Imports {
				imported = imported || imp.Name.Name == name
			}
			if !imported {
				t.Errorf("%s does not import %s", built, name)
			}
			for _, gap := range plan.Gaps {
				if strings.HasPrefix(gap.Interface, name) {
					t.Errorf("%s: %v", built, gap)
				}
			}
		}
	}
}
