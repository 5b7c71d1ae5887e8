package host

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// requestBody is the body of a request to a server, which may be read by others than who
// handles the request, and beyond its end.
type requestBody struct {
	io.ReadCloser // up to the limit
	whole         io.ReadCloser
	w             http.ResponseWriter
	control       *http.ResponseController
	// next is whether the next request comes on the same connection behind the body, as
	// with HTTP/1.
	next bool

	mu      sync.Mutex
	reading bool
	stopped bool
	failed  error // of the last read
}

// newRequestBody makes the body of a request a requestBody, of which limit bytes can be
// read if it is positive. It is nil if there is none.
func newRequestBody(w http.ResponseWriter, r *http.Request, limit int64) *requestBody {
	control := http.NewResponseController(w)
	// Without full duplex HTTP/1 servers read the whole body first.
	duplex := control.EnableFullDuplex()
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	b := &requestBody{
		ReadCloser: r.Body, whole: r.Body, w: w, control: control, next: duplex == nil && r.ProtoMajor == 1,
	}
	if limit > 0 {
		// It is read beside the response, which it must not touch.
		b.ReadCloser = http.MaxBytesReader(nil, r.Body, limit)
	}
	r.Body = b
	return b
}

func (b *requestBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	if b.stopped {
		b.mu.Unlock()
		return 0, http.ErrBodyReadAfterClose
	}
	b.reading = true
	b.mu.Unlock()
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	b.reading, b.failed = false, err
	b.mu.Unlock()
	return n, err
}

// Close does not wait: servers of HTTP/1 read on for a while when a body is closed, and
// who sends it may be slow.
func (b *requestBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.stopped && !b.next {
		go b.ReadCloser.Close()
	}
	b.stopped = true
	return nil
}

// tooLarge is the error of a body beyond the limit.
func tooLarge(body io.ReadCloser) error {
	b, ok := body.(*requestBody)
	if !ok {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := errors.AsType[*http.MaxBytesError](b.failed); ok {
		return b.failed
	}
	return nil
}

// end ends the reading, as the request is over. The server must not wait for the rest of
// the body, nor take it for the next request: unless the rest has arrived, the connection
// ends with the response.
func (b *requestBody) end() {
	if b == nil {
		return
	}
	b.mu.Lock()
	b.stopped = true
	arrived, reading := errors.Is(b.failed, io.EOF), b.reading
	b.mu.Unlock()
	switch {
	case arrived || !reading && (!b.next || b.atEnd()):
		return
	case b.control.SetReadDeadline(time.Now()) != nil || !b.next:
		return // where there is no deadline, reads do not block
	case reading || !b.drain():
		closeBehind(b.w)
	}
}

// atEnd reports whether net/http has seen the end of a body that nobody reads. It waits
// for the next request then, which no deadline must end.
func (b *requestBody) atEnd() bool {
	_, err := b.whole.Read(nil)
	return errors.Is(err, io.EOF)
}

// drain reads what has arrived of the rest, and reports whether that is all.
func (b *requestBody) drain() bool {
	_, err := io.CopyN(io.Discard, b.whole, maxRest)
	return errors.Is(err, io.EOF)
}

// closeBehind lets a server of HTTP/1 close the connection behind the response.
func closeBehind(w http.ResponseWriter) {
	for {
		outer, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		w = outer.Unwrap()
	}
	// That is what net/http does when a body is longer than its limit, here of 0 bytes.
	_, _ = http.MaxBytesReader(w, io.NopCloser(strings.NewReader("x")), 0).Read(make([]byte, 1))
}
