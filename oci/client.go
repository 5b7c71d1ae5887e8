package oci

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/edgelint/edgelint/oci/credential"
	"oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
)

// Options configure a Client. The zero value speaks plain HTTP to loopback and
// HTTPS to everything else, trusts the system's authorities, is anonymous, and retries.
type Options struct {
	// Credentials answers for a host and repository; nil is anonymous.
	// Loopback hosts are asked for like others.
	Credentials credential.Source
	// PlainHTTP lists hosts spoken to without TLS, besides loopback, which is
	// unless one of the fields on TLS, or a folder of CertDirs, is about it.
	PlainHTTP Hosts
	// SkipTLSVerify lists hosts whose certificate is not checked.
	SkipTLSVerify Hosts
	// CAFile holds further authorities to trust, PEM.
	CAFile string
	// CertFile and KeyFile are the client certificate for the hosts named in
	// references, PEM.
	CertFile, KeyFile string
	// CertDirs are folders laid out as /etc/docker/certs.d, with one folder a
	// HOST or HOST:PORT holding NAME.crt, NAME.cert and NAME.key.
	CertDirs []string
	// UserAgent is sent with every request. Default "edgelint".
	UserAgent string
	// Retry says how failed requests are repeated.
	Retry Retry
	// StallTimeout is the time within which a transfer must make progress.
	// Default 60 s.
	StallTimeout time.Duration
	// Parallel bounds the transfers under way at once. Default 4.
	Parallel int
	// Progress, if set, is told what happens to each blob. It is called from
	// several goroutines.
	Progress func(Event)
	// Transport replaces the transports made by the fields above; tests use it.
	Transport http.RoundTripper
}

// Client talks to registries. It may be used by several goroutines.
type Client struct {
	options    Options
	transports *hostTransports
	http       *http.Client
}

// NewClient makes a client. Files named in o are read when a host is first
// spoken to.
func NewClient(o Options) *Client {
	o.Retry = o.Retry.withDefaults()
	if o.UserAgent == "" {
		o.UserAgent = "edgelint"
	}
	if o.StallTimeout <= 0 {
		o.StallTimeout = defaultStallTimeout
	}
	if o.Parallel <= 0 {
		o.Parallel = defaultParallel
	}
	if o.Progress == nil {
		o.Progress = func(Event) {}
	}
	transports := &hostTransports{
		options: o, byHost: map[string]http.RoundTripper{}, named: map[string]bool{},
	}
	return &Client{
		options:    o,
		transports: transports,
		http:       &http.Client{Transport: transports, CheckRedirect: checkRedirect},
	}
}

// Close drops idle connections. The client can still be used.
func (c *Client) Close() { c.transports.closeIdle() }

// Repository is the repository ref names. Tag and digest are not looked at.
func (c *Client) Repository(ref Reference) *Repository {
	name := registry.Reference{Registry: ref.Host, Repository: ref.Repository}
	plain := c.transports.name(name.Host())
	return &Repository{
		client: c,
		name:   ref.Name(),
		remote: &remote.Repository{
			Client:               c.auth(ref),
			Reference:            name,
			PlainHTTP:            plain,
			MaxMetadataBytes:     maxMetadataBytes,
			ReferrerListMaxPages: maxReferrerPages,
			TagListMaxPages:      maxTagPages,
			// Deleting is often forbidden, and a stale index is harmless.
			SkipReferrersGC: true,
		},
		ref: ref,
	}
}

// auth is the authenticating client for one repository: credential files may
// hold different entries for repositories of one host.
func (c *Client) auth(ref Reference) *auth.Client {
	client := &auth.Client{
		Client:   c.http,
		ClientID: c.options.UserAgent,
		Cache:    auth.NewCache(),
		Header:   http.Header{"User-Agent": {c.options.UserAgent}},
	}
	if source := c.options.Credentials; source != nil {
		client.Credential = func(ctx context.Context, host string) (auth.Credential, error) {
			if host != (registry.Reference{Registry: ref.Host}).Host() {
				return auth.EmptyCredential, nil
			}
			found, err := source.Credential(ctx, ref.Host, ref.Repository)
			if err != nil {
				return auth.EmptyCredential, err
			}
			return auth.Credential{
				Username: found.Username, Password: found.Password,
				RefreshToken: found.IdentityToken, AccessToken: found.RegistryToken,
			}, nil
		}
	}
	return client
}

// Ping asks whether host is a registry that takes the client's credentials.
func (c *Client) Ping(ctx context.Context, host string) error {
	if err := checkHost(host); err != nil {
		return err
	}
	ref := Reference{Host: host}
	name := registry.Reference{Registry: host}
	reg := &remote.Registry{}
	reg.Reference = name
	reg.Client = c.auth(ref)
	reg.PlainHTTP = c.transports.name(name.Host())
	err := c.retry(ctx, "", reg.Ping)
	return wrap(host, "ping", err)
}

// retry repeats op, reporting each wait under what.
func (c *Client) retry(ctx context.Context, what string, op func(context.Context) error) error {
	notify := func(err error, wait time.Duration) {
		c.options.Progress(Event{Kind: Retrying, Name: what, Wait: wait, Err: wrap(what, "retry", err)})
	}
	return c.options.Retry.retry(ctx, notify, op)
}

// EventKind says what happened to a blob.
type EventKind int

// What happens to a blob: first Started, then any number of Moved, Restarted
// and Retrying, then Done, unless it is an error. Existed and Mounted stand
// for all of them.
const (
	Started   EventKind = iota + 1
	Moved               // Bytes more have passed
	Restarted           // the count is back at 0
	Retrying            // Err happened; the next try is in Wait
	Done
	Existed // it was there already
	Mounted // the registry took it from another of its repositories
)

func (k EventKind) String() string {
	names := [...]string{"", "started", "moved", "restarted", "retrying", "done", "exists", "mounted"}
	if k < 1 || int(k) >= len(names) {
		return fmt.Sprintf("EventKind(%d)", int(k))
	}
	return names[k]
}
