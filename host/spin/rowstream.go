package spin

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"github.com/edgelint/edgelint/host/bind"
)

// rowSource gives the rows of a query one after another, each at most
// MaxResultBytes large.
type rowSource[V any] struct {
	next  func() ([]V, error) // io.EOF after the last row
	close func() error        // makes the connection ready for its next call
}

// queryStream is what an asynchronous query gives: its columns C, rows of values V,
// and in the end whether that was all, or an error E.
type queryStream[C, V, E any] = bind.Tuple3[[]C, *bind.Stream[[]V], *bind.Future[bind.Result[bind.Unit, E]]]

// streamRows gives the rows of a source to a component. ctx is that of its call.
func streamRows[C, V, E any](
	ctx context.Context, columns []C, rows rowSource[V], fail func(error) E,
) queryStream[C, V, E] {
	promise, future := bind.NewPromise[bind.Result[bind.Unit, E]]()
	finish := func(err error) {
		if err = errors.Join(err, rows.close()); err != nil {
			promise.Resolve(bind.Err[bind.Unit](fail(err)))
			return
		}
		promise.Resolve(bind.Ok[E](bind.Unit{}))
	}
	produce := func(w *bind.Writer[[]V]) error {
		err := writeRows(rows, w)
		if errors.Is(err, bind.ErrDropped) {
			return nil // the component has read enough
		}
		return err
	}
	return queryStream[C, V, E]{V0: columns, V1: streamTo(ctx, produce, finish), V2: future}
}

// streamTo is a stream that produce writes. finish is called once: with how produce
// ended, or with nil if the stream comes to nobody, as the caller that ctx is of has
// ended before.
func streamTo[T any](
	ctx context.Context, produce func(w *bind.Writer[T]) error, finish func(error),
) *bind.Stream[T] {
	var taken atomic.Bool
	forget := context.AfterFunc(bind.CallerContext(ctx), func() {
		if taken.CompareAndSwap(false, true) {
			finish(nil)
		}
	})
	return bind.NewStream(func(_ context.Context, w *bind.Writer[T]) error {
		if !taken.CompareAndSwap(false, true) {
			return nil
		}
		defer forget()
		err := produce(w)
		finish(err)
		return err
	})
}

// writeRows writes all rows of a source to a stream.
func writeRows[V any](rows rowSource[V], w *bind.Writer[[]V]) error {
	for {
		row, err := rows.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if _, err := w.Write([][]V{row}); err != nil {
			return err
		}
	}
}
