//go:build linux || darwin

package wasi

import (
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi/internal/socket"
)

func newTCPSocket(t *testing.T) *tcpSocket {
	t.Helper()
	tcp, err := socket.NewTCP(socket.NewNetwork(&SocketPolicy{}), socket.IPv4)
	if err != nil {
		t.Fatal(err)
	}
	return &tcpSocket{TCP: tcp}
}

func startBind(s *tcpSocket) (bind.Unit, error) {
	return s.start(bindStep, func() error { return s.Bind(netip.MustParseAddrPort("127.0.0.1:0")) })
}

func startListen(s *tcpSocket) (bind.Unit, error) {
	return s.start(listenStep, func() error { return s.Listen(false) })
}

func waitReady(t *testing.T, c <-chan struct{}) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := Wait(ctx, c); err != nil {
		t.Fatal(err)
	}
}

func TestOperationsOfSocketsHaveTwoSteps(t *testing.T) {
	t.Parallel()
	s := newTCPSocket(t)
	defer s.Release()
	for _, step := range []struct {
		name string
		want error
		do   func() error
	}{
		{"finish-bind first", socket.NotInProgress, func() error { return second(s.finish(bindStep)) }},
		{"start-bind", nil, func() error { return second(startBind(s)) }},
		{"start-listen in between", socket.ConcurrencyConflict, func() error { return second(startListen(s)) }},
		{"finish-listen in between", socket.NotInProgress, func() error { return second(s.finish(listenStep)) }},
		{"finish-bind", nil, func() error { return second(s.finish(bindStep)) }},
		{"finish-bind again", socket.NotInProgress, func() error { return second(s.finish(bindStep)) }},
		{"start-bind again", socket.InvalidState, func() error { return second(startBind(s)) }},
		{"accept before listening", socket.InvalidState, func() error { return second(s.accept()) }},
		{"start-listen", nil, func() error { return second(startListen(s)) }},
		{"finish-listen", nil, func() error { return second(s.finish(listenStep)) }},
		{"accept nothing", socket.WouldBlock, func() error { return second(s.accept()) }},
		{"finish-connect", socket.NotInProgress, func() error { return second(s.finishConnect()) }},
		{"shutdown", socket.InvalidState, func() error { return second(s.shutdown(2)) }},
	} {
		if err := step.do(); err != step.want {
			t.Errorf("%s: %v, want %v", step.name, err, step.want)
		}
	}
}

// accepted is both ends of a connection to a listening socket.
func accepted(t *testing.T) (s *tcpSocket, in *InputStream, out *OutputStream, peer net.Conn) {
	t.Helper()
	l := newTCPSocket(t)
	defer l.Release()
	if _, err := startBind(l); err != nil {
		t.Fatal(err)
	}
	l.step = noStep
	if _, err := startListen(l); err != nil {
		t.Fatal(err)
	}
	addr, err := l.LocalAddress()
	if err != nil {
		t.Fatal(err)
	}
	peer, err = net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close() })
	waitReady(t, l.Ready())
	got, err := l.accept()
	if err != nil {
		t.Fatal(err)
	}
	return got.V0, got.V1, got.V2, peer
}

func TestShutdownSendsWhatWasWrittenFirst(t *testing.T) {
	t.Parallel()
	s, in, out, peer := accepted(t)
	text := strings.Repeat("written before the end ", 50_000)
	read := make(chan string, 1)
	go func() {
		var got strings.Builder
		buf := make([]byte, 1<<15)
		for {
			n, err := peer.Read(buf)
			got.Write(buf[:n])
			if err != nil {
				read <- got.String()
				return
			}
		}
	}()
	if err := out.writeAndFlush(t.Context(), []byte(text)); err != nil {
		t.Fatal(err)
	}
	n, err := out.checkWrite()
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
	if err := out.write(t.Context(), []byte("last")); err != nil {
		t.Fatal(err)
	}
	const send = 1
	if _, err := s.shutdown(send); err != nil {
		t.Fatal(err)
	}
	if _, err := out.checkWrite(); err == nil {
		t.Error("bytes can be written after the end")
	}
	if got := <-read; got != text+"last" {
		t.Errorf("%d bytes arrived of %d", len(got), len(text)+4)
	}
	// The other direction still works, also when the socket is dropped.
	s.Release()
	if _, err := peer.Write([]byte("answer")); err != nil {
		t.Fatal(err)
	}
	peer.Close()
	if got, err := readAll(t, in); got != "answer" || err != io.EOF {
		t.Errorf("read %q, %v", got, err)
	}
	if err := in.drop(); err != nil {
		t.Error(err)
	}
	if err := out.drop(); err != nil {
		t.Error(err)
	}
	if _, err := s.ReceiveBuffer(); socket.CodeOf(err) != socket.InvalidState {
		t.Errorf("the connection is open after all was dropped: %v", err)
	}
}

func TestShutdownEndsReadingAtOnce(t *testing.T) {
	t.Parallel()
	s, in, _, peer := accepted(t)
	if _, err := peer.Write([]byte("not read any more")); err != nil {
		t.Fatal(err)
	}
	waitReady(t, in.in.Ready())
	const receive = 0
	if _, err := s.shutdown(receive); err != nil {
		t.Fatal(err)
	}
	if got, _ := readAll(t, in); got != "" {
		t.Errorf("read %q after the end", got)
	}
}

func TestWritingToAPeerThatIsGoneFails(t *testing.T) {
	t.Parallel()
	_, _, out, peer := accepted(t)
	_ = peer.(*net.TCPConn).SetLinger(0)
	peer.Close()
	var err error
	for range 100 { // the first may be taken before the reset arrives
		if err = out.writeAndFlush(t.Context(), []byte("x")); err != nil {
			break
		}
	}
	if err == nil {
		t.Error("everything was taken")
	}
}
