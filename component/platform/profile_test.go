package platform

import (
	"strings"
	"testing"

	"github.com/edgelint/edgelint/wit"
)

func TestLookupFindsReleasesAndSaysWhatIsNear(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"spin@4.0":                  "spin@4.0",
		"spin@4.0.2":                "spin@4.0",
		"spin":                      "spin@4.0",
		"spin@3":                    "spin@3.6",
		"spin@4.1":                  "spin@4.1",
		"containerd-shim-spin":      "containerd-shim-spin@0.24",
		"wasi:http/proxy":           "wasi:http/proxy@0.2.12",
		"wasi:http/proxy@0.2":       "wasi:http/proxy@0.2.12",
		"wasi:http/service@0.3.0":   "wasi:http/service@0.3.0",
		"wasi:cli/command@0.2.4":    "wasi:cli/command@0.2.4",
		"spin@9.9":                  `? unknown target "spin@9.9": did you mean "spin@2.0"?`,
		"spun":                      `? unknown target "spun": did you mean "spin"?`,
		"wasi:http/proxy@0.2.4":     `? unknown target "wasi:http/proxy@0.2.4": did you mean "wasi:http/proxy@0.`,
		"containerd-shim-spin@0.99": `? unknown target "containerd-shim-spin@0.99": did you mean "containerd-`,
		"kubernetes":                `? unknown target "kubernetes": known are spin,`,
	} {
		p, err := Lookup(name)
		got := ""
		if err != nil {
			got = "? " + err.Error()
		} else {
			got = p.Name
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestProfilesSpeakOfWhatTheCatalogHas(t *testing.T) {
	t.Parallel()
	c, err := loadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, e := range c.interfaces {
		has[e.name.String()] = true
	}
	seen := map[string]bool{}
	for _, p := range All() {
		if seen[p.Name] || p.Title == "" || len(p.Handlers) == 0 {
			t.Errorf("%q: twice, or without title or handlers", p.Name)
		}
		seen[p.Name] = true
		for _, h := range p.Handlers {
			if !has[h.Name] && !p.isUntyped(h.Name) || h.Trigger == "" {
				t.Errorf("%s: handler %+v", p.Name, h)
			}
		}
		for _, o := range p.offers {
			checkOffer(t, p.Name, o, c)
		}
	}
}

// checkOffer wants every pattern and every exception to match something.
func checkOffer(t *testing.T, profile string, o offer, c *catalog) {
	t.Helper()
	left := map[string]bool{}
	for _, name := range o.except {
		left[name] = true
	}
	matches := 0
	for _, e := range c.interfaces {
		if matchPattern(o.pattern, e.name) {
			matches++
			delete(left, e.name.Interface)
		}
	}
	if matches == 0 || len(left) > 0 {
		t.Errorf("%s: offer %q matches %d interfaces, its exceptions but %v",
			profile, o.pattern, matches, left)
	}
}

func TestPatternsMatchByPart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"wasi:*@0.2.6", "wasi:io/poll@0.2.6", true},
		{"wasi:*@0.2.6", "wasi:io/poll@0.2.0", false},
		{"wasi:io@0.2.6", "wasi:io/poll@0.2.6", true},
		{"wasi:io@0.2.6", "wasi:iox/poll@0.2.6", false},
		{"wasi:io/poll@0.2.6", "wasi:io/poll@0.2.6", true},
		{"wasi:io/poll@0.2.6", "wasi:io/error@0.2.6", false},
		{"fermyon:spin", "fermyon:spin/http", true},
		{"fermyon:spin", "fermyon:spin/llm@2.0.0", false},
	} {
		name, ok := wit.ParseInterfaceName(c.name)
		if got := matchPattern(c.pattern, name); !ok || got != c.want {
			t.Errorf("%s matches %s: %v", c.pattern, c.name, got)
		}
	}
}
