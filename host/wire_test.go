package host_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host"
)

// wire is a connection to a server, on which a test writes what it wants.
type wire struct {
	net.Conn
	responses *bufio.Reader
}

func dial(t *testing.T, server *httptest.Server) *wire {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	return &wire{conn, bufio.NewReader(conn)}
}

// response reads a whole response.
func (w *wire) response(t *testing.T) (*http.Response, string) {
	t.Helper()
	res, err := http.ReadResponse(w.responses, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// closed fails if the server sends more, or keeps the connection.
func (w *wire) closed(t *testing.T) {
	t.Helper()
	if rest, err := io.ReadAll(w.responses); len(rest) > 0 || err != nil {
		t.Errorf("the server goes on with %q, %v", rest, err)
	}
}

func TestBodiesThatNobodyReadsKeepTheConnection(t *testing.T) {
	both(t, func(t *testing.T, app string) {
		server, _ := behave(t, app, host.HandlerOptions{})
		conn := dial(t, server)
		for range 3 {
			fmt.Fprint(conn, "POST /counter HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
			if res, body := conn.response(t); res.StatusCode != 200 || body != "1" {
				t.Errorf("status %d, %q", res.StatusCode, body)
			}
		}
	})
}

func TestBodiesOneByteBeyondTheLimitKeepTheConnection(t *testing.T) {
	both(t, func(t *testing.T, app string) {
		server, _ := behave(t, app, host.HandlerOptions{MaxBody: 4})
		conn := dial(t, server)
		for range 3 {
			fmt.Fprint(conn, "POST /reflect HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
			if res, _ := conn.response(t); res.StatusCode != 500 {
				t.Errorf("status %d", res.StatusCode)
			}
			fmt.Fprint(conn, "POST /reflect HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nhell")
			if res, _ := conn.response(t); res.StatusCode != 200 {
				t.Errorf("status %d of the next request", res.StatusCode)
			}
		}
	})
}

// TestBodiesAreNeverTakenForRequests has clients send the body of a request after the
// response.
func TestBodiesAreNeverTakenForRequests(t *testing.T) {
	both(t, func(t *testing.T, app string) {
		for _, path := range []string{"/counter", "/reflect"} { // which ignores its body, and waits for it
			server, _ := behave(t, app, host.HandlerOptions{Timeout: 500 * time.Millisecond})
			conn := dial(t, server)
			const second = "GET /counter HTTP/1.1\r\nHost: x\r\n\r\n"
			fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", path, len(second))
			conn.response(t)
			fmt.Fprint(conn, second)
			conn.closed(t)
		}
	})
}
