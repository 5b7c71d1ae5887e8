package spin

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// destination is where a component wants to connect to, in one form: what is
// compared with the allow-list is what is dialled.
type destination struct {
	scheme string
	host   string // a name in lower case, or an address without brackets
	port   uint16
	self   bool // the application itself; there is no host then
}

// selfHost is a host that stands for the application itself, for SDKs that cannot
// send requests without one.
const selfHost = "self.alt"

// destinationOf reads where a request goes. It is strict: of the many spellings
// that resolvers take for an address only the usual ones are read.
func destinationOf(u *url.URL) (destination, error) {
	if u.User != nil || strings.Contains(u.Host, "@") {
		return destination{}, errors.New("the authority has a user")
	}
	host, port := splitHost(u.Host)
	if host == "" || host == selfHost {
		// SDKs add a port that means nothing to requests without a host.
		return destination{scheme: u.Scheme, self: true}, nil
	}
	d := destination{scheme: u.Scheme, port: httpPorts[u.Scheme]}
	var err error
	if d.host, err = canonicalHost(host); err != nil {
		return destination{}, err
	}
	if port != "" || d.port == 0 {
		d.port, err = parsePort(port)
	}
	return d, err
}

// httpPorts are the schemes of HTTP, with the ports of URLs without one.
var httpPorts = map[string]uint16{"http": 80, "https": 443}

func parsePort(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("the port %q is not a number from 1 to 65535", text)
	}
	return uint16(n), nil
}

// splitHost cuts the port off; a colon inside of brackets is no port's.
func splitHost(hostport string) (host, port string) {
	i := strings.LastIndexByte(hostport, ':')
	if i < 0 || strings.HasSuffix(hostport, "]") {
		return hostport, ""
	}
	return hostport[:i], hostport[i+1:]
}

// canonicalHost is a name in lower case or an address in its usual form.
func canonicalHost(host string) (string, error) {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		addr, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err != nil || !addr.Is6() || addr.Zone() != "" || !strings.HasSuffix(inner, "]") {
			return "", fmt.Errorf("%q is no IPv6 address", host)
		}
		return addr.String(), nil
	}
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is4() {
		return addr.String(), nil
	}
	name := strings.ToLower(host)
	if !isHostName(name) {
		return "", fmt.Errorf("%q is neither a host name nor an address", host)
	}
	return name, nil
}

// isHostName reports whether a text is a name for a resolver. A name that ends in a
// number is none: resolvers read 0x7f.1 or 2130706433 as addresses.
func isHostName(name string) bool {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	for _, label := range labels {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	last := labels[len(labels)-1]
	return strings.Trim(last, "0123456789") != "" && !isHex(last)
}

func isHex(label string) bool {
	digits, ok := strings.CutPrefix(label, "0x")
	return ok && strings.Trim(digits, "0123456789abcdef") == ""
}

// authority is the destination in a URL and in the header Host.
func (d destination) authority() string {
	if port, ok := httpPorts[d.scheme]; ok && port == d.port {
		if strings.Contains(d.host, ":") {
			return "[" + d.host + "]"
		}
		return d.host
	}
	return d.hostport()
}

// hostport is the destination as dialers take it.
func (d destination) hostport() string { return net.JoinHostPort(d.host, strconv.Itoa(int(d.port))) }

// String is the destination as an entry of allowed_outbound_hosts.
func (d destination) String() string {
	if d.self {
		return d.scheme + "://self"
	}
	return d.scheme + "://" + d.authority()
}
