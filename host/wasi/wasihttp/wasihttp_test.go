package wasihttp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

func TestFieldsKeepTheRulesOfHeaders(t *testing.T) {
	t.Parallel()
	f := &Fields{}
	for _, c := range []struct {
		name, value string
		want        *headerError
	}{
		{"X-One", "a", nil},
		{"x-one", "b", nil},
		{"x one", "a", &headerError{InvalidSyntax}},
		{"", "a", &headerError{InvalidSyntax}},
		{"x-bad", "a\r\nb: c", &headerError{InvalidSyntax}},
		{"Host", "evil", &headerError{Forbidden}},
		{"Transfer-Encoding", "chunked", &headerError{Forbidden}},
		{"x-long", strings.Repeat("a", MaxFieldsBytes), &headerError{sizeExceeded}},
	} {
		got := f.append(c.name, []byte(c.value))
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("append %q: %v, want %v", c.name, got, c.want)
		}
	}
	if got := f.values("X-ONE"); len(got) != 2 || string(got[1]) != "b" {
		t.Errorf("values = %q", got)
	}
	if herr := f.remove("x-one"); herr != nil || len(f.entries) != 0 || f.size != 0 {
		t.Errorf("after removal: %v, %v, %d bytes", herr, f.entries, f.size)
	}
	frozen := view(f.entries, &wasi.Parent{})
	if herr := frozen.append("a", []byte("b")); herr == nil || herr.Case != Immutable {
		t.Errorf("headers of a message were changed: %v", herr)
	}
}

func TestTrailersSayNothingOfTheBodyBeforeThem(t *testing.T) {
	t.Parallel()
	f := &Fields{entries: []Field{{V0: "x-sum", V1: []byte("4")}, {V0: "content-length", V1: []byte("9")}}}
	rec := httptest.NewRecorder()
	x := NewExchange(rec, httptest.NewRequest("GET", "/", nil))
	res := &OutgoingResponse{status: 200, headers: &Fields{}}
	b, _ := bodyOnce(&res.body, res.headers, false)
	if err := x.set(t.Context(), bind.Ok[ErrorCode](res)); err != nil {
		t.Fatal(err)
	}
	if _, err := finishBody(b.Ok, bind.Some(f)); err != nil {
		t.Fatal(err)
	}
	rec2 := httptest.NewRecorder()
	announce(rec2, http.Header{"X-Sum": {"4"}, "Content-Length": {"9"}})
	for _, got := range []http.Header{rec.Result().Trailer, rec2.Result().Trailer} {
		if len(got) != 1 || got.Get("X-Sum") != "4" {
			t.Errorf("trailers %v", got)
		}
	}
}

func TestRequestLineIsChecked(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"": true, "/": true, "/a?b=c": true, "*": true, "a": false, "/a b": false, "/a#b": false, "/\r\nHost: x": false,
		"http://x/": false,
	} {
		if got := validPath(path); got != want {
			t.Errorf("validPath(%q) = %v", path, got)
		}
	}
	for authority, want := range map[string]bool{
		"example.com": true, "example.com:80": true, "[::1]:80": true, "127.0.0.1": true, "": false,
		"user@example.com": false, "example.com/path": false, "a b": false, "example.com#x": false, ":80": true, ":81": true, ":a": false, "[::1": false,
	} {
		if got := validAuthority(authority); got != want {
			t.Errorf("validAuthority(%q) = %v", authority, got)
		}
	}
}

// respond plays a component: it sets a response and writes its body.
func respond(t *testing.T, x *Exchange, status uint16, headers map[string]string, body string, finish bool) {
	t.Helper()
	res := &OutgoingResponse{status: status, headers: &Fields{}}
	for k, v := range headers {
		if herr := res.headers.append(k, []byte(v)); herr != nil {
			t.Fatal(herr)
		}
	}
	b, _ := bodyOnce(&res.body, res.headers, false)
	if err := x.set(context.Background(), bind.Ok[ErrorCode](res)); err != nil {
		t.Fatal(err)
	}
	if len(body) > 0 {
		if err := b.Ok.buffer.Write(context.Background(), []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if finish {
		r, err := finishBody(b.Ok, bind.None[*Fields]())
		if err != nil {
			t.Fatal(err)
		}
		if r.IsErr && x.Finish() == nil {
			t.Error("a body of the wrong size finished well")
		}
	}
}

func TestExchangeWritesWhatTheComponentAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, length string
		finish         bool
		wantBody       string
		wantErr        bool
	}{
		{"GET", "", true, "hello", false},
		{"GET", "5", true, "hello", false},
		{"GET", "6", true, "hello", true},
		{"HEAD", "6", true, "", false},
		{"GET", " 5 ", true, "hello", false},
		{"GET", "", false, "hello", true},
		{"HEAD", "5", true, "", false},
	} {
		w := httptest.NewRecorder()
		x := NewExchange(w, httptest.NewRequest(c.method, "/a?b", nil))
		headers := map[string]string{"x-test": "1"}
		if c.length != "" {
			headers["content-length"] = c.length
		}
		respond(t, x, 201, headers, "hello", c.finish)
		err := x.Finish()
		if w.Code != 201 || w.Header().Get("X-Test") != "1" || w.Body.String() != c.wantBody || (err != nil) != c.wantErr {
			t.Errorf("%+v: status %d, headers %v, body %q, error %v", c, w.Code, w.Header(), w.Body, err)
		}
	}
}

func TestExchangeWithoutResponseIsTold(t *testing.T) {
	t.Parallel()
	x := NewExchange(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	if err := x.Finish(); !errors.Is(err, ErrNoResponse) || x.Sent() {
		t.Errorf("Finish = %v, sent %v", err, x.Sent())
	}
	x = NewExchange(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	code := ErrorCode{Case: CodeInternalError, InternalError: bind.Some("no luck")}
	if err := x.set(context.Background(), bind.Err[*OutgoingResponse](code)); err != nil {
		t.Fatal(err)
	}
	if err := x.Finish(); err == nil || !strings.Contains(err.Error(), "no luck") {
		t.Errorf("Finish = %v", err)
	}
}

// request is an outgoing request to a test server.
func request(t *testing.T, server *httptest.Server, method, path string) *OutgoingRequest {
	t.Helper()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &OutgoingRequest{
		target: target{
			method: methodOf(method), scheme: bind.Some(schemeOf("http")),
			path: bind.Some(path), authority: bind.Some(u.Host),
		},
		headers: &Fields{},
	}
}

func wait(t *testing.T, f *FutureIncomingResponse) (*IncomingResponse, *ErrorCode) {
	t.Helper()
	select {
	case <-f.done:
		return f.value, f.err
	case <-time.After(10 * time.Second):
		t.Fatal("no response")
		return nil, nil
	}
}

func allowAll(*http.Request) error { return nil }

func TestOutgoingRequestsStreamBothWays(t *testing.T) {
	t.Parallel()
	var trailer string // read once the response is at its end
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Method", r.Method)
		w.Header().Set("X-Agent", strings.Join(r.Header["User-Agent"], ","))
		w.WriteHeader(202)
		io.Copy(w, r.Body)
		trailer = r.Trailer.Get("X-Sum")
	}))
	defer server.Close()
	cfg := Config{Allow: allowAll, Transport: NewTransport(), Timeout: time.Minute}
	r := request(t, server, "POST", "/echo")
	b, _ := bodyOnce(&r.body, r.headers, true)
	f, err := cfg.send(t.Context(), r, bind.None[*RequestOptions]())
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		b.Ok.buffer.Write(context.Background(), []byte("ping"))
		finishBody(b.Ok, bind.Some(&Fields{entries: []Field{{V0: "x-sum", V1: []byte("4")}}}))
	}()
	res, code := wait(t, f)
	if code != nil {
		t.Fatalf("error code %+v", *code)
	}
	got, err := io.ReadAll(res.body.rest)
	if trailer != "4" {
		t.Errorf("trailer %q arrived", trailer)
	}
	if err != nil || string(got) != "ping" || res.status != 202 {
		t.Errorf("status %d, body %q, %v", res.status, got, err)
	}
	headers := &Fields{entries: res.entries}
	if m, _ := headers.get("x-method"); m != "POST" {
		t.Errorf("method %q arrived", m)
	}
	if agent, _ := headers.get("x-agent"); agent != "" {
		t.Errorf("a User-Agent %q was added", agent)
	}
}

func TestOutgoingRequestsAreRefusedUnlessAllowed(t *testing.T) {
	t.Parallel()
	called := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer server.Close()
	refuse := func(*http.Request) error { return errors.New("not in the list") }
	for _, allow := range []func(*http.Request) error{nil, refuse} {
		cfg := Config{Allow: allow, Transport: NewTransport(), Timeout: time.Minute}
		f, err := cfg.send(t.Context(), request(t, server, "GET", "/"), bind.None[*RequestOptions]())
		if err != nil {
			t.Fatal(err)
		}
		if got := f.take().Value.Ok; !got.IsErr || got.Err.Case != CodeHTTPRequestDenied || called {
			t.Errorf("the response is %+v, server called: %v", got, called)
		}
	}
}

func TestOutgoingFailuresHaveTheirCode(t *testing.T) {
	t.Parallel()
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer slow.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	https := request(t, plain, "GET", "/")
	https.scheme = bind.Some(schemeOf("https"))
	short := bind.Some(&RequestOptions{firstByte: bind.Some(uint64(time.Millisecond))})
	for _, c := range []struct {
		name string
		req  *OutgoingRequest
		opts bind.Option[*RequestOptions]
		want Code
	}{
		{"refused", request(t, gone, "GET", "/"), bind.None[*RequestOptions](), CodeConnectionRefused},
		{"timeout", request(t, slow, "GET", "/"), short, CodeConnectionReadTimeout},
		{"not TLS", https, bind.None[*RequestOptions](), CodeTLSProtocolError},
	} {
		cfg := Config{Allow: allowAll, Transport: NewTransport(), Timeout: time.Minute}
		f, err := cfg.send(context.Background(), c.req, c.opts)
		if err != nil {
			t.Fatal(err)
		}
		if _, code := wait(t, f); code == nil || code.Case != c.want {
			t.Errorf("%s: code %+v, want case %d", c.name, code, c.want)
		}
	}
	if _, err := (&Config{Allow: allowAll}).send(t.Context(), &OutgoingRequest{headers: &Fields{}},
		bind.None[*RequestOptions]()); err == nil || errorCodeOf(err).Case != CodeHTTPRequestURIInvalid {
		t.Errorf("a request without authority: %v", err)
	}
}
