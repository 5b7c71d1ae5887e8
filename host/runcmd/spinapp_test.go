package runcmd_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
)

const spinManifest = `spin_manifest_version = 2
[application]
name = "all"
version = "1.2.3"
[variables]
greeting = { required = true }
host = { default = "127.0.0.1" }
[[trigger.http]]
route = "/..."
component = "external-lib"
[[trigger.http]]
route = "/kv"
component = "kv"
[[trigger.http]]
route = "/denied"
component = "denied"
[[trigger.http]]
route = "/sqlite"
component = "sqlite"
[[trigger.http]]
route = "/variables/:any"
component = "variables"
[[trigger.http]]
route = "/out/..."
component = "outgoing"
[[trigger.http]]
route = { private = true }
component = "hello"
[[trigger.http]]
id = "fixed"
route = "/fixed"
static_response = { status_code = 418, headers = { x-a = "b" }, body = "teapot" }
[component.external-lib]
source = %q
description = "Routes by itself"
[component.kv]
source = %q
key_value_stores = ["default"]
[component.denied]
source = %[2]q
[component.sqlite]
source = %[3]q
sqlite_databases = ["default"]
[component.variables]
source = %[4]q
variables = { message = "{{ greeting }}, world" }
[component.outgoing]
source = %[5]q
allowed_outbound_hosts = ["http://{{ host }}:*", "http://self", "http://*.spin.internal"]
[component.hello]
source = %[6]q
`

func TestSpinApplicationIsServed(t *testing.T) {
	var sources []any
	for _, name := range []string{"external-lib", "kv", "sqlite", "variables", "outgoing", "hello"} {
		sources = append(sources, conformance.Built(t, name+"-p2"))
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "spin.toml"), fmt.Appendf(nil, spinManifest, sources...), 0o644); err != nil {
		t.Fatal(err)
	}
	s := serve(t, 10, "--variable", "greeting=hello", "--key-value", "seed=1",
		"--sqlite", "CREATE TABLE todos(id INTEGER, what TEXT); INSERT INTO todos VALUES (1, 'a'), (2, 'b')", dir)
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "peer")
	}))
	defer peer.Close()

	const routes = `Serving URL
Available Routes:
  external-lib: URL (wildcard)
    Routes by itself
  kv: URL/kv
  denied: URL/denied
  sqlite: URL/sqlite
  variables: URL/variables/:any
  outgoing: URL/out (wildcard)
  fixed: URL/fixed
`
	if got := strings.ReplaceAll(s.banner, s.url, "URL"); !strings.HasPrefix(got, routes) {
		t.Errorf("announced:\n%s", got)
	}
	for _, c := range []struct {
		path, url, want string
	}{
		{"/queryparams?foo=bar", "", "200 bar"},
		{"/nope", "", "404 "},
		{"/kv", "", "200 Hello from Python!"},
		{"/denied", "", "500 "},
		{"/variables/x", "", "200 Hello from Python!"},
		{"/fixed", "", "418 teapot"},
		{"/.well-known/spin/health", "", "200 OK"},
		{"/out/x", peer.URL, "200 peer"},
		{"/out", "http://hello.spin.internal/x", "200 Hello from Python!"},
		{"/out", "http://example.com/", "500 "},
		{"/out", s.url + "/fixed", "418 teapot"},
	} {
		header := []string{}
		if c.url != "" {
			header = []string{"url", c.url}
		}
		if got := s.get(t, c.path, header...); got != c.want {
			t.Errorf("%s %s: %q, want %q\n%s", c.path, c.url, got, c.want, s.stderr)
		}
	}
	if got := s.get(t, "/sqlite"); !strings.Contains(got, "Value_Integer(value=2)") || strings.Contains(got, "value=1)") {
		t.Errorf("/sqlite: %s", got)
	}
	for _, want := range []string{
		`put this into [component.denied]: key_value_stores = ["default"]`,
		`put this into [component.outgoing]: allowed_outbound_hosts = ` +
			`["http://{{ host }}:*", "http://self", "http://*.spin.internal", "http://example.com"]`,
	} {
		if !strings.Contains(s.stderr.String(), want) {
			t.Errorf("standard error does not say %s:\n%s", want, s.stderr)
		}
	}
	for file, want := range map[string]string{
		"variables_stdout.txt": "hello, world\n",
		"kv_stdout.txt":        "['seed', 'test']\nTrue\nb'hello world!'\n['seed']\n",
	} {
		if got, err := os.ReadFile(filepath.Join(dir, ".spin", "logs", file)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", file, got, err)
		}
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for _, path := range []string{"/kv", "/sqlite", "/kv"} {
				if got := s.get(t, path); !strings.HasPrefix(got, "200 ") {
					t.Errorf("%s with many clients: %s", path, got)
				}
			}
		})
	}
	wg.Wait()
}
