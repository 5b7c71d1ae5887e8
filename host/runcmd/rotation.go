package runcmd

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/edgelint/edgelint/host/wasi/wasihttp"
)

// rotation is a handler whose place another one can take while it serves: new
// requests go to the new one, and the old one is closed when its own have ended.
type rotation struct {
	drain time.Duration // how long the requests of an old one may go on

	mu       sync.Mutex
	current  *shift // nil before the first
	retiring sync.WaitGroup
}

// shift is the time in which one handler serves.
type shift struct {
	handler  http.Handler
	close    func()
	requests sync.WaitGroup
	ctx      context.Context // ends to break its requests off
	cancel   context.CancelFunc
}

// ServeHTTP implements [http.Handler].
func (r *rotation) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	s := r.current
	if s != nil {
		s.requests.Add(1)
	}
	r.mu.Unlock()
	if s == nil {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "edgerun: the application has not started; the terminal says why.\n") // the client is gone
		return
	}
	defer s.requests.Done()
	wasihttp.KeepTrailers(req)
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	s.handler.ServeHTTP(w, req.WithContext(ctx))
}

// turn lets a handler serve from now on. close is called when its last request has
// ended after it was replaced.
func (r *rotation) turn(handler http.Handler, close func()) {
	next := &shift{handler: handler, close: close}
	next.ctx, next.cancel = context.WithCancel(context.Background())
	r.mu.Lock()
	old := r.current
	r.current = next
	r.mu.Unlock()
	if old != nil {
		r.retiring.Go(func() { old.retire(r.drain) })
	}
}

// end closes the handlers. No new request may come.
func (r *rotation) end() {
	r.mu.Lock()
	last := r.current
	r.current = nil
	r.mu.Unlock()
	if last != nil {
		last.cancel()
		last.retire(0)
	}
	r.retiring.Wait()
}

// retire waits for the requests under way, breaks them off after a while, and
// closes the handler.
func (s *shift) retire(drain time.Duration) {
	late := time.AfterFunc(drain, s.cancel)
	s.requests.Wait()
	late.Stop()
	s.cancel()
	s.close()
}
