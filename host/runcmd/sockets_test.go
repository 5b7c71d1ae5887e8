package runcmd_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/host/runcmd"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/servicetest"
)

// runSockets runs the fixture that uses sockets; flags come before it.
func runSockets(t *testing.T, stdout io.Writer, flags []string, args ...string) (stderr string) {
	t.Helper()
	var log bytes.Buffer
	cmd := runcmd.Command{Stdin: strings.NewReader(""), Stdout: stdout, Stderr: &log, Env: os.LookupEnv}
	all := append([]string{"run", "--cache-dir", conformance.CompiledDir()}, flags...)
	all = append(append(all, conformance.Built(t, "sockets-p2")), args...)
	if code := cmd.Main(t.Context(), all); code != 0 {
		t.Errorf("%v: exit code %d\n%s", args, code, log.String())
	}
	return log.String()
}

func allowed(hosts ...string) (flags []string) {
	for _, h := range hosts {
		flags = append(flags, "--allowed-outbound-hosts", h)
	}
	return flags
}

func TestSocketsConnectWhereTheListSays(t *testing.T) {
	addr := servicetest.Listen(t, servicetest.Echo)
	_, port, _ := net.SplitHostPort(addr)
	for _, c := range []struct{ allow, out, log string }{
		{"tcp://" + addr, "hello\n", ""},
		{"*://127.0.0.0/8:*", "hello\n", ""},
		{"tcp://10.0.0.1:" + port, "PermissionError", "--allowed-outbound-hosts tcp://" + addr},
		{"tcp://127.0.0.1:1", "PermissionError", "--allowed-outbound-hosts tcp://" + addr},
		{"udp://" + addr, "PermissionError", "--allowed-outbound-hosts tcp://" + addr},
	} {
		var out bytes.Buffer
		log := runSockets(t, &out, allowed(c.allow), "tcp", "127.0.0.1", port)
		if !strings.Contains(out.String(), c.out) || !strings.Contains(log, c.log) {
			t.Errorf("%s: printed %q, %q", c.allow, out.String(), log)
		}
	}
}

func TestDatagramsGoWhereTheListSays(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(bytes.ToUpper(buf[:n]), from)
		}
	}()
	_, port, _ := net.SplitHostPort(conn.LocalAddr().String())
	var out bytes.Buffer
	runSockets(t, &out, allowed("udp://0.0.0.0:*", "udp://127.0.0.1:"+port), "udp", "127.0.0.1", port)
	if out.String() != "HELLO\n" {
		t.Errorf("printed %q", out.String())
	}
	out.Reset()
	log := runSockets(t, &out, allowed("udp://0.0.0.0:*"), "udp", "127.0.0.1", port)
	if !strings.Contains(out.String(), "PermissionError") || !strings.Contains(log, "udp://127.0.0.1:"+port) {
		t.Errorf("printed %q, %q", out.String(), log)
	}
}

func TestListeningNeedsTheWholeNetwork(t *testing.T) {
	var out bytes.Buffer
	if log := runSockets(t, &out, allowed("*://*:*"), "serve"); !strings.Contains(log, "--inherit-network") ||
		!strings.Contains(out.String(), "PermissionError") {
		t.Errorf("printed %q, %q", out.String(), log)
	}
	r, w := io.Pipe()
	answer := make(chan string, 1)
	go func() {
		port, _ := bufio.NewReader(r).ReadString('\n')
		answer <- exchange("127.0.0.1:"+strings.TrimSpace(port), strings.Repeat("echo ", 100_000))
	}()
	runSockets(t, w, []string{"--inherit-network"}, "serve")
	if got := <-answer; got != strings.Repeat("echo ", 100_000) {
		t.Errorf("%d bytes came back: %.100s", len(got), got)
	}
}

// exchange sends a text and ends, and gives what comes back.
func exchange(addr, text string) string {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	go func() {
		_, _ = io.WriteString(conn, text)
		_ = conn.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(conn)
	if err != nil {
		return fmt.Sprint(len(got), err)
	}
	return string(got)
}

func TestNamesAreLookedUpWithTheWholeNetwork(t *testing.T) {
	var out bytes.Buffer
	runSockets(t, &out, []string{"--inherit-network"}, "lookup", "localhost")
	if !strings.Contains(out.String(), "127.0.0.1\n") {
		t.Errorf("printed %q", out.String())
	}
	out.Reset()
	runSockets(t, &out, allowed("*://*:*"), "lookup", "localhost")
	if strings.Contains(out.String(), "127.0.0.1") || !strings.Contains(out.String(), "gaierror") {
		t.Errorf("printed %q", out.String())
	}
}
