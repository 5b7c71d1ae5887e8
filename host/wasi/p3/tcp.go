package p3

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi/internal/socket"
)

// tcpSocket is the resource tcp-socket. Its streams keep the connection open.
type tcpSocket struct {
	*socket.TCP
	sends, receives atomic.Bool // send or receive was called
}

func (o offer) tcp(types *bind.Interface) {
	bind.Resource(types, "tcp-socket", func(_ context.Context, s *tcpSocket) error {
		s.Release()
		return nil
	})
	types.Func("[static]tcp-socket.create", bind.Func1(
		func(ctx context.Context, f socket.Family) (socketResult[*tcpSocket], error) {
			tcp, err := socket.NewTCP(o.networks.Of(ctx), f)
			return socketOutcome(&tcpSocket{TCP: tcp}, err)
		}))
	method := func(name string, f bind.Func) { types.Func("[method]tcp-socket."+name, f) }
	method("connect", bind.Func2(
		func(ctx context.Context, s *tcpSocket, addr socket.Address) (socketResult[bind.Unit], error) {
			err := s.StartConnect(addr.AddrPort())
			if err == nil {
				err = socket.Wait(ctx, s.Ready, s.FinishConnect)
			}
			return waited(ctx, bind.Unit{}, err)
		}))
	method("listen", getter((*tcpSocket).listen))
	method("send", bind.Func2(
		func(_ context.Context, s *tcpSocket, data *bind.Stream[byte]) (*bind.Future[outcome[socketError]], error) {
			return s.send(data), nil
		}))
	method("receive", bind.Func1(
		func(_ context.Context, s *tcpSocket) (incoming[byte, socketError], error) { return s.receive(), nil }))
	method("get-is-listening", bind.Func1(
		func(_ context.Context, s *tcpSocket) (bool, error) { return s.Listening(), nil }))
	socketMethods[*tcpSocket](method, "hop-limit")
	addTCPOptions(method)
}

func addTCPOptions(method func(name string, f bind.Func)) {
	duration := func(get func(*tcpSocket) (time.Duration, error)) bind.Func {
		return getter(func(s *tcpSocket) (uint64, error) {
			d, err := get(s)
			return uint64(d), err
		})
	}
	method("set-listen-backlog-size", setter((*tcpSocket).SetBacklog))
	method("get-keep-alive-enabled", getter((*tcpSocket).KeepAlive))
	method("set-keep-alive-enabled", setter((*tcpSocket).SetKeepAlive))
	method("get-keep-alive-idle-time", duration((*tcpSocket).KeepAliveIdle))
	method("set-keep-alive-idle-time", setter((*tcpSocket).SetKeepAliveIdle))
	method("get-keep-alive-interval", duration((*tcpSocket).KeepAliveInterval))
	method("set-keep-alive-interval", setter((*tcpSocket).SetKeepAliveInterval))
	method("get-keep-alive-count", getter((*tcpSocket).KeepAliveCount))
	method("set-keep-alive-count", setter((*tcpSocket).SetKeepAliveCount))
}

// acceptPause is how long a listener rests after the system could not give it a
// connection.
const acceptPause = 50 * time.Millisecond

// listen begins to listen. The stream of connections keeps the socket open.
func (s *tcpSocket) listen() (*bind.Stream[*tcpSocket], error) {
	if err := s.Listen(true); err != nil {
		return nil, err
	}
	s.Retain()
	// The address is free again at once when the component drops the stream.
	release := sync.OnceFunc(s.Release)
	return bind.NewStream(func(ctx context.Context, w *bind.Writer[*tcpSocket]) error {
		defer release()
		for {
			conn, err := s.accept(ctx)
			if err != nil {
				return err
			}
			if _, err := w.Write([]*tcpSocket{conn}); err != nil {
				conn.Release()
				return err
			}
		}
	}).OnDrop(release), nil
}

// accept waits for a connection. The system's errors belong to connections that
// have failed before they were accepted, or pass.
func (s *tcpSocket) accept(ctx context.Context) (*tcpSocket, error) {
	for {
		var conn *socket.TCP
		err := socket.Wait(ctx, s.Ready, func() (err error) {
			conn, err = s.Accept()
			return err
		})
		switch {
		case err == nil:
			return &tcpSocket{TCP: conn}, nil
		case ctx.Err() != nil, socket.CodeOf(err) == socket.InvalidState:
			return nil, err
		}
		select {
		case <-time.After(acceptPause):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (s *tcpSocket) receive() incoming[byte, socketError] {
	if !s.Connected() || s.receives.Swap(true) {
		return failed[byte](error(socket.InvalidState), socketErrorOf)
	}
	s.Retain()
	return produced(func(ctx context.Context, w *bind.Writer[byte]) error {
		err := copyOut(w, &tcpReader{ctx, s.TCP})
		_ = s.Shutdown(true, false) // it has no effect when the peer has ended
		return err
	}, socketErrorOf, s.Release)
}

// tcpReader reads what a connection receives.
type tcpReader struct {
	ctx context.Context
	tcp *socket.TCP
}

func (r *tcpReader) Read(p []byte) (n int, err error) {
	err = socket.Wait(r.ctx, r.tcp.ReadReady, func() (err error) {
		n, err = r.tcp.Read(p)
		return err
	})
	return n, err
}

func (s *tcpSocket) send(data *bind.Stream[byte]) *bind.Future[outcome[socketError]] {
	if !s.Connected() || s.sends.Swap(true) {
		return refused(data, error(socket.InvalidState), socketErrorOf)
	}
	s.Retain()
	writer := func(ctx context.Context) io.Writer { return &tcpWriter{ctx, s.TCP} }
	return consumed(data, writer, socketErrorOf, func() {
		_ = s.Shutdown(false, true) // after an error it has no effect
		s.Release()
	})
}

// lingerTime is how long a peer may take nothing of what was sent by a component
// that has ended, or does not wait.
const lingerTime = 10 * time.Second

// tcpWriter sends by a connection.
type tcpWriter struct {
	ctx context.Context // of who waits for the outcome
	tcp *socket.TCP
}

func (w *tcpWriter) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := w.writeSome(p[done:])
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// writeSome writes some bytes. When nobody waits for the outcome any more, it still
// gives the peer some time.
func (w *tcpWriter) writeSome(p []byte) (n int, err error) {
	op := func() (err error) {
		n, err = w.tcp.Write(p)
		return err
	}
	err = socket.Wait(w.ctx, w.tcp.WriteReady, op)
	if err != nil && w.ctx.Err() != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), lingerTime)
		defer cancel()
		err = socket.Wait(ctx, w.tcp.WriteReady, op)
	}
	return n, err
}
