package spin

import (
	"context"
	"net/netip"

	"github.com/edgelint/edgelint/host/wasi"
)

// sockets is the policy of a component's sockets: they connect to and exchange
// datagrams with what allowed_outbound_hosts permits with the schemes tcp and udp,
// within the limits of the runtime configuration, and never listen. Names are not
// looked up.
func (o *outbound) sockets() *wasi.SocketPolicy {
	app := o.grants.app
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	return &wasi.SocketPolicy{
		Allow: o.allowSocket,
		// Sockets do not wait for others to be closed.
		Connection: func() (func(), error) { return acquire(ended, app.socketLimit, app.network.total) },
	}
}

func (o *outbound) allowSocket(use wasi.SocketUse, addr netip.AddrPort) error {
	d := destination{scheme: "udp", host: addr.Addr().WithZone("").String(), port: addr.Port()}
	what := "a socket's " + use.String() + " to " + addr.String()
	switch use {
	case wasi.TCPBind:
		o.grants.deny(Denial{What: what, Hint: "components of Spin applications do not listen"})
		return errDenied
	case wasi.TCPConnect:
		d.scheme = "tcp"
	}
	if !o.hosts.allows(d) {
		o.grants.refuse(what, d, o.hosts)
		return errDenied
	}
	if o.grants.app.network.blocked.blocks(addr.Addr()) {
		o.grants.tellBlocked(what, errBlocked)
		return errBlocked
	}
	return nil
}
