package wasihttp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/edgelint/edgelint/host/bind"
)

// Trailers is what follows the contents of a message of WASI 0.3.
type Trailers = bind.Result[bind.Option[*Fields], ErrorCode]

// Sent is how the transmission of a message has ended.
type Sent = bind.Result[bind.Unit, ErrorCode]

// consumed is the result of consume-body.
type consumed = bind.Tuple2[*bind.Stream[byte], *bind.Future[Trailers]]

// body is the body of a request or response of WASI 0.3, which either arrived or is
// what a component writes.
type body struct {
	arrived *arrival // nil for a component's

	contents *bind.Stream[byte] // nil if there are none
	trailers *bind.Future[Trailers]
	sent     *bind.Promise[Sent]
	expected int64 // bytes by content-length; negative if it is not set
}

// arrival is a body that arrived.
type arrival struct {
	io.ReadCloser
	length   int64              // negative if it is not known
	trailers func() http.Header // valid once Read has returned io.EOF
}

func arrivedBody(r io.ReadCloser, length int64, trailers func() http.Header) body {
	if r == nil {
		r = http.NoBody
	}
	return body{arrived: &arrival{r, length, trailers}}
}

// empty reports whether there is nothing to read.
func (a *arrival) empty() bool { return a.ReadCloser == http.NoBody }

func newAsyncBody(h *Fields, contents bind.Option[*bind.Stream[byte]], trailers *bind.Future[Trailers]) (
	body, *bind.Future[Sent],
) {
	promise, sent := bind.NewPromise[Sent]()
	return body{
		contents: contents.Value, trailers: trailers, sent: promise, expected: promisedLength(h),
	}, sent
}

// close gives the body up, for a message that was dropped.
func (b *body) close() error {
	if b.arrived != nil {
		return b.arrived.Close()
	}
	b.sent.Resolve(Sent{})
	return errors.Join(b.contents.Close(), b.trailers.Close())
}

// consume hands the body to a component.
func (b *body) consume(res *bind.Future[Sent]) consumed {
	if b.arrived == nil {
		res.Then(func(s Sent, err error) {
			if err == nil {
				b.sent.Resolve(s)
			} else {
				b.sent.Resolve(Sent{})
			}
		})
		contents := b.contents
		if contents == nil {
			contents = bind.NewStream[byte](nil)
		}
		return consumed{V0: contents, V1: b.trailers}
	}
	// What the component says of its own handling concerns nobody here.
	res.Then(func(Sent, error) {})
	if b.arrived.empty() {
		return consumed{V0: bind.NewStream[byte](nil), V1: bind.Ready(asyncTrailers(b.arrived.trailers()))}
	}
	promise, trailers := bind.NewPromise[Trailers]()
	return consumed{V0: bind.NewStream(func(ctx context.Context, w *bind.Writer[byte]) error {
		err := pump(ctx, w, b.arrived)
		switch {
		case err == nil:
			promise.Resolve(asyncTrailers(b.arrived.trailers()))
		case errors.Is(err, bind.ErrDropped):
			promise.Resolve(Trailers{})
		default:
			promise.Resolve(bind.Err[bind.Option[*Fields]](errorCodeOf(err)))
		}
		return err
	}), V1: trailers}
}

func asyncTrailers(h http.Header) Trailers {
	if len(h) == 0 {
		return Trailers{}
	}
	return bind.Ok[ErrorCode](bind.Some((&Fields{entries: fieldsOf(h)}).frozen()))
}

// chunk is how many bytes of a body are in flight.
const chunk = 32 << 10

var chunks = sync.Pool{New: func() any { return new([chunk]byte) }}

// eachChunk gives write all that is read from r, up to its end.
func eachChunk(r io.Reader, write func(p []byte) error) error {
	buf := chunks.Get().(*[chunk]byte)
	defer chunks.Put(buf)
	for {
		n, err := r.Read(buf[:])
		if n > 0 {
			if werr := write(buf[:n]); werr != nil {
				return werr
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// each gives write the whole body, unless ctx ends before, and closes it.
func (a *arrival) each(ctx context.Context, write func(p []byte) error) error {
	defer a.Close()
	defer closeAfter(ctx, a)()
	return eachChunk(boundReader{ctx, a}, write)
}

// boundReader tells why its context has ended instead of how a read has failed by that.
type boundReader struct {
	ctx context.Context
	io.Reader
}

func (r boundReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = causeOf(r.ctx, err)
	}
	return n, err
}

// pump writes a body that arrived to a component.
func pump(ctx context.Context, w *bind.Writer[byte], from *arrival) error {
	return from.each(ctx, func(p []byte) error {
		_, err := w.Write(p)
		return err
	})
}

// closeAfter ends the read in progress of a body when ctx ends, until stop is called.
func closeAfter(ctx context.Context, from io.Closer) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = from.Close() }) // who reads is told
}

// causeOf is the cause of an error that came when ctx had ended.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// idleAfter is how long a response waits for more before what is there is sent.
const idleAfter = time.Millisecond

// contentsReader reads what a component writes, up to and with its trailers. It may be
// closed while it is being read.
type contentsReader struct {
	ctx  context.Context
	body *body
	// size is the code of bodies that are not as long as their content-length says.
	size     func(n uint64) ErrorCode
	idle     func()
	trailers http.Header // filled at the end
	n        int64

	mu    sync.Mutex
	ended error
}

// end says why nothing more is read, unless that is known. The component is told.
func (r *contentsReader) end(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended == nil && err != nil {
		r.ended = err
		r.body.settle(err)
	}
	return r.ended
}

// Read implements [io.Reader].
func (r *contentsReader) Read(p []byte) (int, error) {
	if err := r.end(nil); err != nil {
		return 0, err
	}
	n, err := 0, io.EOF
	if r.body.contents != nil {
		n, err = r.body.contents.ReadIdle(r.ctx, p, idleAfter, r.idle)
	}
	r.n += int64(n)
	switch excess := r.n - r.body.expected; {
	case r.body.expected >= 0 && excess > 0:
		n -= int(excess) // which is at most n, as the read before was not too long
		err = &CodeError{r.size(uint64(r.n))}
	case errors.Is(err, io.EOF):
		err = r.finish()
	}
	return n, r.end(err)
}

// finish waits for the trailers.
func (r *contentsReader) finish() error {
	if r.body.expected > r.n {
		return &CodeError{r.size(uint64(r.n))}
	}
	result, err := r.body.trailers.Await(r.ctx)
	switch {
	case err != nil:
		return err
	case result.IsErr:
		return &CodeError{result.Err}
	case result.Ok.Some:
		result.Ok.Value.addTrailers(r.trailers, "")
	}
	return io.EOF
}

// settle tells the component how the transmission has ended; io.EOF is well.
func (b *body) settle(err error) {
	if errors.Is(err, io.EOF) {
		b.sent.Resolve(Sent{})
		return
	}
	b.sent.Resolve(bind.Err[bind.Unit](errorCodeOf(err)))
}

// Close implements [io.Closer]: nobody wants the rest.
func (r *contentsReader) Close() error {
	_ = r.end(io.ErrClosedPipe)
	return errors.Join(r.body.contents.Close(), r.body.trailers.Close())
}

// CodeError is an error-code as a Go error.
type CodeError struct{ Code ErrorCode }

func (e *CodeError) Error() string {
	msg := "wasi:http error-code " + e.Code.Case.String()
	switch size := cmp.Or(e.Code.HTTPRequestBodySize, e.Code.HTTPResponseBodySize); {
	case e.Code.InternalError.Some:
		msg += ": " + e.Code.InternalError.Value
	case size.Some:
		msg += fmt.Sprintf(": a body of %d bytes", size.Value)
	}
	return msg
}
