package spin

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/host/wasi"
)

const routesManifest = `spin_manifest_version = 2
[application]
name = "routes"
[[trigger.http]]
route = "/base/:path_segment/..."
component = "front"
[[trigger.http]]
route = "/base/exact"
component = "exact"
[[trigger.http]]
route = { private = true }
component = "back"
[[trigger.http]]
route = "/fixed"
static_response = { status_code = 302, headers = { location = "/bob" } }
[component.front]
source = "app.wasm"
allowed_outbound_hosts = ["http://back.spin.internal", "http://self", "https://*.example.com"]
[component.exact]
source = "app.wasm"
environment = { A = "1", B = "2" }
[component.back]
source = "app.wasm"
`

// newRouter makes a router whose components answer with their name and what Spin
// told them.
func newRouter(t *testing.T, a *App) *Router {
	t.Helper()
	handlers := map[string]http.Handler{}
	ids, err := a.Components()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		handlers[id] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, id+" "+r.Host+"\n")
			for _, name := range slices.Sorted(maps.Keys(r.Header)) {
				io.WriteString(w, strings.ToLower(name)+": "+strings.Join(r.Header[name], "|")+"\n")
			}
		})
	}
	r, err := a.NewRouter(handlers)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRequestsHaveSpinsHeaders(t *testing.T) {
	t.Parallel()
	r := newRouter(t, newApp(t, routesManifest, Config{}))
	req := httptest.NewRequest("GET", "/base/p/rest%20x/?k=v", nil)
	req.Header.Set("spin-base-path", "/forged")
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	const want = `front example.com
spin-base-path: /forged|/
spin-client-addr: 192.0.2.1:1234
spin-component-route: /base/:path_segment
spin-full-url: http://example.com/base/p/rest%20x/?k=v
spin-matched-route: /base/:path_segment/...
spin-path-info: /rest%20x/
spin-path-match-path-segment: p
spin-raw-component-route: /base/:path_segment/...
`
	if got := w.Body.String(); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestTheMostSpecificRouteAnswers(t *testing.T) {
	t.Parallel()
	r := newRouter(t, newApp(t, routesManifest, Config{}))
	for path, want := range map[string]string{
		"/base/exact": "200 exact", "/base/exact/": "200 exact", "/base/x": "200 front", "/base": "404 ", "/": "404 ",
		"/fixed": "302 ", "/.well-known/spin/health": "200 OK", "/.well-known/spin/x": "404 ",
		"http://back.spin.internal/base/x": "400 ",
	} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		body, _, _ := strings.Cut(w.Body.String(), " ")
		if got := fmt.Sprintf("%d %s", w.Code, body); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestFlagsWinOverTheEnvironmentOfTheManifest(t *testing.T) {
	t.Parallel()
	c, _ := newApp(t, routesManifest, Config{}).manifest.Component("exact")
	got := environment(c, []wasi.EnvVar{{Name: "B", Value: "3"}})
	if want := []wasi.EnvVar{{Name: "A", Value: "1"}, {Name: "B", Value: "3"}}; !slices.Equal(got, want) {
		t.Errorf("environment %v", got)
	}
}
