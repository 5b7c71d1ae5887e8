package p3

import (
	"context"
	"net/netip"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi/internal/socket"
)

// udpSocket is the resource udp-socket.
type udpSocket struct{ *socket.UDP }

// datagram is tuple<list<u8>, ip-socket-address>.
type datagram = bind.Tuple2[[]byte, socket.Address]

func (o offer) udp(types *bind.Interface) {
	bind.Resource(types, "udp-socket", func(_ context.Context, s *udpSocket) error {
		s.Release()
		return nil
	})
	types.Func("[static]udp-socket.create", bind.Func1(
		func(ctx context.Context, f socket.Family) (socketResult[*udpSocket], error) {
			udp, err := socket.NewUDP(o.networks.Of(ctx), f)
			return socketOutcome(&udpSocket{udp}, err)
		}))
	method := func(name string, f bind.Func) { types.Func("[method]udp-socket."+name, f) }
	method("connect", addressSetter((*udpSocket).Connect))
	method("disconnect", getter(func(s *udpSocket) (bind.Unit, error) { return unit(s.Disconnect()) }))
	method("send", bind.Func3(sendDatagram))
	method("receive", bind.Func1(receiveDatagram))
	socketMethods[*udpSocket](method, "unicast-hop-limit")
}

func sendDatagram(ctx context.Context, s *udpSocket, data []byte, to bind.Option[socket.Address]) (
	socketResult[bind.Unit], error,
) {
	var addr netip.AddrPort
	if to.Some {
		addr = to.Value.AddrPort()
	}
	err := socket.Wait(ctx, s.SendReady, func() error { return s.Send(data, addr) })
	return waited(ctx, bind.Unit{}, err)
}

func receiveDatagram(ctx context.Context, s *udpSocket) (socketResult[datagram], error) {
	var d datagram
	err := socket.Wait(ctx, s.ReceiveReady, func() error {
		data, from, err := s.Receive()
		if err == nil {
			d = datagram{V0: data, V1: socket.AddressOf(from)}
		}
		return err
	})
	return waited(ctx, d, err)
}
