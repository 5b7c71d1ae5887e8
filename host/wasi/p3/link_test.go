package p3_test

import (
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/host/wasi/p3"
	"github.com/edgelint/edgelint/internal/conformance"
)

// TestAllOfWASIIsOfferedInBothVersions links components that import every function of
// the packages: none may be missing or have other types.
func TestAllOfWASIIsOfferedInBothVersions(t *testing.T) {
	t.Parallel()
	others := []string{"wasi:http/", "wasi:keyvalue/", "wasi:config/", "spin:", "fermyon:", "wasi:otel/"}
	seen := map[string]bool{}
	for _, name := range []string{"hello-p3", "hello-p3-rc", "cli-p3"} {
		file, err := component.Open(conformance.Built(t, name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		imports := bind.NewImports()
		wasi.Add(imports, wasi.Config{})
		p3.Add(imports, wasi.Config{})
		info, errs := component.Check(file, component.CheckOptions{Features: component.AllFeatures})
		if err := errs.Err(); err != nil {
			t.Fatal(err)
		}
		plan, err := link.Link(file, info, imports, link.Options{})
		if err != nil {
			t.Fatal(err)
		}
	gaps:
		for _, g := range plan.Gaps {
			for _, o := range others {
				if strings.HasPrefix(g.Interface, o) {
					continue gaps
				}
			}
			t.Errorf("%s: %+v", name, g)
		}
		for _, i := range file.Root.Imports {
			seen[i.Name.Name] = true
		}
	}
	for _, want := range []string{"filesystem/types", "sockets/types", "sockets/ip-name-lookup", "cli/stdin", "cli/stdout"} {
		for _, version := range []string{p3.Version, p3.CandidateVersion} {
			if !seen["wasi:"+want+"@"+version] {
				t.Errorf("no fixture imports wasi:%s@%s", want, version)
			}
		}
	}
}
