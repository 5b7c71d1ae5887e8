package wasihttp

import (
	"context"
	"errors"
	"net/http"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

// Exchange is one request that a server got and its response, as a component's
// incoming-handler sees them.
type Exchange struct {
	// Request and Outparam are the arguments of the handler.
	Request  *IncomingRequest
	Outparam *ResponseOutparam

	w     http.ResponseWriter
	body  *OutgoingBody
	head  bool  // the response has no body whatever the component writes
	sent  bool  // the response's head was given to w
	state error // why the response is not complete
}

// ResponseOutparam is the resource response-outparam.
type ResponseOutparam struct{ exchange *Exchange }

// ErrNoResponse is the error of a component that returned without a response.
var ErrNoResponse = errors.New("the component returned without setting a response")

// NewExchange begins an exchange for a request to a server.
func NewExchange(w http.ResponseWriter, r *http.Request) *Exchange {
	x := &Exchange{w: w, head: r.Method == http.MethodHead, state: ErrNoResponse}
	x.Request = &IncomingRequest{
		req: r, entries: fieldsOf(r.Header),
		body: newIncomingBody(r.Body, func() http.Header { return r.Trailer }),
	}
	x.Outparam = &ResponseOutparam{x}
	return x
}

// Sent reports whether the head of a response was given to the client.
func (x *Exchange) Sent() bool { return x.sent }

// Finish ends the exchange after the component has returned or trapped. The
// error says why the response is not complete; if Sent reports false the server
// can still answer itself, else it must break the connection.
func (x *Exchange) Finish() error {
	if x.body != nil {
		x.body.buffer.finish(errGivenUp)
	}
	return x.state
}

// set is response-outparam.set.
func (x *Exchange) set(ctx context.Context, r bind.Result[*OutgoingResponse, ErrorCode]) error {
	if r.IsErr {
		x.state = &ResponseError{r.Err}
		return nil
	}
	res := r.Ok
	if err := res.CheckDrop(); err != nil {
		return err
	}
	if res.status < 200 {
		x.state = ErrInformational
		return nil
	}
	header := x.w.Header()
	header["Content-Type"] = nil // net/http guesses one otherwise
	bodyless := bodyless(x.head, res.status)
	if err := res.headers.addMessage(header); err != nil {
		x.state = err
		return nil
	}
	if res.body == nil {
		if x.state = nil; !bodyless && promisedLength(res.headers) > 0 {
			x.state = &CodeError{responseSize(0)}
			return nil
		}
		x.writeHead(int(res.status))
		return nil
	}
	if err := res.body.buffer.failed; err != nil {
		x.state = err
		return nil
	}
	x.state, x.body = errGivenUp, res.body
	x.writeHead(int(res.status))
	if bodyless {
		res.body.buffer.expected = -1 // the length is that of another response's body
	}
	writer := responseWriter{x.w, bodyless}
	// Errors of writing reach the component through its stream.
	_ = res.body.buffer.attach(ctx, wasi.WriteTo(writer, x.flush, nil), x.finished)
	return nil
}

func (x *Exchange) writeHead(status int) {
	x.sent = true
	x.w.WriteHeader(status)
}

func (x *Exchange) flush() error {
	err := http.NewResponseController(x.w).Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// finished is told how the body ended.
func (x *Exchange) finished(err error) {
	if x.state = err; err != nil || x.body.buffer.trailers == nil {
		return
	}
	x.body.buffer.trailers.addTrailers(x.w.Header(), http.TrailerPrefix)
}

// ErrInformational is the error of a component whose final response has a status that
// only announces another one.
var ErrInformational = errors.New("the component answered with a status below 200, which is not that of a response")

// bodyless reports whether a response has no body whatever the component writes.
func bodyless(head bool, status uint16) bool {
	return head || status == http.StatusNoContent || status == http.StatusNotModified
}

// responseWriter drops the bytes of responses that have no body.
type responseWriter struct {
	w        http.ResponseWriter
	bodyless bool
}

func (w responseWriter) Write(p []byte) (int, error) {
	if w.bodyless {
		return len(p), nil
	}
	return w.w.Write(p)
}

// ResponseError is the error-code that a component answered with instead of a
// response.
type ResponseError struct{ Code ErrorCode }

func (e *ResponseError) Error() string {
	return "the component answered with " + (&CodeError{e.Code}).Error()
}

func addServer(types *bind.Interface) {
	const resource = "response-outparam"
	bind.Resource[*ResponseOutparam](types, resource, nil)
	types.Func("[static]response-outparam.set", bind.Func2(func(ctx context.Context, p *ResponseOutparam,
		r bind.Result[*OutgoingResponse, ErrorCode],
	) (bind.Unit, error) {
		return bind.Unit{}, p.exchange.set(ctx, r)
	}))
	method(types, resource, "send-informational", bind.Func3(func(_ context.Context, p *ResponseOutparam, status uint16,
		h *Fields,
	) (bind.Result[bind.Unit, ErrorCode], error) {
		if status < 100 || status > 199 || status == http.StatusSwitchingProtocols {
			return bind.Err[bind.Unit](ErrorCode{Case: CodeHTTPProtocolError}), nil
		}
		header := p.exchange.w.Header()
		h.addTo(header)
		p.exchange.w.WriteHeader(int(status))
		for _, e := range h.entries {
			header.Del(e.V0)
		}
		return bind.Result[bind.Unit, ErrorCode]{}, nil
	}))
}
