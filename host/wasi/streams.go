package wasi

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/edgelint/edgelint/host/bind"
)

// Error is wasi:io/error's error: what a stream operation failed with.
type Error struct{ Err error }

// Input is where an input stream reads from. Its methods are called by one
// goroutine at a time and do not block.
type Input interface {
	// Read takes at most n bytes that are there now. No bytes and no error
	// mean that there are none yet; io.EOF that there will be none.
	Read(n int) ([]byte, error)
	// Ready is closed once Read would give bytes or an error.
	Ready() <-chan struct{}
	// Close ends the reading.
	Close() error
}

// Output is where an output stream writes to. Its methods are called by one
// goroutine at a time.
type Output interface {
	// CheckWrite is how many bytes Write takes now; 0 while it takes none.
	// io.EOF and io.ErrClosedPipe mean that nobody reads any more.
	CheckWrite() (int, error)
	// Write takes all of p, which is not longer than CheckWrite said and is
	// the caller's again afterwards. An output that has to wait gives up when
	// ctx ends.
	Write(ctx context.Context, p []byte) error
	// Flush begins to hand on what was written; CheckWrite is 0 until it is done.
	Flush() error
	// Ready is closed once CheckWrite is not 0.
	Ready() <-chan struct{}
	// Close ends the writing.
	Close() error
}

// InputStream is wasi:io/streams' input-stream.
type InputStream struct {
	Parent
	in     Input
	parent *Parent
	done   bool
}

// OutputStream is wasi:io/streams' output-stream.
type OutputStream struct {
	Parent
	out    Output
	parent *Parent
	budget int // what check-write permitted
}

// NewInputStream is a stream that reads from in; parent, which may be nil, is
// the resource that it belongs to.
func NewInputStream(in Input, parent *Parent) *InputStream {
	if parent != nil {
		parent.Adopt()
	}
	return &InputStream{in: in, parent: parent}
}

// NewOutputStream is a stream that writes to out; parent may be nil.
func NewOutputStream(out Output, parent *Parent) *OutputStream {
	if parent != nil {
		parent.Adopt()
	}
	return &OutputStream{out: out, parent: parent}
}

// streamError is the variant stream-error.
type streamError struct {
	Case                uint8 // 0 last-operation-failed, 1 closed
	LastOperationFailed *Error
}

const (
	maxRead       = 64 << 10 // bytes that one read gives at most
	maxBlockWrite = 4096     // bytes that blocking-write-and-flush takes
)

func streamErr[T any](err error) bind.Result[T, streamError] {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) {
		return bind.Err[T](streamError{Case: 1})
	}
	return bind.Err[T](streamError{LastOperationFailed: &Error{err}})
}

func addIO(imports *bind.Imports) {
	addPoll(imports)
	e := iface(imports, "io/error")
	bind.Resource[*Error](e, "error", nil)
	e.Func("[method]error.to-debug-string", bind.Func1(func(_ context.Context, e *Error) (string, error) {
		return e.Err.Error(), nil
	}))
	streams := iface(imports, "io/streams")
	addInputStream(streams)
	addOutputStream(streams)
}

func addInputStream(streams *bind.Interface) {
	bind.Resource(streams, "input-stream", func(_ context.Context, s *InputStream) error { return s.drop() })
	read := func(blocking bool) bind.Func {
		return bind.Func2(func(ctx context.Context, s *InputStream, n uint64) (bind.Result[[]byte, streamError], error) {
			data, err := s.read(ctx, n, blocking)
			if ctxErr := trapped(ctx, err); ctxErr != nil {
				return bind.Result[[]byte, streamError]{}, ctxErr
			}
			if err != nil {
				return streamErr[[]byte](err), nil
			}
			return bind.Ok[streamError](data), nil
		})
	}
	skip := func(blocking bool) bind.Func {
		return bind.Func2(func(ctx context.Context, s *InputStream, n uint64) (bind.Result[uint64, streamError], error) {
			data, err := s.read(ctx, n, blocking)
			if ctxErr := trapped(ctx, err); ctxErr != nil {
				return bind.Result[uint64, streamError]{}, ctxErr
			}
			if err != nil {
				return streamErr[uint64](err), nil
			}
			return bind.Ok[streamError](uint64(len(data))), nil
		})
	}
	streams.Func("[method]input-stream.read", read(false))
	streams.Func("[method]input-stream.blocking-read", read(true))
	streams.Func("[method]input-stream.skip", skip(false))
	streams.Func("[method]input-stream.blocking-skip", skip(true))
	streams.Func("[method]input-stream.subscribe", bind.Func1(func(_ context.Context, s *InputStream) (*Pollable, error) {
		return NewPollable(&s.Parent, s.in.Ready), nil
	}))
}

// trapped is the end of the call's context, if that is why an operation failed.
func trapped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (s *InputStream) drop() error {
	if err := s.CheckDrop(); err != nil {
		return err
	}
	if s.parent != nil {
		s.parent.Release()
	}
	_ = s.in.Close() // the component has no way to be told
	return nil
}

func (s *InputStream) read(ctx context.Context, n uint64, blocking bool) ([]byte, error) {
	if s.done {
		return nil, io.EOF
	}
	for {
		data, err := s.in.Read(int(min(n, maxRead)))
		if err != nil {
			s.done = true
			return nil, err
		}
		if len(data) > 0 || !blocking || n == 0 {
			return data, nil
		}
		if err := Wait(ctx, s.in.Ready()); err != nil {
			return nil, err
		}
	}
}

func addOutputStream(streams *bind.Interface) {
	bind.Resource(streams, "output-stream", func(_ context.Context, s *OutputStream) error { return s.drop() })
	unit := func(f func(context.Context, *OutputStream) error) bind.Func {
		return bind.Func1(func(ctx context.Context, s *OutputStream) (bind.Result[bind.Unit, streamError], error) {
			return s.result(ctx, f(ctx, s))
		})
	}
	streams.Func("[method]output-stream.check-write", bind.Func1(
		func(_ context.Context, s *OutputStream) (bind.Result[uint64, streamError], error) {
			n, err := s.checkWrite()
			if err != nil {
				return streamErr[uint64](err), nil
			}
			return bind.Ok[streamError](uint64(n)), nil
		}))
	streams.Func("[method]output-stream.write", bind.Func2(
		func(ctx context.Context, s *OutputStream, p bind.View) (bind.Result[bind.Unit, streamError], error) {
			if len(p) > s.budget {
				return bind.Result[bind.Unit, streamError]{}, fmt.Errorf(
					"write of %d bytes, but check-write permitted %d", len(p), s.budget)
			}
			return s.result(ctx, s.write(ctx, p))
		}))
	streams.Func("[method]output-stream.blocking-write-and-flush", bind.Func2(
		func(ctx context.Context, s *OutputStream, p bind.View) (bind.Result[bind.Unit, streamError], error) {
			if len(p) > maxBlockWrite {
				return bind.Result[bind.Unit, streamError]{}, fmt.Errorf(
					"blocking-write-and-flush of %d bytes, of which it takes at most %d", len(p), maxBlockWrite)
			}
			return s.result(ctx, s.writeAndFlush(ctx, p))
		}))
	streams.Func("[method]output-stream.flush", unit(func(_ context.Context, s *OutputStream) error { return s.flush() }))
	streams.Func("[method]output-stream.blocking-flush", unit(
		func(ctx context.Context, s *OutputStream) error { return s.blockingFlush(ctx) }))
	streams.Func("[method]output-stream.subscribe", bind.Func1(
		func(_ context.Context, s *OutputStream) (*Pollable, error) {
			return NewPollable(&s.Parent, s.out.Ready), nil
		}))
	addZeroes(streams)
	addSplice(streams)
}

func addZeroes(streams *bind.Interface) {
	streams.Func("[method]output-stream.write-zeroes", bind.Func2(
		func(ctx context.Context, s *OutputStream, n uint64) (bind.Result[bind.Unit, streamError], error) {
			if n > uint64(s.budget) {
				return bind.Result[bind.Unit, streamError]{}, fmt.Errorf(
					"write-zeroes of %d bytes, but check-write permitted %d", n, s.budget)
			}
			return s.result(ctx, s.write(ctx, make([]byte, n)))
		}))
	streams.Func("[method]output-stream.blocking-write-zeroes-and-flush", bind.Func2(
		func(ctx context.Context, s *OutputStream, n uint64) (bind.Result[bind.Unit, streamError], error) {
			if n > maxBlockWrite {
				return bind.Result[bind.Unit, streamError]{}, fmt.Errorf(
					"blocking-write-zeroes-and-flush of %d bytes, of which it takes at most %d", n, maxBlockWrite)
			}
			return s.result(ctx, s.writeAndFlush(ctx, make([]byte, n)))
		}))
}

func addSplice(streams *bind.Interface) {
	splice := func(blocking bool) bind.Func {
		return bind.Func3(func(ctx context.Context, s *OutputStream, src *InputStream, n uint64) (
			bind.Result[uint64, streamError], error,
		) {
			moved, err := s.splice(ctx, src, n, blocking)
			if ctxErr := trapped(ctx, err); ctxErr != nil {
				return bind.Result[uint64, streamError]{}, ctxErr
			}
			if err != nil {
				return streamErr[uint64](err), nil
			}
			return bind.Ok[streamError](moved), nil
		})
	}
	streams.Func("[method]output-stream.splice", splice(false))
	streams.Func("[method]output-stream.blocking-splice", splice(true))
}

func (s *OutputStream) result(ctx context.Context, err error) (bind.Result[bind.Unit, streamError], error) {
	if ctxErr := trapped(ctx, err); ctxErr != nil {
		return bind.Result[bind.Unit, streamError]{}, ctxErr
	}
	if err != nil {
		return streamErr[bind.Unit](err), nil
	}
	return bind.Result[bind.Unit, streamError]{}, nil
}

func (s *OutputStream) drop() error {
	if err := s.CheckDrop(); err != nil {
		return err
	}
	if s.parent != nil {
		s.parent.Release()
	}
	_ = s.out.Close() // the component has no way to be told
	return nil
}

func (s *OutputStream) checkWrite() (int, error) {
	n, err := s.out.CheckWrite()
	s.budget = n
	return n, err
}

func (s *OutputStream) write(ctx context.Context, p []byte) error {
	s.budget -= len(p)
	return s.out.Write(ctx, p)
}

func (s *OutputStream) flush() error {
	s.budget = 0
	return s.out.Flush()
}

// waitWritable blocks until bytes can be written.
func (s *OutputStream) waitWritable(ctx context.Context) (int, error) {
	for {
		n, err := s.checkWrite()
		if n > 0 || err != nil {
			return n, err
		}
		if err := Wait(ctx, s.out.Ready()); err != nil {
			return 0, err
		}
	}
}

func (s *OutputStream) blockingFlush(ctx context.Context) error {
	if err := s.flush(); err != nil {
		return err
	}
	_, err := s.waitWritable(ctx)
	return err
}

func (s *OutputStream) writeAndFlush(ctx context.Context, p []byte) error {
	for len(p) > 0 {
		n, err := s.waitWritable(ctx)
		if err != nil {
			return err
		}
		n = min(n, len(p))
		if err := s.write(ctx, p[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return s.blockingFlush(ctx)
}

func (s *OutputStream) splice(ctx context.Context, src *InputStream, n uint64, blocking bool) (uint64, error) {
	room, err := s.checkWrite()
	if blocking && room == 0 && err == nil {
		room, err = s.waitWritable(ctx)
	}
	if err != nil {
		return 0, err
	}
	data, err := src.read(ctx, min(n, uint64(room)), blocking)
	if err != nil {
		return 0, err
	}
	return uint64(len(data)), s.write(ctx, data)
}
