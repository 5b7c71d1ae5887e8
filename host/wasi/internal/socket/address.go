package socket

import (
	"encoding/binary"
	"net/netip"
	"strconv"
)

// IPv4Address is tuple<u8, u8, u8, u8>.
type IPv4Address struct{ A, B, C, D uint8 }

// IPv6Address is a tuple of eight u16.
type IPv6Address struct{ A, B, C, D, E, F, G, H uint16 }

// IPAddress is the variant ip-address.
type IPAddress struct {
	Family Family
	IPv4   IPv4Address
	IPv6   IPv6Address
}

// IPv4SocketAddress is the record ipv4-socket-address.
type IPv4SocketAddress struct {
	Port    uint16
	Address IPv4Address
}

// IPv6SocketAddress is the record ipv6-socket-address.
type IPv6SocketAddress struct {
	Port     uint16
	FlowInfo uint32
	Address  IPv6Address
	ScopeID  uint32
}

// Address is the variant ip-socket-address.
type Address struct {
	Family Family
	IPv4   IPv4SocketAddress
	IPv6   IPv6SocketAddress
}

// AddrPort is the address without its flow information, which no system takes.
func (a Address) AddrPort() netip.AddrPort {
	if a.Family == IPv4 {
		return netip.AddrPortFrom(a.IPv4.Address.addr(), a.IPv4.Port)
	}
	addr := a.IPv6.Address.addr()
	if a.IPv6.ScopeID != 0 {
		addr = addr.WithZone(strconv.FormatUint(uint64(a.IPv6.ScopeID), 10))
	}
	return netip.AddrPortFrom(addr, a.IPv6.Port)
}

// AddressOf is an address as components see it.
func AddressOf(a netip.AddrPort) Address {
	if ip := IPAddressOf(a.Addr()); ip.Family == IPv4 {
		return Address{Family: IPv4, IPv4: IPv4SocketAddress{Port: a.Port(), Address: ip.IPv4}}
	}
	scope, _ := strconv.ParseUint(a.Addr().Zone(), 10, 32) // 0 if there is none
	return Address{Family: IPv6, IPv6: IPv6SocketAddress{
		Port: a.Port(), Address: ipv6Of(a.Addr()), ScopeID: uint32(scope),
	}}
}

// IPAddressOf is an address without port as components see it.
func IPAddressOf(a netip.Addr) IPAddress {
	if a.Is4() {
		b := a.As4()
		return IPAddress{Family: IPv4, IPv4: IPv4Address{b[0], b[1], b[2], b[3]}}
	}
	return IPAddress{Family: IPv6, IPv6: ipv6Of(a)}
}

func (a IPv4Address) addr() netip.Addr { return netip.AddrFrom4([4]byte{a.A, a.B, a.C, a.D}) }

func (a IPv6Address) addr() netip.Addr {
	var b [16]byte
	for i, v := range []uint16{a.A, a.B, a.C, a.D, a.E, a.F, a.G, a.H} {
		binary.BigEndian.PutUint16(b[2*i:], v)
	}
	return netip.AddrFrom16(b)
}

func ipv6Of(a netip.Addr) IPv6Address {
	b := a.As16()
	at := func(i int) uint16 { return binary.BigEndian.Uint16(b[2*i:]) }
	return IPv6Address{at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)}
}
