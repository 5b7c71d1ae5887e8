package spin

import (
	"fmt"
	"strings"
	"testing"
)

// describe is what an entry permits: scheme, host or network, ports.
func (h AllowedHost) describe() string {
	host := h.Host
	if h.network.IsValid() {
		host = h.network.String()
	}
	switch {
	case h.Template:
		return "template"
	case h.anyPort:
		return fmt.Sprintf("%s %s *", h.Scheme, host)
	case h.low == h.high:
		return fmt.Sprintf("%s %s %d", h.Scheme, host, h.low)
	}
	return fmt.Sprintf("%s %s %d-%d", h.Scheme, host, h.low, h.high)
}

func TestAllowedHostsAreReadAsSpinReadsThem(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		"http://example.com":               "http example.com 80",
		"http://example.com/":              "http example.com 80",
		"https://example.com":              "https example.com 443",
		"  https://example.com ":           "https example.com 443",
		"https://EXAMPLE.com":              "https example.com 443",
		"https://example.com:":             "https example.com 443",
		"http://example.com:4444":          "http example.com 4444",
		"http://example.com:4444/":         "http example.com 4444",
		"http://example.com:4444..5555":    "http example.com 4444-5554",
		"http://example.com:4444..4445":    "http example.com 4444",
		"http://example.com:*":             "http example.com *",
		"http://example.com:0":             "http example.com 0",
		"*://example.com:7777":             "* example.com 7777",
		"*://example.com:*":                "* example.com *",
		"*://*:*":                          "* * *",
		"http://*":                         "http * 80",
		"http://*:8080":                    "http * 8080",
		"https://*.example.com":            "https *.example.com 443",
		"https://*.EXAMPLE.com:8443":       "https *.example.com 8443",
		"http://*.spin.internal":           "http *.spin.internal 80",
		"http://one.spin.internal":         "http one.spin.internal 80",
		"http://self":                      "http self 80",
		"https://self":                     "https self 443",
		"http://self.alt":                  "http self 80",
		"http://self:80/":                  "http self 80",
		"http://*:80/":                     "http * 80",
		"http://example.com/:8080":         "http example.com 8080",
		"http://a,b.com":                   "http a,b.com 80",
		"http://::ffff:10.0.0.1/128:80":    "http ::ffff:10.0.0.1/128 80",
		"http://*.localhost":               "http *.localhost 80",
		"*://self:*":                       "* self *",
		"postgres://db":                    "postgres db 5432",
		"mysql://db":                       "mysql db 3306",
		"redis://localhost":                "redis localhost 6379",
		"mqtt://broker":                    "mqtt broker 1883",
		"pg://localhost:5656":              "pg localhost 5656",
		"tcp://127.0.0.1:63551":            "tcp 127.0.0.1/32 63551",
		"http://192.168.1.1":               "http 192.168.1.1/32 80",
		"http://192.168.001.001":           "http 192.168.1.1/32 80",
		"http://0x7f.1":                    "http 127.0.0.1/32 80",
		"http://2130706433":                "http 127.0.0.1/32 80",
		"http://127.0.0.1.:81":             "http 127.0.0.1/32 81",
		"*://127.0.0.1/24:63551":           "* 127.0.0.0/24 63551",
		"http://10.0.0.0/8":                "http 10.0.0.0/8 80",
		"http://0.0.0.0/0:*":               "http 0.0.0.0/0 *",
		"http://[::1]":                     "http ::1/128 80",
		"https://[::1]":                    "https ::1/128 443",
		"http://[2001:DB8::1]":             "http 2001:db8::1/128 80",
		"http://[2001:db8::1]:443":         "http 2001:db8::1/128 443",
		"http://[::1]:*":                   "http ::1/128 *",
		"http://[::1]:8000..9000":          "http ::1/128 8000-8999",
		"http://[::1]:8080/":               "http ::1/128 8080",
		"http://[::1]/":                    "http ::1/128 80",
		"http://ff00::/8":                  "http ff00::/8 80",
		"https://2001:db8::/32":            "https 2001:db8::/32 443",
		"http://::1/128":                   "http ::1/128 80",
		"http://2001:db8::/32:443":         "http 2001:db8::/32 443",
		"http://xn--bcher-kva.example":     "http xn--bcher-kva.example 80",
		"http://my_host":                   "http my_host 80",
		"http://example.com.":              "http example.com. 80",
		"https://{{ host }}":               "template",
		"{{ scheme }}://{{host}}:{{port}}": "template",
		"{{ all }}":                        "template",
	} {
		h, err := ParseAllowedHost(entry)
		if err != nil {
			t.Errorf("%s: %v", entry, err)
			continue
		}
		if got := h.describe(); got != want {
			t.Errorf("%s: %s, want %s", entry, got, want)
		}
	}
}

func TestAllowedHostsThatAreNoneAreRefusedWithAHint(t *testing.T) {
	t.Parallel()
	const (
		path  = "an allowed host has no path or query"
		port  = "is not a number, a range such as 8000..9000, or *"
		v6    = "what is in brackets is not an IPv6 address"
		colon = "the host has a colon: an IPv6 address stands in brackets"
		ipv4  = "*. stands before a domain, not before an address"
	)
	for entry, want := range map[string]string{
		"":                               "write one as scheme://host[:port]",
		":":                              "write one as scheme://host[:port]",
		"?":                              "write one as scheme://host[:port]",
		"*":                              `write "*://*:*" to allow all hosts`,
		"insecure:allow-all":             `write "*://*:*"`,
		"example.com":                    "has no scheme: write it as https://example.com",
		"example.com:8080":               "has no scheme",
		"localhost":                      "has no scheme",
		"[::1]":                          "has no scheme",
		"[::1]:8080":                     "has no scheme",
		"zootle! wurdl!":                 "has no scheme",
		"}{ !!**":                        "has no scheme",
		"://example.com:80":              "the scheme is missing",
		"ht!tp://example.com":            "the scheme is lower-case letters, or * for any",
		"HTTP://example.com":             "the scheme is lower-case letters, or * for any",
		"{http,https}://example.com":     "there are no lists of schemes",
		"http://{a,b}.com":               "there are no lists of hosts",
		"http://example.com:{80,81}":     "there are no lists of ports",
		"https://":                       "the host is missing",
		"https://:443":                   "the host is missing",
		"ftp://example.com":              "the scheme ftp has no default port: write one, or :*",
		"*://example.com":                "the scheme * has no default port: write one, or :*",
		"*://*":                          "the scheme * has no default port: write one, or :*",
		"*://self":                       "the scheme * has no default port: write one, or :*",
		"postgresql://db":                "the scheme of PostgreSQL is postgres here",
		"http://example.com/p":           path + "; write http://example.com",
		"http://example.com?q":           path + "; write http://example.com",
		"http://example.com:8080/p":      path,
		"http://*.example.com/p":         path,
		"http://*.example.com:8080/p":    path,
		"http://127.0.0.0/24/p":          path,
		"http://ff00::/8/extra":          path,
		"http://[::1]/foo":               path,
		"http://example.com//":           path,
		"http://*.example.com//":         path,
		"http://self//":                  path,
		"http://[::1]//":                 path,
		"http://user@example.com":        "an allowed host has no user or password",
		"http://user:secret@example.com": "", // the port is secret@example.com
		"http://a*b.com":                 "* stands for a whole host",
		"http://www.*.com":               "* stands for a whole host",
		"http://*.*.com":                 "* stands for a whole host",
		"http://*.":                      "the host is missing",
		"http://*.:8080":                 "the host is missing",
		"http://*.127.0.0.1":             ipv4,
		"http://*.192.168.001.001":       ipv4,
		"http://*.[::1]":                 ipv4,
		"http://*.[2001:db8::1]":         ipv4,
		"http://*/":                      "*/ stands for no host; write http://*",
		"http://self/":                   "self/ stands for no host; write http://self",
		"http://self.alt/":               "self.alt/ stands for no host; write http://self.alt",
		"http://SELF":                    "SELF stands for no host; write http://self",
		"http://[::1":                    v6,
		"http://[::1]junk":               "",
		"http://[::1junk":                "",
		"http://[::1]::80":               "",
		"http://[v1.]":                   v6,
		"http://[vG.example]":            v6,
		"http://[127.0.0.1]":             v6,
		"http://[fe80::1%25eth0]":        v6,
		"http://::1":                     colon,
		"http://2001:db8::1":             colon,
		"http://example.com:80:90":       colon,
		"http://1.2.3.4.5":               "the host ends in a number, and is not an IPv4 address",
		"http://256.0.0.1":               "the host ends in a number, and is not an IPv4 address",
		"http://1.2.3.09":                "the host ends in a number, and is not an IPv4 address",
		"http://10.0.0.0/33":             path,
		"http://example%.com":            `the host has '%'`,
		"http://example%2.com":           `the host has '%'`,
		"http://exa[mple.com":            `the host has '['`,
		`http://exa\mple.com`:            `the host has '\\'`,
		"http://invalid host":            `the host has ' '`,
		"http://a|b":                     `the host has '|'`,
		"http://bücher.example":          "write the name's form that begins with xn--",
		"http://example.com:notaport":    port,
		"http://example.com:99999":       port,
		"http://example.com:-1":          port,
		"http://example.com:8080..":      port,
		"http://example.com:..80":        port,
		"http://example.com:8080..70000": port,
		"http://example.com:8O8O":        port,
		"http://*:notaport":              port,
		"http://self:notaport":           port,
		"http://[::1]:99999":             port,
		"http://ff00::/8:99999":          port,
		"http://example.com:*:80":        "* stands for a whole host",
		"http://example.com:*..80":       port,
		"http://a?b":                     path + "; write http://a",
		"http:////":                      path,
		"https:///:80":                   "the host is missing",
		"http://*.1":                     ipv4,
		"h2c://x:1":                      "the scheme is lower-case letters, or * for any",
		"rediss://x":                     "the scheme rediss has no default port: write one, or :*",
		"http://example.com:9..8":        "the range 9..8 has no port: its end is not part of it",
		"http://example.com:80..80":      "the range 80..80 has no port: its end is not part of it",
		"http://{{ a":                    "has {{ without }}",
		"http://{{ A }}":                 "is no variable's name",
	} {
		if h, err := ParseAllowedHost(entry); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %s, %v; want %q", entry, h.describe(), err, want)
		}
	}
}

func TestAllowedHostsPermitWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		entry, scheme, host string
		port                uint16
		want                bool
	}{
		{"https://example.com", "https", "example.com", 443, true},
		{"https://example.com", "https", "EXAMPLE.com", 443, true},
		{"https://example.com", "http", "example.com", 443, false},
		{"https://example.com", "https", "example.com", 8443, false},
		{"https://example.com:*", "https", "example.com", 8443, true},
		{"https://example.com", "https", "www.example.com", 443, false},
		{"http://example.com:8000..8002", "http", "example.com", 7999, false},
		{"http://example.com:8000..8002", "http", "example.com", 8000, true},
		{"http://example.com:8000..8002", "http", "example.com", 8001, true},
		{"http://example.com:8000..8002", "http", "example.com", 8002, false},
		{"http://*.example.com", "http", "a.b.example.com", 80, true},
		{"http://*.Example.COM", "http", "A.example.com", 80, true},
		{"http://*.example.com", "http", "example.com", 80, false},
		{"http://*.example.com", "http", "myexample.com", 80, false},
		{"*://*:*", "tcp", "10.0.0.0", 1, true},
		{"redis://10.0.0.0/8:6379", "redis", "10.1.2.3", 6379, true},
		{"redis://10.0.0.0/8", "redis", "10.1.2.3", 6379, true},
		{"redis://10.0.0.0/8", "redis", "11.1.2.3", 6379, false},
		{"redis://10.0.0.0/8", "redis", "ten.example.com", 6379, false},
		{"redis://10.0.0.0/8", "redis", "::ffff:10.1.2.3", 6379, false},
		{"redis://10.0.0.0/8", "redis", "0xa.1", 6379, true},
		{"http://[::1]:80", "http", "::1", 80, true},
		{"http://[::1]:80", "http", "0:0::0:1", 80, true},
		{"http://[::1]:80", "http", "::2", 80, false},
		{"http://2001:db8::/32", "http", "2001:db8:abcd::1", 80, true},
		{"http://2001:db8::/32", "http", "2001:db9::1", 80, false},
		{"http://[::ffff:10.1.2.3]", "http", "::ffff:10.1.2.3", 80, true},
		{"https://example.com/", "https", "example.com", 443, true},
		{"https://example.com:8443/", "https", "example.com", 8443, true},
		{"http://127.0.0.1", "http", "127.0.0.1", 80, true},
		{"http://127.0.0.1", "http", "2130706433", 80, true},
		{"http://localhost", "http", "127.0.0.1", 80, false},
		{"http://self", "http", "self", 80, false},
		{"postgres://{{ db }}", "postgres", "db", 5432, false},
	} {
		h, err := ParseAllowedHost(c.entry)
		if err != nil {
			t.Errorf("%s: %v", c.entry, err)
			continue
		}
		if got := h.Allows(c.scheme, c.host, c.port); got != c.want {
			t.Errorf("%s allows %s://%s:%d = %v", c.entry, c.scheme, c.host, c.port, got)
		}
	}
}

func TestRequestsToTheApplicationItselfNeedSelfOrAWildcard(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		"http://self": "http", "http://self.alt": "http", "https://self": "https", "*://self:*": "http https",
		"http://self:1": "http", "http://*": "http", "*://*:*": "http https", "http://*.example.com": "",
		"http://localhost:3000": "", "{{ self }}": "",
	} {
		h, err := ParseAllowedHost(entry)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, scheme := range []string{"http", "https"} {
			if h.AllowsSelf(scheme) {
				got = append(got, scheme)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s allows self by %q", entry, got)
		}
	}
}
