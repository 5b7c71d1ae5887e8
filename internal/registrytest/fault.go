package registrytest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"
)

// Match says whether a fault applies to a request.
type Match func(Request) bool

// Do is what becomes of a request in place of next.
type Do func(w http.ResponseWriter, req *http.Request, next http.Handler)

// Fault applies Do to some requests.
type Fault struct {
	times int
	match Match
	do    Do
}

// Times makes a fault of the first n requests that match.
func Times(n int, match Match, do Do) *Fault { return &Fault{n, match, do} }

// Always is more often than any test asks.
const Always = 1 << 30

// Any matches every request.
func Any(Request) bool { return true }

// Uploads matches the request that carries a blob.
func Uploads(r Request) bool {
	return r.Method == http.MethodPut && strings.Contains(r.Path, "/blobs/uploads/")
}

// UploadStarts matches the request that asks for an upload or a mount.
func UploadStarts(r Request) bool {
	return r.Method == http.MethodPost && strings.Contains(r.Path, "/blobs/uploads/")
}

// Downloads matches requests for a blob.
func Downloads(r Request) bool {
	return r.Method == http.MethodGet && strings.Contains(r.Path, "/blobs/")
}

// Manifests matches requests that read a manifest.
func Manifests(r Request) bool {
	return r.Method == http.MethodGet && strings.Contains(r.Path, "/manifests/")
}

// ManifestPuts matches requests that store a manifest.
func ManifestPuts(r Request) bool {
	return r.Method == http.MethodPut && strings.Contains(r.Path, "/manifests/")
}

// Status answers with a status and, unless "", a Retry-After.
func Status(code int, retryAfter string) Do {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, `{"errors":[{"code":"TESTED","message":"by a fault"}]}`)
	}
}

// ResetAfter takes n bytes of the request and drops the connection.
func ResetAfter(n int64) Do {
	return func(_ http.ResponseWriter, req *http.Request, _ http.Handler) {
		_, _ = io.CopyN(io.Discard, req.Body, n)
		panic(http.ErrAbortHandler)
	}
}

// answer runs next and keeps what it said.
func answer(req *http.Request, next http.Handler) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, req)
	return rec
}

func begin(w http.ResponseWriter, rec *httptest.ResponseRecorder) {
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
}

// CutAfter sends n bytes of the answer and drops the connection.
func CutAfter(n int) Do {
	return func(w http.ResponseWriter, req *http.Request, next http.Handler) {
		rec := answer(req, next)
		begin(w, rec)
		body := rec.Body.Bytes()
		_, _ = w.Write(body[:min(n, len(body))])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// Truncated sends n bytes of the answer as if they were all.
func Truncated(n int) Do {
	return changed(func(h http.Header, body []byte) []byte {
		h.Del("Content-Length")
		return body[:min(n, len(body))]
	})
}

// Flipped changes the byte at offset n of the answer.
func Flipped(n int) Do {
	return changed(func(_ http.Header, body []byte) []byte {
		if n < len(body) {
			body[n] ^= 1
		}
		return body
	})
}

// Header sets a header of the answer; "" removes it.
func Header(name, value string) Do {
	return changed(func(h http.Header, body []byte) []byte {
		h.Del(name)
		if value != "" {
			h.Set(name, value)
		}
		return body
	})
}

// Body replaces the body of the answer.
func Body(text string) Do {
	return changed(func(h http.Header, _ []byte) []byte {
		h.Set("Content-Length", strconv.Itoa(len(text)))
		return []byte(text)
	})
}

func changed(change func(http.Header, []byte) []byte) Do {
	return func(w http.ResponseWriter, req *http.Request, next http.Handler) {
		rec := answer(req, next)
		body := change(rec.Header(), bytes.Clone(rec.Body.Bytes()))
		begin(w, rec)
		_, _ = w.Write(body)
	}
}

// NoRanges serves whole answers only, and does not offer ranges.
func NoRanges(w http.ResponseWriter, req *http.Request, next http.Handler) {
	req.Header.Del("Range")
	Header("Accept-Ranges", "")(w, req, next)
}

// Dripping sends the answer a byte at a time, with a pause before each.
func Dripping(pause time.Duration) Do {
	return func(w http.ResponseWriter, req *http.Request, next http.Handler) {
		rec := answer(req, next)
		begin(w, rec)
		for _, c := range rec.Body.Bytes() {
			select {
			case <-time.After(pause):
			case <-req.Context().Done():
				return
			}
			if _, err := w.Write([]byte{c}); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
		}
	}
}

// Silent never answers.
func Silent(_ http.ResponseWriter, req *http.Request, _ http.Handler) {
	_, _ = io.Copy(io.Discard, req.Body)
	<-req.Context().Done()
}

// RedirectTo sends the client elsewhere for the same path.
func RedirectTo(base string) Do {
	return func(w http.ResponseWriter, req *http.Request, _ http.Handler) {
		http.Redirect(w, req, base+req.URL.Path+"?signature=secret-signature", http.StatusTemporaryRedirect)
	}
}
