package wasihttp

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
)

// lengths are headers with content-lengths.
func lengths(values ...string) *Fields {
	f := &Fields{}
	for _, v := range values {
		f.entries = append(f.entries, Field{V0: "content-length", V1: []byte(v)})
	}
	return f
}

// unclear are content-lengths that promise nothing, or several things.
var unclear = [][]string{{"5", "6"}, {"5, 5"}, {"-5"}, {"+5"}, {"five"}, {""}, {"99999999999999999999"}}

func TestUnclearLengthsAreRefused(t *testing.T) {
	t.Parallel()
	for _, values := range unclear {
		headers := lengths(values...)
		rec := httptest.NewRecorder()
		x := NewExchange(rec, httptest.NewRequest("GET", "/", nil))
		if err := x.set(t.Context(), bind.Ok[ErrorCode](&OutgoingResponse{status: 200, headers: headers})); err != nil {
			t.Fatal(err)
		}
		body, _ := newAsyncBody(headers, bind.None[*bind.Stream[byte]](), bind.Ready(Trailers{}))
		_, async := send(t.Context(), t, &Response{status: 200, headers: headers, body: body}, false)
		cfg := &Config{Self: true}
		_, request := cfg.newRequest(&target{}, headers)
		for _, err := range []error{x.Finish(), async, request} {
			if err == nil || x.Sent() || !strings.Contains(err.Error(), "content-length") {
				t.Errorf("content-length %q: %v, head sent %v", values, err, x.Sent())
			}
		}
		if code := errorCodeOf(request); code.Case != CodeInternalError || !code.InternalError.Some {
			t.Errorf("content-length %q: code %v of a request", values, code)
		}
	}
}

func TestEqualLengthsAreSentOnce(t *testing.T) {
	t.Parallel()
	h := httptest.NewRecorder().Header()
	if err := lengths("5", "05").addMessage(h); err != nil || len(h["Content-Length"]) != 1 {
		t.Errorf("headers %v, %v", h, err)
	}
}

func TestTooLongBodiesAreCutAndTold(t *testing.T) {
	t.Parallel()
	for _, early := range []bool{false, true} {
		rec := httptest.NewRecorder()
		x := NewExchange(rec, httptest.NewRequest("GET", "/", nil))
		res := &OutgoingResponse{status: 200, headers: lengths("3")}
		once, _ := bodyOnce(&res.body, res.headers, false)
		set := func() {
			if err := x.set(t.Context(), bind.Ok[ErrorCode](res)); err != nil {
				t.Fatal(err)
			}
		}
		if !early {
			set()
		}
		err := once.Ok.buffer.Write(t.Context(), []byte("hello"))
		if early {
			set()
		}
		result := errorCodeOf(err)
		if result.Case != CodeHTTPResponseBodySize || result.HTTPResponseBodySize != bind.Some(uint64(5)) {
			t.Errorf("early %v: the component is told %+v", early, result)
		}
		if err := x.Finish(); err == nil || !strings.Contains(err.Error(), "HTTP-response-body-size: a body of 5 bytes") {
			t.Errorf("early %v: %v", early, err)
		}
		if x.Sent() == early || rec.Body.Len() > 3 {
			t.Errorf("early %v: head sent %v, body %q", early, x.Sent(), rec.Body)
		}
	}
}

func TestPromisedBodiesThatNeverComeAreRefused(t *testing.T) {
	t.Parallel()
	x := NewExchange(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	if err := x.set(t.Context(), bind.Ok[ErrorCode](&OutgoingResponse{status: 200, headers: lengths("3")})); err != nil {
		t.Fatal(err)
	}
	body, _ := newAsyncBody(lengths("3"), bind.None[*bind.Stream[byte]](), bind.Ready(Trailers{}))
	_, async := send(t.Context(), t, &Response{status: 200, headers: lengths("3"), body: body}, false)
	for _, err := range []error{x.Finish(), async} {
		if code := errorCodeOf(err); code.Case != CodeHTTPResponseBodySize || x.Sent() {
			t.Errorf("error %v, head sent %v", err, x.Sent())
		}
	}
}

func TestTooLongAsyncBodiesAreCutAndTold(t *testing.T) {
	t.Parallel()
	body, _ := newAsyncBody(lengths("3"), bind.None[*bind.Stream[byte]](), bind.Ready(Trailers{}))
	rec := httptest.NewRecorder()
	body.contents = given(t, []byte("hello"))
	r := &Response{status: 200, headers: lengths("3"), body: body}
	err := r.WriteTo(t.Context(), rec, false)
	if code := errorCodeOf(err); code.HTTPResponseBodySize != bind.Some(uint64(5)) || rec.Body.String() != "hel" {
		t.Errorf("body %q, %v", rec.Body, err)
	}
}

// given is a stream of bytes that a component has given away.
func given(t *testing.T, data []byte) *bind.Stream[byte] {
	t.Helper()
	l := newLoop(t)
	instance := &abi.Instance{MayLeave: true, Loop: l}
	cx := &abi.Context{}
	cx.Start(t.Context(), &abi.Options{}, instance)
	bytes := abi.StreamOf(abi.TypeU8)
	var contents *bind.Stream[byte]
	give, err := bind.Bind(bind.Func0(func(context.Context) (*bind.Stream[byte], error) {
		return bind.NewStream(func(_ context.Context, w *bind.Writer[byte]) error {
			_, err := w.Write(data)
			return err
		}), nil
	}), abi.NewFuncType(false, bytes))
	if err != nil {
		t.Fatal(err)
	}
	take := taker(t, &contents)
	l.do(func() {
		flat := make([]uint64, 1)
		from, to := give.Begin(), take.Begin()
		if err := errors.Join(from.Run(t.Context()), from.Lower(cx, abi.Place{Flat: flat})); err != nil {
			t.Error(err)
		}
		if err := errors.Join(to.Lift(cx, abi.Place{Flat: flat}), to.Run(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return contents
}
