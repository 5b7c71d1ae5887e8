package p3_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/servicetest"
)

// command runs the fixture that hands streams on.
func command(ctx context.Context, t *testing.T, cfg wasi.Config, args ...string) error {
	t.Helper()
	cfg.Args = append([]string{"streams-p3"}, args...)
	if cfg.Stderr == nil {
		cfg.Stderr = os.Stderr
	}
	code, err := runCommand(ctx, conformance.Built(t, "streams-p3"), cfg)
	if err == nil && code != 0 {
		err = errors.New("the command failed")
	}
	return err
}

var everywhere = &wasi.SocketPolicy{NameLookup: true}

// noise is a lot of bytes that no buffer holds.
func noise() []byte {
	data := make([]byte, 5<<20)
	r := rand.NewChaCha8([32]byte{})
	_, _ = r.Read(data)
	return data
}

func writable(t *testing.T) (mounts []wasi.Mount, dir string) {
	t.Helper()
	dir = t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return []wasi.Mount{{Guest: "/", Root: root, Writable: true}}, dir
}

func TestStreamsPassBetweenFilesAndTheStandardStreams(t *testing.T) {
	mounts, dir := writable(t)
	want := noise()
	if err := command(t.Context(), t, wasi.Config{Mounts: mounts, Stdin: bytes.NewReader(want)}, "tee", "file"); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "file")); !bytes.Equal(got, want) {
		t.Errorf("the file has %d bytes of %d: %v", len(got), len(want), err)
	}
	var out bytes.Buffer
	if err := command(t.Context(), t, wasi.Config{Mounts: mounts, Stdout: &out}, "cat", "file"); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("printed %d bytes of %d", out.Len(), len(want))
	}
	out.Reset()
	if err := command(t.Context(), t, wasi.Config{Mounts: mounts, Stdout: &out}, "list"); err != nil || out.String() != "file\n" {
		t.Errorf("listed %q: %v", out.String(), err)
	}
	out.Reset()
	if err := command(t.Context(), t, wasi.Config{Mounts: mounts, Stdout: &out}, "cat", "none"); err != nil ||
		out.String() != "ErrorCode_NoEntry\n" {
		t.Errorf("a missing file: printed %q, %v", out.String(), err)
	}
}

func TestErrorsOfTheStandardStreamsReachTheComponent(t *testing.T) {
	mounts, dir := writable(t)
	if err := os.WriteFile(filepath.Join(dir, "file"), noise(), 0o644); err != nil {
		t.Fatal(err)
	}
	var out failing
	if err := command(t.Context(), t, wasi.Config{Mounts: mounts, Stdout: &out}, "cat", "file"); err != nil {
		t.Fatal(err)
	}
	if out.failed != 1 || !strings.Contains(out.text.String(), "ErrorCode") {
		t.Errorf("%d writes failed, then printed %q", out.failed, out.text.String())
	}
}

// failing fails once.
type failing struct {
	failed int
	text   strings.Builder
}

func (f *failing) Write(p []byte) (int, error) {
	if f.failed == 0 {
		f.failed++
		return 0, io.ErrClosedPipe
	}
	return f.text.Write(p)
}

func TestWhatACommandPrintsBeforeItExitsIsPrinted(t *testing.T) {
	var out slow
	cfg := wasi.Config{Args: []string{"streams-p3", "print", "last words"}, Stdout: &out, Stderr: os.Stderr}
	code, err := runCommand(t.Context(), conformance.Built(t, "streams-p3"), cfg)
	if err != nil || code != 3 || out.text != "last words" {
		t.Errorf("printed %q, exit code %d, %v", out.text, code, err)
	}
}

// slow takes its time.
type slow struct{ text string }

func (s *slow) Write(p []byte) (int, error) {
	text := string(p)
	time.Sleep(50 * time.Millisecond)
	s.text += text
	return len(p), nil
}

func TestConnectionsAreServedAtOnce(t *testing.T) {
	r, w := io.Pipe()
	want := noise()
	const connections = 8
	var group errgroup.Group
	group.Go(func() error {
		port, err := bufio.NewReader(r).ReadString('\n')
		if err != nil {
			return err
		}
		for range connections {
			group.Go(func() error { return echoes("127.0.0.1:"+strings.TrimSpace(port), want) })
		}
		return nil
	})
	if err := command(t.Context(), t, wasi.Config{Stdout: w, Sockets: everywhere}, "serve", "8"); err != nil {
		t.Error(err)
	}
	w.Close()
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

// echoes sends bytes and compares what comes back.
func echoes(addr string, want []byte) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	go func() {
		_, _ = conn.Write(want)
		_ = conn.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(conn)
	if err == nil && !bytes.Equal(got, want) {
		err = errors.New("other bytes came back")
	}
	return err
}

func TestAConnectionCarriesBothDirections(t *testing.T) {
	_, port, _ := net.SplitHostPort(servicetest.Listen(t, servicetest.Echo))
	want := noise()
	var out bytes.Buffer
	cfg := wasi.Config{Stdin: bytes.NewReader(want), Stdout: &out, Sockets: everywhere}
	if err := command(t.Context(), t, cfg, "tcp", port); err != nil || !bytes.Equal(out.Bytes(), want) {
		t.Errorf("%d bytes of %d came back: %v", out.Len(), len(want), err)
	}
	for _, c := range []struct {
		policy *wasi.SocketPolicy
		want   string
	}{
		{nil, "ErrorCode_AccessDenied\n"},
		{&wasi.SocketPolicy{Allow: func(wasi.SocketUse, netip.AddrPort) error { return errors.New("no") }}, "ErrorCode_AccessDenied\n"},
		{&wasi.SocketPolicy{Connection: func() (func(), error) { return nil, errors.New("no") }}, "ErrorCode_Other\n"},
	} {
		out.Reset()
		if err := command(t.Context(), t, wasi.Config{Stdout: &out, Sockets: c.policy}, "tcp", port); err != nil || out.String() != c.want {
			t.Errorf("refused: printed %q, %v", out.String(), err)
		}
	}
}

func TestDatagramsAreAnswered(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		buf := make([]byte, 1500)
		n, from, err := conn.ReadFrom(buf)
		if err == nil {
			_, _ = conn.WriteTo(bytes.ToUpper(buf[:n]), from)
		}
	}()
	_, port, _ := net.SplitHostPort(conn.LocalAddr().String())
	var out bytes.Buffer
	if err := command(t.Context(), t, wasi.Config{Stdout: &out, Sockets: everywhere}, "udp", port); err != nil || out.String() != "HELLO\n" {
		t.Errorf("printed %q, %v", out.String(), err)
	}
}

func TestNamesAreLookedUpIfThePolicySaysSo(t *testing.T) {
	var out bytes.Buffer
	if err := command(t.Context(), t, wasi.Config{Stdout: &out, Sockets: everywhere}, "lookup", "localhost"); err != nil ||
		!strings.Contains(out.String(), "127.0.0.1\n") {
		t.Errorf("printed %q, %v", out.String(), err)
	}
	out.Reset()
	policy := &wasi.SocketPolicy{}
	if err := command(t.Context(), t, wasi.Config{Stdout: &out, Sockets: policy}, "lookup", "localhost"); err != nil ||
		out.String() != "ErrorCode_AccessDenied\n" {
		t.Errorf("printed %q, %v", out.String(), err)
	}
}

// TestNothingIsLeftOfACommandThatIsEnded ends a command that waits for a connection
// to say something: its sockets must be closed, and no goroutine be left.
func TestNothingIsLeftOfACommandThatIsEnded(t *testing.T) {
	conformance.Built(t, "streams-p3") // skips here, not in the goroutine below
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- command(ctx, t, wasi.Config{Stdout: w, Sockets: everywhere}, "hang") }()
	printed := bufio.NewReader(r)
	line, err := printed.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, printed) // of the read's end, if the command gets so far
	addr := "127.0.0.1:" + strings.TrimSpace(line)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	time.Sleep(100 * time.Millisecond) // until it reads
	cancel()
	if err := <-ended; err == nil {
		t.Error("the command was not interrupted")
	}
	w.Close()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection is still open")
	}
	if l, err := net.Listen("tcp", addr); err != nil {
		t.Errorf("the address is still in use: %v", err)
	} else {
		l.Close()
	}
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines, %d before\n%s", n, before, stacks[:runtime.Stack(stacks, true)])
	}
}
