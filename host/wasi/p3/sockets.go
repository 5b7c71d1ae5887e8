package p3

import (
	"context"
	"net/netip"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi/internal/socket"
)

// socketError is the variant error-code of wasi:sockets.
type socketError struct {
	Case  uint8
	Other bind.Option[string]
}

// otherSocketError is the case other.
const otherSocketError = 14

// socketCases are the cases of codes that have one.
var socketCases = map[socket.Code]uint8{
	socket.AccessDenied: 0, socket.NotSupported: 1, socket.InvalidArgument: 2, socket.OutOfMemory: 3,
	socket.Timeout: 4, socket.InvalidState: 5, socket.AddressNotBindable: 6, socket.AddressInUse: 7,
	socket.RemoteUnreachable: 8, socket.ConnectionRefused: 9, socket.ConnectionBroken: 10,
	socket.ConnectionReset: 11, socket.ConnectionAborted: 12, socket.DatagramTooLarge: 13,
}

func socketErrorOf(err error) socketError {
	if c, ok := socketCases[socket.CodeOf(err)]; ok {
		return socketError{Case: c}
	}
	return socketError{Case: otherSocketError, Other: bind.Some(err.Error())}
}

// socketResult is result<T, error-code>.
type socketResult[T any] = bind.Result[T, socketError]

func socketOutcome[T any](v T, err error) (socketResult[T], error) {
	if err != nil {
		return bind.Err[T](socketErrorOf(err)), nil
	}
	return bind.Ok[socketError](v), nil
}

// waited is the outcome of an operation that waits; the end of its context is a
// trap, or the end of the call.
func waited[T any](ctx context.Context, v T, err error) (socketResult[T], error) {
	if err != nil && ctx.Err() != nil {
		return socketResult[T]{}, err
	}
	return socketOutcome(v, err)
}

// getter and setter make functions of methods.
func getter[S, T any](get func(s S) (T, error)) bind.Func {
	return bind.Func1(func(_ context.Context, s S) (socketResult[T], error) { return socketOutcome(get(s)) })
}

func setter[S, A any](set func(s S, a A) error) bind.Func {
	return bind.Func2(func(_ context.Context, s S, a A) (socketResult[bind.Unit], error) {
		return socketOutcome(bind.Unit{}, set(s, a))
	})
}

// addressSetter makes a function of a method that takes an address.
func addressSetter[S any](set func(s S, a netip.AddrPort) error) bind.Func {
	return setter(func(s S, a socket.Address) error { return set(s, a.AddrPort()) })
}

func (o offer) sockets() {
	types := o.iface("sockets/types")
	o.tcp(types)
	o.udp(types)
}

// socketMethods are the methods that TCP and UDP sockets share. hops is the name
// of the hop limit.
func socketMethods[S socket.Socket](method func(name string, f bind.Func), hops string) {
	address := func(get func(S) (netip.AddrPort, error)) bind.Func {
		return getter(func(s S) (socket.Address, error) {
			addr, err := get(s)
			if err != nil {
				return socket.Address{}, err
			}
			return socket.AddressOf(addr), nil
		})
	}
	method("bind", addressSetter(S.Bind))
	method("get-local-address", address(S.LocalAddress))
	method("get-remote-address", address(S.RemoteAddress))
	method("get-address-family", bind.Func1(
		func(_ context.Context, s S) (socket.Family, error) { return s.Family(), nil }))
	method("get-"+hops, getter(S.HopLimit))
	method("set-"+hops, setter(S.SetHopLimit))
	method("get-receive-buffer-size", getter(S.ReceiveBuffer))
	method("set-receive-buffer-size", setter(S.SetReceiveBuffer))
	method("get-send-buffer-size", getter(S.SendBuffer))
	method("set-send-buffer-size", setter(S.SetSendBuffer))
}

// lookupCases are the cases of the variant error-code of ip-name-lookup.
var lookupCases = map[socket.Code]uint8{
	socket.AccessDenied: 0, socket.InvalidArgument: 1, socket.NameUnresolvable: 2,
	socket.TemporaryResolverFailure: 3, socket.PermanentResolverFailure: 4,
}

const otherLookupError = 5

func lookupErrorOf(err error) socketError {
	if c, ok := lookupCases[socket.CodeOf(err)]; ok {
		return socketError{Case: c}
	}
	return socketError{Case: otherLookupError, Other: bind.Some(err.Error())}
}

func (o offer) nameLookup() {
	o.iface("sockets/ip-name-lookup").Func("resolve-addresses", bind.Func1(
		func(ctx context.Context, name string) (socketResult[[]socket.IPAddress], error) {
			found, err := o.networks.Of(ctx).Lookup(ctx, name)
			if err != nil && ctx.Err() != nil {
				return socketResult[[]socket.IPAddress]{}, err
			}
			if err != nil {
				return bind.Err[[]socket.IPAddress](lookupErrorOf(err)), nil
			}
			addrs := make([]socket.IPAddress, 0, len(found))
			for _, addr := range found {
				addrs = append(addrs, socket.IPAddressOf(addr))
			}
			return bind.Ok[socketError](addrs), nil
		}))
}
