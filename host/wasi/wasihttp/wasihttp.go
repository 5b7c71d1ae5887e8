package wasihttp

import (
	"net/http"
	"time"

	"github.com/edgelint/edgelint/host/bind"
)

// The versions of wasi:http that the package implements. A candidate links to
// nothing but itself.
const (
	Version          = "0.2.12"
	AsyncVersion     = "0.3.0"
	CandidateVersion = "0.3.0-rc-2026-03-15"
)

// Config says how outgoing requests are handled.
type Config struct {
	// Allow permits an outgoing request by returning nil; its error is logged
	// by the caller and reaches the component as HTTP-request-denied. A nil
	// Allow refuses all requests.
	Allow func(*http.Request) error
	// Transport sends the requests that are allowed; nil is [NewTransport]. It
	// keeps to [ConnectTimeout], and its errors may be an [Error].
	Transport http.RoundTripper
	// Self passes requests without a host on to Allow and Transport, for hosts
	// where they go to the application itself. Otherwise they have no valid URI.
	Self bool
	// Timeout bounds the wait for a connection and for the first byte of a
	// response where the component sets no timeout; 0 is [DefaultTimeout].
	Timeout time.Duration
}

// DefaultTimeout is the timeout of outgoing requests that set none.
const DefaultTimeout = 10 * time.Minute

// Add offers wasi:http in imports. Package wasi must be added as well: the streams
// and pollables of WASI 0.2 are its.
func Add(imports *bind.Imports, cfg Config) {
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.Transport == nil {
		cfg.Transport = NewTransport()
	}
	types := imports.Interface("wasi:http/types@" + Version)
	fieldsOffer[headerError]{types, syncHeaderError}.add("entries")
	addIncoming(types)
	addOutgoing(types)
	addServer(types)
	addFutures(types)
	addClient(imports, types, cfg)
	for _, version := range []string{AsyncVersion, CandidateVersion} {
		addAsync(imports, version, cfg)
	}
}

// method offers a method of a resource.
func method(i *bind.Interface, resource, name string, f bind.Func) {
	i.Func("[method]"+resource+"."+name, f)
}

// ok and fail are the two values of a result without payloads.
func ok() bind.Result[bind.Unit, bind.Unit]   { return bind.Result[bind.Unit, bind.Unit]{} }
func fail() bind.Result[bind.Unit, bind.Unit] { return bind.Result[bind.Unit, bind.Unit]{IsErr: true} }
