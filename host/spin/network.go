package spin

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/edgelint/edgelint/host/wasi/wasihttp"
)

// Resolver finds the addresses of hosts; [net.Resolver] is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// network makes the connections of an application's components: only to addresses
// that are not blocked, and only so many at once.
type network struct {
	resolver Resolver
	blocked  blockedNetworks
	total    *limit // of all kinds of connections
	dialer   net.Dialer
}

func newNetwork(cfg Config) *network {
	n := &network{resolver: cfg.Resolver}
	if n.resolver == nil {
		n.resolver = net.DefaultResolver
	}
	if cfg.Runtime != nil {
		n.blocked = newBlockedNetworks(cfg.Runtime.OutboundNetworking)
		if c := cfg.Runtime.OutboundNetworking; c != nil {
			n.total = newLimit("outbound_networking.max_total_connections", c.MaxTotalConnections)
		}
	}
	return n
}

// dial connects to a host and port. The address is looked up once and checked
// before it is used, so that no name leads to a blocked one. The connection counts
// for the limits, of which nil ones do not limit, until it is closed.
func (n *network) dial(ctx context.Context, hostport string, limits ...*limit) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return nil, err
	}
	addrs, err := n.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	release, err := acquire(ctx, append(limits, n.total)...)
	if err != nil {
		return nil, err
	}
	conn, err := n.connect(ctx, addrs, port)
	if err != nil {
		release()
		return nil, err
	}
	return &limitedConn{Conn: conn, release: sync.OnceFunc(release)}, nil
}

// attemptDelay is how long an address has for itself before the next is tried as
// well (RFC 8305, 5).
const attemptDelay = 250 * time.Millisecond

// connect connects to the first of some addresses that answers.
func (n *network) connect(ctx context.Context, addrs []netip.Addr, port string) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type attempt struct {
		conn net.Conn
		err  error
	}
	attempts := make(chan attempt, len(addrs))
	var failed error
	for running := 0; ; {
		var delay <-chan time.Time
		if len(addrs) > 0 {
			hostport := net.JoinHostPort(addrs[0].String(), port)
			go func() {
				conn, err := n.dialer.DialContext(ctx, "tcp", hostport)
				attempts <- attempt{conn, err}
			}()
			running++
			if addrs = addrs[1:]; len(addrs) > 0 {
				delay = time.After(attemptDelay)
			}
		}
		select {
		case a := <-attempts:
			running--
			if a.err == nil {
				go func() { // those that are too late
					for range running {
						if late := <-attempts; late.err == nil {
							_ = late.conn.Close()
						}
					}
				}()
				return a.conn, nil
			}
			if failed = cmp.Or(failed, a.err); running == 0 && len(addrs) == 0 {
				return nil, failed
			}
		case <-delay:
		}
	}
}

// lookup is the addresses of a host that are not blocked, at least one.
func (n *network) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	var all []netip.Addr
	if addr, err := netip.ParseAddr(host); err == nil {
		all = append(all, addr)
	} else if all, err = n.resolver.LookupNetIP(ctx, "ip", host); err != nil {
		return nil, err
	}
	var addrs []netip.Addr
	for _, addr := range all {
		if !n.blocked.blocks(addr) {
			addrs = append(addrs, addr.Unmap())
		}
	}
	switch {
	case len(all) == 0:
		return nil, &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	case len(addrs) == 0:
		return nil, &wasihttp.Error{
			Code: wasihttp.CodeDestinationIPProhibited, Err: fmt.Errorf("%w: %s is %s", errBlocked, host, all[0]),
		}
	}
	return addrs, nil
}

// limitedConn is a connection that counts for limits until it is closed.
type limitedConn struct {
	net.Conn
	release func()
}

func (c *limitedConn) Close() error {
	defer c.release()
	return c.Conn.Close()
}

// limit bounds how many connections there are at once.
type limit struct {
	key  string // of the runtime configuration
	max  int
	left *semaphore.Weighted
	// full is called when a connection has to wait; it closes idle ones.
	mu   sync.Mutex
	full []func()
}

// newLimit is nil if there is no limit.
func newLimit(key string, n *int) *limit {
	if n == nil {
		return nil
	}
	return &limit{key: key, max: *n, left: semaphore.NewWeighted(int64(*n))}
}

// whenFull adds what can be done to have fewer connections.
func (l *limit) whenFull(do func()) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.full = append(l.full, do)
}

// acquire waits until there is room in all limits.
func acquire(ctx context.Context, limits ...*limit) (release func(), err error) {
	var held []*limit
	release = func() {
		for _, l := range held {
			l.left.Release(1)
		}
	}
	for _, l := range limits {
		if l == nil {
			continue
		}
		if err := l.acquire(ctx); err != nil {
			release()
			return nil, err
		}
		held = append(held, l)
	}
	return release, nil
}

func (l *limit) acquire(ctx context.Context) error {
	if l.left.TryAcquire(1) {
		return nil
	}
	exceeded := &wasihttp.Error{
		Code: wasihttp.CodeConnectionLimitReached, Err: fmt.Errorf("%s = %d are open", l.key, l.max),
	}
	if l.max == 0 {
		return exceeded
	}
	l.mu.Lock()
	full := l.full
	l.mu.Unlock()
	for _, do := range full {
		do()
	}
	if err := l.left.Acquire(ctx, 1); err != nil {
		return exceeded
	}
	return nil
}
