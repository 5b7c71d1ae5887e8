package host_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/internal/conformance"
)

// TestClosingEndsRequestsInProgress closes a handler while its component loops for
// ever: memory that goes away under a component ends the process.
func TestClosingEndsRequestsInProgress(t *testing.T) {
	for _, app := range []string{"behave-p2", "behave-p3"} {
		s := compiled(t, conformance.Built(t, app))
		h, err := host.NewHandler(s.component, host.HandlerOptions{Timeout: -1})
		if err != nil {
			t.Fatal(err)
		}
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/counter", nil))
		looped := make(chan int)
		for range 2 {
			go func() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/loop", nil))
				looped <- w.Code
			}()
		}
		for inFlight := ""; !strings.Contains(inFlight, "requests_in_flight 2\n"); time.Sleep(50 * time.Millisecond) {
			var b strings.Builder
			if err := h.WriteMetrics(&b); err != nil {
				t.Fatal(err)
			}
			inFlight = b.String()
		}
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("%s: %v", app, err)
		}
		for range 2 {
			if code := <-looped; code != 503 {
				t.Errorf("%s: status %d of a request that was ended", app, code)
			}
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/counter", nil))
		if w.Code != 503 {
			t.Errorf("%s: status %d after the end", app, w.Code)
		}
	}
}
