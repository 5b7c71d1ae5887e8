package servicetest

import (
	"io"
	"net"
	"testing"
)

// Listen is a server of a test's own: until the test ends it accepts connections at
// the address, and closes each when serve, which runs in a goroutine, returns.
func Listen(tb testing.TB, serve func(net.Conn)) (address string) {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return l.Addr().String()
}

// Echo sends back what a connection brings: a server for [Listen].
func Echo(conn net.Conn) {
	_, _ = io.Copy(conn, conn) // the client sees what is missing
}
