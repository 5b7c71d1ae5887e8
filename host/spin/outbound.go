package spin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/edgelint/edgelint/host/wasi/wasihttp"
	"github.com/edgelint/edgelint/spin"
)

// outbound sends the requests of a component.
type outbound struct {
	grants *grants
	hosts  []spin.AllowedHost
	next   http.RoundTripper
}

// newOutbound reads the hosts that a component may send requests to.
func newOutbound(ctx context.Context, g *grants, next http.RoundTripper) (*outbound, error) {
	o := &outbound{grants: g, next: next}
	c := g.component
	if len(c.AllowedHTTPHosts) > 0 {
		return nil, fmt.Errorf("%s: component %s: allowed_http_hosts is deprecated and not served: "+
			"write allowed_outbound_hosts with schemes, as in \"https://example.com\"", c.AllowedHTTPHosts[0].Pos, c.ID)
	}
	for _, entry := range c.AllowedOutboundHosts {
		text, err := g.app.values.expand(ctx, entry.Value)
		if err == nil && text != "" { // a template may leave nothing
			var h spin.AllowedHost
			h, err = spin.ParseAllowedHost(text)
			o.hosts = append(o.hosts, h)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: component %s: allowed_outbound_hosts: %w", entry.Pos, c.ID, err)
		}
	}
	return o, nil
}

// config is the outbound policy for package wasihttp.
func (o *outbound) config() wasihttp.Config {
	return wasihttp.Config{Allow: o.allow, Transport: o, Self: true}
}

func (o *outbound) allow(r *http.Request) error {
	entry := r.URL.Scheme + "://" + r.URL.Host
	allows := func(h spin.AllowedHost) bool { return h.Allows(r.URL.Scheme, r.URL.Hostname(), portOf(r.URL)) }
	if isSelf(r.URL) {
		entry = r.URL.Scheme + "://self"
		allows = func(h spin.AllowedHost) bool { return h.AllowsSelf(r.URL.Scheme) }
	}
	if slices.ContainsFunc(o.hosts, allows) {
		return nil
	}
	o.grants.denied("a request to "+entry, fmt.Sprintf("allowed_outbound_hosts = [%q]", entry))
	return errors.New("not in allowed_outbound_hosts")
}

// portOf is the port of a URL, 0 if it has none that is a number.
func portOf(u *url.URL) uint16 {
	text := u.Port()
	if text == "" {
		text = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	n, _ := strconv.ParseUint(text, 10, 16)
	return uint16(n)
}

// isSelf reports whether a request goes to the application itself, as requests
// without a host do.
func isSelf(u *url.URL) bool { return u.Hostname() == "" || u.Host == "self.alt" }

// chainedID is the component that a host such as one.spin.internal stands for.
func chainedID(host string) (id string, ok bool) {
	return strings.CutSuffix(strings.ToLower(host), ".spin.internal")
}

// hostname is a host without its port.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return host
}

// RoundTrip sends a request that is allowed: to a component in this process, to
// the address where the application listens, or into the network.
func (o *outbound) RoundTrip(r *http.Request) (*http.Response, error) {
	app := o.grants.app
	if id, ok := chainedID(r.URL.Hostname()); ok {
		return app.chain(r, id)
	}
	if !isSelf(r.URL) {
		return o.next.RoundTrip(r)
	}
	if app.origin == nil {
		return nil, errors.New("the application does not listen, so it cannot send requests to itself")
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = app.origin.Scheme, app.origin.Host, app.origin.Host
	return o.next.RoundTrip(r)
}

// SetOrigin says where the application listens, such as "http://127.0.0.1:3000";
// components' requests to the application itself go there. It must be called
// before the first request.
func (a *App) SetOrigin(origin string) error {
	u, err := url.Parse(origin)
	a.origin = u
	return err
}
