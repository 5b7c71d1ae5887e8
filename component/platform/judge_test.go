package platform_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/component/platform"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/wit"
)

func open(tb testing.TB, name string) (*component.File, *component.Info) {
	tb.Helper()
	f, err := component.Open(filepath.Join(conformance.Root(tb), "testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	info, errs := component.Check(f, component.CheckOptions{})
	if len(errs) > 0 {
		tb.Fatal(errs)
	}
	return f, info
}

// TestGuideAppsRunWhereTheyShould judges both apps of the guide for every
// platform; testdata/guide.txt holds the verdicts.
func TestGuideAppsRunWhereTheyShould(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, name := range []string{"guide-p2.wasm", "guide-p3.wasm"} {
		f, info := open(t, name)
		fmt.Fprintf(&b, "%s\n", name)
		for _, p := range platform.All() {
			v, err := platform.Judge(f, info, p)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "  %s: %s\n", p.Name, summary(v))
		}
	}
	golden := filepath.Join("testdata", "guide.txt")
	if conformance.Update() {
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
}

func summary(v *platform.Verdict) string {
	if v.Runs() {
		return "runs as " + v.Handler.Name
	}
	return fmt.Sprintf("%d mismatches, the last: %v", len(v.Mismatches), v.Mismatches[len(v.Mismatches)-1])
}

// judge judges the world w of a WIT text.
func judge(t *testing.T, profile, body string) *platform.Verdict {
	t.Helper()
	set, pkg, err := wit.Parse("test.wit", body, wit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	id, _ := set.Packages[pkg].Worlds.Get("w")
	p, err := platform.Lookup(profile)
	if err != nil {
		t.Fatal(err)
	}
	v, err := platform.JudgeWorld(set, id, p)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const rcHandler = `package test:app;
package wasi:http@0.3.0-rc-2026-01-06 { interface types { resource fields; } interface handler { handle: func(); } }
world w { import wasi:http/types@0.3.0-rc-2026-01-06; export wasi:http/handler@0.3.0-rc-2026-01-06; }
`

func TestHandlersBehindASwitchAreConditions(t *testing.T) {
	t.Parallel()
	v := judge(t, "spin@3.6", rcHandler)
	if !v.Runs() || len(v.Conditions) != 1 || !strings.Contains(v.Conditions[0], "wasip3-unstable") {
		t.Errorf("runs %v, conditions %q", v.Runs(), v.Conditions)
	}
	if len(v.Unchecked) != 2 {
		t.Errorf("unchecked: %q, want the handler and the import", v.Unchecked)
	}
	if v := judge(t, "spin@3.4", rcHandler); v.Runs() || v.Handler.Name != "" {
		t.Errorf("Spin 3.4 calls %q", v.Handler.Name)
	}
}

func TestSpinRefusesSeveralHandlers(t *testing.T) {
	t.Parallel()
	body := `package test:app;
package fermyon:spin {
  interface http-types {
    type headers = list<tuple<string, string>>; type params = list<tuple<string, string>>;
    type uri = string;
    type body = list<u8>; type http-status = u16;
    enum method { get, post, put, delete, patch, head, options }
    record request { method: method, uri: uri, headers: headers, params: params, body: option<body> }
    record response { status: http-status, headers: option<headers>, body: option<body> }
  }
  interface inbound-http {
    use http-types.{request, response};
    handle-request: func(req: request) -> response;
  }
}
package wasi:http@0.3.0-rc-2026-01-06 { interface handler { handle: func(); } }
world w { export fermyon:spin/inbound-http; export wasi:http/handler@0.3.0-rc-2026-01-06; }
`
	v := judge(t, "spin@3.6", body)
	if v.Runs() || len(v.Rivals) != 2 {
		t.Errorf("rivals %q of a component with two handlers: %v", v.Rivals, v.Mismatches)
	}
	if v := judge(t, "spin@2.5", body); len(v.Rivals) != 0 || v.Handler.Name != "fermyon:spin/inbound-http" {
		t.Errorf("Spin 2.5 calls %q and is torn between %q", v.Handler.Name, v.Rivals)
	}
}

func TestRefusalsConcernImportsAlone(t *testing.T) {
	t.Parallel()
	v := judge(t, "spin@4.0", `package test:app;
package wasi:sockets@0.2.0 { interface ip-name-lookup {} }
world w { import wasi:sockets/ip-name-lookup@0.2.0; }
`)
	if len(v.Refusals) != 1 || !strings.Contains(v.Refusals[0].What, "looked up") {
		t.Errorf("refusals: %+v", v.Refusals)
	}
	if len(v.Mismatches) != 1 || v.Mismatches[0].Kind != wit.MissingExport {
		t.Errorf("mismatches: %v", v.Mismatches)
	}
}

func BenchmarkJudgeAll(b *testing.B) {
	f, info := open(b, "guide-p3.wasm")
	set, world, err := info.World(f)
	if err != nil {
		b.Fatal(err)
	}
	all := platform.All()
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range all {
			if _, err := platform.JudgeWorld(set, world, p); err != nil {
				b.Fatal(err)
			}
		}
	}
}
