package runcmd_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/host/runcmd"
	"github.com/edgelint/edgelint/internal/conformance"
)

// TestOutputsThatNobodyReadsHoldUpNothing serves with a standard error that is a pipe
// which nobody reads.
func TestOutputsThatNobodyReadsHoldUpNothing(t *testing.T) {
	app := conformance.Built(t, "behave-p3")
	unread, stderr := io.Pipe()
	defer unread.Close()
	lines, stdout := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := runcmd.Command{Stdin: strings.NewReader(""), Stdout: stdout, Stderr: stderr, Env: os.LookupEnv}
	ended := make(chan int, 1)
	go func() {
		ended <- cmd.Main(ctx, []string{
			"--listen", "127.0.0.1:0", "--cache-dir", conformance.CompiledDir(), "--timeout", "200ms", app,
		})
		stdout.Close()
	}()
	first, err := bufio.NewReader(lines).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, lines)
	url := strings.TrimSpace(strings.TrimPrefix(first, "Serving "))
	for path, status := range map[string]int{"/print": 500, "/counter": 200} {
		res, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != status {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
	}
	cancel()
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestOptionsOfTheWholeServerReachTheComponent(t *testing.T) {
	s := serve(t, 3, conformance.Built(t, "behave-p2"))
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	if got, err := io.ReadAll(conn); err != nil || !strings.Contains(string(got), "no such behaviour") {
		t.Errorf("%q, %v", got, err)
	}
}
