package wasihttp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
)

// send sends a response and fails if that does not come to an end.
func send(ctx context.Context, t *testing.T, r *Response, head bool) (*httptest.ResponseRecorder, error) {
	t.Helper()
	rec := httptest.NewRecorder()
	ended := make(chan error, 1)
	go func() { ended <- r.WriteTo(ctx, rec, head) }()
	select {
	case err := <-ended:
		return rec, err
	case <-time.After(10 * time.Second):
		t.Fatal("the response does not end")
		return nil, nil
	}
}

func TestResponsesFromElsewhereEndWithTheClient(t *testing.T) {
	t.Parallel()
	from, to := io.Pipe()
	defer to.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := &Response{status: 200, headers: &Fields{}, body: arrivedBody(from, -1, func() http.Header { return nil })}
	if _, err := send(ctx, t, r, false); !errors.Is(err, context.Canceled) {
		t.Errorf("the response ended with %v", err)
	}
}

func TestLengthsOfResponsesWithoutABodyAreNotCounted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status  uint16
		head    bool
		outcome error
	}{
		{200, true, nil}, {304, false, nil}, {200, false, &CodeError{responseSize(0)}},
	} {
		headers := &Fields{entries: []Field{{V0: "content-length", V1: []byte("10")}}}
		body, _ := newAsyncBody(headers, bind.None[*bind.Stream[byte]](), bind.Ready(Trailers{}))
		r := &Response{status: c.status, headers: headers, body: body}
		rec, err := send(t.Context(), t, r, c.head)
		if _, failed := errors.AsType[*CodeError](err); failed != (c.outcome != nil) {
			t.Errorf("status %d, HEAD %v: %v", c.status, c.head, err)
		}
		if n := rec.Result().Header.Get("Content-Length"); n != "10" {
			t.Errorf("status %d, HEAD %v: Content-Length %q", c.status, c.head, n)
		}
	}
}

// loop is a component that calls the host and does nothing else.
type loop struct{ posts chan func() }

func newLoop(t *testing.T) *loop {
	l := &loop{posts: make(chan func(), 100)}
	go func() {
		for {
			select {
			case f := <-l.posts:
				f()
			case <-t.Context().Done():
				return
			}
		}
	}()
	return l
}

func (l *loop) Post(f func(dead error)) { l.posts <- func() { f(nil) } }
func (*loop) Hold(*abi.HostEnd) error   { return nil }
func (*loop) Release(*abi.HostEnd)      {}

// do runs f in the loop, as a component would.
func (l *loop) do(f func()) {
	done := make(chan struct{})
	l.posts <- func() {
		f()
		close(done)
	}
	<-done
}

// closing tells when it is closed, until when reads wait.
type closing struct{ closed chan struct{} }

func (c closing) Read([]byte) (int, error) {
	<-c.closed
	return 0, io.ErrClosedPipe
}

func (c closing) Close() error {
	select {
	case <-c.closed:
	default:
		close(c.closed)
	}
	return nil
}

func TestBodiesThatAComponentDropsAreClosed(t *testing.T) {
	t.Parallel()
	l := newLoop(t)
	instance := &abi.Instance{MayLeave: true, Loop: l}
	cx := &abi.Context{}
	cx.Start(t.Context(), &abi.Options{}, instance)
	from := closing{make(chan struct{})}
	bytes := abi.StreamOf(abi.TypeU8)
	callee, err := bind.Bind(bind.Func0(func(context.Context) (*bind.Stream[byte], error) {
		return bind.NewStream(func(ctx context.Context, w *bind.Writer[byte]) error { return pump(ctx, w, &arrival{ReadCloser: from}) }), nil
	}), abi.NewFuncType(false, bytes))
	if err != nil {
		t.Fatal(err)
	}
	l.do(func() {
		call := callee.Begin()
		flat := make([]uint64, 1)
		if err := errors.Join(call.Run(t.Context()), call.Lower(cx, abi.Place{Flat: flat})); err != nil {
			t.Error(err)
		}
		end, err := instance.Table.End(uint32(flat[0]), bytes, true)
		if err != nil {
			t.Error(err)
		}
		end.Drop()
	})
	select {
	case <-from.closed:
	case <-time.After(5 * time.Second):
		t.Error("the body is still being read")
	}
}

// TestBodiesMayBeClosedWhileTheyAreRead is for the race detector: HTTP/2 does so.
func TestBodiesMayBeClosedWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	l := newLoop(t)
	instance := &abi.Instance{MayLeave: true, Loop: l}
	cx := &abi.Context{}
	cx.Start(t.Context(), &abi.Options{}, instance)
	bytes := abi.StreamOf(abi.TypeU8)
	var contents *bind.Stream[byte]
	callee := taker(t, &contents)
	l.do(func() {
		readable, writable := abi.NewEnds(bytes)
		i, err := readable.Own(instance)
		_, werr := writable.Own(instance)
		call := callee.Begin()
		lerr := call.Lift(cx, abi.Place{Flat: []uint64{uint64(i)}})
		if err := errors.Join(err, werr, lerr, call.Run(t.Context())); err != nil {
			t.Error(err)
		}
	})
	body, _ := newAsyncBody(&Fields{}, bind.Some(contents), bind.Ready(Trailers{}))
	reading := make(chan struct{})
	r := &contentsReader{ctx: t.Context(), body: &body, size: requestSize, idle: func() { close(reading) }}
	ended := make(chan error, 1)
	go func() {
		_, err := r.Read(make([]byte, 1))
		ended <- err
	}()
	<-reading
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("a read from what is closed has no error")
		}
	case <-time.After(5 * time.Second):
		t.Error("the read goes on")
	}
}

func TestPathsArriveAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	const target = `/a"|b%2f?c=%zz`
	if got := NewRequest(httptest.NewRequest("GET", target, nil), true).path; got != bind.Some(target) {
		t.Errorf("path %+v", got)
	}
}

func TestPathsAreNoURLs(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"http://other/p", "a", "?q"} {
		r := &target{path: bind.Some(path), authority: bind.Some("example.com")}
		if req, err := (&Config{}).newRequest(r, &Fields{}); err == nil || errorCodeOf(err).Case != CodeHTTPRequestURIInvalid {
			t.Errorf("path %q: a request to %v, %v", path, req, err)
		}
	}
}

func TestTrailersOfForwardedBodiesAreSent(t *testing.T) {
	t.Parallel()
	arrived := http.Header{"X-Sum": {"2"}}
	b := arrivedBody(io.NopCloser(strings.NewReader("hi")), -1, func() http.Header { return arrived })
	req := &http.Request{Header: http.Header{}, Body: http.NoBody}
	b.attach(t.Context(), req)
	if body, err := io.ReadAll(req.Body); string(body) != "hi" || err != nil || req.Trailer.Get("X-Sum") != "2" {
		t.Errorf("%q, %v, trailers %v", body, err, req.Trailer)
	}
}

// taker is a function of the host that takes a stream of bytes.
func taker(t *testing.T, to **bind.Stream[byte]) abi.Callee {
	t.Helper()
	take := func(_ context.Context, s *bind.Stream[byte]) (bind.Unit, error) {
		*to = s
		return bind.Unit{}, nil
	}
	contents := abi.Field{Name: "contents", Type: abi.StreamOf(abi.TypeU8)}
	callee, err := bind.Bind(bind.Func1(take), abi.NewFuncType(false, nil, contents))
	if err != nil {
		t.Fatal(err)
	}
	return callee
}
