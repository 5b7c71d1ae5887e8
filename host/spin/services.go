package spin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/spin"
)

// MaxServiceConnections bounds the connections to one kind of service, such as
// Redis, that an instance of a component may have open.
const MaxServiceConnections = 1024

// services offers a component the interfaces of the servers that it may connect
// to. Those that only differ in being asynchronous share their functions.
type services struct {
	grants *grants
	hosts  []spin.AllowedHost
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
}

func newServices(g *grants, out *outbound) *services {
	return &services{grants: g, hosts: out.hosts, dial: new(net.Dialer).DialContext}
}

func (s *services) add(imports *bind.Imports) {
	s.addRedis(imports)
}

// endpoint is a server that a component wants to connect to.
type endpoint struct {
	scheme, host string
	port         uint16
}

func (e endpoint) address() string { return net.JoinHostPort(e.host, strconv.Itoa(int(e.port))) }

// permits reports whether allowed_outbound_hosts has a server, and tells of the
// refusal if it has not.
func (s *services) permits(e endpoint) bool {
	if slices.ContainsFunc(s.hosts, func(h spin.AllowedHost) bool { return h.Allows(e.scheme, e.host, e.port) }) {
		return true
	}
	entry := e.scheme + "://" + e.address()
	s.grants.denied("a connection to "+entry, fmt.Sprintf("allowed_outbound_hosts = [%q]", entry))
	return false
}

// parseAddress reads the URL of a server. ports are the schemes that the service
// has, each with the port of a URL without one.
func parseAddress(address string, ports map[string]uint16) (*url.URL, endpoint, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, endpoint{}, errors.New("the address is not a URL") // err may tell the password
	}
	e := endpoint{scheme: u.Scheme, host: u.Hostname()}
	port, ok := ports[u.Scheme]
	switch {
	case !ok:
		return nil, e, fmt.Errorf("the address has the scheme %q", u.Scheme)
	case e.host == "":
		return nil, e, errors.New("the address has no host")
	}
	e.port = port
	if text := u.Port(); text != "" {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return nil, e, fmt.Errorf("the address has the port %q", text)
		}
		e.port = uint16(n)
	}
	return u, e, nil
}

// gate bounds the open connections to one kind of service.
type gate struct {
	open bind.Key[*atomic.Int64] // of an instance
	// slots is full when the application has as many connections as the runtime
	// configuration permits; nil is no bound.
	slots chan struct{}
}

func newGate(imports *bind.Imports) *gate {
	return &gate{open: bind.NewKey(imports, func() *atomic.Int64 { return new(atomic.Int64) })}
}

var errTooMany = errors.New("too many connections")

// enter makes room for one more connection; leave is called when it is closed, and
// does nothing when called again. If the application has too many it waits, as in
// Spin; if the instance has, the error is errTooMany.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	if g.slots != nil {
		select {
		case g.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	open := g.open.Of(ctx)
	leave = sync.OnceFunc(func() {
		open.Add(-1)
		if g.slots != nil {
			<-g.slots
		}
	})
	if open.Add(1) > MaxServiceConnections {
		leave()
		return nil, errTooMany
	}
	return leave, nil
}

// turn lets the calls on one connection come one after another: a component may
// make several at once.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) pass() { <-t }

func errTooLarge() error {
	return fmt.Errorf("query result exceeds limit of %d bytes", MaxResultBytes)
}
