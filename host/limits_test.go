package host_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/internal/conformance"
)

func TestRequestsThatLoopEndInTimeAndHarmNoOther(t *testing.T) {
	both(t, testRequestsThatLoopEndInTimeAndHarmNoOther)
}

func testRequestsThatLoopEndInTimeAndHarmNoOther(t *testing.T, app string) {
	ended := make(chan host.Exchange, 4)
	server, _ := behave(t, app, host.HandlerOptions{
		Timeout: 300 * time.Millisecond, Done: func(x host.Exchange) { ended <- x },
	})
	for range 2 {
		res, body := do(t, "GET", server.URL+"/loop", nil, nil)
		if x := <-ended; res.StatusCode != 500 || body != "" || !errors.Is(x.Err, host.ErrTimeout) {
			t.Errorf("status %d, body %q, error %v", res.StatusCode, body, x.Err)
		}
		res, body = do(t, "GET", server.URL+"/counter", nil, nil)
		if x := <-ended; res.StatusCode != 200 || body != "1" || x.Err != nil {
			t.Errorf("the next request: status %d, body %q, error %v", res.StatusCode, body, x.Err)
		}
	}
}

func TestRequestsThatAllocateEndAtTheMemoryLimitAndHarmNoOther(t *testing.T) {
	path := conformance.Built(t, "behave-p2")
	cache := conformance.CompiledDir()
	limited := newAppAt(t, path, host.Options{MemoryPages: 64 << 4, CacheDir: cache, Workers: 2}, nil)
	h, err := host.NewHandler(limited, host.HandlerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close(t.Context())
	for range 2 {
		if w := get(t, h, "/allocate?3000"); w.Code != http.StatusInternalServerError || w.Body.Len() > 0 {
			t.Errorf("3 000 MiB of 64: status %d, body %q", w.Code, w.Body)
		}
		if w := get(t, h, "/counter"); w.Code != http.StatusOK || w.Body.String() != "1" {
			t.Errorf("the next request: status %d, body %q", w.Code, w.Body)
		}
	}
	if w := get(t, h, "/allocate?30"); w.Code != http.StatusOK {
		t.Errorf("30 MiB of 64: status %d", w.Code)
	}
}

func TestClientsThatDoNotReadEndWithTheTimeout(t *testing.T) { both(t, testClientsThatDoNotRead) }

func testClientsThatDoNotRead(t *testing.T, app string) {
	ended := make(chan host.Exchange, 1)
	server, _ := behave(t, app, host.HandlerOptions{
		Timeout: 500 * time.Millisecond, Done: func(x host.Exchange) { ended <- x },
	})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET /bytes?50000000 HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case x := <-ended:
		if !errors.Is(x.Err, host.ErrTimeout) || x.Status != 0 {
			t.Errorf("status %d, error %v", x.Status, x.Err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the request of a client that does not read goes on")
	}
}
