package wasi

import (
	"context"
	"net/netip"
	"time"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi/internal/socket"
)

// SocketPolicy says which sockets a component may use.
type SocketPolicy = socket.Policy

// SocketUse is what a component uses an address for.
type SocketUse = socket.Use

// The uses of addresses.
const (
	TCPBind    = socket.TCPBind
	TCPConnect = socket.TCPConnect
	UDPBind    = socket.UDPBind
	UDPConnect = socket.UDPConnect
	UDPSend    = socket.UDPSend
)

// network is wasi:sockets' network, of which there is one.
type network struct{}

// sockResult is result<T, error-code>.
type sockResult[T any] = bind.Result[T, socket.Code]

func sockOutcome[T any](v T, err error) (sockResult[T], error) {
	if err != nil {
		code := socket.CodeOf(err)
		if code == socket.ConnectionBroken { // which 0.2 does not have
			code = socket.ConnectionReset
		}
		return bind.Err[T](code), nil
	}
	return bind.Ok[socket.Code](v), nil
}

// sockFunc1 to sockFunc3 make functions whose Go error becomes an error-code.
func sockFunc1[S, T any](f func(s S) (T, error)) bind.Func {
	return bind.Func1(func(_ context.Context, s S) (sockResult[T], error) { return sockOutcome(f(s)) })
}

func sockFunc2[S, A, T any](f func(s S, a A) (T, error)) bind.Func {
	return bind.Func2(func(_ context.Context, s S, a A) (sockResult[T], error) { return sockOutcome(f(s, a)) })
}

func sockFunc3[S, A, B, T any](f func(s S, a A, b B) (T, error)) bind.Func {
	return bind.Func3(func(_ context.Context, s S, a A, b B) (sockResult[T], error) {
		return sockOutcome(f(s, a, b))
	})
}

// setter makes a function of one that returns an error only.
func setter[S, A any](set func(s S, a A) error) bind.Func {
	return sockFunc2(func(s S, a A) (bind.Unit, error) { return bind.Unit{}, set(s, a) })
}

func addSockets(imports *bind.Imports, cfg Config) {
	networks := bind.NewKey(imports, func() *socket.Network { return socket.NewNetwork(cfg.Sockets) })
	types := iface(imports, "sockets/network")
	bind.Resource[*network](types, "network", nil)
	types.Func("network-error-code", bind.Func1(
		func(_ context.Context, e *Error) (bind.Option[socket.Code], error) {
			if r, _ := sockOutcome(bind.Unit{}, e.Err); r.Err != socket.Unknown {
				return bind.Some(r.Err), nil
			}
			return bind.None[socket.Code](), nil
		}))
	iface(imports, "sockets/instance-network").Func("instance-network", bind.Func0(
		func(context.Context) (*network, error) { return &network{}, nil }))
	addTCP(imports)
	addUDP(imports)
	iface(imports, "sockets/tcp-create-socket").Func("create-tcp-socket", bind.Func1(
		func(ctx context.Context, f socket.Family) (sockResult[*tcpSocket], error) {
			tcp, err := socket.NewTCP(networks.Of(ctx), f)
			return sockOutcome(&tcpSocket{TCP: tcp}, err)
		}))
	iface(imports, "sockets/udp-create-socket").Func("create-udp-socket", bind.Func1(
		func(ctx context.Context, f socket.Family) (sockResult[*udpSocket], error) {
			udp, err := socket.NewUDP(networks.Of(ctx), f)
			return sockOutcome(&udpSocket{UDP: udp}, err)
		}))
	addLookup(imports, networks)
}

// socketMethods are the methods that TCP and UDP sockets share. hops is the name
// of the hop limit.
func socketMethods[S socket.Socket](method func(name string, f bind.Func), hops string) {
	address := func(get func(S) (netip.AddrPort, error)) bind.Func {
		return sockFunc1(func(s S) (socket.Address, error) {
			addr, err := get(s)
			return socket.AddressOf(addr), err
		})
	}
	method("local-address", address(S.LocalAddress))
	method("remote-address", address(S.RemoteAddress))
	method("address-family", bind.Func1(func(_ context.Context, s S) (socket.Family, error) { return s.Family(), nil }))
	method(hops, sockFunc1(S.HopLimit))
	method("set-"+hops, setter(S.SetHopLimit))
	method("receive-buffer-size", sockFunc1(S.ReceiveBuffer))
	method("set-receive-buffer-size", setter(S.SetReceiveBuffer))
	method("send-buffer-size", sockFunc1(S.SendBuffer))
	method("set-send-buffer-size", setter(S.SetSendBuffer))
}

// addressStream is the resource resolve-address-stream.
type addressStream struct {
	cancel context.CancelFunc
	done   chan struct{} // closed when the rest is set
	found  []netip.Addr
	err    error
}

func addLookup(imports *bind.Imports, networks bind.Key[*socket.Network]) {
	lookup := iface(imports, "sockets/ip-name-lookup")
	bind.Resource(lookup, "resolve-address-stream", func(_ context.Context, s *addressStream) error {
		s.cancel()
		return nil
	})
	lookup.Func("resolve-addresses", bind.Func2(
		func(ctx context.Context, _ *network, name string) (sockResult[*addressStream], error) {
			return sockOutcome(startLookup(networks.Of(ctx), name))
		}))
	lookup.Func("[method]resolve-address-stream.resolve-next-address", sockFunc1((*addressStream).next))
	lookup.Func("[method]resolve-address-stream.subscribe", bind.Func1(
		func(_ context.Context, s *addressStream) (*Pollable, error) {
			return NewPollable(nil, func() <-chan struct{} { return s.done }), nil
		}))
}

// lookupTime bounds a lookup.
const lookupTime = 30 * time.Second

func startLookup(n *socket.Network, name string) (*addressStream, error) {
	switch err := n.CheckLookup(name); {
	case err == socket.AccessDenied:
		return nil, socket.PermanentResolverFailure // as on a host without resolver
	case err != nil:
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookupTime)
	s := &addressStream{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer cancel()
		s.found, s.err = n.Lookup(ctx, name)
		close(s.done)
	}()
	return s, nil
}

func (s *addressStream) next() (bind.Option[socket.IPAddress], error) {
	none := bind.None[socket.IPAddress]()
	select {
	case <-s.done:
	default:
		return none, socket.WouldBlock
	}
	if s.err != nil || len(s.found) == 0 {
		return none, s.err
	}
	addr := s.found[0]
	s.found = s.found[1:]
	return bind.Some(socket.IPAddressOf(addr)), nil
}
