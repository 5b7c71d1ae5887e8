package host_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/internal/conformance"
)

// shared serves an app for WASI 0.3 whose instances serve several requests.
func shared(t *testing.T, app string, opts host.HandlerOptions) *httptest.Server {
	t.Helper()
	return serve(t, compiled(t, conformance.Built(t, app)), opts)
}

func TestInstancesServeAsManyRequestsAsSpinGivesThem(t *testing.T) {
	server := shared(t, "behave-p3", host.HandlerOptions{Pool: host.PoolOptions{Reuse: 3}, Spread: 1})
	var seen []string
	for range 7 {
		_, body := do(t, "GET", server.URL+"/counter", nil, nil)
		seen = append(seen, body)
	}
	if got := strings.Join(seen, " "); got != "1 2 3 1 2 3 1" {
		t.Errorf("counters %s", got)
	}
}

func TestIdleInstancesLoseTheirState(t *testing.T) {
	server := shared(t, "behave-p3", host.HandlerOptions{IdleTimeout: 20 * time.Millisecond})
	for range 3 {
		if _, body := do(t, "GET", server.URL+"/counter", nil, nil); body != "1" {
			t.Errorf("counter %q", body)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// TestRequestsOfOneInstanceRunAtATime needs no clock: with one instance, none of the
// requests could end if the others had to wait for it.
func TestRequestsOfOneInstanceRunAtATime(t *testing.T) {
	server := shared(t, "behave-p3", host.HandlerOptions{Spread: 1})
	var bodies []*io.PipeWriter
	var responses []*http.Response
	for i := range 16 {
		r, w := io.Pipe()
		bodies = append(bodies, w)
		req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/echo", r)
		if err != nil {
			t.Fatal(err)
		}
		go fmt.Fprintf(w, "begin %d\n", i)
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		responses = append(responses, res)
	}
	for i := len(bodies) - 1; i >= 0; i-- {
		go func() {
			fmt.Fprintf(bodies[i], "end %d\n", i)
			bodies[i].Close()
		}()
		got, err := io.ReadAll(responses[i].Body)
		responses[i].Body.Close()
		if want := fmt.Sprintf("begin %d\nend %d\n", i, i); string(got) != want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
}

func TestTwoHundredRequestsAtOnceAreAllServed(t *testing.T) {
	server := shared(t, "behave-p3", host.HandlerOptions{MaxConcurrent: 200})
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			want := strings.Repeat(fmt.Sprintf("%d,", i), 5000)
			res, err := http.Post(server.URL+"/echo", "", strings.NewReader(want))
			if err != nil {
				t.Error(err)
				return
			}
			defer res.Body.Close()
			if got, err := io.ReadAll(res.Body); string(got) != want || err != nil {
				t.Errorf("request %d: %d of %d bytes, %v", i, len(got), len(want), err)
			}
		})
	}
	wg.Wait()
}

// webFor answers requests to /echo with their body, and to /N with N bytes.
func webFor(t *testing.T) *httptest.Server {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		if r.URL.Path == "/echo" {
			_, _ = io.Copy(w, r.Body)
			return
		}
		var n int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &n)
		_, _ = w.Write(make([]byte, n))
	}))
	t.Cleanup(web.Close)
	return web
}

func TestMegabytesGoThroughTwoServers(t *testing.T) {
	web := webFor(t)
	server := shared(t, "streaming-p3", host.HandlerOptions{})
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	for path, header := range map[string]http.Header{
		"/echo": {"Content-Type": {"x/y"}}, "/double-echo": {"Url": {web.URL + "/echo"}},
	} {
		res, body := do(t, "POST", server.URL+path, bytes.NewReader(data), header)
		if res.StatusCode != 200 || body != string(data) {
			t.Errorf("%s: status %d, %d of %d bytes", path, res.StatusCode, len(body), len(data))
		}
	}
}

func TestManyURLsAreHashedAtATime(t *testing.T) {
	web := webFor(t)
	server := shared(t, "streaming-p3", host.HandlerOptions{})
	var urls []string
	for i := range 8 {
		urls = append(urls, fmt.Sprintf("%s/%d", web.URL, 100_000*i))
	}
	_, body := do(t, "GET", server.URL+"/hash-all", nil, http.Header{"Url": urls})
	for _, url := range urls {
		if n := strings.Count(body, url+": "); n != 1 {
			t.Errorf("%s is answered %d times in\n%s", url, n, body)
		}
	}
	if lines := strings.Count(body, "\n"); lines != len(urls) {
		t.Errorf("%d lines for %d URLs", lines, len(urls))
	}
}

// phases are requests, as text, after which a client leaves.
var phases = map[string]string{
	"before the head":              "POST /echo HTT",
	"in the head":                  "POST /echo HTTP/1.1\r\nHost: x\r\n",
	"in the request's body":        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nonly this",
	"before the response":          "GET /wait?5 HTTP/1.1\r\nHost: x\r\n\r\n",
	"while the component computes": "GET /sleep?0.2 HTTP/1.1\r\nHost: x\r\n\r\n",
	"in the response's body":       "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n",
	"with a long response unread":  "GET /bytes?50000000 HTTP/1.1\r\nHost: x\r\n\r\n",
}

func TestClientsMayLeaveInEveryPhase(t *testing.T) {
	for name, text := range phases {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			ended := make(chan host.Exchange, 10)
			server := shared(t, "behave-p3", host.HandlerOptions{Done: func(x host.Exchange) { ended <- x }})
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(conn, text)
			time.Sleep(100 * time.Millisecond) // for the request to get so far
			conn.Close()
			if strings.Contains(text, "\r\n\r\n") {
				select {
				case <-ended:
				case <-time.After(20 * time.Second):
					t.Fatal("the request of a client that left goes on")
				}
			}
			if res, body := do(t, "GET", server.URL+"/bytes?3", nil, nil); body != "xxx" {
				t.Errorf("the next request: status %d, %q", res.StatusCode, body)
			}
			http.DefaultTransport.(*http.Transport).CloseIdleConnections()
			server.Close()
			server.Config.Handler.(*host.Handler).Close(context.WithoutCancel(t.Context()))
			noneLeft(t, before+1) // the cleanup of t
		})
	}
}

func TestClientsThatLeaveHarmNoOtherRequestOfTheInstance(t *testing.T) {
	server := shared(t, "behave-p3", host.HandlerOptions{Spread: 1})
	r, w := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/echo", r)
	if err != nil {
		t.Fatal(err)
	}
	go io.WriteString(w, "begin ")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	gone, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/wait?1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := http.DefaultTransport.RoundTrip(gone); err == nil {
		t.Error("the client that left has a response")
	}
	time.Sleep(50 * time.Millisecond)
	go func() {
		io.WriteString(w, "end")
		w.Close()
	}()
	if got, err := io.ReadAll(res.Body); string(got) != "begin end" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestResponsesThatNobodyGetsAreClosed has a client leave whose request shares its
// instance. If the component could not end its response, the instance would never be
// idle and lose its state.
func TestResponsesThatNobodyGetsAreClosed(t *testing.T) {
	server := shared(t, "behave-p3", host.HandlerOptions{Timeout: -1, Spread: 1, IdleTimeout: time.Millisecond})
	r, w := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/echo", r)
	if err != nil {
		t.Fatal(err)
	}
	go io.WriteString(w, "begin ")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	gone, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/wait?0.3", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := http.DefaultTransport.RoundTrip(gone); err == nil {
		t.Error("the client that left has a response")
	}
	w.Close()
	if got, err := io.ReadAll(res.Body); string(got) != "begin " || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	res.Body.Close()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if _, body := do(t, "GET", server.URL+"/counter", nil, nil); body == "1" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the instance is still in use")
		}
	}
}

// TestTooLongBodiesMayBeReadBesideTheResponse is for the race detector.
func TestTooLongBodiesMayBeReadBesideTheResponse(t *testing.T) {
	server := shared(t, "behave-p3", host.HandlerOptions{MaxBody: 1})
	for range 10 {
		res, err := http.Post(server.URL+"/echo", "", strings.NewReader(strings.Repeat("x", 1<<16)))
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
	}
}

// TestBodiesThatAComponentIgnoresAreNotWaitedFor has a client that waits for the
// response before it sends the rest of its request.
func TestBodiesThatAComponentIgnoresAreNotWaitedFor(t *testing.T) {
	server := shared(t, "behave-p3", host.HandlerOptions{})
	res := byHand(t, server, "POST /counter HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx")
	if body := make([]byte, 1); res.StatusCode != 200 {
		t.Errorf("status %d", res.StatusCode)
	} else if _, err := io.ReadFull(res.Body, body); err != nil || string(body) != "1" {
		t.Errorf("answered %q, %v", body, err)
	}
}

func TestRequestsMayHaveNoBody(t *testing.T) {
	h, err := host.NewHandler(compiled(t, conformance.Built(t, "behave-p3")).component, host.HandlerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close(context.WithoutCancel(t.Context()))
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://x/reflect", nil)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	if w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
}

func TestRequestsThatADeadInstanceNeverBeganGetAnother(t *testing.T) {
	server := shared(t, "behave-p3", host.HandlerOptions{Spread: 1, IdleTimeout: time.Hour})
	h := server.Config.Handler.(*host.Handler)
	do(t, "GET", server.URL+"/counter", nil, nil)
	h.KillIdle(abi.Trapf("a background task failed"))
	if res, body := do(t, "POST", server.URL+"/echo", strings.NewReader("whole"), nil); res.StatusCode != 200 || body != "whole" {
		t.Errorf("status %d, %q", res.StatusCode, body)
	}
}

func TestRequestsThatBeganRunOnce(t *testing.T) {
	s := compiled(t, conformance.Built(t, "behave-p3"))
	server := serve(t, s, host.HandlerOptions{Spread: 1})
	do(t, "GET", server.URL+"/counter", nil, nil)
	before := strings.Count(s.printed.String(), "ValueError: before the response")
	if res, _ := do(t, "GET", server.URL+"/raise", nil, nil); res.StatusCode != 500 {
		t.Errorf("status %d", res.StatusCode)
	}
	if n := strings.Count(s.printed.String(), "ValueError: before the response") - before; n != 1 {
		t.Errorf("the request ran %d times", n)
	}
}

func TestTrailersNeedNoAnnouncement(t *testing.T) {
	server := shared(t, "behave-p3", host.HandlerOptions{})
	res := byHand(t, server, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 2\r\n\r\n")
	if body, err := io.ReadAll(res.Body); string(body) != "hi" || res.Trailer.Get("X-Sum") != "2" || err != nil {
		t.Errorf("%q, trailers %v, %v", body, res.Trailer, err)
	}
}

// byHand sends the text of a request, and no more, and reads the head of the response.
func byHand(t *testing.T, server *httptest.Server, request string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprint(conn, request)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}
