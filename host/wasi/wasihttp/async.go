package wasihttp

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/host/bind"
)

// Request is the resource request of WASI 0.3: one that arrived, or one that a
// component made.
type Request struct {
	target
	headers *Fields
	options *RequestOptions // nil for those that arrived
	body    body
}

// Response is the resource response of WASI 0.3: one that arrived, or one that a
// component made.
type Response struct {
	status  uint16
	headers *Fields
	body    body
}

// asyncHeaderError is header-error of WASI 0.3.
type asyncHeaderError struct {
	Case  HeaderError
	Other bind.Option[string]
}

func addAsync(imports *bind.Imports, version string, cfg Config) {
	types := imports.Interface("wasi:http/types@" + version)
	fields := fieldsOffer[asyncHeaderError]{types, func(c HeaderError) asyncHeaderError {
		return asyncHeaderError{Case: c}
	}}
	fields.add("copy-all")
	fields.method("get-and-delete", bind.Func2(func(_ context.Context, f *Fields, name string) (
		bind.Result[[][]byte, asyncHeaderError], error,
	) {
		values := f.values(name)
		if herr := f.remove(name); herr != nil {
			return bind.Err[[][]byte](fields.fail(herr.Case)), nil
		}
		return bind.Ok[asyncHeaderError](values), nil
	}))
	addRequestOptions(types)
	addRequest(types)
	addResponse(types)
	imports.Interface("wasi:http/client@"+version).Func("send", bind.Func1(
		func(ctx context.Context, r *Request) (bind.Result[*Response, ErrorCode], error) {
			res, err := cfg.sendAsync(ctx, r)
			if err != nil {
				return bind.Err[*Response](errorCodeOf(err)), nil
			}
			return bind.Ok[ErrorCode](res), nil
		}))
}

// frozen is a look at fields that cannot be changed through it.
func (f *Fields) frozen() *Fields { return &Fields{entries: f.entries, size: f.size, immutable: true} }

// accessors offers a getter and a setter, of whose values accept gives the normal form
// if they are valid.
func accessors[R, T any](types *bind.Interface, resource, name string, field func(R) *T, accept func(T) (T, bool)) {
	method(types, resource, "get-"+name, bind.Func1(func(_ context.Context, r R) (T, error) { return *field(r), nil }))
	method(types, resource, "set-"+name, bind.Func2(func(_ context.Context, r R, v T) (bind.Result[bind.Unit, bind.Unit], error) {
		v, valid := accept(v)
		if !valid {
			return fail(), nil
		}
		*field(r) = v
		return ok(), nil
	}))
}

// accepting accepts values as they are.
func accepting[T any](valid func(T) bool) func(T) (T, bool) {
	return func(v T) (T, bool) { return v, valid(v) }
}

// acceptMethod takes "GET" for the case get.
func acceptMethod(m Method) (Method, bool) { return methodOf(m.String()), validMethod(m) }

// acceptScheme takes "https" for the case HTTPS.
func acceptScheme(s bind.Option[Scheme]) (bind.Option[Scheme], bool) {
	valid := validSchemeOption(s)
	if s.Some && s.Value.Case == schemeOther {
		s.Value = schemeOf(s.Value.Other)
	}
	return s, valid
}

// acceptPath takes relative paths as well, which are refused when they are sent; an
// empty one is "/".
func acceptPath(p bind.Option[string]) (bind.Option[string], bool) {
	if p.Some && p.Value == "" {
		p.Value = "/"
	}
	return p, !strings.ContainsFunc(p.Value, func(r rune) bool {
		return r <= ' ' || r == 0x7f || strings.ContainsRune("#<>`", r)
	})
}

// validUserAuthority takes authorities with a user as well, which are refused when
// they are sent.
func validUserAuthority(a bind.Option[string]) bool {
	if user, host, ok := strings.Cut(a.Value, "@"); ok {
		return user != "" && validAuthority(host)
	}
	return validAuthorityOption(a)
}

func addRequest(types *bind.Interface) {
	const resource = "request"
	bind.Resource(types, resource, func(_ context.Context, r *Request) error { return r.body.close() })
	types.Func("[static]request.new", bind.Func4(func(_ context.Context, h *Fields, contents bind.Option[*bind.Stream[byte]],
		trailers *bind.Future[Trailers], o bind.Option[*RequestOptions],
	) (bind.Tuple2[*Request, *bind.Future[Sent]], error) {
		b, sent := newAsyncBody(h, contents, trailers)
		r := &Request{headers: h.frozen(), body: b}
		if o.Some {
			r.options = o.Value.frozen()
		}
		return bind.Tuple2[*Request, *bind.Future[Sent]]{V0: r, V1: sent}, nil
	}))
	accessors(types, resource, "method", func(r *Request) *Method { return &r.method }, acceptMethod)
	accessors(types, resource, "path-with-query", func(r *Request) *bind.Option[string] { return &r.path },
		acceptPath)
	accessors(types, resource, "scheme", func(r *Request) *bind.Option[Scheme] { return &r.scheme }, acceptScheme)
	accessors(types, resource, "authority",
		func(r *Request) *bind.Option[string] { return &r.authority }, accepting(validUserAuthority))
	method(types, resource, "get-options", bind.Func1(func(_ context.Context, r *Request) (bind.Option[*RequestOptions], error) {
		return bind.Option[*RequestOptions]{Some: r.options != nil, Value: r.options}, nil
	}))
	method(types, resource, "get-headers", bind.Func1(func(_ context.Context, r *Request) (*Fields, error) {
		return r.headers, nil
	}))
	types.Func("[static]request.consume-body", bind.Func2(func(_ context.Context, r *Request, res *bind.Future[Sent]) (
		consumed, error,
	) {
		return r.body.consume(res), nil
	}))
}

func addResponse(types *bind.Interface) {
	const resource = "response"
	bind.Resource(types, resource, func(_ context.Context, r *Response) error { return r.body.close() })
	types.Func("[static]response.new", bind.Func3(func(_ context.Context, h *Fields, contents bind.Option[*bind.Stream[byte]],
		trailers *bind.Future[Trailers],
	) (bind.Tuple2[*Response, *bind.Future[Sent]], error) {
		b, sent := newAsyncBody(h, contents, trailers)
		r := &Response{status: http.StatusOK, headers: h.frozen(), body: b}
		return bind.Tuple2[*Response, *bind.Future[Sent]]{V0: r, V1: sent}, nil
	}))
	accessors(types, resource, "status-code", func(r *Response) *uint16 { return &r.status },
		accepting(func(status uint16) bool { return status >= 100 && status <= 599 }))
	method(types, resource, "get-headers", bind.Func1(func(_ context.Context, r *Response) (*Fields, error) {
		return r.headers, nil
	}))
	types.Func("[static]response.consume-body", bind.Func2(func(_ context.Context, r *Response, res *bind.Future[Sent]) (
		consumed, error,
	) {
		return r.body.consume(res), nil
	}))
}

// optionsError is request-options-error.
type optionsError struct {
	Case  uint8 // 0 not-supported, 1 immutable, 2 other
	Other bind.Option[string]
}

const optionsImmutable = 1

func (o *RequestOptions) frozen() *RequestOptions {
	frozen := *o
	frozen.immutable = true
	return &frozen
}

func addRequestOptions(types *bind.Interface) {
	const resource = "request-options"
	bind.Resource[*RequestOptions](types, resource, nil)
	types.Func("[constructor]request-options", bind.Func0(func(context.Context) (*RequestOptions, error) {
		return &RequestOptions{}, nil
	}))
	method(types, resource, "clone", bind.Func1(func(_ context.Context, o *RequestOptions) (*RequestOptions, error) {
		clone := *o
		clone.immutable = false
		return &clone, nil
	}))
	timeout := func(name string, field func(*RequestOptions) *bind.Option[uint64]) {
		method(types, resource, "get-"+name, bind.Func1(func(_ context.Context, o *RequestOptions) (bind.Option[uint64], error) {
			return *field(o), nil
		}))
		method(types, resource, "set-"+name, bind.Func2(func(_ context.Context, o *RequestOptions, d bind.Option[uint64]) (
			bind.Result[bind.Unit, optionsError], error,
		) {
			if o.immutable {
				return bind.Err[bind.Unit](optionsError{Case: optionsImmutable}), nil
			}
			*field(o) = d
			return bind.Result[bind.Unit, optionsError]{}, nil
		}))
	}
	timeout("connect-timeout", func(o *RequestOptions) *bind.Option[uint64] { return &o.connect })
	timeout("first-byte-timeout", func(o *RequestOptions) *bind.Option[uint64] { return &o.firstByte })
	timeout("between-bytes-timeout", func(o *RequestOptions) *bind.Option[uint64] { return &o.betweenBytes })
}

// NewRequest is a request that arrived at a server, as components see it. host says
// whether they see the header of this name.
func NewRequest(r *http.Request, host bool) *Request {
	entries := fieldsOf(r.Header)
	if host && r.Host != "" {
		i, _ := slices.BinarySearchFunc(entries, "host", func(f Field, name string) int {
			if f.V0 < name {
				return -1
			}
			return 1
		})
		entries = slices.Insert(entries, i, Field{V0: "host", V1: []byte(r.Host)})
	}
	req := &Request{
		headers: (&Fields{entries: entries}).frozen(),
		body:    arrivedBody(r.Body, r.ContentLength, func() http.Header { return r.Trailer }),
	}
	req.method = methodOf(r.Method)
	req.path = bind.Some(RequestTarget(r))
	req.scheme = bind.Some(schemeOf("http"))
	if r.TLS != nil {
		req.scheme = bind.Some(schemeOf("https"))
	}
	if r.Host != "" {
		req.authority = bind.Some(r.Host)
	}
	return req
}
