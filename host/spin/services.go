package spin

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
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
	hosts  allowList
	tls    clientTLS
	pools  *pgPools
}

func newServices(g *grants, out *outbound) *services {
	s := &services{grants: g, hosts: out.hosts, tls: out.tls, pools: &pgPools{}}
	g.app.pools = append(g.app.pools, s.pools)
	return s
}

func (s *services) add(imports *bind.Imports) {
	s.addRedis(imports)
	s.addPostgres(imports)
	s.addMySQL(imports)
	s.addMQTT(imports)
}

// serviceLimits are the limits that the runtime configuration sets for all
// components together.
type serviceLimits struct {
	redis, postgres, mysql, mqtt *limit
	payload                      *int // of a message by MQTT, in bytes
}

func newServiceLimits(c *spin.RuntimeConfig) serviceLimits {
	if c == nil {
		return serviceLimits{}
	}
	limit := func(table string, l *spin.OutboundLimits) *limit {
		if l == nil {
			return nil
		}
		return newLimit(table+".max_connections", l.MaxConnections)
	}
	limits := serviceLimits{
		redis: limit("outbound_redis", c.OutboundRedis), postgres: limit("outbound_pg", c.OutboundPG),
		mysql: limit("outbound_mysql", c.OutboundMySQL), mqtt: limit("outbound_mqtt", c.OutboundMQTT),
	}
	if c.OutboundMQTT != nil {
		limits.payload = c.OutboundMQTT.MaxPayloadSizeBytes
	}
	return limits
}

// permits reports whether allowed_outbound_hosts has a server, and tells of the
// refusal if it has not.
func (s *services) permits(d destination) bool {
	if s.hosts.allows(d) {
		return true
	}
	s.grants.refuse("a connection to "+d.String(), d, s.hosts)
	return false
}

// dial connects to a server.
func (s *services) dial(ctx context.Context, _, hostport string) (net.Conn, error) {
	conn, err := s.grants.app.servers.dial(ctx, hostport)
	s.grants.tellBlocked("a connection to "+hostport, err)
	return conn, err
}

// dialTLS connects to a server that speaks TLS from the start.
func (s *services) dialTLS(ctx context.Context, network, hostport string) (net.Conn, error) {
	raw, err := s.dial(ctx, network, hostport)
	if err != nil {
		return nil, err
	}
	conn := tls.Client(raw, s.tls.config(hostport))
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return conn, nil
}

// parseAddress reads the URL of a server. ports are the schemes that the service
// has, each with the port of a URL without one. No error has a password in it.
func parseAddress(address string, ports map[string]uint16) (*url.URL, destination, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, destination{}, errors.New("the address is not a URL")
	}
	d := destination{scheme: u.Scheme}
	port, ok := ports[u.Scheme]
	if !ok {
		return nil, d, fmt.Errorf("the address has the scheme %q", u.Scheme)
	}
	host, text := splitHost(u.Host)
	if d.host, err = canonicalHost(host); err != nil {
		return nil, d, err
	}
	d.port = port
	if text != "" {
		d.port, err = parsePort(text)
	}
	return u, d, err
}

// gate bounds the open connections to one kind of service.
type gate struct {
	open   bind.Key[*atomic.Int64] // of an instance
	max    int64                   // of them
	limits []*limit                // of the application
}

// newGate makes a gate for instances that have up to max connections each.
func newGate(imports *bind.Imports, max int64, limits ...*limit) *gate {
	return &gate{bind.NewKey(imports, func() *atomic.Int64 { return new(atomic.Int64) }), max, limits}
}

// newGate makes a gate whose limit, nil for none, is a key of the runtime
// configuration.
func (s *services) newGate(imports *bind.Imports, l *limit) *gate {
	return newGate(imports, MaxServiceConnections, l, s.grants.app.network.total)
}

var errTooMany = errors.New("too many connections opened")

// enter makes room for one more connection; leave is called when it is closed, and
// does nothing when called again. If the application has too many it waits, as
// Spin does; if the instance has, that is errTooMany.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	release, err := acquire(ctx, g.limits...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errTooMany, err)
	}
	open := g.open.Of(ctx)
	leave = sync.OnceFunc(func() {
		open.Add(-1)
		release()
	})
	if open.Add(1) > g.max {
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
