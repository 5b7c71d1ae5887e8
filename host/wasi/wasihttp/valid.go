package wasihttp

import (
	"net/url"
	"strings"
)

func validMethod(m Method) bool { return validName(m.String()) }

// validScheme reports whether a scheme is one (RFC 3986, 3.1).
func validScheme(s Scheme) bool {
	if s.Case < schemeOther {
		return true
	}
	for i, c := range []byte(s.Other) {
		switch {
		case isLetter(c):
		case i > 0 && (c >= '0' && c <= '9' || strings.IndexByte("+-.", c) >= 0):
		default:
			return false
		}
	}
	return s.Other != ""
}

// validPath reports whether a text can be the path and query of a request.
func validPath(p string) bool {
	if p == "" {
		return true
	}
	_, err := url.ParseRequestURI(p)
	return err == nil && (strings.HasPrefix(p, "/") || p == "*") && !strings.ContainsAny(p, " #\r\n\t")
}

// validAuthority reports whether a text is a host with an optional port, and
// nothing else: no user, no path. SDKs write ":80" or ":443" for none.
func validAuthority(a string) bool {
	if a == "" || strings.ContainsAny(a, "/?#@\\ \r\n\t") {
		return false
	}
	u, err := url.Parse("http://" + a + "/")
	return err == nil && u.Host == a
}
