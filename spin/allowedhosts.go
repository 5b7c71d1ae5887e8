package spin

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// AllowedHost is one entry of allowed_outbound_hosts: scheme://host[:port], which
// may end in a slash, but not after a host of "*" or "self".
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
	"http": 80, "https": 443, "postgres": 5432, "mysql": 3306, "redis": 6379, "mqtt": 1883,
}

// ParseAllowedHost parses an entry of allowed_outbound_hosts.
func ParseAllowedHost(s string) (AllowedHost, error) {
	if strings.Contains(s, "{{") {
		if _, err := ParseTemplate(s); err != nil {
			return AllowedHost{}, err
		}
		return AllowedHost{Template: true}, nil
	}
	text := strings.TrimSpace(s)
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return AllowedHost{}, withoutScheme(text)
	}
	h := AllowedHost{Scheme: scheme}
	if err := checkScheme(scheme); err != nil {
		return AllowedHost{}, fmt.Errorf("%q: %w", s, err)
	}
	host, port, err := splitPort(rest)
	if err == nil {
		err = h.setHost(host)
	}
	if err == nil {
		err = h.setPort(port)
	}
	if err != nil {
		return AllowedHost{}, fmt.Errorf("%q: %w", s, err)
	}
	return h, nil
}

// withoutScheme says what is wrong with an entry without a scheme.
func withoutScheme(s string) error {
	switch s {
	case "*":
		return errors.New(`"*" is not allowed: write "*://*:*" to allow all hosts`)
	case "insecure:allow-all":
		return errors.New(`"insecure:allow-all" is no longer allowed: write "*://*:*"`)
	case "", ":", "?":
		return fmt.Errorf("%q is not an allowed host: write one as scheme://host[:port]", s)
	}
	return fmt.Errorf("%q has no scheme: write it as https://%s", s, s)
}

func checkScheme(s string) error {
	if s == "*" {
		return nil
	}
	if strings.HasPrefix(s, "{") {
		return errors.New("there are no lists of schemes: write an entry for each")
	}
	for _, c := range []byte(s) {
		if c < 'a' || c > 'z' {
			return errors.New("the scheme is lower-case letters, or * for any")
		}
	}
	if s == "" {
		return errors.New("the scheme is missing: write * for any")
	}
	return nil
}

// splitPort cuts the port off, as far as the last colon is not part of the host. A
// slash may follow.
func splitPort(s string) (host, port string, err error) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.Contains(s[i:], "]") {
		return s, "", nil
	}
	if _, err := netip.ParsePrefix(s); err == nil {
		return s, "", nil
	}
	port, path, _ := strings.Cut(s[i+1:], "/")
	if path != "" {
		return "", "", errPath
	}
	return s[:i], port, nil
}

var errPath = errors.New("an allowed host has no path or query")

func (h *AllowedHost) setHost(host string) error {
	written := strings.TrimSpace(host)
	host = strings.ToLower(written)
	if prefix, err := netip.ParsePrefix(host); err == nil {
		h.Host, h.network = host, prefix.Masked()
		return nil
	}
	host = strings.TrimSuffix(host, "/")
	h.Host = host
	domain, isWildcard := strings.CutPrefix(host, "*.")
	switch {
	case isKeyword(host) && host != written:
		// Spin takes self for a host's name then, and refuses *.
		return fmt.Errorf("%s stands for no host; write %s://%s", written, h.Scheme, host)
	case host == "self.alt":
		h.Host = "self"
		return nil
	case host == "*" || host == "self":
		return nil
	case strings.HasPrefix(host, "{"):
		return errors.New("there are no lists of hosts: write an entry for each")
	case strings.ContainsAny(host, "/?#"):
		if i := strings.IndexAny(host, "/?#"); i > 0 {
			return fmt.Errorf("%w; write %s://%s", errPath, h.Scheme, host[:i])
		}
		return errPath
	case strings.Contains(host, "@"):
		return errors.New("an allowed host has no user or password")
	case strings.Contains(domain, "*"):
		return errors.New("* stands for a whole host or, as *.domain, for the names below a domain")
	}
	addr, err := checkHost(domain)
	switch {
	case err != nil:
		return err
	case addr.IsValid() && isWildcard:
		return errors.New("*. stands before a domain, not before an address")
	case addr.IsValid():
		h.network = netip.PrefixFrom(addr, addr.BitLen())
	}
	return nil
}

// isKeyword reports whether a host stands for others: for every one, or for the
// application itself.
func isKeyword(host string) bool { return host == "*" || host == "self" || host == "self.alt" }

// checkHost reads the host of a URL: a name, or an address if addr is valid.
func checkHost(host string) (addr netip.Addr, err error) {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, closed := strings.CutSuffix(inner, "]")
		if addr, err = netip.ParseAddr(inner); err != nil || !closed || !addr.Is6() || addr.Zone() != "" {
			return netip.Addr{}, errors.New("what is in brackets is not an IPv6 address")
		}
		return addr, nil
	}
	if host == "" {
		return netip.Addr{}, errors.New("the host is missing")
	}
	for _, c := range host {
		switch {
		case c > 0x7e:
			return netip.Addr{}, errors.New("the host is not ASCII: write the name's form that begins with xn--")
		case c == ':':
			return netip.Addr{}, errors.New("the host has a colon: an IPv6 address stands in brackets, as in http://[::1]")
		case c <= ' ' || strings.ContainsRune(`#/<>?@[\]^|%{}`+"`\"", c):
			return netip.Addr{}, fmt.Errorf("the host has %q, which no name and no address has", c)
		}
	}
	addr, isNumber := parseIPv4(host)
	if isNumber && !addr.IsValid() {
		return netip.Addr{}, errors.New("the host ends in a number, and is not an IPv4 address")
	}
	return addr, nil
}

// parseIPv4 reads a host that ends in a number as URLs have it: one to four parts,
// each decimal, octal after 0 or hexadecimal after 0x, the last of which stands for
// all bytes that are left (WHATWG URL, section 3.5). addr is invalid if it is not one.
func parseIPv4(host string) (addr netip.Addr, isNumber bool) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := parts[len(parts)-1]
	_, err := parseIPv4Part(last)
	if err != nil && (last == "" || strings.Trim(last, "0123456789") != "") {
		return netip.Addr{}, false
	}
	if len(parts) > 4 {
		return netip.Addr{}, true
	}
	var ip uint64
	for i, part := range parts {
		n, err := parseIPv4Part(part)
		left := 4 - i // bytes that this part and those after it stand for
		isLast := i == len(parts)-1
		if err != nil || !isLast && n > 255 || isLast && n >= 1<<(8*left) {
			return netip.Addr{}, true
		}
		if isLast {
			ip += n
		} else {
			ip += n << (8 * (left - 1))
		}
	}
	return netip.AddrFrom4([4]byte{byte(ip >> 24), byte(ip >> 16), byte(ip >> 8), byte(ip)}), true
}

func parseIPv4Part(s string) (uint64, error) {
	switch {
	case len(s) > 1 && (s[:2] == "0x" || s[:2] == "0X"):
		if len(s) == 2 {
			return 0, nil
		}
		return strconv.ParseUint(s[2:], 16, 64)
	case len(s) > 1 && s[0] == '0':
		return strconv.ParseUint(s[1:], 8, 64)
	}
	return strconv.ParseUint(s, 10, 64)
}

func (h *AllowedHost) setPort(port string) error {
	switch {
	case port == "*":
		h.anyPort = true
		return nil
	case port == "":
		return h.setDefaultPort()
	case strings.HasPrefix(port, "{"):
		return errors.New("there are no lists of ports: write an entry for each, or a range such as 8000..9000")
	}
	low, high, isRange := strings.Cut(port, "..")
	a, errA := strconv.ParseUint(low, 10, 16)
	b, errB := a+1, error(nil)
	if isRange {
		b, errB = strconv.ParseUint(high, 10, 16)
	}
	if errA != nil || errB != nil {
		return fmt.Errorf("the port %q is not a number, a range such as 8000..9000, or *", port)
	}
	if b <= a {
		return fmt.Errorf("the range %s has no port: its end is not part of it", port)
	}
	h.low, h.high = uint16(a), uint16(b-1)
	return nil
}

func (h *AllowedHost) setDefaultPort() error {
	port, ok := defaultPorts[h.Scheme]
	switch {
	case ok:
		h.low, h.high = port, port
		return nil
	case h.Scheme == "postgresql":
		return errors.New("the scheme of PostgreSQL is postgres here")
	}
	return fmt.Errorf("the scheme %s has no default port: write one, or :*", h.Scheme)
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
	if err != nil {
		addr, _ = parseIPv4(host)
	}
	switch {
	case h.network.IsValid():
		return addr.IsValid() && h.network.Contains(addr)
	case h.Host == "*":
		return true
	case strings.HasPrefix(h.Host, "*."):
		return !addr.IsValid() && strings.HasSuffix(host, h.Host[1:])
	}
	return h.Host == host && host != "self"
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

// Everywhere reports whether the entry permits every host, or every address.
func (h AllowedHost) Everywhere() bool {
	return h.Host == "*" || h.network.IsValid() && h.network.Bits() == 0
}
