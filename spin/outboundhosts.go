package spin

import (
	"fmt"
	"net/url"
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
	if m.Version == 1 && len(hosts) == 0 {
		add(c.Pos, "redis://*:*", "mysql://*:*", "postgres://*:*")
	}
	for _, old := range c.AllowedHTTPHosts {
		if old.Value == "insecure:allow-all" {
			add(old.Pos, "http://*:*", "https://*:*", "http://self")
			return hosts, nil
		}
	}
	for _, old := range c.AllowedHTTPHosts {
		name, err := oldHost(old.Value)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: component %s: %w", old.Pos, c.ID, err)
		case name == "self":
			add(old.Pos, "http://self")
		default:
			add(old.Pos, "http://"+name, "https://"+name)
		}
	}
	return hosts, nil
}

// oldHost is the host and port of an entry of allowed_http_hosts.
func oldHost(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		u, err = url.Parse("http://" + s)
	}
	if err != nil || u.Host == "" || u.Path != "" && u.Path != "/" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("allowed_http_hosts: %q is not a host or host:port", s)
	}
	return u.Host, nil
}
