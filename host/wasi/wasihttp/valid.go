package wasihttp

import (
	"net/url"
	"strings"
)

func validMethod(m Method) bool { return validName(strings.ToLower(m.String())) }

// validPath reports whether a text can be the path and query of a request.
func validPath(p string) bool {
	if p == "" {
		return true
	}
	_, err := url.ParseRequestURI(p)
	return err == nil && (strings.HasPrefix(p, "/") || p == "*") && !strings.ContainsAny(p, " #\r\n\t")
}

// validAuthority reports whether a text is a host with an optional port, and
// nothing else: no user, no path. SDKs write ":80" for none.
func validAuthority(a string) bool {
	if a == "" || strings.ContainsAny(a, "/?#@\\ \r\n\t") {
		return false
	}
	u, err := url.Parse("http://" + a + "/")
	return err == nil && u.Host == a && (u.Hostname() != "" || a == ":80" || a == ":443")
}
