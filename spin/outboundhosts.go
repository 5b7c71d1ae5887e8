package spin

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// OutboundHosts are the hosts that a component may connect to: its
// allowed_outbound_hosts, and the deprecated allowed_http_hosts in the form that
// replaced them. Version 1 allows every database unless it says otherwise.
func (m *Manifest) OutboundHosts(c *Component) ([]String, error) {
	hosts := append([]String{}, c.AllowedOutboundHosts...)
	add := func(pos Position, entries ...string) {
		for _, s := range entries {
			hosts = append(hosts, String{s, pos})
		}
	}
	if m.Version == 1 && c.AllowedOutboundHosts == nil {
		add(c.Pos, "redis://*:*", "mysql://*:*", "postgres://*:*")
	}
	if c.allowsAllHTTP() {
		add(c.AllowedHTTPHosts[0].Pos, "http://*:*", "https://*:*", "http://self")
		return hosts, nil
	}
	for _, old := range c.AllowedHTTPHosts {
		name, err := oldHost(old.Value)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: component %s: allowed_http_hosts: %w", old.Pos, c.ID, err)
		case name == "self":
			add(old.Pos, "http://self")
		default:
			add(old.Pos, "http://"+name, "https://"+name)
		}
	}
	return hosts, nil
}

// allowsAllHTTP reports whether allowed_http_hosts has the entry for all hosts.
func (c *Component) allowsAllHTTP() bool {
	return slices.ContainsFunc(c.AllowedHTTPHosts, func(s String) bool { return s.Value == "insecure:allow-all" })
}

// IsEmptyHost reports whether an entry of allowed_outbound_hosts is empty, as
// templates of variables without a value are, and permits nothing.
func IsEmptyHost(s string) bool { return s == "" || s == "http://" || s == "https://" }

// oldHost is the host and port of an entry of allowed_http_hosts, the port only if
// it is not that of the entry's scheme, http if it has none.
func oldHost(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		u, err = url.Parse("http://" + s)
	}
	if err != nil || u.Host == "" || u.Path != "" && u.Path != "/" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("%q is not a host or host:port", s)
	}
	if port, err := strconv.ParseUint(u.Port(), 10, 16); err == nil && uint16(port) == defaultPorts[u.Scheme] {
		return strings.TrimSuffix(u.Host, ":"+u.Port()), nil
	}
	return u.Host, nil
}
