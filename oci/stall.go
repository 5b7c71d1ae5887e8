package oci

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A transfer must move minStallBytes in every window of the stall timeout. A
// server that has been sent everything may think for answerWindows of them.
const (
	minStallBytes = 16 << 10
	answerWindows = 5
)

// stallGuard cancels a request that makes no progress.
type stallGuard struct {
	window  time.Duration
	cancel  context.CancelCauseFunc
	moved   atomic.Int64
	waiting atomic.Bool // everything is sent, nothing has come back

	mu      sync.Mutex
	timer   *time.Timer
	waited  int // windows without an answer
	stopped bool
}

// guard sends req by rt under a stallGuard, which lives until the body of the
// response is closed.
func guard(rt http.RoundTripper, window time.Duration, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	g := &stallGuard{window: window, cancel: cancel}
	req = g.watch(req.Clone(ctx))
	g.start()
	resp, err := rt.RoundTrip(req)
	if err != nil {
		g.stop()
		return nil, g.cause(ctx, err)
	}
	g.moved.Add(minStallBytes)
	g.waiting.Store(false)
	resp.Body = &guardedBody{ReadCloser: resp.Body, guard: g, ctx: ctx}
	return resp, nil
}

// watch makes the body of req count as it is sent.
func (g *stallGuard) watch(req *http.Request) *http.Request {
	if req.Body == nil || req.Body == http.NoBody {
		g.waiting.Store(true)
		return req
	}
	req.Body = &guardedBody{ReadCloser: req.Body, guard: g, sends: true}
	if again := req.GetBody; again != nil {
		req.GetBody = func() (io.ReadCloser, error) {
			body, err := again()
			if err != nil {
				return nil, err
			}
			g.waiting.Store(false)
			return &guardedBody{ReadCloser: body, guard: g, sends: true}, nil
		}
	}
	return req
}

func (g *stallGuard) start() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.timer = time.AfterFunc(g.window, g.tick)
}

func (g *stallGuard) tick() {
	g.mu.Lock()
	defer g.mu.Unlock()
	moved := g.moved.Swap(0)
	switch {
	case g.stopped:
		return
	case g.waiting.Load():
		if g.waited++; g.waited >= answerWindows {
			g.cancel(fmt.Errorf("%w: no answer within %v", ErrStalled, answerWindows*g.window))
			return
		}
	case moved < minStallBytes:
		g.cancel(fmt.Errorf("%w: %d bytes within %v", ErrStalled, moved, g.window))
		return
	}
	g.timer.Reset(g.window)
}

func (g *stallGuard) stop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopped = true
	g.timer.Stop()
	g.cancel(nil)
}

// cause is err, or the stall that led to it.
func (g *stallGuard) cause(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && cause != context.Canceled {
		return cause
	}
	return err
}

// guardedBody counts what passes through a request's or a response's body.
type guardedBody struct {
	io.ReadCloser
	guard *stallGuard
	ctx   context.Context //nolint:containedctx // the request's own, to ask for its cause
	sends bool
}

func (b *guardedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.guard.moved.Add(int64(n))
	if err != nil && b.sends {
		b.guard.waiting.Store(true)
	}
	if err != nil && err != io.EOF && !b.sends {
		err = b.guard.cause(b.ctx, err)
	}
	return n, err
}

func (b *guardedBody) Close() error {
	if !b.sends {
		b.guard.stop()
	}
	return b.ReadCloser.Close()
}
