package oci

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// errRefused is for requests this package will not make.
var errRefused = errors.New("refused")

// hostTransports gives every host a transport of its own, so that a client
// certificate or a relaxed check meant for one registry never reaches the host
// it redirects to.
type hostTransports struct {
	options Options
	mu      sync.Mutex
	byHost  map[string]http.RoundTripper
	named   map[string]bool // hosts the user named
}

// name marks host as named by the user: the settings of Options apply to it.
// It reports whether the host is spoken to without TLS.
func (t *hostTransports) name(host string) (plain bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.named[host] {
		t.named[host] = true
		delete(t.byHost, host)
	}
	return t.plain(host)
}

// RoundTrip sends the request by its host's transport. The request's query is
// taken out of what the response remembers of it: storage hosts carry their
// keys there, and errors print it.
func (t *hostTransports) RoundTrip(req *http.Request) (*http.Response, error) {
	rt, err := t.transport(req.URL)
	if err != nil {
		return nil, err
	}
	resp, err := guard(rt, t.options.StallTimeout, req)
	if err != nil {
		return nil, err
	}
	noteRetryAfter(req.Context(), resp)
	bare := *req
	u := *req.URL
	u.RawQuery, u.User = "", nil
	bare.URL = &u
	resp.Request = &bare
	return resp, nil
}

func (t *hostTransports) transport(u *url.URL) (http.RoundTripper, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if u.Scheme == "http" && !t.plain(u.Host) {
		return nil, fmt.Errorf("%w: plain HTTP to %s", errRefused, u.Host)
	}
	if t.options.Transport != nil {
		return t.options.Transport, nil
	}
	if rt := t.byHost[u.Host]; rt != nil {
		return rt, nil
	}
	config, err := t.options.tlsConfig(u.Host, t.named[u.Host])
	if err != nil {
		return nil, err
	}
	rt := newTransport(config, t.options.Parallel)
	t.byHost[u.Host] = rt
	return rt, nil
}

// plain reports whether host is spoken to without TLS. A host the user did not
// name must be loopback, and loopback without settings for TLS.
func (t *hostTransports) plain(host string) bool {
	if t.named[host] && t.options.PlainHTTP.match(host) {
		return true
	}
	return loopback(host) && !t.options.hasTLS(host)
}

func (t *hostTransports) closeIdle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, rt := range t.byHost {
		if c, ok := rt.(*http.Transport); ok {
			c.CloseIdleConnections()
		}
	}
}

func newTransport(config *tls.Config, parallel int) *http.Transport {
	const writeBuffer = 256 << 10
	dialer := &net.Dialer{Timeout: connectTimeout}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    connectTimeout,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    parallel + 1,
		IdleConnTimeout:        defaultStallTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		// A blob is what its digest says, never what a server compresses on the way.
		DisableCompression: true,
		WriteBufferSize:    writeBuffer,
	}
}

// checkRedirect refuses to leave TLS and to go round in circles. Taking the
// credentials off when the host changes is the auth client's part.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return fmt.Errorf("%w: more than %d redirects", errRefused, maxRedirects)
	}
	if last := via[len(via)-1]; last.URL.Scheme == "https" && req.URL.Scheme != "https" {
		return fmt.Errorf("%w: redirect from https to %s at %s", errRefused, req.URL.Scheme, req.URL.Host)
	}
	req.Header.Del("Cookie")
	req.Header.Del("Referer")
	return nil
}

// Hosts is a set of registry hosts: HOST or HOST:PORT, or "*" for every host the
// user names. The zero value is empty.
type Hosts []string

func (h Hosts) match(host string) bool {
	for _, want := range h {
		if want == "*" || strings.EqualFold(want, host) {
			return true
		}
		if name, _, err := net.SplitHostPort(host); err == nil && strings.EqualFold(want, name) {
			return true
		}
	}
	return false
}
