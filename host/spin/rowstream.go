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
	var taken atomic.Bool
	// If the stream comes to nobody, as its caller has ended, nobody reads it.
	forget := context.AfterFunc(bind.CallerContext(ctx), func() {
		if taken.CompareAndSwap(false, true) {
			finish(nil)
		}
	})
	stream := bind.NewStream(func(_ context.Context, w *bind.Writer[[]V]) error {
		if !taken.CompareAndSwap(false, true) {
			return nil
		}
		defer forget()
		err := writeRows(rows, w)
		if errors.Is(err, bind.ErrDropped) {
			err = nil // the component has read enough
		}
		finish(err)
		return err
	})
	return queryStream[C, V, E]{V0: columns, V1: stream, V2: future}
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
