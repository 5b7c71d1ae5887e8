package socket

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
)

// maxName bounds the name in a lookup (RFC 1035, section 3.1).
const maxName = 253

// Lookup gives the addresses of a name, which may be an address itself. A lookup
// under way counts as a socket.
func (n *Network) Lookup(ctx context.Context, name string) ([]netip.Addr, error) {
	if err := n.CheckLookup(name); err != nil {
		return nil, err
	}
	if addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")); err == nil {
		return []netip.Addr{addr.Unmap()}, nil
	}
	if err := n.acquire(); err != nil {
		return nil, err
	}
	defer n.open.Add(-1)
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	switch dns, ok := errors.AsType[*net.DNSError](err); {
	case err != nil && ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case ok && dns.IsNotFound:
		return nil, NameUnresolvable
	case ok && dns.IsTemporary, ok && dns.IsTimeout:
		return nil, TemporaryResolverFailure
	case err != nil:
		return nil, PermanentResolverFailure
	case len(found) == 0:
		return nil, NameUnresolvable
	}
	for i := range found {
		found[i] = found[i].Unmap()
	}
	return found, nil
}

// CheckLookup is [AccessDenied] if there are no lookups, and [InvalidArgument] for
// what is neither a name nor an address.
func (n *Network) CheckLookup(name string) error {
	switch {
	case n.policy == nil || !n.policy.NameLookup:
		return AccessDenied
	case name == "", len(name) > maxName, strings.ContainsAny(name, " \t\r\n/\\@?#\x00"):
		return InvalidArgument
	}
	return nil
}
