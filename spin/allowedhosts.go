package spin

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// AllowedHost is one entry of allowed_outbound_hosts: scheme://host[:port], which
// may end in a slash.
type AllowedHost struct {
	Scheme string // "*" for any
	// Host is "*", "*.domain", a name, an IP address, a CIDR range or "self".
	Host string
	// Template is set if the entry has variables; nothing else is known then.
	Template bool

	network   netip.Prefix // of an address or range
	anyPort   bool
	low, high uint16 // ports, both inclusive
}

// defaultPorts are the ports of schemes that need not be written.
var defaultPorts = map[string]uint16{
	"http": 80, "https": 443, "postgres": 5432, "postgresql": 5432, "mysql": 3306, "redis": 6379, "mqtt": 1883,
}

// ParseAllowedHost parses an entry of allowed_outbound_hosts.
func ParseAllowedHost(s string) (AllowedHost, error) {
	switch {
	case strings.Contains(s, "{{"):
		if _, err := ParseTemplate(s); err != nil {
			return AllowedHost{}, err
		}
		return AllowedHost{Template: true}, nil
	case s == "*":
		return AllowedHost{}, errors.New(`"*" is not allowed: write "*://*:*" to allow all hosts`)
	case s == "insecure:allow-all":
		return AllowedHost{}, errors.New(`"insecure:allow-all" is no longer allowed: write "*://*:*"`)
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return AllowedHost{}, fmt.Errorf("%q has no scheme: write it as https://%s", s, s)
	}
	h := AllowedHost{Scheme: scheme}
	if !validScheme(scheme) {
		return AllowedHost{}, fmt.Errorf("%q: the scheme is letters, or * for any", s)
	}
	host, port := splitPort(strings.TrimSuffix(rest, "/"))
	if err := h.setHost(host); err != nil {
		return AllowedHost{}, fmt.Errorf("%q: %w", s, err)
	}
	if err := h.setPort(port); err != nil {
		return AllowedHost{}, fmt.Errorf("%q: %w", s, err)
	}
	return h, nil
}

func validScheme(s string) bool {
	if s == "*" {
		return true
	}
	for _, c := range []byte(s) {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return s != ""
}

// splitPort cuts the port off; a colon inside of brackets is no port's.
func splitPort(s string) (host, port string) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.HasSuffix(s, "]") || strings.IndexByte(s[i:], ']') >= 0 {
		return s, ""
	}
	return s[:i], s[i+1:]
}

func (h *AllowedHost) setHost(host string) error {
	h.Host = strings.ToLower(host)
	bare := strings.TrimSuffix(strings.TrimPrefix(h.Host, "["), "]")
	if addr, err := netip.ParseAddr(bare); err == nil {
		h.network = netip.PrefixFrom(addr, addr.BitLen())
		return nil
	}
	if prefix, err := netip.ParsePrefix(h.Host); err == nil {
		h.network = prefix.Masked()
		return nil
	}
	domain := strings.TrimPrefix(h.Host, "*.")
	switch {
	case h.Host == "*" || h.Host == "self":
		return nil
	case h.Host == "":
		return errors.New("the host is missing")
	case strings.ContainsAny(h.Host, "/?#"):
		return fmt.Errorf("an allowed host has no path or query; write %s://%s", h.Scheme, h.Host[:strings.IndexAny(h.Host, "/?#")])
	case strings.Contains(h.Host, "@"):
		return errors.New("an allowed host has no user or password")
	case strings.Contains(domain, "*"):
		return errors.New("* stands for a whole host or, as *.domain, for the names below a domain")
	case strings.ContainsAny(domain, " ,{}[]\\:"):
		return errors.New("the host is not a name, an address or a range of addresses")
	}
	return nil
}

func (h *AllowedHost) setPort(port string) error {
	if port == "*" {
		h.anyPort = true
		return nil
	}
	if port == "" {
		return h.setDefaultPort()
	}
	low, high, isRange := strings.Cut(port, "..")
	a, errA := strconv.ParseUint(low, 10, 16)
	b, errB := a, error(nil)
	if isRange {
		b, errB = strconv.ParseUint(high, 10, 16)
		b-- // the end is not part of a range
	}
	if errA != nil || errB != nil || b < a || b > 65535 {
		return fmt.Errorf("the port %q is not a number, a range such as 8000..9000, or *", port)
	}
	h.low, h.high = uint16(a), uint16(b)
	return nil
}

func (h *AllowedHost) setDefaultPort() error {
	port, ok := defaultPorts[h.Scheme]
	switch {
	case ok:
		h.low, h.high = port, port
	case h.Host == "self" || h.Scheme == "*" && h.Host == "*":
		h.anyPort = true
	default:
		return fmt.Errorf("the scheme %s has no default port: write one, or :*", h.Scheme)
	}
	return nil
}

// Allows reports whether the entry permits a connection. host is a name or an IP
// address, without brackets. An IPv4 address inside of an IPv6 one is not the IPv4
// address.
func (h AllowedHost) Allows(scheme, host string, port uint16) bool {
	if h.Template || h.Scheme != "*" && h.Scheme != scheme || !h.anyPort && (port < h.low || port > h.high) {
		return false
	}
	host = strings.ToLower(host)
	addr, err := netip.ParseAddr(host)
	switch {
	case h.network.IsValid():
		return err == nil && h.network.Contains(addr)
	case h.Host == "*":
		return true
	case strings.HasPrefix(h.Host, "*."):
		return err != nil && strings.HasSuffix(host, h.Host[1:])
	}
	return h.Host == host
}

// AnyPort is the entry as it would be if it permitted all ports.
func (h AllowedHost) AnyPort() AllowedHost {
	h.anyPort = true
	return h
}

// AllowsSelf reports whether the entry permits requests to the application itself.
func (h AllowedHost) AllowsSelf(scheme string) bool {
	return (h.Scheme == "*" || h.Scheme == scheme) && (h.Host == "self" || h.Host == "*")
}

// Everywhere reports whether the entry permits every host.
func (h AllowedHost) Everywhere() bool { return h.Host == "*" }
