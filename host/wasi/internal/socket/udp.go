package socket

import (
	"net/netip"
	"slices"
	"sync"
)

// UDP is a UDP socket.
type UDP struct {
	base

	mu     sync.Mutex
	local  netip.AddrPort // where it was bound; valid if it was
	remote netip.AddrPort // valid if connected
}

// NewUDP makes a socket with one user.
func NewUDP(n *Network, f Family) (*UDP, error) {
	u := &UDP{}
	if err := u.init(n, datagram, f); err != nil {
		return nil, err
	}
	return u, nil
}

// Bind binds the socket to a local address. It can be tried until it succeeds.
func (u *UDP) Bind(addr netip.AddrPort) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.local.IsValid():
		return InvalidState
	case !u.family.has(addr.Addr()):
		return InvalidArgument
	}
	if err := u.bind(UDPBind, addr); err != nil {
		return err
	}
	return u.setLocal()
}

// bindAny binds an unbound socket to a free port. The system would do so, too, but
// only when it sends.
func (u *UDP) bindAny() error {
	if u.local.IsValid() {
		return nil
	}
	if err := u.h.bind(u.family.any(), false); err != nil {
		return err
	}
	return u.setLocal()
}

func (u *UDP) setLocal() (err error) {
	u.local, err = u.h.local()
	return err
}

// Bound reports whether the socket has a local address.
func (u *UDP) Bound() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.local.IsValid()
}

// Connect limits the socket to one peer, whatever it was limited to before. It
// binds an unbound socket to a free port.
func (u *UDP) Connect(addr netip.AddrPort) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.family.checkRemote(addr); err != nil {
		return err
	}
	if err := u.net.allow(UDPConnect, addr); err != nil {
		return err
	}
	if err := u.bindAny(); err != nil {
		return err
	}
	if u.remote.IsValid() {
		if err := u.disconnect(); err != nil {
			return err
		}
	}
	if err := u.h.startConnect(addr); err != nil {
		return err
	}
	u.remote = addr
	return nil
}

// Disconnect lets the socket talk to everybody again.
func (u *UDP) Disconnect() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.remote.IsValid() {
		return InvalidState
	}
	return u.disconnect()
}

func (u *UDP) disconnect() error {
	if err := u.h.disconnect(); err != nil {
		return err
	}
	u.remote = netip.AddrPort{}
	// Linux takes a port back that it has chosen itself.
	if now, err := u.h.local(); err != nil || now.Port() != 0 {
		return err
	}
	return u.h.bind(u.local, false)
}

// Send sends a datagram, to the zero address if the socket is connected, or
// [WouldBlock]. It binds an unbound socket to a free port.
func (u *UDP) Send(p []byte, to netip.AddrPort) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case len(p) > MaxDatagram:
		return DatagramTooLarge
	case u.remote.IsValid():
		if to.IsValid() && to != u.remote {
			return InvalidArgument
		}
		return u.h.send(p)
	case !to.IsValid():
		return InvalidArgument
	}
	if err := u.family.checkRemote(to); err != nil {
		return err
	}
	if err := u.net.allow(UDPSend, to); err != nil {
		return err
	}
	if err := u.bindAny(); err != nil {
		return err
	}
	return u.h.sendTo(p, to)
}

// buffers are for datagrams of unknown length.
var buffers = sync.Pool{New: func() any { return new([MaxDatagram]byte) }}

// Receive receives one datagram, or [WouldBlock].
func (u *UDP) Receive() ([]byte, netip.AddrPort, error) {
	u.mu.Lock()
	bound, remote := u.local.IsValid(), u.remote
	u.mu.Unlock()
	if !bound {
		return nil, netip.AddrPort{}, InvalidState
	}
	buf := buffers.Get().(*[MaxDatagram]byte)
	defer buffers.Put(buf)
	for {
		n, from, err := u.h.receive(buf[:])
		if err != nil {
			return nil, netip.AddrPort{}, err
		}
		// What came before the socket was connected may be from elsewhere.
		if !remote.IsValid() || from == remote {
			return slices.Clone(buf[:n]), from, nil
		}
	}
}

// ReceiveReady is closed once Receive does not return [WouldBlock].
func (u *UDP) ReceiveReady() <-chan struct{} { return u.h.ready(readable) }

// SendReady is closed once Send does not return [WouldBlock].
func (u *UDP) SendReady() <-chan struct{} { return u.h.ready(writable) }

// LocalAddress is the address that the socket is bound to.
func (u *UDP) LocalAddress() (netip.AddrPort, error) {
	if !u.Bound() {
		return netip.AddrPort{}, InvalidState
	}
	return u.h.local()
}

// RemoteAddress is the address that the socket is connected to.
func (u *UDP) RemoteAddress() (netip.AddrPort, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.remote.IsValid() {
		return netip.AddrPort{}, InvalidState
	}
	return u.remote, nil
}
