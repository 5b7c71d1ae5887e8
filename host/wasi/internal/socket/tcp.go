package socket

import (
	"io"
	"net/netip"
	"sync"
)

// tcpState is the state of a TCP socket. A failed attempt to connect closes it.
type tcpState uint8

const (
	unbound tcpState = iota
	bound
	listening
	connecting
	connected
	ended
)

// TCP is a TCP socket.
type TCP struct {
	base

	mu      sync.Mutex
	state   tcpState
	remote  netip.AddrPort
	backlog int
}

// NewTCP makes a socket with one user.
func NewTCP(n *Network, f Family) (*TCP, error) {
	t := &TCP{backlog: defaultBacklog}
	if err := t.init(n, stream, f); err != nil {
		return nil, err
	}
	return t, nil
}

// Bind binds the socket to a local address. It can be tried until it succeeds.
func (t *TCP) Bind(addr netip.AddrPort) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.state != unbound:
		return InvalidState
	case !t.family.has(addr.Addr()) || !unicast(addr.Addr()):
		return InvalidArgument
	}
	if err := t.bind(TCPBind, addr); err != nil {
		return err
	}
	t.state = bound
	return nil
}

// StartConnect begins to connect to a remote address, once in the life of a socket.
// [TCP.FinishConnect] tells how that goes.
func (t *TCP) StartConnect(addr netip.AddrPort) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.state != unbound && t.state != bound {
		return InvalidState
	}
	if err := t.family.checkRemote(addr); err != nil || !unicast(addr.Addr()) {
		return InvalidArgument
	}
	if err := t.net.allow(TCPConnect, addr); err != nil {
		return err
	}
	if count := t.net.policy.Connection; count != nil {
		release, err := count()
		if err != nil {
			return NewSocketLimit
		}
		t.closed = release
	}
	t.state, t.remote = connecting, addr
	return t.connectOutcome(t.h.startConnect(addr))
}

// FinishConnect is the outcome of StartConnect: [WouldBlock] until it is known.
func (t *TCP) FinishConnect() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch t.state {
	case connected:
		return nil
	case connecting:
		err := t.connectOutcome(t.h.finishConnect())
		if err == nil && t.state == connecting {
			return WouldBlock
		}
		return err
	}
	return NotInProgress
}

// connectOutcome takes what the system says of an attempt to connect.
func (t *TCP) connectOutcome(err error) error {
	switch {
	case err == nil:
		t.state = connected
		return nil
	case CodeOf(err) == WouldBlock:
		return nil
	}
	t.state = ended
	if CodeOf(err) == AddressNotBindable { // no local port was free
		return AddressInUse
	}
	return err
}

// Listen begins to accept connections. An unbound socket is bound to a free port of
// all interfaces if implicit is set.
func (t *TCP) Listen(implicit bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.state == bound:
	case t.state != unbound || !implicit:
		return InvalidState
	default:
		if err := t.bind(TCPBind, t.family.any()); err != nil {
			return err
		}
		t.state = bound
	}
	if err := t.h.listen(t.backlog); err != nil {
		return err
	}
	t.state = listening
	return nil
}

// Accept gives a connection that waits, or [WouldBlock].
func (t *TCP) Accept() (*TCP, error) {
	if !t.Listening() {
		return nil, InvalidState
	}
	if err := t.net.acquire(); err != nil {
		return nil, err
	}
	h, remote, err := t.h.accept()
	if err != nil {
		t.net.open.Add(-1)
		return nil, err
	}
	c := &TCP{state: connected, remote: remote}
	c.adopt(t.net, t.family, h)
	return c, nil
}

// Ready is closed once the operation under way can go on: connecting, or accepting.
func (t *TCP) Ready() <-chan struct{} {
	t.mu.Lock()
	state := t.state
	t.mu.Unlock()
	switch state {
	case connecting:
		return t.h.ready(writable)
	case listening:
		return t.h.ready(readable)
	}
	return closed
}

// Read reads what has arrived, [WouldBlock] if that is nothing, and [io.EOF] when
// the peer has ended.
func (t *TCP) Read(p []byte) (int, error) {
	n, err := t.h.read(p)
	if err == nil && n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, err
}

// Write writes what the system takes at once, or [WouldBlock].
func (t *TCP) Write(p []byte) (int, error) { return t.h.write(p) }

// ReadReady is closed once Read does not return [WouldBlock].
func (t *TCP) ReadReady() <-chan struct{} { return t.h.ready(readable) }

// WriteReady is closed once Write does not return [WouldBlock].
func (t *TCP) WriteReady() <-chan struct{} { return t.h.ready(writable) }

// Shutdown ends reading, writing or both.
func (t *TCP) Shutdown(read, write bool) error {
	if !t.Connected() {
		return InvalidState
	}
	err := t.h.shutdown(read, write)
	if CodeOf(err) == InvalidState {
		return nil // the peer has reset the connection, which ended both
	}
	return err
}

// LocalAddress is the address that the socket is bound to.
func (t *TCP) LocalAddress() (netip.AddrPort, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.state == unbound || t.state == ended {
		return netip.AddrPort{}, InvalidState
	}
	return t.h.local()
}

// RemoteAddress is the address that the socket is connected to.
func (t *TCP) RemoteAddress() (netip.AddrPort, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.state != connected {
		return netip.AddrPort{}, InvalidState
	}
	return t.remote, nil
}

// Listening reports whether the socket accepts connections.
func (t *TCP) Listening() bool { return t.is(listening) }

// Connected reports whether the socket is connected.
func (t *TCP) Connected() bool { return t.is(connected) }

func (t *TCP) is(s tcpState) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state == s
}

// SetBacklog says how many connections may wait to be accepted.
func (t *TCP) SetBacklog(n uint64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case n == 0:
		return InvalidArgument
	case t.state == connecting, t.state == connected, t.state == ended:
		return InvalidState
	}
	t.backlog = int(min(n, MaxBacklog))
	if t.state == listening {
		return t.h.listen(t.backlog)
	}
	return nil
}
