// Package trial runs a component for `edgelint --run`: it starts the component in
// this process, sends one request, and tells package lint what happened.
package trial

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/host/wasi/p3"
	"github.com/edgelint/edgelint/host/wasi/wasihttp"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/lint/lintcmd"
)

// Limits of what is kept of a trial.
const (
	maxStderr = 1 << 20
	maxBody   = 64 << 20
)

// New makes the host of a request.
func New(req lintcmd.TrialRequest) lint.TrialFunc {
	return func(ctx context.Context, a *lint.Artifact) (*lint.Trial, error) { return run(ctx, a, req) }
}

func run(ctx context.Context, a *lint.Artifact, req lintcmd.TrialRequest) (*lint.Trial, error) {
	stderr := &limitedBuffer{limit: maxStderr}
	trial := &lint.Trial{Exited: -1}
	engine, err := host.NewEngine(ctx, host.Options{
		Workers: runtime.GOMAXPROCS(0), CacheDir: host.DefaultCacheDir(), MemoryPages: uint32(req.MaxMemory / (64 << 10)),
	})
	if err != nil {
		return nil, err
	}
	defer engine.Close(context.WithoutCancel(ctx))
	imports := bind.NewImports()
	guest := wasi.Config{Stdout: stderr, Stderr: stderr}
	wasi.Add(imports, guest)
	p3.Add(imports, guest)
	wasihttp.Add(imports, wasihttp.Config{})
	app, err := engine.Compile(ctx, a.File, imports, link.Options{})
	if err != nil {
		trial.StartErr = err
		return trial, nil
	}
	var ended host.Exchange
	handler, err := host.NewHandler(app, host.HandlerOptions{
		Timeout: req.Timeout, Done: func(x host.Exchange) { ended = x },
	})
	if err != nil {
		trial.StartErr = err
		return trial, nil
	}
	defer handler.Close(context.WithoutCancel(ctx))
	w := &responseWriter{ResponseRecorder: httptest.NewRecorder()}
	serve(handler, w, request(ctx, req))
	record(trial, w, ended)
	trial.Stderr = stderr.String()
	return trial, nil
}

func request(ctx context.Context, req lintcmd.TrialRequest) *http.Request {
	r := httptest.NewRequestWithContext(ctx, req.Method, req.Path, bytes.NewReader(req.Body))
	for _, h := range req.Headers {
		r.Header.Add(h[0], h[1])
		if strings.EqualFold(h[0], "host") {
			r.Host = h[1]
		}
	}
	return r
}

// serve calls the handler as a server does: a panic with http.ErrAbortHandler
// breaks the connection and is no fault of the program's.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) {
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler {
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
}

// record notes the response and what became of the component.
func record(t *lint.Trial, w *responseWriter, x host.Exchange) {
	t.Status, t.Took, t.Body = w.Code, x.Took, w.Body.Bytes()
	t.Header = map[string][]string{}
	for name, values := range w.Header() {
		t.Header[strings.ToLower(name)] = values
	}
	if x.Err == nil {
		return
	}
	t.Trap = x.Err.Error()
	t.TimedOut = errors.Is(x.Err, host.ErrTimeout)
	if refused, ok := errors.AsType[*host.RefusedError](x.Err); ok {
		t.Refused = []string{refused.Import}
	}
	if exit, ok := errors.AsType[*wasi.ExitError](x.Err); ok {
		t.Exited = int(exit.Code)
	}
}

// responseWriter records a response of bounded size.
type responseWriter struct{ *httptest.ResponseRecorder }

func (w *responseWriter) Write(p []byte) (int, error) {
	if w.Body.Len()+len(p) > maxBody {
		return 0, errors.New("the response is longer than a trial keeps")
	}
	return w.ResponseRecorder.Write(p)
}

// limitedBuffer keeps the first bytes that are written to it.
type limitedBuffer struct {
	limit int
	mu    sync.Mutex
	buf   bytes.Buffer
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf.Write(p[:min(len(p), b.limit-b.buf.Len())])
	return len(p), nil
}

func (b *limitedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
