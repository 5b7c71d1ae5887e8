package wasi

import (
	"context"

	"github.com/edgelint/edgelint/host/bind"
)

// Error codes of wasi:sockets that refusals use.
const (
	socketAccessDenied             = 1
	socketPermanentResolverFailure = 20
)

// network, socket and addressStream are resources of wasi:sockets. Only the first
// is ever made: sockets are refused.
type (
	network       struct{}
	socket        struct{}
	addressStream struct{}
)

// addSockets offers wasi:sockets so that libc finds it, and refuses every socket
// and name lookup in-band, as a host without network does. The methods of sockets
// are left to the linker's refusal: nobody can have a socket to call them with.
func addSockets(imports *bind.Imports) {
	bind.Resource[*network](iface(imports, "sockets/network"), "network", nil)
	bind.Resource[*socket](iface(imports, "sockets/tcp"), "tcp-socket", nil)
	udp := iface(imports, "sockets/udp")
	bind.Resource[*socket](udp, "udp-socket", nil)
	bind.Resource[*socket](udp, "incoming-datagram-stream", nil)
	bind.Resource[*socket](udp, "outgoing-datagram-stream", nil)
	iface(imports, "sockets/instance-network").Func("instance-network", bind.Func0(
		func(context.Context) (*network, error) { return &network{}, nil }))
	refuse := bind.Func1(func(context.Context, uint8) (bind.Result[*socket, uint8], error) {
		return bind.Err[*socket](uint8(socketAccessDenied)), nil
	})
	iface(imports, "sockets/tcp-create-socket").Func("create-tcp-socket", refuse)
	iface(imports, "sockets/udp-create-socket").Func("create-udp-socket", refuse)
	lookup := iface(imports, "sockets/ip-name-lookup")
	bind.Resource[*addressStream](lookup, "resolve-address-stream", nil)
	lookup.Func("resolve-addresses", bind.Func2(
		func(context.Context, *network, string) (bind.Result[*addressStream, uint8], error) {
			return bind.Err[*addressStream](uint8(socketPermanentResolverFailure)), nil
		}))
}
