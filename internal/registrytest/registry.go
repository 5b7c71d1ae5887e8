// Package registrytest gives tests a strict registry, a network that exists
// only in memory, and faults to put between. With it a test runs whole in a
// synctest bubble: waits cost nothing and can be measured.
//
//	network := registrytest.NewNetwork(t)
//	registry := network.Registry("registry.localhost:5000", registrytest.Options{})
//	registry.Fault(registrytest.Times(1, registrytest.Uploads, registrytest.Status(503, "")))
//	client := oci.NewClient(oci.Options{Transport: network.Transport()})
package registrytest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/olareg/olareg"
	"github.com/olareg/olareg/config"
)

// Options configure a Registry.
type Options struct {
	// NoReferrers takes the referrers API away, so that clients fall back to tags.
	NoReferrers bool
	// User and Password, if set, are demanded: by HTTP basic, or, with Bearer,
	// in exchange for a token at /token.
	User, Password string
	Bearer         bool
}

// Registry is olareg behind faults and authentication. It is an http.Handler.
type Registry struct {
	options Options
	server  *olareg.Server

	mu       sync.Mutex
	faults   []*Fault
	requests []Request
	tokens   map[string]bool
}

// Request is what a registry was asked.
type Request struct {
	Method, Path  string
	Query         string
	Authorization string
	Range         string
}

// String is the method and the path.
func (r Request) String() string { return r.Method + " " + r.Path }

// New makes a registry that keeps everything in memory until the test ends.
func New(t testing.TB, o Options) *Registry {
	t.Helper()
	r := Open(o)
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("closing the registry: %v", err)
		}
	})
	return r
}

// Open makes a registry that keeps everything in memory until it is closed.
func Open(o Options) *Registry {
	yes := true
	referrers := !o.NoReferrers
	conf := config.Config{
		Storage: config.ConfigStorage{StoreType: config.StoreMem},
		API: config.ConfigAPI{
			DeleteEnabled: &yes, Referrer: config.ConfigAPIReferrer{Enabled: &referrers},
		},
	}
	conf.Storage.GC.Frequency = -1
	return &Registry{options: o, server: olareg.New(conf), tokens: map[string]bool{}}
}

// Close ends the registry.
func (r *Registry) Close() error { return r.server.Close() }

// Fault puts faults before the registry; the first that applies to a request
// decides what becomes of it.
func (r *Registry) Fault(faults ...*Fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, faults...)
}

// Requests lists what was asked so far.
func (r *Registry) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// Count is the number of requests whose method and path match.
func (r *Registry) Count(match Match) int {
	n := 0
	for _, req := range r.Requests() {
		if match(req) {
			n++
		}
	}
	return n
}

// Forget drops the record of requests.
func (r *Registry) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = nil
}

func (r *Registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	asked := Request{
		req.Method, req.URL.Path, req.URL.RawQuery, req.Header.Get("Authorization"), req.Header.Get("Range"),
	}
	fault := r.note(asked)
	if fault != nil {
		fault(w, req, http.HandlerFunc(r.serve))
		return
	}
	r.serve(w, req)
}

func (r *Registry) note(asked Request) Do {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, asked)
	for _, f := range r.faults {
		if f.times > 0 && f.match(asked) {
			f.times--
			return f.do
		}
	}
	return nil
}

func (r *Registry) serve(w http.ResponseWriter, req *http.Request) {
	switch {
	case r.options.User == "":
	case req.URL.Path == "/token":
		r.serveToken(w, req)
		return
	case !r.authorized(req):
		r.challenge(w, req)
		return
	}
	r.server.ServeHTTP(w, req)
}

func (r *Registry) authorized(req *http.Request) bool {
	if r.options.Bearer {
		token, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
		r.mu.Lock()
		defer r.mu.Unlock()
		return ok && r.tokens[token]
	}
	user, password, ok := req.BasicAuth()
	return ok && user == r.options.User && password == r.options.Password
}

func (r *Registry) challenge(w http.ResponseWriter, req *http.Request) {
	scheme := `Basic realm="test"`
	if r.options.Bearer {
		scheme = `Bearer realm="http://` + req.Host + `/token",service="test"`
	}
	w.Header().Set("WWW-Authenticate", scheme)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = w.Write([]byte(`{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`))
}

func (r *Registry) serveToken(w http.ResponseWriter, req *http.Request) {
	user, password, ok := req.BasicAuth()
	if !ok || user != r.options.User || password != r.options.Password {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	token := "token-" + string(rune('a'+len(r.tokens)))
	r.tokens[token] = true
	_, _ = w.Write([]byte(`{"token":"` + token + `"}`))
}

// ExpireTokens makes every token given out so far worthless.
func (r *Registry) ExpireTokens() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for token := range r.tokens {
		r.tokens[token] = false
	}
}
