package bind

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/edgelint/edgelint/host/abi"
)

// Stream is stream<T>: its readable end. As a parameter, a component has given it
// away, and the host reads it and closes it. As a result, it is made by
// [NewStream], or is one that a component gave away and nobody has read from.
type Stream[T any] struct {
	end     *abi.HostEnd // nil if the host makes the stream
	elems   elements
	produce func(ctx context.Context, w *Writer[T]) error
	dropped func()
	failed  error // what Read returns from now on
}

// ErrDropped is the error of writes to a stream that nobody reads any more, and of
// futures whose value never comes.
var ErrDropped = errors.New("the other end has been dropped")

// NewStream is a stream whose elements produce writes. It is called in a goroutine
// of its own once a component has the stream; the stream ends when it returns. Its
// context ends with the call that the stream was part of, and when the component
// drops the stream. A nil produce makes a stream without elements.
func NewStream[T any](produce func(ctx context.Context, w *Writer[T]) error) *Stream[T] {
	return &Stream[T]{produce: produce}
}

// OnDrop says what to call when the component drops a stream of [NewStream], before
// the component goes on. It must not block.
func (s *Stream[T]) OnDrop(f func()) *Stream[T] {
	s.dropped = f
	return s
}

// Read reads at least one element, and waits for it. It returns [io.EOF] when the
// component has dropped the other end.
func (s *Stream[T]) Read(p []T) (int, error) {
	switch {
	case s.failed != nil:
		return 0, s.failed
	case s.end == nil:
		return 0, io.EOF
	case len(p) == 0:
		return 0, nil
	}
	return s.read(s.end.Copy(s.end.Ctx, &buffer[T]{s.elems, p}, len(p)))
}

// ReadIdle is [Stream.Read] for readers that have something to do when elements are
// late: it calls idle if none has come after a while. The read ends with ctx instead
// of the call that the stream was part of.
func (s *Stream[T]) ReadIdle(ctx context.Context, p []T, after time.Duration, idle func()) (int, error) {
	if s.failed != nil {
		return 0, s.failed
	}
	result := s.end.Start(&buffer[T]{s.elems, p}, len(p))
	late := time.NewTimer(after)
	defer late.Stop()
	select {
	case c := <-result:
		return s.read(c)
	case <-late.C:
		idle()
		return s.read(s.end.Finish(ctx, result))
	}
}

func (s *Stream[T]) read(c abi.Copied) (int, error) {
	switch {
	case c.Err != nil:
		s.failed = c.Err
	case c.Result == abi.CopyDropped:
		s.failed = io.EOF
	}
	if c.N > 0 {
		return c.N, nil
	}
	return 0, s.failed
}

// Pour writes the bytes of a stream to w until it ends, each piece before the
// component that wrote it goes on. So what a component has written is out, even if
// it comes to its end at once; and a slow w slows the component. Writes end with the call
// that the stream was part of.
func Pour(w ContextWriter, s *Stream[byte]) error {
	switch {
	case errors.Is(s.failed, io.EOF):
		return nil
	case s.end == nil || s.failed != nil:
		return s.failed
	}
	k := &sink{w: w, ctx: s.end.Ctx}
	for k.err == nil {
		c := s.end.Copy(s.end.Ctx, k, sinkSize)
		switch {
		case c.Err != nil:
			return c.Err
		case c.Result == abi.CopyDropped:
			return k.err
		}
	}
	return k.err
}

// Close gives the stream up. A component that writes to it is told so.
func (s *Stream[T]) Close() error {
	if s != nil && s.end != nil {
		s.end.Close()
	}
	return nil
}

// Writer writes to a stream.
type Writer[T any] struct {
	end   *abi.HostEnd
	elems elements
	ctx   context.Context
}

// Write writes all elements, and waits until a component has read them. It returns
// [ErrDropped] when nobody reads any more.
func (w *Writer[T]) Write(p []T) (int, error) {
	done := 0
	for done < len(p) {
		c := w.end.Copy(w.ctx, &buffer[T]{w.elems, p[done:]}, len(p)-done)
		done += c.N
		switch {
		case c.Err != nil:
			return done, c.Err
		case c.Result == abi.CopyDropped && done < len(p):
			return done, ErrDropped
		}
	}
	return done, nil
}

// newCodec implements [endType].
func (*Stream[T]) newCodec(t *abi.Type) (codec, error) {
	elems, err := elementsOf[T](t, abi.KindStream)
	if err != nil {
		return nil, err
	}
	return endCodec[*Stream[T]]{
		lift: func(cx *abi.Context, i uint32) (*Stream[T], error) {
			end, err := cx.LiftEnd(t, i)
			return &Stream[T]{end: end, elems: elems}, err
		},
		lower: func(cx *abi.Context, s *Stream[T]) (uint32, error) { return s.lower(cx, t, elems) },
	}, nil
}

func (s *Stream[T]) lower(cx *abi.Context, t *abi.Type, elems elements) (uint32, error) {
	if s == nil {
		return 0, errNoEnd
	}
	if s.end != nil && s.failed == nil {
		if i, ok, err := s.end.Return(cx); ok {
			return i, err
		}
	}
	end, i, err := cx.LowerEnd(t)
	if err != nil {
		return 0, err
	}
	produce := s.produce
	switch {
	case s.end != nil:
		produce = s.pass
	case produce == nil:
		end.Drop()
		return i, nil
	}
	ctx, cancel := context.WithCancelCause(end.Ctx)
	end.Dropped = func() {
		if s.dropped != nil {
			s.dropped()
		}
		cancel(ErrDropped)
	}
	go func() {
		// A producer has its own ways to tell why it ended early.
		_ = abi.Guard(func() error { return produce(ctx, &Writer[T]{end: end, elems: elems, ctx: ctx}) })
		end.Close()
		cancel(nil)
	}()
	return i, nil
}

// pass writes what is read from a stream to another one, until nobody reads that.
func (s *Stream[T]) pass(ctx context.Context, w *Writer[T]) error {
	defer s.Close()
	ctx, cancel := either(ctx, s.end.Ctx)
	defer cancel()
	buf := make([]T, passedElements)
	for {
		n, err := s.read(s.end.Copy(ctx, &buffer[T]{s.elems, buf}, len(buf)))
		if err != nil {
			return err
		}
		if _, err := w.Write(buf[:n]); err != nil {
			return err
		}
	}
}

// either ends when one of two contexts does.
func either(ctx, other context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(other, func() { cancel(context.Cause(other)) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

// passedElements is how many elements are in flight between two components that
// are linked by the host.
const passedElements = 1 << 14

// ContextWriter is an [io.Writer] whose writes end with a context.
type ContextWriter interface {
	WriteContext(ctx context.Context, p []byte) (int, error)
}

// sink is a buffer that passes bytes on to a writer, in the loop.
type sink struct {
	w   ContextWriter
	ctx context.Context
	err error
}

// sinkSize bounds what is written at once.
const sinkSize = 1 << 16

func (k *sink) write(p []byte) error {
	if k.err == nil {
		_, k.err = k.w.WriteContext(k.ctx, p)
	}
	return nil // the writer's errors are no trap
}

// Lift implements [abi.HostBuffer].
func (k *sink) Lift(cx *abi.Context, ptr, _, n uint32) error { return k.write(cx.Bytes(ptr, n)) }

// Take implements [abi.HostBuffer].
func (k *sink) Take(src abi.HostBuffer, _, from, n uint32) error {
	b, ok := src.(*buffer[byte])
	if !ok {
		return fmt.Errorf("the host writes %T where it reads bytes", src)
	}
	return k.write(b.values[from : from+n])
}

// Lower implements [abi.HostBuffer].
func (k *sink) Lower(*abi.Context, uint32, uint32, uint32) error {
	return errors.New("nothing is read from a sink")
}
