package p3

import (
	"context"
	"errors"
	"io"
	"sync"
	"syscall"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

// The cases of wasi:cli/types' enum error-code.
const (
	stdioIO = iota
	stdioIllegalByteSequence
	stdioPipe
)

func stdioCode(err error) uint8 {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return stdioPipe
	}
	return stdioIO
}

// stdio is the standard streams, which all versions share.
type stdio struct {
	in       *stdin
	out, err *wasi.Printer
}

func newStdio(cfg wasi.Config) *stdio {
	in := wasi.Bytes(nil)
	if cfg.Stdin != nil {
		in = wasi.ReadFrom(cfg.Stdin, nil)
	}
	return &stdio{in: &stdin{in: in}, out: wasi.NewPrinter(cfg.Stdout), err: wasi.NewPrinter(cfg.Stderr)}
}

func (o offer) standardStreams() {
	o.iface("cli/stdin").Func("read-via-stream", bind.Func0(
		func(context.Context) (incoming[byte, uint8], error) {
			return produced(o.stdio.in.copyTo, stdioCode, func() {}), nil
		}))
	for name, w := range map[string]*wasi.Printer{"stdout": o.stdio.out, "stderr": o.stdio.err} {
		o.iface("cli/"+name).Func("write-via-stream", bind.Func1(
			func(_ context.Context, data *bind.Stream[byte]) (*bind.Future[outcome[uint8]], error) {
				return bind.NewFuture(func(context.Context) (outcome[uint8], error) {
					defer data.Close()
					return result(bind.Pour(w, data), stdioCode), nil
				}), nil
			}))
	}
}

// stdin is one reader, however many streams read from it. What a stream did not
// pass on is for the next one.
type stdin struct {
	mu   sync.Mutex
	in   wasi.Input
	rest []byte
}

func (s *stdin) copyTo(ctx context.Context, w *bind.Writer[byte]) error {
	for {
		p, err := s.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case len(p) == 0:
			if err := wasi.Wait(ctx, s.ready()); err != nil {
				return err
			}
			continue
		}
		if n, err := w.Write(p); err != nil {
			s.giveBack(p[n:])
			return err
		}
	}
}

func (s *stdin) next() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.rest; len(p) > 0 {
		s.rest = nil
		return p, nil
	}
	return s.in.Read(pieceSize)
}

func (s *stdin) ready() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.in.Ready()
}

func (s *stdin) giveBack(p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = append(p, s.rest...)
}
