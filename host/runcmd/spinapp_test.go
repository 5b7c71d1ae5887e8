package runcmd_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
)

const spinManifest = `spin_manifest_version = 2
[application]
name = "all"
version = "1.2.3"
[variables]
host = { default = "nowhere" }
[[trigger.http]]
route = "/..."
component = "external-lib"
[[trigger.http]]
route = "greet/:any/"
component = "hello"
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
[component.outgoing]
source = %q
allowed_outbound_hosts = ["http://{{ host }}:*", "http://self", "http://*.spin.internal"]
[component.hello]
source = %q
`

func TestSpinApplicationIsServed(t *testing.T) {
	var sources []any
	for _, name := range []string{"external-lib", "outgoing", "hello"} {
		sources = append(sources, conformance.Built(t, name+"-p2"))
	}
	s := serve(t, 7, writeFiles(t, map[string]string{"spin.toml": fmt.Sprintf(spinManifest, sources...)}))
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "peer")
	}))
	defer peer.Close()

	const routes = `Serving URL
Available Routes:
  external-lib: URL (wildcard)
    Routes by itself
  hello: URL/greet/:any
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
		{"/greet/x", "", "200 Hello from Python!"},
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
	req, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, s.url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.URL.Opaque = "*"
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("OPTIONS * was not asked of the component: %+v, %v", res, err)
	}
	if err == nil {
		res.Body.Close()
	}
	want := `put this into [component.outgoing]: allowed_outbound_hosts = ` +
		`["http://{{ host }}:*", "http://self", "http://*.spin.internal", "http://example.com"]`
	if !strings.Contains(s.stderr.String(), want) {
		t.Errorf("standard error does not say %s:\n%s", want, s.stderr)
	}
}
