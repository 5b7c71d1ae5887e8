package spin

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"

	"github.com/edgelint/edgelint/host/wasi/wasihttp"
)

// chain lets another component of the application answer a request.
func (a *App) chain(r *http.Request, id string) (*http.Response, error) {
	if a.router == nil || a.router.handlers[id] == nil {
		return nil, &wasihttp.Error{
			Code: wasihttp.CodeInternalError,
			Err:  fmt.Errorf("%s%s: the application has no component %s with an HTTP trigger", id, chainSuffix, id),
		}
	}
	req := cloned(r.Context(), r)
	req.Host, req.RemoteAddr, req.TLS = "", "0.0.0.0:0", nil
	body, pipe := io.Pipe()
	w := &chainWriter{header: http.Header{}, trailers: http.Header{}, body: pipe, head: make(chan struct{})}
	go func() {
		defer r.Body.Close()
		defer func() {
			if recover() == nil {
				w.WriteHeader(http.StatusOK)
				w.end()
				return
			}
			// It panics to break the connection, as servers of net/http do.
			w.WriteHeader(http.StatusBadGateway)
			pipe.CloseWithError(io.ErrUnexpectedEOF)
		}()
		a.router.serveComponent(w, req, match{
			id: id, route: "/...", rest: r.URL.EscapedPath(), client: req.RemoteAddr,
			url: "http://localhost" + r.URL.RequestURI(),
		})
	}()
	context.AfterFunc(r.Context(), func() { body.CloseWithError(r.Context().Err()) })
	select {
	case <-w.head:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return &http.Response{
		StatusCode: w.status, Header: w.sent, Body: body, ContentLength: -1, Trailer: w.trailers,
		Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// chainWriter is the response to a chained request, which streams.
type chainWriter struct {
	header, sent http.Header
	trailers     http.Header // filled at the end of the body
	status       int
	body         *io.PipeWriter
	once         sync.Once
	head         chan struct{} // closed when the head of the response is there
}

func (w *chainWriter) Header() http.Header { return w.header }

func (w *chainWriter) WriteHeader(status int) {
	if status < 200 {
		return
	}
	w.once.Do(func() {
		w.status, w.sent = status, maps.Clone(w.header)
		close(w.head)
	})
}

func (w *chainWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// end ends the body of a complete response, with its trailers.
func (w *chainWriter) end() {
	for name, values := range w.header {
		if name, ok := strings.CutPrefix(name, http.TrailerPrefix); ok {
			w.trailers[name] = values
		}
	}
	w.body.Close()
}

// Flush implements [http.Flusher]: nothing is buffered.
func (w *chainWriter) Flush() { w.WriteHeader(http.StatusOK) }
