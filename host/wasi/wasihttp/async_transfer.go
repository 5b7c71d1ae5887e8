package wasihttp

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
)

// sendAsync is client.send.
func (cfg *Config) sendAsync(ctx context.Context, r *Request) (*Response, error) {
	req, err := cfg.newRequest(&r.target, r.headers)
	switch {
	case err == nil && !validAuthorityOption(r.authority):
		err = &Error{Code: CodeHTTPRequestURIInvalid}
	case err == nil && !cfg.allows(req):
		err = &Error{Code: CodeHTTPRequestDenied}
	}
	if err != nil {
		return nil, errors.Join(err, r.body.refuse(err))
	}
	opts := RequestOptions{}
	if r.options != nil {
		opts = *r.options
	}
	// The response's body is read after the call has returned.
	whole, cancel := context.WithCancelCause(bind.CallerContext(ctx))
	stop := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	defer stop()
	req = req.WithContext(WithConnectTimeout(whole, duration(opts.connect, cfg.Timeout)))
	r.body.attach(whole, req)
	res, err := cfg.do(req, opts, cancel)
	if err != nil {
		return nil, errors.Join(err, r.body.refuse(err))
	}
	if r.body.arrived == nil && r.body.contents == nil {
		r.body.settle(io.EOF)
		_ = r.body.close() // which never fails for what a component made
	}
	return &Response{
		status:  uint16(res.StatusCode),
		headers: (&Fields{entries: fieldsOf(res.Header)}).frozen(),
		body:    arrivedBody(res.Body, res.ContentLength, func() http.Header { return res.Trailer }),
	}, nil
}

// attach makes the body that of a request to send.
func (b *body) attach(ctx context.Context, req *http.Request) {
	switch {
	case b.arrived != nil && b.arrived.empty():
	case b.arrived != nil:
		req.Trailer = http.Header{}
		req.Body = &trailedBody{b.arrived, func() { maps.Copy(req.Trailer, b.arrived.trailers()) }}
		req.ContentLength = b.arrived.length
	case b.contents == nil:
		// There is nothing that trailers could follow, but the component may wait
		// until somebody takes them.
		_ = b.trailers.Close() // it never fails
	default:
		req.Trailer = http.Header{}
		req.ContentLength = b.expected
		req.Body = &contentsReader{
			ctx: ctx, body: b, size: requestSize, idle: func() {}, trailers: req.Trailer,
		}
	}
	req.Header.Del("Content-Length")
}

func requestSize(n uint64) ErrorCode {
	return ErrorCode{Case: CodeHTTPRequestBodySize, HTTPRequestBodySize: bind.Some(n)}
}

func responseSize(n uint64) ErrorCode {
	return ErrorCode{Case: CodeHTTPResponseBodySize, HTTPResponseBodySize: bind.Some(n)}
}

// refuse ends the body of a message that is not sent.
func (b *body) refuse(err error) error {
	if b.arrived == nil {
		b.settle(err)
	}
	return b.close()
}

// ResponseOf takes the response out of the result of handler.handle. The error is a
// [ResponseError] if the component answered with an error-code.
func ResponseOf(v abi.Value) (*Response, error) {
	payload := v.Elems()
	if len(payload) == 1 && v.Uint() == 0 {
		if r, ok := payload[0].Rep().Obj.(*Response); ok {
			return r, nil
		}
	}
	err := &ResponseError{}
	if len(payload) == 1 {
		err.Code.Case = Code(payload[0].Uint())
		if err.Code.Case == CodeInternalError {
			err.Code.InternalError = internalErrorOf(payload[0])
		}
	}
	return nil, err
}

// internalErrorOf is the text of the case internal-error.
func internalErrorOf(v abi.Value) bind.Option[string] {
	for _, option := range v.Elems() {
		for _, text := range option.Elems() {
			return bind.Some(text.Text())
		}
	}
	return bind.None[string]()
}

// Close drops a response that is not sent.
func (r *Response) Close() error { return r.body.close() }

// WriteTo sends the response to the client of a server, in which ctx ends when the
// client has gone. An error means that the response is not complete.
func (r *Response) WriteTo(ctx context.Context, w http.ResponseWriter, head bool) error {
	if r.status < 200 {
		return errors.Join(ErrInformational, r.Close())
	}
	header := w.Header()
	header["Content-Type"] = nil // net/http guesses one otherwise
	if err := r.headers.addMessage(header); err != nil {
		return errors.Join(err, r.body.refuse(err))
	}
	to := responseWriter{w, bodyless(head, r.status)}
	if b := &r.body; b.arrived == nil && b.contents == nil && b.expected > 0 && !to.bodyless {
		err := &CodeError{responseSize(0)}
		return errors.Join(err, b.refuse(err))
	}
	w.WriteHeader(int(r.status))
	if r.body.arrived != nil {
		return relay(ctx, to, r.body.arrived)
	}
	if to.bodyless {
		r.body.expected = -1 // the length is that of another response's body
	}
	return r.body.writeTo(ctx, to)
}

func (b *body) writeTo(ctx context.Context, w responseWriter) error {
	trailers := http.Header{}
	from := &contentsReader{
		ctx: ctx, body: b, size: responseSize, trailers: trailers,
		idle: func() { _ = http.NewResponseController(w.w).Flush() }, // a broken connection shows when it is written to
	}
	defer from.Close()
	err := eachChunk(from, func(p []byte) error {
		_, err := w.Write(p)
		if err != nil {
			b.settle(err)
		}
		return err
	})
	switch {
	case err == nil:
		announce(w.w, trailers)
	case from.end(nil) != nil:
		from.idle() // the client gets what there is
	}
	return err
}

// relay sends a body that arrived from elsewhere.
func relay(ctx context.Context, w responseWriter, from *arrival) error {
	control := http.NewResponseController(w.w)
	err := from.each(ctx, func(p []byte) error {
		_, err := w.Write(p)
		if err == nil {
			_ = control.Flush() // a broken connection shows with the next write
		}
		return err
	})
	if err == nil {
		announce(w.w, from.trailers())
	}
	return err
}

// announce adds trailers to a response whose body is complete.
func announce(w http.ResponseWriter, trailers http.Header) {
	if len(trailers) > 0 {
		// What is sent with its length has no place for trailers.
		_ = http.NewResponseController(w).Flush()
	}
	for name, values := range trailers {
		if !notTrailers[strings.ToLower(name)] {
			w.Header()[http.TrailerPrefix+name] = values
		}
	}
}
