package spin

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/spin"
)

// sockets is the policy of a component's sockets: they connect to and exchange
// datagrams with what allowed_outbound_hosts permits with the schemes tcp and udp,
// and never listen. Names are not looked up.
func (o *outbound) sockets() *wasi.SocketPolicy {
	return &wasi.SocketPolicy{Allow: func(use wasi.SocketUse, addr netip.AddrPort) error {
		scheme := "udp"
		switch use {
		case wasi.TCPBind:
			return errors.New("components of Spin do not listen")
		case wasi.TCPConnect:
			scheme = "tcp"
		}
		allows := func(h spin.AllowedHost) bool {
			return h.Allows(scheme, addr.Addr().WithZone("").String(), addr.Port())
		}
		if slices.ContainsFunc(o.hosts, allows) {
			return nil
		}
		o.grants.denied(fmt.Sprintf("a socket: %s to %s", use, addr),
			fmt.Sprintf("allowed_outbound_hosts = [%q]", scheme+"://"+addr.String()))
		return errors.New("not in allowed_outbound_hosts")
	}}
}
