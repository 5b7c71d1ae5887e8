package spin

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/edgelint/edgelint/host/wasi/wasihttp"
)

// outbound sends the HTTP requests of a component: to a component in this process,
// to the address where the application listens, or into the network.
type outbound struct {
	grants *grants
	hosts  allowList
	tls    clientTLS
	// others sends into the network. own sends to the application itself, which no
	// block_networks cuts off; it has connections of its own, so that none of them
	// is used for another request.
	others, own *http.Transport
	h2c         *http.Transport // for Config.H2C
}

// newOutbound reads the hosts that a component may send requests to.
func (g *grants) newOutbound(ctx context.Context) (*outbound, error) {
	o := &outbound{grants: g}
	var err error
	if o.hosts, err = g.newAllowList(ctx); err != nil {
		return nil, err
	}
	if o.tls, err = newClientTLS(g.app.config.Runtime, g.component.ID); err != nil {
		return nil, err
	}
	o.own, o.others, o.h2c = o.newTransport(g.app.own), o.newTransport(g.app.network), o.newTransport(g.app.network)
	o.h2c.Protocols = new(http.Protocols)
	o.h2c.Protocols.SetUnencryptedHTTP2(true)
	return o, nil
}

// newTransport is a transport with the application's limits and timeouts, which
// connects by n.
func (o *outbound) newTransport(n *network) *http.Transport {
	t := wasihttp.NewTransport()
	t.DisableKeepAlives = !o.grants.app.pooling
	t.DialContext = func(ctx context.Context, _, addr string) (net.Conn, error) {
		return o.grants.app.connect(ctx, n, addr)
	}
	t.DialTLSContext = func(ctx context.Context, _, addr string) (net.Conn, error) {
		raw, err := o.grants.app.connect(ctx, n, addr)
		if err != nil {
			return nil, err
		}
		config := o.tls.config(addr)
		config.NextProtos = []string{"h2", "http/1.1"}
		conn := tls.Client(raw, config)
		if err := conn.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(&wasihttp.Error{Code: wasihttp.CodeTLSProtocolError, Err: err}, raw.Close())
		}
		return conn, nil
	}
	o.grants.app.httpLimit.whenFull(t.CloseIdleConnections)
	n.total.whenFull(t.CloseIdleConnections)
	return t
}

// connect connects for HTTP, in the time that the request has for it.
func (a *App) connect(ctx context.Context, n *network, addr string) (net.Conn, error) {
	dialCtx, cancel := context.WithTimeout(ctx, wasihttp.ConnectTimeout(ctx))
	defer cancel()
	conn, err := n.dial(dialCtx, addr, a.httpLimit)
	if _, coded := errors.AsType[*wasihttp.Error](err); err != nil && !coded && dialCtx.Err() != nil {
		err = &wasihttp.Error{Code: wasihttp.CodeConnectionTimeout, Err: err}
	}
	return conn, err
}

// config is the outbound policy for package wasihttp.
func (o *outbound) config() wasihttp.Config {
	return wasihttp.Config{Allow: o.allow, Transport: o, Self: true}
}

// errDenied is the error of requests that the manifest does not permit.
var errDenied = errors.New("not in allowed_outbound_hosts")

// allow permits a request if the manifest does.
func (o *outbound) allow(r *http.Request) error {
	d, err := destinationOf(r.URL)
	if err != nil {
		o.grants.deny(Denial{What: fmt.Sprintf("a request to %q: %v", r.URL.Host, err)})
		return err
	}
	if o.hosts.allows(d) {
		return nil
	}
	o.grants.refuse("a request to "+d.String(), d, o.hosts)
	return errDenied
}

// chainSuffix ends the hosts that stand for the application's components.
const chainSuffix = ".spin.internal"

// chainedID is the component that a host such as one.spin.internal stands for.
func chainedID(host string) (id string, ok bool) {
	return strings.CutSuffix(strings.ToLower(host), chainSuffix)
}

// cloned is a copy of a request. Its trailers are those of the original, as they come
// with the body.
func cloned(ctx context.Context, r *http.Request) *http.Request {
	trailers := r.Trailer
	r = r.Clone(ctx)
	r.Trailer = trailers
	return r
}

// RoundTrip sends a request that is allowed.
func (o *outbound) RoundTrip(r *http.Request) (*http.Response, error) {
	return o.traced(r, o.send)
}

func (o *outbound) send(r *http.Request) (*http.Response, error) {
	d, err := destinationOf(r.URL)
	if err != nil {
		return nil, &wasihttp.Error{Code: wasihttp.CodeHTTPRequestURIInvalid, Err: err}
	}
	app := o.grants.app
	if id, ok := chainedID(d.host); ok {
		return app.chain(r, id)
	}
	r = cloned(r.Context(), r)
	r.Header.Del("Host") // it is the authority
	if d.self {
		if app.origin == nil {
			return nil, &wasihttp.Error{Code: wasihttp.CodeInternalError, Err: errNoOrigin}
		}
		r.URL.Scheme, r.URL.Host, r.Host = app.origin.Scheme, app.origin.Host, app.origin.Host
		return o.own.RoundTrip(r)
	}
	r.URL.Host = d.authority()
	r.Host = r.URL.Host
	if d.scheme == "http" && app.config.H2C != "" && app.config.H2C == r.Host {
		return o.h2c.RoundTrip(r)
	}
	res, err := o.others.RoundTrip(r)
	o.grants.tellBlocked("a request to "+d.String(), err)
	return res, err
}

var errNoOrigin = errors.New("the application does not listen, so it cannot send requests to itself")

// SetOrigin says where the application listens, such as "http://127.0.0.1:3000";
// components' requests to the application itself go there. It must be called
// before the first request.
func (a *App) SetOrigin(origin string) error {
	u, err := url.Parse(origin)
	a.origin = u
	return err
}
