// Package socket is what all releases of wasi:sockets share: sockets of the system
// with the states, checks and error codes that WASI asks for, and the policy of who
// may reach what.
//
// No operation blocks: one that would returns [WouldBlock], and [TCP.Ready] and its
// like tell when to try again. [Wait] puts the two together.
package socket

import (
	"context"
	"net/netip"
	"sync/atomic"
)

// Limits of what one component instance can hold.
const (
	// MaxSockets bounds the open sockets of an instance.
	MaxSockets = 1024
	// MaxBacklog bounds the connections that wait to be accepted.
	MaxBacklog = 4096
	// MaxDatagram is the longest datagram in bytes that is sent or received.
	MaxDatagram = 64 << 10

	defaultBacklog = 128
)

// Use is what an address is used for.
type Use uint8

// The uses of addresses.
const (
	TCPBind Use = iota
	TCPConnect
	UDPBind
	UDPConnect
	UDPSend // of one datagram
)

func (u Use) String() string {
	return [...]string{"TCP bind", "TCP connect", "UDP bind", "UDP connect", "UDP send"}[u]
}

// Policy says which sockets a component may use.
type Policy struct {
	// Allow is asked before an address is used. An error refuses that: the
	// component gets access-denied. nil permits all.
	//
	// A listening socket that the component has not bound is asked for with the
	// address of no interface and port 0; so are no UDP sockets, of which each
	// destination is asked for.
	Allow func(use Use, addr netip.AddrPort) error
	// Connection is asked before a TCP connection is begun. An error refuses it as
	// one too many; release is called when the socket is closed. nil counts none.
	Connection func() (release func(), err error)
	// NameLookup permits looking up the addresses of names.
	NameLookup bool
}

// Network is the sockets of one component instance.
type Network struct {
	policy *Policy
	open   atomic.Int64
}

// NewNetwork makes the network of an instance; a nil policy refuses every socket.
func NewNetwork(policy *Policy) *Network { return &Network{policy: policy} }

func (n *Network) allow(use Use, addr netip.AddrPort) error {
	if n.policy.Allow != nil && n.policy.Allow(use, addr) != nil {
		return AccessDenied
	}
	return nil
}

// acquire counts a new socket.
func (n *Network) acquire() error {
	if n.policy == nil {
		return AccessDenied
	}
	if n.open.Add(1) > MaxSockets {
		n.open.Add(-1)
		return NewSocketLimit
	}
	return nil
}

// Family is the enum ip-address-family.
type Family uint8

// The address families.
const (
	IPv4 Family = iota
	IPv6
)

// has reports whether an address is of the family. IPv4 addresses written as IPv6
// addresses are of none.
func (f Family) has(a netip.Addr) bool { return a.IsValid() && !a.Is4In6() && a.Is4() == (f == IPv4) }

// any is the address of no interface.
func (f Family) any() netip.AddrPort {
	if f == IPv4 {
		return netip.AddrPortFrom(netip.IPv4Unspecified(), 0)
	}
	return netip.AddrPortFrom(netip.IPv6Unspecified(), 0)
}

// unicast reports whether an address is that of a single host.
func unicast(a netip.Addr) bool {
	return !a.IsMulticast() && a != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// checkRemote checks an address that something is sent to.
func (f Family) checkRemote(a netip.AddrPort) error {
	if !f.has(a.Addr()) || a.Addr().IsUnspecified() || a.Port() == 0 {
		return InvalidArgument
	}
	return nil
}

// Socket is what [TCP] and [UDP] sockets have in common.
type Socket interface {
	Bind(addr netip.AddrPort) error
	LocalAddress() (netip.AddrPort, error)
	RemoteAddress() (netip.AddrPort, error)
	Family() Family
	HopLimit() (uint8, error)
	SetHopLimit(n uint8) error
	ReceiveBuffer() (uint64, error)
	SetReceiveBuffer(n uint64) error
	SendBuffer() (uint64, error)
	SetSendBuffer(n uint64) error
}

// base is a socket of either kind. It is closed when all that refers to it is gone.
type base struct {
	net    *Network
	family Family
	h      *handle
	refs   atomic.Int32
	closed func() // called at the end; nil if nobody is to be told
}

// init opens the socket for its first user.
func (b *base) init(n *Network, k kind, f Family) error {
	if err := n.acquire(); err != nil {
		return err
	}
	h, err := open(k, f)
	if err != nil {
		n.open.Add(-1)
		return err
	}
	b.adopt(n, f, h)
	return nil
}

func (b *base) adopt(n *Network, f Family, h *handle) {
	b.net, b.family, b.h = n, f, h
	b.refs.Store(1)
}

// Retain counts one more user of the socket.
func (b *base) Retain() { b.refs.Add(1) }

// Release counts a user less. Without users the socket is closed.
func (b *base) Release() {
	if b.refs.Add(-1) == 0 {
		b.h.close()
		b.net.open.Add(-1)
		if b.closed != nil {
			b.closed()
		}
	}
}

// Family is the address family that the socket was made for.
func (b *base) Family() Family { return b.family }

// bind binds to an address that has been checked.
func (b *base) bind(use Use, addr netip.AddrPort) error {
	if err := b.net.allow(use, addr); err != nil {
		return err
	}
	return b.h.bind(addr, use == TCPBind)
}

// Wait tries op again and again until it does not return [WouldBlock], waiting for
// what ready gives in between, or until the context ends.
func Wait(ctx context.Context, ready func() <-chan struct{}, op func() error) error {
	for {
		if err := op(); err != WouldBlock {
			return err
		}
		select {
		case <-ready():
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// closed is a channel for what is ready at once.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()
