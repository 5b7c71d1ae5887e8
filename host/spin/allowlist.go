package spin

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/spin"
)

// allowList is where a component may connect to: its allowed_outbound_hosts.
type allowList []allowedHost

// allowedHost is an entry with what it says once its variables are expanded.
type allowedHost struct {
	spin.AllowedHost
	text string
}

// newAllowList reads the hosts that a component may connect to.
func (g *grants) newAllowList(ctx context.Context) (allowList, error) {
	entries, err := g.app.manifest.OutboundHosts(g.component)
	if err != nil {
		return nil, err
	}
	var list allowList
	for _, entry := range entries {
		text, err := g.app.values.expand(ctx, entry.Value)
		if err == nil && !spin.IsEmptyHost(text) {
			var h spin.AllowedHost
			h, err = spin.ParseAllowedHost(text)
			list = append(list, allowedHost{h, text})
		}
		if err != nil {
			return nil, fmt.Errorf("%s: component %s: allowed_outbound_hosts: %w", entry.Pos, g.component.ID, err)
		}
	}
	return list, nil
}

// allows reports whether a connection is permitted.
func (l allowList) allows(d destination) bool {
	return slices.ContainsFunc(l, func(h allowedHost) bool {
		if d.self {
			return h.AllowsSelf("http") || h.AllowsSelf("https") // which one the listener speaks is the host's business
		}
		return h.Allows(d.scheme, d.host, d.port)
	})
}

// Permits is an error unless one of the hosts permits a request to a URL, by the
// rules for components of applications. entry is what would permit it, "" if
// nothing does.
func Permits(hosts []spin.AllowedHost, u *url.URL) (entry string, err error) {
	d, err := destinationOf(u)
	if err != nil {
		return "", err
	}
	for _, h := range hosts {
		if !d.self && h.Allows(d.scheme, d.host, d.port) {
			return d.String(), nil
		}
	}
	return d.String(), errDenied
}

// nearest is an entry that permits the host by another scheme or port, "" without
// one.
func (l allowList) nearest(d destination) (text, differs string) {
	for _, h := range l {
		scheme, port := h.Scheme, h.AnyPort()
		switch {
		case d.self:
		case h.Allows(scheme, d.host, d.port):
			return h.text, "scheme"
		case port.Allows(d.scheme, d.host, d.port):
			return h.text, "port"
		case port.Allows(scheme, d.host, d.port):
			return h.text, "scheme and port"
		}
	}
	return "", ""
}

// refuse tells of a connection that the manifest does not permit.
func (g *grants) refuse(what string, d destination, list allowList) {
	if hint := g.nowhere(d); hint != "" {
		g.deny(Denial{What: what, Hint: hint})
		return
	}
	hint := ""
	if text, differs := list.nearest(d); text != "" {
		hint = fmt.Sprintf("the entry %q differs only in the %s", text, differs)
	}
	g.deny(Denial{
		What: what, Hint: hint,
		Grant: grantLine("allowed_outbound_hosts", g.component.AllowedOutboundHosts, d.String()),
	})
}

// nowhere says why no entry of the manifest permits a connection, "" if one can.
func (g *grants) nowhere(d destination) string {
	if d.host == "self" {
		return "it is a path alone, as in /next, that goes to the application itself, or one after http://" + selfHost
	}
	id, chained := chainedID(d.host)
	if _, ok := g.app.manifest.Component(id); chained && !ok {
		return fmt.Sprintf("the application has no component %q", id)
	}
	return ""
}

// grantLine is a line of the manifest with one more entry in a list.
func grantLine(key string, list []spin.String, entry string) string {
	var quoted []string
	for _, s := range list {
		quoted = append(quoted, fmt.Sprintf("%q", s.Value))
	}
	return key + " = [" + strings.Join(append(quoted, fmt.Sprintf("%q", entry)), ", ") + "]"
}
