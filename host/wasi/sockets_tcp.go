package wasi

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi/internal/socket"
)

// socketStep is an operation in two steps that has been started.
type socketStep uint8

const (
	noStep socketStep = iota
	bindStep
	connectStep
	listenStep
)

// tcpSocket is the resource tcp-socket.
type tcpSocket struct {
	*socket.TCP
	step socketStep
	in   *tcpInput // once connected
	out  *tcpOutput
}

// start begins an operation unless another one is under way.
func (s *tcpSocket) start(step socketStep, err func() error) (bind.Unit, error) {
	if s.step != noStep {
		return bind.Unit{}, socket.ConcurrencyConflict
	}
	if err := err(); err != nil {
		return bind.Unit{}, err
	}
	s.step = step
	return bind.Unit{}, nil
}

// finish ends an operation.
func (s *tcpSocket) finish(step socketStep) (bind.Unit, error) {
	if s.step != step {
		return bind.Unit{}, socket.NotInProgress
	}
	s.step = noStep
	return bind.Unit{}, nil
}

func addTCP(imports *bind.Imports) {
	tcp := iface(imports, "sockets/tcp")
	bind.Resource(tcp, "tcp-socket", func(_ context.Context, s *tcpSocket) error {
		s.Release()
		return nil
	})
	method := func(name string, f bind.Func) { tcp.Func("[method]tcp-socket."+name, f) }
	method("start-bind", sockFunc3(func(s *tcpSocket, _ *network, a socket.Address) (bind.Unit, error) {
		return s.start(bindStep, func() error { return s.Bind(a.AddrPort()) })
	}))
	method("finish-bind", sockFunc1(func(s *tcpSocket) (bind.Unit, error) { return s.finish(bindStep) }))
	method("start-connect", sockFunc3(func(s *tcpSocket, _ *network, a socket.Address) (bind.Unit, error) {
		return s.start(connectStep, func() error { return s.StartConnect(a.AddrPort()) })
	}))
	method("finish-connect", sockFunc1((*tcpSocket).finishConnect))
	method("start-listen", sockFunc1(func(s *tcpSocket) (bind.Unit, error) {
		return s.start(listenStep, func() error { return s.Listen(false) })
	}))
	method("finish-listen", sockFunc1(func(s *tcpSocket) (bind.Unit, error) { return s.finish(listenStep) }))
	method("accept", sockFunc1((*tcpSocket).accept))
	method("shutdown", sockFunc2((*tcpSocket).shutdown))
	method("is-listening", bind.Func1(func(_ context.Context, s *tcpSocket) (bool, error) { return s.Listening(), nil }))
	method("subscribe", bind.Func1(func(_ context.Context, s *tcpSocket) (*Pollable, error) {
		return NewPollable(nil, s.Ready), nil
	}))
	socketMethods[*tcpSocket](method, "hop-limit")
	addTCPOptions(method)
}

func addTCPOptions(method func(name string, f bind.Func)) {
	duration := func(get func(*tcpSocket) (time.Duration, error)) bind.Func {
		return sockFunc1(func(s *tcpSocket) (uint64, error) {
			d, err := get(s)
			return uint64(d), err
		})
	}
	method("set-listen-backlog-size", setter((*tcpSocket).SetBacklog))
	method("keep-alive-enabled", sockFunc1((*tcpSocket).KeepAlive))
	method("set-keep-alive-enabled", setter((*tcpSocket).SetKeepAlive))
	method("keep-alive-idle-time", duration((*tcpSocket).KeepAliveIdle))
	method("set-keep-alive-idle-time", setter((*tcpSocket).SetKeepAliveIdle))
	method("keep-alive-interval", duration((*tcpSocket).KeepAliveInterval))
	method("set-keep-alive-interval", setter((*tcpSocket).SetKeepAliveInterval))
	method("keep-alive-count", sockFunc1((*tcpSocket).KeepAliveCount))
	method("set-keep-alive-count", setter((*tcpSocket).SetKeepAliveCount))
}

func (s *tcpSocket) finishConnect() (bind.Tuple2[*InputStream, *OutputStream], error) {
	type streams = bind.Tuple2[*InputStream, *OutputStream]
	if s.step != connectStep {
		return streams{}, socket.NotInProgress
	}
	if err := s.FinishConnect(); err != nil {
		if err != socket.WouldBlock {
			s.step = noStep
		}
		return streams{}, err
	}
	s.step = noStep
	in, out := s.streams()
	return streams{V0: in, V1: out}, nil
}

func (s *tcpSocket) accept() (bind.Tuple3[*tcpSocket, *InputStream, *OutputStream], error) {
	type result = bind.Tuple3[*tcpSocket, *InputStream, *OutputStream]
	conn, err := s.Accept()
	if err != nil {
		return result{}, err
	}
	c := &tcpSocket{TCP: conn}
	in, out := c.streams()
	return result{V0: c, V1: in, V2: out}, nil
}

// streams are those of a connected socket, which keep it open.
func (s *tcpSocket) streams() (*InputStream, *OutputStream) {
	s.in, s.out = &tcpInput{tcp: s.TCP}, newTCPOutput(s.TCP)
	s.Retain()
	s.Retain()
	return NewInputStream(s.in, nil), NewOutputStream(s.out, nil)
}

// shutdown ends the directions that the enum shutdown-type names.
func (s *tcpSocket) shutdown(how uint8) (bind.Unit, error) {
	const receive, send = 0, 1
	if !s.Connected() || s.in == nil {
		return bind.Unit{}, socket.InvalidState
	}
	if how != send {
		s.in.ended.Store(true)
		if err := s.Shutdown(true, false); err != nil {
			return bind.Unit{}, err
		}
	}
	if how != receive {
		s.out.end()
	}
	return bind.Unit{}, nil
}

// tcpInput is an [Input] over a connection.
type tcpInput struct {
	tcp   *socket.TCP
	ended atomic.Bool
}

func (i *tcpInput) Read(n int) ([]byte, error) {
	if i.ended.Load() {
		return nil, io.EOF
	}
	buf := make([]byte, min(n, maxRead))
	got, err := i.tcp.Read(buf)
	if err == socket.WouldBlock {
		return nil, nil
	}
	return buf[:got], err
}

func (i *tcpInput) Ready() <-chan struct{} {
	if i.ended.Load() {
		return closed
	}
	return i.tcp.ReadReady()
}

func (i *tcpInput) Close() error {
	i.tcp.Release()
	return nil
}

// lingerTime is how long a connection that the component has given up lives on to
// send what was written to it.
const lingerTime = 10 * time.Second

// tcpOutput is an [Output] over a connection. It holds a bounded number of bytes,
// so that the component need not wait for the peer.
type tcpOutput struct {
	Output
	tcp    *socket.TCP
	ctx    context.Context // of writing
	cancel context.CancelFunc
	fin    bool // the peer is told when all is written
	closed bool
}

func newTCPOutput(tcp *socket.TCP) *tcpOutput {
	o := &tcpOutput{tcp: tcp}
	o.ctx, o.cancel = context.WithCancel(context.Background())
	tcp.Retain()
	o.Output = WriteAhead(tcpWriter{o}, o.written)
	return o
}

// tcpWriter writes to a connection and waits for it.
type tcpWriter struct{ out *tcpOutput }

func (w tcpWriter) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		err := socket.Wait(w.out.ctx, w.out.tcp.WriteReady, func() error {
			n, err := w.out.tcp.Write(p[done:])
			done += n
			return err
		})
		if err != nil && socket.CodeOf(err) == socket.ConnectionBroken {
			return done, io.ErrClosedPipe
		}
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

func (o *tcpOutput) CheckWrite() (int, error) {
	if o.closed {
		return 0, io.ErrClosedPipe
	}
	return o.Output.CheckWrite()
}

func (o *tcpOutput) Ready() <-chan struct{} {
	if o.closed {
		return closed
	}
	return o.Output.Ready()
}

// end takes no more bytes, and tells the peer so after those that wait.
func (o *tcpOutput) end() {
	o.fin = true
	o.finish()
}

func (o *tcpOutput) finish() {
	if !o.closed {
		o.closed = true
		_ = o.Output.Close() // written has no error
	}
}

// written is called when the output has been closed and all has been written.
func (o *tcpOutput) written() error {
	if o.fin {
		_ = o.tcp.Shutdown(false, true) // the peer has gone otherwise
	}
	o.cancel()
	o.tcp.Release()
	return nil
}

// Close is called when the component drops the stream.
func (o *tcpOutput) Close() error {
	timer := time.AfterFunc(lingerTime, o.cancel)
	context.AfterFunc(o.ctx, func() { timer.Stop() })
	o.finish()
	o.tcp.Release()
	return nil
}
