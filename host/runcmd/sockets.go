package runcmd

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/spin"
)

// sockets is the policy of sockets: all with --inherit-network, otherwise what
// --allowed-outbound-hosts says of the schemes tcp and udp, as in Spin.
func (c *Command) sockets(f *appFlags) (*wasi.SocketPolicy, error) {
	if f.inheritNetwork {
		return &wasi.SocketPolicy{NameLookup: true}, nil
	}
	hosts, err := allowedHosts(f.hosts)
	if err != nil {
		return nil, err
	}
	return &wasi.SocketPolicy{Allow: func(use wasi.SocketUse, addr netip.AddrPort) error {
		scheme := "udp"
		switch use {
		case wasi.TCPBind:
			fmt.Fprintf(c.Stderr, "edgerun: refused %s to %s: permit it with --inherit-network\n", use, addr)
			return errors.New("components do not listen")
		case wasi.TCPConnect:
			scheme = "tcp"
		}
		for _, h := range hosts {
			if h.Allows(scheme, addr.Addr().WithZone("").String(), addr.Port()) {
				return nil
			}
		}
		fmt.Fprintf(c.Stderr, "edgerun: refused %s to %s: permit it with --allowed-outbound-hosts %s://%s\n",
			use, addr, scheme, addr)
		return errors.New("not in the list of allowed outbound hosts")
	}}, nil
}

// allowedHosts reads the entries of --allowed-outbound-hosts.
func allowedHosts(list []string) ([]spin.AllowedHost, error) {
	var hosts []spin.AllowedHost
	for _, s := range list {
		h, err := spin.ParseAllowedHost(s)
		if err != nil {
			return nil, cli.Usagef("--allowed-outbound-hosts: %w", err)
		}
		hosts = append(hosts, h)
	}
	return hosts, nil
}
