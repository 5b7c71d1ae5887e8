package wasihttp

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

// Method is the variant method.
type Method struct {
	Case  uint8
	Other string
}

// methods are the cases of method before "other".
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodConnect,
	http.MethodOptions, http.MethodTrace, http.MethodPatch,
}

func methodOf(name string) Method {
	if i := slices.Index(methods, name); i >= 0 {
		return Method{Case: uint8(i)}
	}
	return Method{Case: uint8(len(methods)), Other: name}
}

// String is the method as it stands in a request.
func (m Method) String() string {
	if int(m.Case) < len(methods) {
		return methods[m.Case]
	}
	return m.Other
}

// Scheme is the variant scheme.
type Scheme struct {
	Case  uint8 // 0 HTTP, 1 HTTPS, 2 other
	Other string
}

const schemeOther = 2

func schemeOf(name string) Scheme {
	switch name {
	case "http":
		return Scheme{Case: 0}
	case "https":
		return Scheme{Case: 1}
	}
	return Scheme{Case: schemeOther, Other: name}
}

// String is the scheme as it stands in a URL.
func (s Scheme) String() string {
	switch s.Case {
	case 0:
		return "http"
	case 1:
		return "https"
	}
	return strings.ToLower(s.Other)
}

// RequestTarget is the path and query of a request as its client wrote them:
// components get them without another encoding.
func RequestTarget(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

// KeepTrailers lets copies of a request that a server got have its trailers even if no
// header announced them: net/http adds them at the end of the body, to the map that the
// request has by then. HTTP/2 drops what was not announced.
func KeepTrailers(r *http.Request) {
	if r.Trailer == nil {
		r.Trailer = http.Header{}
	}
}

// IncomingRequest is the resource incoming-request.
type IncomingRequest struct {
	wasi.Parent
	req     *http.Request
	entries []Field
	body    *IncomingBody // nil once consumed
}

// IncomingResponse is the resource incoming-response.
type IncomingResponse struct {
	wasi.Parent
	status  uint16
	entries []Field
	body    *IncomingBody // nil once consumed
}

// IncomingBody is the resource incoming-body.
type IncomingBody struct {
	wasi.Parent
	input    wasi.Input
	taken    bool
	rest     io.Reader          // what the stream reads from
	trailers func() http.Header // valid once rest is at its end
}

func newIncomingBody(body io.ReadCloser, trailers func() http.Header) *IncomingBody {
	if body == nil || body == http.NoBody {
		return &IncomingBody{input: wasi.Bytes(nil), rest: http.NoBody, trailers: trailers}
	}
	return &IncomingBody{input: wasi.ReadFrom(body, body.Close), rest: body, trailers: trailers}
}

// stream is incoming-body.stream: the one stream of the body.
func (b *IncomingBody) stream() bind.Result[*wasi.InputStream, bind.Unit] {
	if b.taken {
		return bind.Err[*wasi.InputStream](bind.Unit{})
	}
	b.taken = true
	// The stream's end is not the body's: trailers come behind it.
	return bind.Ok[bind.Unit](wasi.NewInputStream(unclosed{b.input}, &b.Parent))
}

// unclosed is an input whose closing is its owner's business.
type unclosed struct{ wasi.Input }

func (unclosed) Close() error { return nil }

// consume gives the body away, once.
func consume(body **IncomingBody) bind.Result[*IncomingBody, bind.Unit] {
	b := *body
	if b == nil {
		return bind.Err[*IncomingBody](bind.Unit{})
	}
	*body = nil
	return bind.Ok[bind.Unit](b)
}

func addIncoming(types *bind.Interface) {
	bind.Resource(types, "incoming-request", func(_ context.Context, r *IncomingRequest) error { return r.CheckDrop() })
	const request = "incoming-request"
	method(types, request, "method", bind.Func1(func(_ context.Context, r *IncomingRequest) (Method, error) {
		return methodOf(r.req.Method), nil
	}))
	method(types, request, "path-with-query", bind.Func1(func(_ context.Context, r *IncomingRequest) (
		bind.Option[string], error,
	) {
		return bind.Some(RequestTarget(r.req)), nil
	}))
	method(types, request, "scheme", bind.Func1(func(_ context.Context, r *IncomingRequest) (bind.Option[Scheme], error) {
		if r.req.TLS != nil {
			return bind.Some(schemeOf("https")), nil
		}
		return bind.Some(schemeOf("http")), nil
	}))
	method(types, request, "authority", bind.Func1(func(_ context.Context, r *IncomingRequest) (
		bind.Option[string], error,
	) {
		return bind.Option[string]{Some: r.req.Host != "", Value: r.req.Host}, nil
	}))
	method(types, request, "headers", bind.Func1(func(_ context.Context, r *IncomingRequest) (*Fields, error) {
		return view(r.entries, &r.Parent), nil
	}))
	method(types, request, "consume", bind.Func1(func(_ context.Context, r *IncomingRequest) (
		bind.Result[*IncomingBody, bind.Unit], error,
	) {
		return consume(&r.body), nil
	}))

	bind.Resource(types, "incoming-response", func(_ context.Context, r *IncomingResponse) error {
		if r.body != nil {
			_ = r.body.input.Close() // nobody is left to be told
		}
		return r.CheckDrop()
	})
	const response = "incoming-response"
	method(types, response, "status", bind.Func1(func(_ context.Context, r *IncomingResponse) (uint16, error) {
		return r.status, nil
	}))
	method(types, response, "headers", bind.Func1(func(_ context.Context, r *IncomingResponse) (*Fields, error) {
		return view(r.entries, &r.Parent), nil
	}))
	method(types, response, "consume", bind.Func1(func(_ context.Context, r *IncomingResponse) (
		bind.Result[*IncomingBody, bind.Unit], error,
	) {
		return consume(&r.body), nil
	}))

	bind.Resource(types, "incoming-body", func(_ context.Context, b *IncomingBody) error {
		if err := b.CheckDrop(); err != nil {
			return err
		}
		_ = b.input.Close() // nobody is left to be told
		return nil
	})
	method(types, "incoming-body", "stream", bind.Func1(func(_ context.Context, b *IncomingBody) (
		bind.Result[*wasi.InputStream, bind.Unit], error,
	) {
		return b.stream(), nil
	}))
}
