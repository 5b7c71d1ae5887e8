package runcmd_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
)

// wrappedManifest is a component with two of the middleware around it. The outer
// one inherits the environment, the inner one nothing.
const wrappedManifest = `spin_manifest_version = 2
[application]
name = "wrapped"
[[trigger.http]]
route = "/..."
component = "behave"
[[trigger.http.dependencies.middleware]]
path = "middleware.wasm"
inherit_configuration = ["environment"]
[[trigger.http.dependencies.middleware]]
component = "inner"
[component.behave]
source = %q
environment = { MIDDLEWARE = "outer" }
[component.inner]
source = "middleware.wasm"
`

func TestMiddlewareWrapsComponents(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"spin.toml":       fmt.Sprintf(wrappedManifest, conformance.Built(t, "behave-p3")),
		"middleware.wasm": read(t, conformance.Built(t, "middleware-p3")),
	})
	s := serve(t, 3, dir)
	res, err := http.Get(s.url + "/reflect")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var seen struct {
		Path    string
		Headers [][2]string
	}
	if err := json.NewDecoder(res.Body).Decode(&seen); err != nil {
		t.Fatal(err, s.stderr)
	}
	var marks []string
	for _, h := range seen.Headers {
		if h[0] == "x-request" {
			marks = append(marks, h[1])
		}
	}
	if want := []string{"outer", "unnamed"}; !slices.Equal(marks, want) || seen.Path != "/reflect" {
		t.Errorf("the component sees %v at %s", marks, seen.Path)
	}
	if got := res.Header.Values("X-Response"); !slices.Equal(got, []string{"unnamed", "outer"}) {
		t.Errorf("the client sees %v", got)
	}
	if got := s.get(t, "/slow"); got != "200 chunk 0\nchunk 1\nchunk 2\n" {
		t.Errorf("/slow: %q", got)
	}
	if got := s.get(t, "/raise"); got != "500 " {
		t.Errorf("/raise: %q", got)
	}
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			sent := make([]byte, 1<<20)
			_, _ = rand.Read(sent)
			res, err := http.Post(s.url+"/echo", "application/octet-stream", bytes.NewReader(sent))
			if err != nil {
				t.Error(err)
				return
			}
			defer res.Body.Close()
			if got, err := io.ReadAll(res.Body); err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%d bytes came back, %v", len(got), err)
			}
		})
	}
	clients.Wait()
}

func TestWhatIsNotMiddlewareIsNotComposed(t *testing.T) {
	behave, hello := conformance.Built(t, "behave-p3"), conformance.Built(t, "hello-p2")
	for component, c := range map[string]struct{ middleware, says string }{
		behave: {behave, "is no middleware, for it does not import wasi:http/handler@0.3.0"},
		hello:  {"middleware.wasm", "middleware wraps wasi:http/handler@0.3.0, which component behave does not export: it exports"},
	} {
		manifest := fmt.Sprintf(wrappedManifest, component)
		dir := writeFiles(t, map[string]string{
			"spin.toml":       strings.Replace(manifest, `"middleware.wasm"`, fmt.Sprintf("%q", c.middleware), 1),
			"middleware.wasm": read(t, conformance.Built(t, "middleware-p3")),
		})
		if out := fails(t, dir); !strings.Contains(out, c.says) || !strings.Contains(out, "edgerun: component behave: "+dir) {
			t.Errorf("%s", out)
		}
	}
	other := fmt.Sprintf(wrappedManifest, behave) + "[[trigger.http]]\nroute = \"/other\"\ncomponent = \"behave\"\n"
	if out := fails(t, writeFiles(t, map[string]string{"spin.toml": other})); !strings.Contains(out, "has another trigger") {
		t.Errorf("%s", out)
	}
}

// dependentManifest is a component that imports fixtures:calc/add.
const dependentManifest = `spin_manifest_version = 2
[application]
name = "dependent"
[[trigger.http]]
route = "/..."
component = "calc"
[component.calc]
source = %q
[component.calc.dependencies]
%s
`

func TestDependenciesSupplyImports(t *testing.T) {
	calc := conformance.Built(t, "calc-p2")
	parts := filepath.Join(conformance.Root(t), "host", "testdata", "components")
	app := func(dependency string) string {
		return writeFiles(t, map[string]string{
			"spin.toml":  fmt.Sprintf(dependentManifest, calc, dependency),
			"adder.wasm": read(t, filepath.Join(parts, "adder.wasm")),
			"other.wasm": read(t, filepath.Join(parts, "other-adder.wasm")),
		})
	}
	for _, dependency := range []string{
		`"fixtures:calc/add@1.0.0" = { path = "adder.wasm" }`,
		`"fixtures:calc/add" = { path = "adder.wasm" }`,
		`"fixtures:calc" = { path = "adder.wasm" }`,
		`"fixtures:calc/add" = { path = "adder.wasm", export = "fixtures:calc/add@1.0.0" }`,
	} {
		s := serve(t, 3, app(dependency))
		if got := s.get(t, "/?2+40"); got != "200 42" {
			t.Errorf("%s: %s\n%s", dependency, got, s.stderr)
		}
	}
	for dependency, says := range map[string]string{
		`"fixtures:calc/add" = { path = "other.wasm" }`:                  `the function "add" is exported with another type`,
		`"fixtures:calc/add@2.0.0" = { path = "adder.wasm" }`:            "the component imports nothing that it fits: it imports ",
		`"fixtures:calc/add" = { path = "adder.wasm", export = "none" }`: "it does not export none: it exports fixtures:calc/add@1.0.0",
		`"fixtures:calc/add" = "1.0.0"`:                                  "packages are not fetched here: fetch it, and name it by its path",
		`"fixtures:calc/add" = { path = "none.wasm" }`:                   "none.wasm: no such file",
	} {
		if out := fails(t, app(dependency)); !strings.Contains(out, says) {
			t.Errorf("%s: %s", dependency, out)
		}
	}
}
