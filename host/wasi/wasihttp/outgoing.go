package wasihttp

import (
	"context"
	"errors"
	"io"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

// OutgoingRequest is the resource outgoing-request.
type OutgoingRequest struct {
	wasi.Parent
	target
	headers *Fields
	body    *OutgoingBody // nil until asked for
}

// target is what a request asks for, and where.
type target struct {
	method    Method
	path      bind.Option[string]
	scheme    bind.Option[Scheme]
	authority bind.Option[string]
}

// Which values setters accept.
func validPathOption(p bind.Option[string]) bool      { return !p.Some || validPath(p.Value) }
func validSchemeOption(s bind.Option[Scheme]) bool    { return !s.Some || validScheme(s.Value) }
func validAuthorityOption(a bind.Option[string]) bool { return !a.Some || validAuthority(a.Value) }

// OutgoingResponse is the resource outgoing-response.
type OutgoingResponse struct {
	wasi.Parent
	status  uint16
	headers *Fields
	body    *OutgoingBody // nil until asked for
}

// OutgoingBody is the resource outgoing-body: a body that the component writes.
type OutgoingBody struct {
	wasi.Parent
	buffer bodyBuffer
	taken  bool
}

// bodyBuffer is the output of a body. What is written before the body has a
// destination waits, up to a bounded number of bytes.
type bodyBuffer struct {
	early    []byte
	dest     wasi.Output // nil until attached
	attached chan struct{}
	expected int64                    // of content-length; negative if there is none
	size     func(n uint64) ErrorCode // of bodies that are not as long
	written  int64
	ended    bool          // finished or given up
	failed   error         // what ended it
	end      func(error)   // tells the destination how the body ended; nil until attached
	trailers *Fields       // of a finished body
	finished chan struct{} // closed when the body has ended
}

const maxEarly = 64 << 10

func newBody(headers *Fields, request bool) *OutgoingBody {
	b := &OutgoingBody{}
	b.buffer.attached, b.buffer.finished = make(chan struct{}), make(chan struct{})
	b.buffer.expected, b.buffer.size = promisedLength(headers), responseSize
	if request {
		b.buffer.size = requestSize
	}
	return b
}

// attach gives the body its destination. end is called when the body ends, with
// nil if it was finished.
func (b *bodyBuffer) attach(ctx context.Context, dest wasi.Output, end func(error)) error {
	b.dest, b.end = dest, end
	var err error
	if len(b.early) > 0 {
		err = dest.Write(ctx, b.early)
		b.early = nil
	}
	close(b.attached)
	if b.ended {
		end(b.failed)
	}
	return err
}

func (b *bodyBuffer) CheckWrite() (int, error) {
	switch {
	case b.ended:
		return 0, io.ErrClosedPipe
	case b.dest == nil:
		return maxEarly - len(b.early), nil
	}
	return b.dest.CheckWrite()
}

func (b *bodyBuffer) Write(ctx context.Context, p []byte) error {
	if b.ended {
		return io.ErrClosedPipe
	}
	b.written += int64(len(p))
	if b.expected >= 0 && b.written > b.expected {
		err := b.sizeError()
		b.finish(err)
		return err
	}
	if b.dest == nil {
		b.early = append(b.early, p...)
		return nil
	}
	return b.dest.Write(ctx, p)
}

func (b *bodyBuffer) Flush() error {
	if b.dest == nil || b.ended {
		return nil
	}
	return b.dest.Flush()
}

func (b *bodyBuffer) Ready() <-chan struct{} {
	switch {
	case b.ended:
		return wasi.Always()
	case b.dest == nil && len(b.early) < maxEarly:
		return wasi.Always()
	case b.dest == nil:
		return b.attached
	}
	return b.dest.Ready()
}

// Close is the end of the stream, not of the body: it is finished or dropped.
func (b *bodyBuffer) Close() error { return nil }

// finish ends the body, with nil if it is complete.
func (b *bodyBuffer) finish(err error) {
	if b.ended {
		return
	}
	b.ended, b.failed = true, err
	close(b.finished)
	if b.end != nil {
		b.end(err)
	}
}

var errGivenUp = errors.New("the component dropped the body without finishing it")

// finishBody is outgoing-body.finish.
func finishBody(b *OutgoingBody, trailers bind.Option[*Fields]) (bind.Result[bind.Unit, ErrorCode], error) {
	if err := b.CheckDrop(); err != nil {
		return bind.Result[bind.Unit, ErrorCode]{}, err
	}
	if b.buffer.expected >= 0 && b.buffer.written != b.buffer.expected {
		err := b.buffer.sizeError()
		b.buffer.finish(err)
		return bind.Err[bind.Unit](err.Code), nil
	}
	if trailers.Some {
		b.buffer.trailers = trailers.Value
	}
	b.buffer.finish(nil)
	return bind.Result[bind.Unit, ErrorCode]{}, nil
}

func (b *bodyBuffer) sizeError() *CodeError { return &CodeError{b.size(uint64(b.written))} }

// bodyOnce is the body of a message, which can be asked for once.
func bodyOnce(body **OutgoingBody, headers *Fields, request bool) (bind.Result[*OutgoingBody, bind.Unit], error) {
	if *body != nil {
		return bind.Err[*OutgoingBody](bind.Unit{}), nil
	}
	*body = newBody(headers, request)
	return bind.Ok[bind.Unit](*body), nil
}

func addOutgoing(types *bind.Interface) {
	addOutgoingRequest(types)
	addOutgoingResponse(types)
	bind.Resource(types, "outgoing-body", func(_ context.Context, b *OutgoingBody) error {
		if err := b.CheckDrop(); err != nil {
			return err
		}
		b.buffer.finish(errGivenUp)
		return nil
	})
	method(types, "outgoing-body", "write", bind.Func1(func(_ context.Context, b *OutgoingBody) (
		bind.Result[*wasi.OutputStream, bind.Unit], error,
	) {
		if b.taken {
			return bind.Err[*wasi.OutputStream](bind.Unit{}), nil
		}
		b.taken = true
		return bind.Ok[bind.Unit](wasi.NewOutputStream(&b.buffer, &b.Parent)), nil
	}))
	types.Func("[static]outgoing-body.finish", bind.Func2(func(_ context.Context, b *OutgoingBody, t bind.Option[*Fields]) (
		bind.Result[bind.Unit, ErrorCode], error,
	) {
		return finishBody(b, t)
	}))
}

func addOutgoingResponse(types *bind.Interface) {
	const resource = "outgoing-response"
	bind.Resource(types, resource, func(_ context.Context, r *OutgoingResponse) error { return r.CheckDrop() })
	types.Func("[constructor]outgoing-response", bind.Func1(func(_ context.Context, h *Fields) (*OutgoingResponse, error) {
		return &OutgoingResponse{status: 200, headers: h}, nil
	}))
	method(types, resource, "status-code", bind.Func1(func(_ context.Context, r *OutgoingResponse) (uint16, error) {
		return r.status, nil
	}))
	method(types, resource, "set-status-code", bind.Func2(func(_ context.Context, r *OutgoingResponse, code uint16) (
		bind.Result[bind.Unit, bind.Unit], error,
	) {
		if code < 100 || code > 999 {
			return fail(), nil
		}
		r.status = code
		return ok(), nil
	}))
	method(types, resource, "headers", bind.Func1(func(_ context.Context, r *OutgoingResponse) (*Fields, error) {
		return view(r.headers.entries, &r.Parent), nil
	}))
	method(types, resource, "body", bind.Func1(func(_ context.Context, r *OutgoingResponse) (
		bind.Result[*OutgoingBody, bind.Unit], error,
	) {
		return bodyOnce(&r.body, r.headers, false)
	}))
}

func addOutgoingRequest(types *bind.Interface) {
	const resource = "outgoing-request"
	bind.Resource(types, resource, func(_ context.Context, r *OutgoingRequest) error { return r.CheckDrop() })
	types.Func("[constructor]outgoing-request", bind.Func1(func(_ context.Context, h *Fields) (*OutgoingRequest, error) {
		return &OutgoingRequest{headers: h}, nil
	}))
	method(types, resource, "body", bind.Func1(func(_ context.Context, r *OutgoingRequest) (
		bind.Result[*OutgoingBody, bind.Unit], error,
	) {
		return bodyOnce(&r.body, r.headers, true)
	}))
	property(types, resource, "method", func(r *OutgoingRequest) *Method { return &r.method }, validMethod)
	property(types, resource, "path-with-query",
		func(r *OutgoingRequest) *bind.Option[string] { return &r.path }, validPathOption)
	property(types, resource, "scheme",
		func(r *OutgoingRequest) *bind.Option[Scheme] { return &r.scheme }, validSchemeOption)
	property(types, resource, "authority",
		func(r *OutgoingRequest) *bind.Option[string] { return &r.authority }, validAuthorityOption)
	method(types, resource, "headers", bind.Func1(func(_ context.Context, r *OutgoingRequest) (*Fields, error) {
		return view(r.headers.entries, &r.Parent), nil
	}))
}

// property offers a getter and a setter that refuses what is not valid.
func property[R, T any](types *bind.Interface, resource, name string, field func(R) *T, valid func(T) bool) {
	method(types, resource, name, bind.Func1(func(_ context.Context, r R) (T, error) { return *field(r), nil }))
	method(types, resource, "set-"+name, bind.Func2(func(_ context.Context, r R, v T) (
		bind.Result[bind.Unit, bind.Unit], error,
	) {
		if !valid(v) {
			return fail(), nil
		}
		*field(r) = v
		return ok(), nil
	}))
}
