package wasihttp

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

// RequestOptions is the resource request-options.
type RequestOptions struct {
	connect, firstByte, betweenBytes bind.Option[uint64]
	immutable                        bool
}

// duration is a timeout in nanoseconds, or the default.
func duration(o bind.Option[uint64], def time.Duration) time.Duration {
	if !o.Some {
		return def
	}
	return time.Duration(min(o.Value, uint64(DefaultTimeout)*144))
}

func addClient(imports *bind.Imports, types *bind.Interface, cfg Config) {
	bind.Resource[*RequestOptions](types, "request-options", nil)
	types.Func("[constructor]request-options", bind.Func0(func(context.Context) (*RequestOptions, error) {
		return &RequestOptions{}, nil
	}))
	anyTime := func(bind.Option[uint64]) bool { return true }
	const options = "request-options"
	property(types, options, "connect-timeout", func(o *RequestOptions) *bind.Option[uint64] { return &o.connect }, anyTime)
	property(types, options, "first-byte-timeout", func(o *RequestOptions) *bind.Option[uint64] { return &o.firstByte }, anyTime)
	property(types, options, "between-bytes-timeout",
		func(o *RequestOptions) *bind.Option[uint64] { return &o.betweenBytes }, anyTime)
	types.Func("http-error-code", bind.Func1(func(_ context.Context, e *wasi.Error) (bind.Option[ErrorCode], error) {
		return bind.Some(errorCodeOf(e.Err)), nil
	}))
	handler := imports.Interface("wasi:http/outgoing-handler@" + Version)
	handler.Func("handle", bind.Func2(func(ctx context.Context, r *OutgoingRequest, o bind.Option[*RequestOptions]) (
		bind.Result[*FutureIncomingResponse, ErrorCode], error,
	) {
		f, err := cfg.send(ctx, r, o)
		if err != nil {
			return bind.Err[*FutureIncomingResponse](errorCodeOf(err)), nil
		}
		return bind.Ok[ErrorCode](f), nil
	}))
}

// send is outgoing-handler.handle: it begins a request.
func (cfg *Config) send(ctx context.Context, r *OutgoingRequest, o bind.Option[*RequestOptions]) (
	*FutureIncomingResponse, error,
) {
	req, err := cfg.newRequest(&r.target, r.headers)
	if err != nil {
		return nil, err
	}
	opts := RequestOptions{}
	if o.Some {
		opts = *o.Value
	}
	ctx, cancel := context.WithCancelCause(ctx)
	req = req.WithContext(WithConnectTimeout(ctx, duration(opts.connect, cfg.Timeout)))
	attachBody(req, r.body, cancel)
	f := newFuture[*IncomingResponse]()
	f.stop = func() { cancel(context.Canceled) }
	if !cfg.allows(req) {
		// As in Spin it is the response that is refused; what is written meanwhile is lost.
		_ = req.Body.Close()
		f.resolve(nil, &ErrorCode{Case: CodeHTTPRequestDenied})
		return f, nil
	}
	go cfg.roundTrip(req, f, opts, cancel)
	return f, nil
}

func (cfg *Config) allows(req *http.Request) bool { return cfg.Allow != nil && cfg.Allow(req) == nil }

func (cfg *Config) newRequest(t *target, headers *Fields) (*http.Request, error) {
	scheme := "https"
	if t.scheme.Some {
		scheme = t.scheme.Value.String()
	}
	if scheme != "http" && scheme != "https" {
		return nil, &Error{Code: CodeHTTPRequestURIInvalid}
	}
	path := "/"
	if t.path.Some && t.path.Value != "" {
		path = t.path.Value
	}
	u, err := url.ParseRequestURI(path)
	if err != nil || u.Scheme != "" {
		return nil, &Error{Code: CodeHTTPRequestURIInvalid}
	}
	u.Scheme, u.Host = scheme, t.authority.Value
	if u.Hostname() == "" && !cfg.Self {
		return nil, &Error{Code: CodeHTTPRequestURIInvalid}
	}
	req := &http.Request{
		Method: t.method.String(), URL: u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody,
	}
	if err := headers.addMessage(req.Header); err != nil {
		return nil, err
	}
	if _, ok := req.Header["User-Agent"]; !ok {
		req.Header["User-Agent"] = nil // net/http adds its own otherwise
	}
	return req, nil
}

// attachBody streams the component's body into the request.
func attachBody(req *http.Request, body *OutgoingBody, cancel context.CancelCauseFunc) {
	if body == nil {
		return
	}
	r, w := io.Pipe()
	req.Trailer = http.Header{}
	req.Body, req.ContentLength = &trailedBody{r, func() {
		if t := body.buffer.trailers; t != nil {
			t.addTrailers(req.Trailer, "")
		}
	}}, body.buffer.expected
	out := wasi.WriteAhead(w, w.Close)
	// Errors of writing reach the component through its stream.
	_ = body.buffer.attach(req.Context(), out, func(err error) {
		if err != nil {
			cancel(err)
			_ = w.CloseWithError(err)
			return
		}
		_ = out.Close()
	})
}

// trailedBody sets the trailers when the body is at its end, which is when the
// transport looks for them.
type trailedBody struct {
	io.ReadCloser
	atEnd func()
}

func (b *trailedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.atEnd()
	}
	return n, err
}

// roundTrip sends the request and resolves the future with its response.
func (cfg *Config) roundTrip(req *http.Request, f *FutureIncomingResponse, opts RequestOptions,
	cancel context.CancelCauseFunc,
) {
	res, err := cfg.do(req, opts, cancel)
	if err != nil {
		code := errorCodeOf(err)
		f.resolve(nil, &code)
		return
	}
	f.resolve(&IncomingResponse{
		status: uint16(res.StatusCode), entries: fieldsOf(res.Header),
		body: newIncomingBody(res.Body, func() http.Header { return res.Trailer }),
	}, nil)
}

// do sends the request, which cancel ends, and keeps to the timeouts.
func (cfg *Config) do(req *http.Request, opts RequestOptions, cancel context.CancelCauseFunc) (*http.Response, error) {
	timer := time.AfterFunc(duration(opts.firstByte, cfg.Timeout), func() {
		cancel(&Error{Code: CodeConnectionReadTimeout})
	})
	res, err := cfg.Transport.RoundTrip(req)
	timer.Stop()
	if err != nil {
		if cause := context.Cause(req.Context()); cause != nil {
			err = cause
		}
		cancel(err)
		return nil, err
	}
	res.Body = &timedBody{res.Body, duration(opts.betweenBytes, cfg.Timeout), cancel, req.Context()}
	return res, nil
}

// timedBody gives up when no byte comes for a while, and ends the request when it
// is closed.
type timedBody struct {
	body    io.ReadCloser
	timeout time.Duration
	cancel  context.CancelCauseFunc
	ctx     context.Context
}

func (b *timedBody) Read(p []byte) (int, error) {
	timer := time.AfterFunc(b.timeout, func() { b.cancel(&Error{Code: CodeConnectionReadTimeout}) })
	n, err := b.body.Read(p)
	timer.Stop()
	if err != nil && err != io.EOF {
		if cause := context.Cause(b.ctx); cause != nil {
			err = cause
		}
	}
	return n, err
}

func (b *timedBody) Close() error {
	b.cancel(context.Canceled)
	return b.body.Close()
}

// connectTimeout is the context key of a request's connect-timeout.
type connectTimeout struct{}

// WithConnectTimeout says how long a request with the context may take to connect.
func WithConnectTimeout(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, connectTimeout{}, d)
}

// ConnectTimeout is how long a request may take to connect: what a transport has to
// keep to for the component's request-options.
func ConnectTimeout(ctx context.Context) time.Duration {
	if d, ok := ctx.Value(connectTimeout{}).(time.Duration); ok {
		return d
	}
	return DefaultTimeout
}

// NewTransport is a transport that honours the timeouts of request-options. It
// follows no redirects, asks no proxy, and hands bodies on as they were sent.
func NewTransport() *http.Transport {
	dialer := &net.Dialer{}
	return &http.Transport{
		DisableCompression: true, // the component gets the bytes as they were sent
		ForceAttemptHTTP2:  true,
		MaxIdleConns:       100,
		IdleConnTimeout:    90 * time.Second,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, ConnectTimeout(ctx))
			defer cancel()
			return dialer.DialContext(ctx, network, addr)
		},
	}
}
