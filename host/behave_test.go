package host_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/host/wasi/p3"
	"github.com/edgelint/edgelint/host/wasi/wasihttp"
	"github.com/edgelint/edgelint/internal/conformance"
)

// output is what components print, from all instances.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// served is a compiled component with what it prints.
type served struct {
	component *host.Component
	printed   *output
}

// compiled compiles a component once for all tests of the package.
func compiled(tb testing.TB, path string) served {
	tb.Helper()
	once, _ := compilations.LoadOrStore(path, sync.OnceValues(func() (served, error) { return compile(path) }))
	s, err := once.(func() (served, error))()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

var compilations sync.Map

func compile(path string) (served, error) {
	out := &output{}
	s, err := compileFor(path, out)
	s.printed = out
	return s, err
}

// compileFor compiles a component that prints to out.
func compileFor(path string, out io.Writer) (served, error) {
	ctx := context.Background()
	file, err := component.Open(path)
	if err != nil {
		return served{}, err
	}
	defer file.Close()
	cache := conformance.CompiledDir()
	engine, err := host.NewEngine(ctx, host.Options{Workers: 2, CacheDir: cache})
	if err != nil {
		return served{}, err
	}
	imports := bind.NewImports()
	guest := wasi.Config{Stdout: out, Stderr: out, Env: []wasi.EnvVar{{Name: "MODE", Value: "test"}}}
	wasi.Add(imports, guest)
	p3.Add(imports, guest)
	wasihttp.Add(imports, wasihttp.Config{Allow: func(*http.Request) error { return nil }})
	c, err := engine.Compile(ctx, file, imports, link.Options{})
	return served{component: c}, err
}

// serve serves a component to real HTTP clients.
func serve(t *testing.T, s served, opts host.HandlerOptions) *httptest.Server {
	t.Helper()
	h, err := host.NewHandler(s.component, opts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(h)
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Config.ErrorLog = nil
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return server
}

// do sends a request and reads the whole response.
func do(t *testing.T, method, url string, body io.Reader, header http.Header) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: reading the body: %v", method, url, err)
	}
	return res, string(text)
}

func TestGuideAnswersAsTheGuideSays(t *testing.T) {
	s := compiled(t, filepath.Join(conformance.Root(t), "testdata", "guide-p2.wasm"))
	server := serve(t, s, host.HandlerOptions{})
	res, body := do(t, "GET", server.URL, nil, nil)
	var answer struct {
		Service, Runtime, Timestamp string
		OK                          bool
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("body %q: %v", body, err)
	}
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/json" ||
		res.Header.Get("Cache-Control") != "no-store" || !answer.OK || answer.Service == "" || answer.Timestamp == "" {
		t.Errorf("status %d, headers %v, body %s", res.StatusCode, res.Header, body)
	}
}

// behave serves the app with one behaviour a path. Each request finds it in its first
// state.
func behave(t *testing.T, app string, opts host.HandlerOptions) (*httptest.Server, *output) {
	t.Helper()
	s := compiled(t, conformance.Built(t, app))
	opts.Pool.Reuse, opts.HideHost = 1, true
	return serve(t, s, opts), s.printed
}

// both runs a test with the app for WASI 0.2 and the one for WASI 0.3.
func both(t *testing.T, test func(t *testing.T, app string)) {
	for _, app := range []string{"behave-p2", "behave-p3"} {
		t.Run(app, func(t *testing.T) { test(t, app) })
	}
}

func TestRequestsArriveWhole(t *testing.T) { both(t, testRequestsArriveWhole) }

func testRequestsArriveWhole(t *testing.T, app string) {
	server, _ := behave(t, app, host.HandlerOptions{})
	for _, method := range []string{"GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PURGE"} {
		header := http.Header{"X-Twice": {"a", "b"}, "X-Large": {strings.Repeat("v", 60_000)}, "Connection": {"x-hop"}}
		_, body := do(t, method, server.URL+"/reflect?a=b&c", strings.NewReader("hello"), header)
		var seen struct {
			Method, Path, Authority string
			Headers                 [][2]string
			Body                    int
		}
		if err := json.Unmarshal([]byte(body), &seen); err != nil {
			t.Fatalf("%s: %q: %v", method, body, err)
		}
		values := map[string][]string{}
		for _, h := range seen.Headers {
			values[h[0]] = append(values[h[0]], h[1])
		}
		if seen.Method != method || seen.Path != "/reflect?a=b&c" || seen.Body != 5 ||
			"http://"+seen.Authority != server.URL || strings.Join(values["x-twice"], ",") != "a,b" ||
			len(values["x-large"]) != 1 || len(values["x-large"][0]) != 60_000 {
			t.Errorf("%s arrived as %s %s, authority %s, body %d, twice %v", method, seen.Method, seen.Path, seen.Authority,
				seen.Body, values["x-twice"])
		}
		if values["connection"] != nil || values["host"] != nil {
			t.Errorf("%s: headers of the connection reached the component: %v", method, values)
		}
	}
}

func TestResponsesArriveWhole(t *testing.T) { both(t, testResponsesArriveWhole) }

func testResponsesArriveWhole(t *testing.T, app string) {
	server, _ := behave(t, app, host.HandlerOptions{})
	res, _ := do(t, "GET", server.URL+"/cookies", nil, nil)
	if got := res.Header.Values("Set-Cookie"); len(got) != 2 || got[0] != "a=1" || got[1] != "b=2" {
		t.Errorf("cookies %v", got)
	}
	for _, status := range []int{200, 201, 204, 304, 404, 503} {
		res, body := do(t, "GET", fmt.Sprintf("%s/status?%d", server.URL, status), nil, nil)
		if res.StatusCode != status || body != "" {
			t.Errorf("status %d, body %q; want %d", res.StatusCode, body, status)
		}
	}
	if res, _ := do(t, "GET", server.URL+"/status?103", nil, nil); res.StatusCode != 500 {
		t.Errorf("status %d for one that announces another", res.StatusCode)
	}
	res, body := do(t, "HEAD", server.URL+"/bytes?1000", nil, nil)
	if res.StatusCode != 200 || body != "" {
		t.Errorf("HEAD: status %d, %d bytes", res.StatusCode, len(body))
	}
	res, body = do(t, "GET", server.URL+"/trailers", nil, nil)
	if body != "body\n" || res.Trailer.Get("X-Trailer") != "after the body" {
		t.Errorf("body %q, trailers %v", body, res.Trailer)
	}
	_, body = do(t, "GET", server.URL+"/environment", nil, nil)
	if !strings.Contains(body, `"MODE": "test"`) || strings.Contains(body, "PATH") {
		t.Errorf("environment %s", body)
	}
}

func TestLargeBodiesStreamBothWays(t *testing.T) { both(t, testLargeBodiesStreamBothWays) }

func testLargeBodiesStreamBothWays(t *testing.T, app string) {
	server, _ := behave(t, app, host.HandlerOptions{})
	const size = 10 << 20
	data := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	res, body := do(t, "POST", server.URL+"/echo", bytes.NewReader(data), http.Header{"Content-Type": {"x/y"}})
	if body != string(data) || res.Header.Get("Content-Type") != "x/y" {
		t.Errorf("%d of %d bytes came back, content-type %q", len(body), size, res.Header.Get("Content-Type"))
	}
}

func TestEchoIsFullDuplex(t *testing.T) { both(t, testEchoIsFullDuplex) }

func testEchoIsFullDuplex(t *testing.T, app string) {
	server, _ := behave(t, app, host.HandlerOptions{})
	for _, http2 := range []bool{false, true} {
		transport := &http.Transport{Protocols: new(http.Protocols)}
		transport.Protocols.SetHTTP1(!http2)
		transport.Protocols.SetUnencryptedHTTP2(http2)
		defer transport.CloseIdleConnections()
		r, w := io.Pipe()
		req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/echo", r)
		if err != nil {
			t.Fatal(err)
		}
		go fmt.Fprintln(w, "first")
		res, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(res.Body)
		for _, next := range []string{"second", "third", ""} {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatalf("HTTP/2 %v: %v", http2, err)
			}
			if next == "" && line != "third\n" {
				t.Errorf("HTTP/2 %v: last line %q", http2, line)
			}
			if next != "" {
				go fmt.Fprintln(w, next)
			}
		}
		w.Close()
		if rest, err := io.ReadAll(lines); len(rest) > 0 || err != nil {
			t.Errorf("HTTP/2 %v: %q and %v behind the last line", http2, rest, err)
		}
		res.Body.Close()
	}
}

func TestSlowResponsesArriveAsTheyAreWritten(t *testing.T) {
	both(t, testSlowResponsesArriveAsTheyAreWritten)
}

func testSlowResponsesArriveAsTheyAreWritten(t *testing.T, app string) {
	server, _ := behave(t, app, host.HandlerOptions{})
	res, err := http.Get(server.URL + "/slow")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewReader(res.Body)
	var arrived []time.Time
	for range 3 {
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		arrived = append(arrived, time.Now())
	}
	if first, last := arrived[0], arrived[2]; last.Sub(first) < 300*time.Millisecond {
		t.Errorf("three chunks written over 600 ms arrived within %v", last.Sub(first))
	}
}

func TestFailuresAreAnsweredAndLeaveNothingBehind(t *testing.T) {
	both(t, testFailuresAreAnsweredAndLeaveNothingBehind)
}

func testFailuresAreAnsweredAndLeaveNothingBehind(t *testing.T, app string) {
	var mu sync.Mutex
	errs := map[string]error{}
	server, printed := behave(t, app, host.HandlerOptions{
		Done: func(x host.Exchange) {
			mu.Lock()
			defer mu.Unlock()
			errs[x.Request.URL.RequestURI()] = x.Err
		},
	})
	for _, path := range []string{"/raise", "/nothing", "/exit?3", "/recurse", "/nest"} {
		if path == "/nothing" && app == "behave-p3" {
			continue // WASI 0.3 has no way to answer with nothing
		}
		res, body := do(t, "GET", server.URL+path, nil, nil)
		if path == "/recurse" || path == "/nest" {
			// CPython 3.12 turns both into RecursionError, whatever the host does.
			if res.StatusCode != 500 && res.StatusCode != 200 {
				t.Errorf("%s: status %d", path, res.StatusCode)
			}
		} else if res.StatusCode != 500 || body != "" || errs[path] == nil {
			t.Errorf("%s: status %d, body %q, error %v", path, res.StatusCode, body, errs[path])
		}
		if _, body := do(t, "GET", server.URL+"/counter", nil, nil); body != "1" {
			t.Errorf("after %s the counter of a new instance is %q", path, body)
		}
	}
	if text := printed.String(); !strings.Contains(text, "ValueError: before the response") ||
		!strings.Contains(text, "Traceback (most recent call last)") {
		t.Errorf("no traceback on standard error:\n%s", text)
	}
	if err := errs["/exit?3"]; !strings.Contains(fmt.Sprint(err), "exited with status") {
		t.Errorf("exit: %v", err)
	}
}

func TestFailureAfterTheHeadBreaksTheConnection(t *testing.T) {
	both(t, testFailureAfterTheHeadBreaksTheConnection)
}

func testFailureAfterTheHeadBreaksTheConnection(t *testing.T, app string) {
	server, _ := behave(t, app, host.HandlerOptions{})
	res, err := http.Get(server.URL + "/raise-late")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil || res.StatusCode != 200 || string(body) != "half an answer\n" {
		t.Errorf("status %d, body %q, error %v; want a broken body", res.StatusCode, body, err)
	}
}

func TestErrorPageExplainsForDevelopers(t *testing.T) {
	server, _ := behave(t, "behave-p2", host.HandlerOptions{ErrorPage: true})
	res, body := do(t, "GET", server.URL+"/nothing", nil, nil)
	if res.StatusCode != 500 || !strings.Contains(body, "without setting a response") {
		t.Errorf("status %d, page %q", res.StatusCode, body)
	}
}

func TestStateNeverLeaksBetweenRequests(t *testing.T) { both(t, testStateNeverLeaksBetweenRequests) }

func testStateNeverLeaksBetweenRequests(t *testing.T, app string) {
	server, _ := behave(t, app, host.HandlerOptions{})
	requests, clients := 1000, 16
	if testing.Short() {
		requests = 100
	}
	work := make(chan int, requests)
	for i := range requests {
		work <- i
	}
	close(work)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range work {
				res, err := http.Get(server.URL + "/counter")
				if err != nil {
					t.Error(err)
					return
				}
				body, err := io.ReadAll(res.Body)
				res.Body.Close()
				if string(body) != "1" || err != nil {
					t.Errorf("the counter of a new instance is %q, %v", body, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestClientsThatLeaveEndTheirRequest(t *testing.T) { both(t, testClientsThatLeaveEndTheirRequest) }

func testClientsThatLeaveEndTheirRequest(t *testing.T, app string) {
	ended := make(chan host.Exchange, 1)
	server, _ := behave(t, app, host.HandlerOptions{Done: func(x host.Exchange) { ended <- x }})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nonly this")
	time.Sleep(50 * time.Millisecond)
	conn.Close()
	select {
	case x := <-ended:
		if x.Err == nil {
			t.Error("a request cut in the middle ended well")
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the request of a client that left goes on")
	}
	if _, body := do(t, "GET", server.URL+"/counter", nil, nil); body != "1" {
		t.Errorf("counter %q", body)
	}
}

func TestBodiesBeyondTheLimitAreCut(t *testing.T) { both(t, testBodiesBeyondTheLimitAreCut) }

func testBodiesBeyondTheLimitAreCut(t *testing.T, app string) {
	server, _ := behave(t, app, host.HandlerOptions{MaxBody: 100})
	res, _ := do(t, "POST", server.URL+"/reflect", strings.NewReader(strings.Repeat("x", 101)), nil)
	if res.StatusCode != 500 {
		t.Errorf("status %d for a body of 101 bytes where 100 are allowed", res.StatusCode)
	}
	if res, _ := do(t, "POST", server.URL+"/reflect", strings.NewReader(strings.Repeat("x", 100)), nil); res.StatusCode != 200 {
		t.Errorf("status %d for a body at the limit", res.StatusCode)
	}
}

// stuck is a pipe that nobody reads.
type stuck struct{ ended chan struct{} }

func (s stuck) Write(p []byte) (int, error) {
	<-s.ended
	return len(p), nil
}

func TestBlockedOutputsHoldUpNoTimeout(t *testing.T) {
	both(t, func(t *testing.T, app string) {
		out := stuck{make(chan struct{})}
		defer close(out.ended)
		s, err := compileFor(conformance.Built(t, app), out)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan host.Exchange, 1)
		server := serve(t, s, host.HandlerOptions{
			Timeout: 200 * time.Millisecond, Done: func(x host.Exchange) { ended <- x },
		})
		for range 2 {
			if res, _ := do(t, "GET", server.URL+"/print", nil, nil); res.StatusCode != 500 {
				t.Errorf("status %d", res.StatusCode)
			}
			if x := <-ended; !errors.Is(x.Err, host.ErrTimeout) {
				t.Errorf("error %v", x.Err)
			}
		}
	})
}

func TestTimeoutsEndWaitsInTheHost(t *testing.T) {
	both(t, func(t *testing.T, app string) {
		server, _ := behave(t, app, host.HandlerOptions{Timeout: 200 * time.Millisecond})
		if res, _ := do(t, "GET", server.URL+"/sleep?3600", nil, nil); res.StatusCode != 500 {
			t.Errorf("status %d", res.StatusCode)
		}
	})
}

func TestMetricsCountRequests(t *testing.T) {
	s := compiled(t, conformance.Built(t, "behave-p2"))
	h, err := host.NewHandler(s.component, host.HandlerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close(context.WithoutCancel(t.Context()))
	for _, path := range []string{"/counter", "/status?404", "/raise"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	var b strings.Builder
	if err := h.WriteMetrics(&b); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`edgerun_requests_total{status="200"} 1`, `edgerun_requests_total{status="404"} 1`,
		`edgerun_requests_total{status="500"} 1`, `edgerun_failures_total 1`, `edgerun_request_seconds_count 3`,
		`edgerun_requests_in_flight 0`,
	} {
		if !strings.Contains(b.String(), line+"\n") {
			t.Errorf("no line %q in\n%s", line, &b)
		}
	}
}
