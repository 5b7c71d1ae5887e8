package runcmd

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// answer asks a rotation and gives the status.
func answer(r *rotation) int {
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	return w.Code
}

func status(code int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
}

func TestRequestsUnderWayEndBeforeTheirHandlerIsClosed(t *testing.T) {
	t.Parallel()
	r := &rotation{drain: time.Hour}
	if got := answer(r); got != http.StatusServiceUnavailable {
		t.Errorf("before the first: %d", got)
	}
	entered, leave, closed, ended := make(chan bool), make(chan bool), make(chan bool), make(chan int)
	r.turn(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		entered <- true
		<-leave
		w.WriteHeader(201)
	}), func() { close(closed) })
	go func() { ended <- answer(r) }()
	<-entered
	r.turn(status(202), func() {})
	if got := answer(r); got != 202 {
		t.Errorf("the new one: %d", got)
	}
	select {
	case <-closed:
		t.Error("closed under a request")
	default:
	}
	close(leave)
	if got := <-ended; got != 201 {
		t.Errorf("the old one: %d", got)
	}
	<-closed
	r.end()
	if got := answer(r); got != http.StatusServiceUnavailable {
		t.Errorf("after the end: %d", got)
	}
}

func TestRequestsThatTakeTooLongAreBrokenOff(t *testing.T) {
	t.Parallel()
	r := &rotation{}
	entered, closed := make(chan bool), make(chan bool)
	r.turn(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		entered <- true
		<-req.Context().Done()
	}), func() { close(closed) })
	go answer(r)
	<-entered
	r.turn(status(200), func() {})
	<-closed
	r.end()
}

func TestHandlersThatPanicEndTheirRequest(t *testing.T) {
	t.Parallel()
	r := &rotation{}
	closed := false
	r.turn(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), func() { closed = true })
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler { //nolint:errorlint // the very value
				t.Error("the panic does not reach the server")
			}
		}()
		answer(r)
	}()
	if r.end(); !closed {
		t.Error("not closed")
	}
}
