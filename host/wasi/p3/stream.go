package p3

import (
	"context"
	"errors"
	"io"

	"github.com/edgelint/edgelint/host/bind"
)

// pieceSize is how many bytes are read or written at once.
const pieceSize = 64 << 10

// outcome is result<_, E>, and what a future of it gives.
type outcome[E any] = bind.Result[bind.Unit, E]

// result is the outcome of an operation that has no other result.
func result[E any](err error, code func(error) E) outcome[E] {
	if err != nil {
		return bind.Err[bind.Unit](code(err))
	}
	return outcome[E]{}
}

// incoming is a stream with a future that tells how it ended.
type incoming[T, E any] = bind.Tuple2[*bind.Stream[T], *bind.Future[outcome[E]]]

// produced is a stream that the host produces. The future tells what produce
// returned, after release was called; that nobody reads any more is no error.
func produced[T, E any](
	produce func(ctx context.Context, w *bind.Writer[T]) error, code func(error) E, release func(),
) incoming[T, E] {
	ended := make(chan outcome[E], 1)
	stream := bind.NewStream(func(ctx context.Context, w *bind.Writer[T]) error {
		err := produce(ctx, w)
		if errors.Is(err, bind.ErrDropped) {
			err = nil
		}
		release()
		ended <- result(err, code)
		return err
	})
	future := bind.NewFuture(func(ctx context.Context) (outcome[E], error) {
		select {
		case r := <-ended:
			return r, nil
		case <-ctx.Done():
			return outcome[E]{}, context.Cause(ctx)
		}
	})
	return incoming[T, E]{V0: stream, V1: future}
}

// failed is a stream without elements that ended with an error.
func failed[T, E any](err error, code func(error) E) incoming[T, E] {
	return incoming[T, E]{V0: bind.NewStream[T](nil), V1: bind.Ready(result(err, code))}
}

// copyOut writes the bytes of r to a stream.
func copyOut(w *bind.Writer[byte], r io.Reader) error {
	buf := make([]byte, pieceSize)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// consumed is a future that tells how writing all of a stream to w went. The stream
// is given up after an error. release is called before the end is told.
func consumed[E any](
	data *bind.Stream[byte], w func(ctx context.Context) io.Writer, code func(error) E, release func(),
) *bind.Future[outcome[E]] {
	return bind.NewFuture(func(ctx context.Context) (outcome[E], error) {
		defer release()
		defer data.Close()
		_, err := io.CopyBuffer(w(ctx), struct{ io.Reader }{data}, make([]byte, pieceSize))
		return result(err, code), nil
	})
}

// refused gives a stream up because of an error.
func refused[E any](data *bind.Stream[byte], err error, code func(error) E) *bind.Future[outcome[E]] {
	_ = data.Close() // it has no error
	return bind.Ready(result(err, code))
}
