package spin

import (
	"errors"
	"net/netip"
	"slices"

	"github.com/edgelint/edgelint/spin"
)

// blockedNetworks are the addresses that no component reaches, whatever its
// manifest says: block_networks of the runtime configuration.
type blockedNetworks struct {
	prefixes []netip.Prefix
	private  bool // everything that is not globally reachable as well
}

func newBlockedNetworks(c *spin.OutboundNetworking) blockedNetworks {
	if c == nil {
		return blockedNetworks{}
	}
	return blockedNetworks{c.BlockNetworks, c.BlockPrivate}
}

// blocks reports whether an address, or one inside of it, is blocked.
func (b blockedNetworks) blocks(addr netip.Addr) bool {
	addr = addr.WithZone("")
	contains := func(p netip.Prefix) bool { return p.Contains(addr) }
	if slices.ContainsFunc(b.prefixes, contains) || b.private && slices.ContainsFunc(notGlobal, contains) {
		return true
	}
	inner, ok := embeddedIPv4(addr)
	return ok && b.blocks(inner)
}

var errBlocked = errors.New("the address is in outbound_networking.block_networks")

// tellBlocked tells of a connection that failed if it did because its address is
// blocked.
func (g *grants) tellBlocked(what string, err error) {
	if errors.Is(err, errBlocked) {
		g.deny(Denial{What: what + ": " + err.Error(), Hint: "the runtime configuration decides, not the manifest"})
	}
}

// embeddedIPv4 is the IPv4 address that a connection to an IPv6 address ends at.
func embeddedIPv4(addr netip.Addr) (netip.Addr, bool) {
	if !addr.Is6() {
		return netip.Addr{}, false
	}
	bytes := addr.As16()
	for _, e := range embeddings {
		if e.prefix.Contains(addr) {
			return netip.AddrFrom4([4]byte(bytes[e.offset:])), true
		}
	}
	return netip.Addr{}, false
}

// embeddings are the ranges of IPv6 addresses that stand for IPv4 addresses, with
// the place of those.
var embeddings = []struct {
	prefix netip.Prefix
	offset int
}{
	{netip.MustParsePrefix("::ffff:0:0/96"), 12},   // mapped, RFC 4291, 2.5.5.2
	{netip.MustParsePrefix("::/96"), 12},           // compatible, RFC 4291, 2.5.5.1
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 12}, // translated, RFC 2765, 2.1
	{netip.MustParsePrefix("64:ff9b::/96"), 12},    // NAT64, RFC 6052, 2.1
	{netip.MustParsePrefix("2002::/16"), 2},        // 6to4, RFC 3056, 2
}

// notGlobal are the ranges that IANA's registries of special-purpose addresses do
// not call globally reachable, and multicast (RFC 6890).
var notGlobal = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4",
	"::/127", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16",
	"fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)

func prefixes(texts ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, s := range texts {
		list = append(list, netip.MustParsePrefix(s))
	}
	return list
}
