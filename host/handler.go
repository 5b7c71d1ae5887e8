package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/wasi/wasihttp"
)

// Defaults of [HandlerOptions].
const (
	DefaultTimeout       = time.Minute
	DefaultMaxBody       = 1 << 30
	DefaultMaxConcurrent = 64
	// Of components whose handler is async, as in Spin.
	DefaultReuse       = 128
	DefaultSharing     = 16
	DefaultIdleTimeout = time.Second
)

// HandlerOptions bound what requests may take, and say who is told of them. The
// zero value has the defaults.
type HandlerOptions struct {
	// Timeout ends a request; 0 is [DefaultTimeout], negative is none.
	Timeout time.Duration
	// MaxBody bounds the body of a request in bytes; 0 is [DefaultMaxBody],
	// negative is no bound. A longer body ends in an error that the component
	// sees when it reads it.
	MaxBody int64
	// MaxConcurrent is how many requests are handled at once; 0 is
	// [DefaultMaxConcurrent]. More wait for their turn.
	MaxConcurrent int
	// ErrorPage answers failed requests with a page that says what happened,
	// for developers. Otherwise the body is empty, as in production.
	ErrorPage bool
	// Pool says how instances are used again. For async handlers, Pool.Reuse is how
	// many requests an instance serves; 0 is [DefaultReuse].
	Pool PoolOptions
	// Sharing is how many requests an instance of an async handler serves at a time;
	// 0 is [DefaultSharing].
	Sharing int
	// Spread is how many instances of an async handler get requests before some
	// share one; 0 stands for the number of processors.
	Spread int
	// IdleTimeout is how long an instance of an async handler waits for the next
	// request before its state is dropped; 0 is [DefaultIdleTimeout].
	IdleTimeout time.Duration
	// HideHost leaves the header host out of what async handlers see.
	HideHost bool
	// Done is told of every request when it has ended; nil tells nobody.
	Done func(Exchange)
}

// Exchange is a request that has ended.
type Exchange struct {
	Request *http.Request
	Status  int           // of the response; 0 if the connection was broken instead
	Bytes   int64         // of the response's body
	Took    time.Duration // from its arrival to its end
	Err     error         // why it failed; nil if it did not
}

// Handler serves HTTP requests by the wasi:http/incoming-handler or the
// wasi:http/handler that a component exports. With the former, of WASI 0.2, each
// request has an instance of the component for itself. With the latter, which is
// async, instances serve several requests, also at a time.
type Handler struct {
	pool     *Pool
	workers  *workers // of async handlers
	handle   *Func
	opts     HandlerOptions
	turns    chan struct{}
	counters counters

	running sync.RWMutex    // held for reading by each request
	life    context.Context // ends when the handler is being closed
	end     context.CancelFunc
}

// handlers are the exports that can be served, the preferred one first.
var handlers = []struct {
	prefix string
	async  bool
}{
	{"wasi:http/handler@" + wasihttp.AsyncVersion, true},
	{"wasi:http/handler@" + wasihttp.CandidateVersion, true},
	{"wasi:http/incoming-handler@0.2.", false},
}

// handlerOf is the HTTP handler that a component exports.
func handlerOf(c *Component) (export string, async bool, err error) {
	for _, kind := range handlers {
		for _, name := range c.plan.Exports.Names {
			if strings.HasPrefix(name, kind.prefix) {
				return name + "#handle", kind.async, nil
			}
		}
	}
	var served []string
	for _, kind := range handlers {
		name := kind.prefix
		if strings.HasSuffix(name, ".") {
			name += "x"
		}
		served = append(served, name)
	}
	return "", false, fmt.Errorf("the component exports no HTTP handler that this host serves (%s); it exports %s",
		strings.Join(served, ", "), cmp.Or(strings.Join(c.plan.Exports.Names, ", "), "nothing"))
}

// NewHandler makes a handler of a component that exports
// wasi:http/incoming-handler@0.2 or wasi:http/handler@0.3.0 (or its candidate of
// March 2026), and was linked with packages wasi, wasi/p3 and wasihttp.
func NewHandler(c *Component, opts HandlerOptions) (*Handler, error) {
	if opts.Timeout == 0 {
		opts.Timeout = DefaultTimeout
	}
	if opts.MaxBody == 0 {
		opts.MaxBody = DefaultMaxBody
	}
	if opts.MaxConcurrent <= 0 {
		opts.MaxConcurrent = DefaultMaxConcurrent
	}
	export, async, err := handlerOf(c)
	if err != nil {
		return nil, err
	}
	f, err := c.Func(export)
	if err != nil {
		return nil, err
	}
	h := &Handler{handle: f, opts: opts, turns: make(chan struct{}, opts.MaxConcurrent)}
	h.life, h.end = context.WithCancel(context.Background())
	if async {
		h.workers = newWorkers(c, opts)
	} else {
		h.pool = NewPool(c, opts.Pool)
	}
	return h, nil
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	h.counters.begin()
	wasihttp.KeepTrailers(r)
	rec := &recorder{ResponseWriter: w}
	ctx, end := context.WithCancelCause(r.Context())
	defer end(nil)
	defer context.AfterFunc(h.life, func() { end(errClosed) })()
	if h.opts.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, h.opts.Timeout, ErrTimeout)
		defer cancel()
	}
	served := r.WithContext(ctx)
	body := newRequestBody(w, served, h.opts.MaxBody)
	// A client that does not read keeps a write waiting, which only a deadline ends.
	stop := context.AfterFunc(ctx, rec.stopWriting)
	err := h.exchange(ctx, rec, served)
	stop()
	status := int(rec.status.Load())
	broken := err != nil && status != 0
	if err != nil && !broken {
		h.fail(rec, err)
	}
	if status == 0 {
		status = int(rec.status.Load()) // of the answer to the failure
	}
	ended := Exchange{Request: r, Status: status, Bytes: rec.bytes, Took: time.Since(start), Err: err}
	if broken {
		ended.Status = 0
	}
	h.counters.end(ended)
	if h.opts.Done != nil {
		h.opts.Done(ended)
	}
	body.end() // which net/http takes for the end of the client
	if broken {
		// The head of the response is sent: only an abort, which net/http has
		// this panic for, tells the client that the rest is missing.
		panic(http.ErrAbortHandler)
	}
}

// ErrTimeout is the error of requests that took too long.
var ErrTimeout = errors.New("the request took longer than it may")

// errBusy is the error of requests that gave up waiting for their turn.
var errBusy = errors.New("too many requests at once")

// errClosed is the error of requests to a handler that is closed or being closed.
var errClosed = errors.New("the server ends")

// exchange handles one request once it is its turn.
func (h *Handler) exchange(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	h.running.RLock() // waits while the handler is being closed
	defer h.running.RUnlock()
	if h.life.Err() != nil {
		return errClosed
	}
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return errBusy
	}
	var err error
	if h.workers != nil {
		err = h.exchangeAsync(ctx, w, r)
	} else {
		err = h.exchangeSync(ctx, w, r)
	}
	if cause := context.Cause(ctx); err != nil && !errors.Is(err, cause) && (cause == ErrTimeout || cause == errClosed) {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

func (h *Handler) exchangeSync(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	x := wasihttp.NewExchange(w, r)
	in, err := h.pool.Get(ctx)
	if err == nil {
		_, err = in.CallFunc(ctx, h.handle,
			abi.Handle(abi.Rep{Obj: x.Request}), abi.Handle(abi.Rep{Obj: x.Outparam}))
		h.pool.Put(ctx, in, err)
	}
	ferr := x.Finish()
	if _, told := errors.AsType[*wasihttp.CodeError](ferr); told && err != nil {
		return fmt.Errorf("%w: %w", ferr, err) // what the component did after it was told
	}
	return cmp.Or(err, ferr)
}

// Close ends the requests that are in progress, and closes the instances that the
// handler keeps.
func (h *Handler) Close(ctx context.Context) error {
	h.end()
	h.running.Lock()
	defer h.running.Unlock()
	if h.workers != nil {
		return h.workers.close(ctx)
	}
	return h.pool.Close(ctx)
}

// fail answers a request that has no response yet.
func (h *Handler) fail(w http.ResponseWriter, err error) {
	header := w.Header()
	clear(header)
	status := http.StatusInternalServerError
	if errors.Is(err, errBusy) || errors.Is(err, errClosed) {
		status = http.StatusServiceUnavailable
		header.Set("Retry-After", "1")
	}
	if !h.opts.ErrorPage {
		header.Set("Content-Length", "0")
		w.WriteHeader(status)
		return
	}
	header.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, "edgerun: the component failed to answer.\n\n"+err.Error()+"\n")
	if trap, ok := errors.AsType[*abi.Trap](err); ok && trap.Stack != "" {
		io.WriteString(w, "\n"+trap.Stack+"\n")
	}
}

// recorder notes what is written to a response.
type recorder struct {
	http.ResponseWriter
	status atomic.Int32
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		r.status.Store(int32(status))
	}
	r.ResponseWriter.WriteHeader(status)
}

// stopWriting ends writes of a response whose head is sent: the connection cannot be
// used any more.
func (r *recorder) stopWriting() {
	if r.status.Load() != 0 {
		// Where there are no deadlines, writes do not wait for a client.
		_ = http.NewResponseController(r.ResponseWriter).SetWriteDeadline(time.Now())
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Unwrap is for [http.ResponseController].
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
