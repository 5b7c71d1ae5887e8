package spin

import (
	"fmt"
	"io"
	"maps"
	"net"
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
		"http://back.spin.internal/base/x": "400 ", "http://back.spin.internal/fixed": "400 ",
		"http://back.spin.internal/none":     "404 ",
		"http://BACK.Spin.Internal:80/fixed": "400 ",
	} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		body, _, _ := strings.Cut(w.Body.String(), " ")
		if got := fmt.Sprintf("%d %s", w.Code, body); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// answer is the head and body that a server sends for a request as it is written.
func answer(t *testing.T, server *httptest.Server, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.SplitSeq(string(data), "\r\n") {
		if !strings.HasPrefix(line, "Date: ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

const shapeManifest = `spin_manifest_version = 2
[application]
name = "a<b>"
version = "1.2.3"
[[trigger.http]]
route = "/users/:user_id/..."
component = "one"
[[trigger.http]]
route = "bare/"
component = "one"
[[trigger.http]]
route = "/"
component = "one"
[[trigger.http]]
route = "/plain"
static_response = { body = "<html>not guessed" }
[[trigger.http]]
route = "/gone"
static_response = { status_code = 204, body = "never sent" }
[[trigger.http]]
route = "/same"
static_response = { status_code = 304, headers = { etag = "x" }, body = "never sent" }
[[trigger.http]]
route = "/missing"
static_response = { status_code = 404, headers = { content-type = "text/x" }, body = "not found" }
[[trigger.http]]
route = "/twice"
static_response = { body = "first" }
[[trigger.http]]
route = "/twice"
static_response = { body = "second" }
[component.one]
source = "app.wasm"
`

func TestAnswersHaveNothingButWhatWasSaid(t *testing.T) {
	t.Parallel()
	a := newApp(t, shapeManifest, Config{})
	r := newRouter(t, a)
	r.handlers["one"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = nil
		for _, name := range []string{
			"Connection", "Spin-Full-Url", "Spin-Path-Info", "Spin-Matched-Route", "Spin-Raw-Component-Route",
			"Spin-Component-Route", "Spin-Path-Match-User-Id",
		} {
			io.WriteString(w, strings.Join(r.Header[name], "|")+"\n")
		}
	})
	server := httptest.NewServer(r)
	defer server.Close()
	const head = " HTTP/1.1\r\nHost: example.com:8080\r\nConnection: close\r\n\r\n"
	for _, c := range []struct{ name, request, want string }{
		{"a static response", "GET /plain" + head, "200 OK\nContent-Length: 17\nConnection: close\n\n<html>not guessed"},
		{"its head", "HEAD /plain" + head, "200 OK\nContent-Length: 17\nConnection: close\n\n"},
		{"no content", "GET /gone" + head, "204 No Content\nConnection: close\n\n"},
		{"not modified", "GET /same" + head, "304 Not Modified\nEtag: x\nConnection: close\n\n"},
		{
			"a status and type", "GET /missing" + head,
			"404 Not Found\nContent-Length: 9\nContent-Type: text/x\nConnection: close\n\nnot found",
		},
		{"the later of two", "GET /twice/" + head, "200 OK\nContent-Length: 6\nConnection: close\n\nsecond"},
		{"no route", "GET /none" + head, "404 Not Found\nContent-Length: 0\nConnection: close\n\n"},
		{"health", "GET /.well-known/spin/health" + head, "200 OK\nContent-Length: 2\nConnection: close\n\nOK"},
		{
			"info", "GET /.well-known/spin/info" + head,
			"200 OK\nContent-Length: 42\nContent-Type: application/json\nConnection: close\n\n" +
				"{\n  \"name\": \"a<b>\",\n  \"version\": \"1.2.3\"\n}",
		},
		{"others there", "GET /.well-known/spin/" + head, "404 Not Found\nContent-Length: 0\nConnection: close\n\n"},
		{
			"no host", "GET /plain HTTP/1.0\r\n\r\n", "400 Bad Request\nContent-Length: 0\n\n",
		},
		{
			"no host where nothing is", "GET /none HTTP/1.0\r\n\r\n",
			"404 Not Found\nContent-Length: 0\n\n",
		},
		{
			"the host of a component", "GET /plain HTTP/1.1\r\nHost: one.spin.internal\r\nConnection: close\r\n\r\n",
			"400 Bad Request\nContent-Length: 0\nConnection: close\n\n",
		},
		{
			"a malformed host", "GET /plain HTTP/1.1\r\nHost: [::1\r\nConnection: close\r\n\r\n",
			"400 Bad Request\nContent-Length: 0\nConnection: close\n\n",
		},
		{
			"a component", "GET /users/42" + head, "200 OK\nContent-Length: 94\nConnection: close\n\n" +
				"\nhttp://example.com:8080/users/42\n\n/users/:user_id/...\n/users/:user_id/...\n/users/:user_id\n42\n",
		},
		{
			"with a slash and a query", "GET /users/42/?a=b" + head, "200 OK\nContent-Length: 100\nConnection: close\n\n" +
				"\nhttp://example.com:8080/users/42/?a=b\n/\n/users/:user_id/...\n/users/:user_id/...\n/users/:user_id\n42\n",
		},
		{
			"with what Go would write otherwise", "GET /users/4|2/{a}//%7e/?q=|" + head,
			"200 OK\nContent-Length: 120\nConnection: close\n\n" +
				"\nhttp://example.com:8080/users/4|2/{a}//%7e/?q=|\n/{a}//%7e/\n/users/:user_id/...\n/users/:user_id/...\n" +
				"/users/:user_id\n4|2\n",
		},
		{
			"a route without its slash", "GET /bare" + head, "200 OK\nContent-Length: 50\nConnection: close\n\n" +
				"\nhttp://example.com:8080/bare\n\n/bare\nbare/\nbare/\n\n",
		},
		{
			"the root", "GET http://other.example/ HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n",
			"200 OK\nContent-Length: 30\nConnection: close\n\n\nhttp://other.example/\n\n\n/\n/\n\n",
		},
	} {
		got := answer(t, server, c.request)
		_, got, _ = strings.Cut(got, " ")
		if got != c.want {
			t.Errorf("%s:\n%q, want\n%q", c.name, got, c.want)
		}
	}
	if d := r.Duplicates(); len(d) != 1 || d[0].Replaced.Trigger.StaticResponse.Body != "first" ||
		d[0].Effective.Trigger.Pos.Line != 29 {
		t.Errorf("duplicates %+v", d)
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

func TestTrailersOfRequestsReachTheComponent(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	component := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		got <- r.Trailer.Get("X-Last")
	})
	r, err := newApp(t, routesManifest, Config{}).NewRouter(map[string]http.Handler{
		"front": component, "exact": component, "back": component,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(r)
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/base/exact", io.NopCloser(strings.NewReader("x")))
	if err != nil {
		t.Fatal(err)
	}
	req.Trailer = http.Header{"X-Last": {"word"}}
	res, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if trailer := <-got; trailer != "word" {
		t.Errorf("the trailer %q arrived", trailer)
	}
}
