package wasihttp

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

// future is a value that arrives once and is taken once.
type future[T any] struct {
	wasi.Parent
	done  chan struct{}
	value T
	err   *ErrorCode
	taken bool
	stop  func() // ends the work if nobody waits any more; may be nil
}

func newFuture[T any]() *future[T] { return &future[T]{done: make(chan struct{})} }

func (f *future[T]) resolve(v T, err *ErrorCode) {
	f.value, f.err = v, err
	close(f.done)
}

// taking is option<result<result<T, error-code>>>: none while there is no value,
// an outer error once it was taken.
type taking[T any] = bind.Option[bind.Result[bind.Result[T, ErrorCode], bind.Unit]]

func (f *future[T]) take() taking[T] {
	select {
	case <-f.done:
	default:
		return taking[T]{}
	}
	if f.taken {
		return bind.Some(bind.Err[bind.Result[T, ErrorCode]](bind.Unit{}))
	}
	f.taken = true
	if f.err != nil {
		return bind.Some(bind.Ok[bind.Unit](bind.Err[T](*f.err)))
	}
	return bind.Some(bind.Ok[bind.Unit](bind.Ok[ErrorCode](f.value)))
}

func (f *future[T]) drop(context.Context) error {
	if err := f.CheckDrop(); err != nil {
		return err
	}
	if f.stop != nil && !f.taken {
		f.stop()
	}
	return nil
}

// FutureTrailers is the resource future-trailers.
type FutureTrailers = future[bind.Option[*Fields]]

// FutureIncomingResponse is the resource future-incoming-response.
type FutureIncomingResponse = future[*IncomingResponse]

func addFuture[T any](types *bind.Interface, name string) {
	bind.Resource(types, name, func(ctx context.Context, f *future[T]) error { return f.drop(ctx) })
	method(types, name, "subscribe", bind.Func1(func(_ context.Context, f *future[T]) (*wasi.Pollable, error) {
		return wasi.NewPollable(&f.Parent, func() <-chan struct{} { return f.done }), nil
	}))
	method(types, name, "get", bind.Func1(func(_ context.Context, f *future[T]) (taking[T], error) {
		return f.take(), nil
	}))
}

func addFutures(types *bind.Interface) {
	addFuture[bind.Option[*Fields]](types, "future-trailers")
	addFuture[*IncomingResponse](types, "future-incoming-response")
	types.Func("[static]incoming-body.finish", bind.Func1(func(_ context.Context, b *IncomingBody) (*FutureTrailers, error) {
		if err := b.CheckDrop(); err != nil {
			return nil, err
		}
		return b.finish(), nil
	}))
}

// finish reads what is left of the body and then its trailers.
func (b *IncomingBody) finish() *FutureTrailers {
	f := newFuture[bind.Option[*Fields]]()
	f.stop = func() { _ = b.input.Close() } // nobody is left to be told
	if b.rest == http.NoBody {
		f.resolve(trailersOf(b.trailers()), nil)
		return f
	}
	go func() {
		defer b.input.Close()
		for {
			if _, err := b.input.Read(1 << 16); err != nil {
				resolveTrailers(f, err, b.trailers)
				return
			}
			<-b.input.Ready()
		}
	}()
	return f
}

// resolveTrailers gives the trailers, or the error that ended the body.
func resolveTrailers(f *FutureTrailers, err error, trailers func() http.Header) {
	if !errors.Is(err, io.EOF) {
		code := errorCodeOf(err)
		f.resolve(bind.None[*Fields](), &code)
		return
	}
	f.resolve(trailersOf(trailers()), nil)
}

func trailersOf(h http.Header) bind.Option[*Fields] {
	if len(h) == 0 {
		return bind.None[*Fields]()
	}
	return bind.Some(&Fields{entries: fieldsOf(h), immutable: true})
}
