package p3_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/wasi"
)

// server is a server that a test's component sends requests to.
type server struct {
	Name, Kind string
	Endpoints  []endpoint
}

// endpoint is what a server answers to a method and path.
type endpoint struct {
	Method, Path, Mode string
	Response           struct {
		Status   int
		Body     string
		Chunks   []string
		Trailers map[string]string
	}
}

// start runs the server and returns its address.
func (s *server) start() (addr string, stop func(), err error) {
	if s.Kind == "closed" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", nil, err
		}
		return l.Addr().String(), func() {}, l.Close()
	}
	web := httptest.NewServer(s)
	return web.Listener.Addr().String(), web.Close, nil
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	for _, e := range s.Endpoints {
		if e.Method == r.Method && e.Path == r.RequestURI {
			e.answer(w, r, body)
			return
		}
	}
	http.NotFound(w, r)
}

func (e *endpoint) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	switch e.Mode {
	case "echo-headers":
		echoHeaders(w.Header(), r)
		return
	case "echo-body":
		_, _ = w.Write(body)
		return
	}
	for name := range e.Response.Trailers {
		w.Header().Add("Trailer", name)
	}
	w.WriteHeader(e.Response.Status)
	_, _ = io.WriteString(w, e.Response.Body)
	for _, chunk := range e.Response.Chunks {
		_, _ = io.WriteString(w, chunk)
		_ = http.NewResponseController(w).Flush()
	}
	for name, value := range e.Response.Trailers {
		w.Header().Set(name, value)
	}
}

func echoHeaders(to http.Header, r *http.Request) {
	to.Set("x-request-method", r.Method)
	to.Set("x-request-path", r.RequestURI)
	to.Set("x-echo-host", r.Host)
	for _, coding := range r.TransferEncoding {
		to.Add("x-echo-transfer-encoding", coding)
	}
	for name, values := range r.Header {
		to["X-Echo-"+name] = values
	}
	for name, values := range r.Trailer {
		to["X-Trailer-"+name] = values
	}
}

// judgeService runs a test whose component serves requests.
func judgeService(ctx context.Context, dir string, servers []server, ops []operation) error {
	cfg := wasi.Config{Stderr: &strings.Builder{}}
	for _, s := range servers {
		addr, stop, err := s.start()
		if err != nil {
			return err
		}
		defer stop()
		cfg.Env = append(cfg.Env, wasi.EnvVar{Name: "HTTP_SERVER_" + strings.ToUpper(s.Name), Value: addr})
	}
	return withComponent(ctx, dir, cfg, func(c *host.Component) error {
		failure := errors.New("no failure was told")
		h, err := host.NewHandler(c, host.HandlerOptions{Done: func(x host.Exchange) { failure = x.Err }})
		if err != nil {
			return err
		}
		defer h.Close(ctx)
		web := httptest.NewServer(h)
		defer web.Close()
		for _, op := range ops {
			if op.Type != "request" {
				continue // run, kill and wait are what is around this
			}
			status, err := send(ctx, op.Method, web.URL+op.Path)
			if err != nil {
				return err
			}
			if status != op.Response.Status {
				return fmt.Errorf("%s %s: status %d, want %d: %w", op.Method, op.Path, status, op.Response.Status, failure)
			}
		}
		return nil
	})
}

func send(ctx context.Context, method, url string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return 0, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}
