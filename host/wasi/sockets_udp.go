package wasi

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi/internal/socket"
)

// MaxDatagrams bounds the datagrams that one call receives or sends.
const MaxDatagrams = 16

// udpSocket is the resource udp-socket.
type udpSocket struct {
	*socket.UDP
	binding bool // start-bind waits for its finish-bind
}

// datagramsIn is the resource incoming-datagram-stream.
type datagramsIn struct{ *socket.UDP }

// datagramsOut is the resource outgoing-datagram-stream.
type datagramsOut struct {
	*socket.UDP
	budget int // what check-send permitted
}

// incomingDatagram is the record incoming-datagram.
type incomingDatagram struct {
	Data          []byte
	RemoteAddress socket.Address
}

// outgoingDatagram is the record outgoing-datagram.
type outgoingDatagram struct {
	Data          []byte
	RemoteAddress bind.Option[socket.Address]
}

func addUDP(imports *bind.Imports) {
	udp := iface(imports, "sockets/udp")
	bind.Resource(udp, "udp-socket", func(_ context.Context, s *udpSocket) error {
		s.Release()
		return nil
	})
	bind.Resource(udp, "incoming-datagram-stream", func(_ context.Context, s *datagramsIn) error {
		s.Release()
		return nil
	})
	bind.Resource(udp, "outgoing-datagram-stream", func(_ context.Context, s *datagramsOut) error {
		s.Release()
		return nil
	})
	method := func(name string, f bind.Func) { udp.Func("[method]"+name, f) }
	socketMethod := func(name string, f bind.Func) { method("udp-socket."+name, f) }
	socketMethod("start-bind", sockFunc3(func(s *udpSocket, _ *network, a socket.Address) (bind.Unit, error) {
		if s.binding {
			return bind.Unit{}, socket.ConcurrencyConflict
		}
		err := s.Bind(a.AddrPort())
		s.binding = err == nil
		return bind.Unit{}, err
	}))
	socketMethod("finish-bind", sockFunc1(func(s *udpSocket) (bind.Unit, error) {
		if !s.binding {
			return bind.Unit{}, socket.NotInProgress
		}
		s.binding = false
		return bind.Unit{}, nil
	}))
	socketMethod("stream", sockFunc2((*udpSocket).streams))
	socketMethods[*udpSocket](socketMethod, "unicast-hop-limit")
	socketMethod("subscribe", bind.Func1(func(context.Context, *udpSocket) (*Pollable, error) {
		return NewPollable(nil, Always), nil
	}))
	method("incoming-datagram-stream.receive", sockFunc2((*datagramsIn).receive))
	method("incoming-datagram-stream.subscribe", bind.Func1(
		func(_ context.Context, s *datagramsIn) (*Pollable, error) {
			return NewPollable(nil, s.ReceiveReady), nil
		}))
	method("outgoing-datagram-stream.check-send", sockFunc1((*datagramsOut).checkSend))
	method("outgoing-datagram-stream.send", bind.Func2(
		func(_ context.Context, s *datagramsOut, list []outgoingDatagram) (sockResult[uint64], error) {
			if len(list) > s.budget {
				return sockResult[uint64]{}, fmt.Errorf("send of %d datagrams, but check-send permitted %d",
					len(list), s.budget)
			}
			return sockOutcome(s.send(list))
		}))
	method("outgoing-datagram-stream.subscribe", bind.Func1(
		func(_ context.Context, s *datagramsOut) (*Pollable, error) { return NewPollable(nil, s.SendReady), nil }))
}

// streams connects or disconnects the socket. All its streams are one: those of
// earlier calls talk to the new peer, too.
func (s *udpSocket) streams(remote bind.Option[socket.Address]) (bind.Tuple2[*datagramsIn, *datagramsOut], error) {
	type streams = bind.Tuple2[*datagramsIn, *datagramsOut]
	if !s.Bound() {
		return streams{}, socket.InvalidState
	}
	if remote.Some {
		if err := s.Connect(remote.Value.AddrPort()); err != nil {
			return streams{}, err
		}
	} else if _, err := s.RemoteAddress(); err == nil {
		if err := s.Disconnect(); err != nil {
			return streams{}, err
		}
	}
	s.Retain()
	s.Retain()
	return streams{V0: &datagramsIn{s.UDP}, V1: &datagramsOut{UDP: s.UDP}}, nil
}

func (s *datagramsIn) receive(limit uint64) ([]incomingDatagram, error) {
	var list []incomingDatagram
	for range min(limit, MaxDatagrams) {
		data, from, err := s.Receive()
		if err == socket.WouldBlock || err != nil && len(list) > 0 {
			break
		}
		if err != nil {
			return nil, err
		}
		list = append(list, incomingDatagram{Data: data, RemoteAddress: socket.AddressOf(from)})
	}
	return list, nil
}

func (s *datagramsOut) checkSend() (uint64, error) {
	s.budget = 0
	select {
	case <-s.SendReady():
		s.budget = MaxDatagrams
	default:
	}
	return uint64(s.budget), nil
}

// send sends datagrams up to the first that cannot be sent.
func (s *datagramsOut) send(list []outgoingDatagram) (uint64, error) {
	s.budget = 0
	for i, d := range list {
		var to netip.AddrPort
		if d.RemoteAddress.Some {
			to = d.RemoteAddress.Value.AddrPort()
		}
		err := s.Send(d.Data, to)
		if err == socket.WouldBlock || err != nil && i > 0 {
			return uint64(i), nil
		}
		if err != nil {
			return 0, err
		}
	}
	return uint64(len(list)), nil
}
