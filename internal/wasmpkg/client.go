// Package wasmpkg finds WebAssembly packages in registries, where wkg and Spin
// look: by the user's config.toml of wkg, by what a registry's domain says at
// /.well-known/wasm-pkg/registry.json, or else at HOST/NAMESPACE/NAME.
//
//	client := &wasmpkg.Client{Env: os.LookupEnv}
//	defer client.Close()
//	content, err := client.Find(ctx, component.Source)
package wasmpkg

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/edgelint/edgelint/internal/pull"
	"github.com/edgelint/edgelint/internal/sources"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/oci/credential"
	"github.com/edgelint/edgelint/pack/artifact"
	"github.com/edgelint/edgelint/spin"
	"github.com/edgelint/edgelint/wit"
)

// Client finds packages. It may be used by several goroutines.
type Client struct {
	// Env looks up an environment variable, as [os.LookupEnv] does.
	Env func(string) (string, bool)
	// Options are how registries are spoken to, where the user's configuration does
	// not say. Without Credentials those of the user's files are used, without
	// CertDirs the folders of Docker and Podman.
	Options oci.Options

	mu      sync.Mutex
	config  *config
	clients []*oci.Client
	places  map[placeKey]place
}

// placeKey is what a place follows from: a registry, and its metadata if the user's
// configuration gives them.
type placeKey struct {
	registry string
	given    bool
	metadata metadata
}

// place is where the packages of a registry are.
type place struct {
	client *oci.Client
	host   string
	prefix string
}

// Close drops the connections. What was found cannot be opened any more.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, client := range c.clients {
		client.Close()
	}
	c.clients, c.places = nil, nil
}

// Find finds the content of a source that is a package: of its version, or of the
// highest one that its requirement takes.
func (c *Client) Find(ctx context.Context, s spin.Source) (sources.Content, error) {
	r, err := requirement(s)
	if err != nil {
		return sources.Content{}, err
	}
	at, err := c.place(ctx, s.Package, s.Registry)
	if err != nil {
		return sources.Content{}, advise(err, s)
	}
	ref, err := oci.ParseReference(at.host + "/" + at.prefix + strings.ReplaceAll(s.Package, ":", "/"))
	if err != nil {
		return sources.Content{}, err
	}
	content, err := find(ctx, at.client.Repository(ref), s.Package, r)
	return content, advise(err, s)
}

func requirement(s spin.Source) (spin.Requirement, error) {
	if s.Version == "" {
		return spin.ParseRequirement(s.Requirement)
	}
	v, err := wit.ParseVersion(s.Version)
	return spin.Exactly(v), err
}

// find finds the best version in a repository.
func find(ctx context.Context, repo *oci.Repository, pkg string, r spin.Requirement) (sources.Content, error) {
	tags, err := repo.Tags(ctx)
	if err != nil {
		return sources.Content{}, err
	}
	version, tag := choose(tags, r)
	if tag == "" {
		return sources.Content{}, fmt.Errorf("no version will do: %s", versions(repo.Name(), tags))
	}
	layer, err := wasmLayer(ctx, repo, tag)
	if err != nil {
		return sources.Content{}, err
	}
	return sources.Content{
		Name:   fmt.Sprintf("%s@%s (%s:%s)", pkg, version, repo.Name(), tag),
		Digest: layer.Digest.String(),
		Open:   func(ctx context.Context) (io.ReadCloser, error) { return repo.Blob(ctx, layer) },
	}, nil
}

func wasmLayer(ctx context.Context, repo *oci.Repository, tag string) (artifact.Descriptor, error) {
	d, data, err := repo.Manifest(ctx, tag)
	if err != nil {
		return artifact.Descriptor{}, err
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	switch {
	case err != nil:
		return artifact.Descriptor{}, fmt.Errorf("%s:%s: %w", repo.Name(), tag, err)
	case pull.FormatOf(m) == pull.Spin:
		return artifact.Descriptor{}, fmt.Errorf("%s:%s is a Spin application and no package", repo.Name(), tag)
	case pull.FormatOf(m) != pull.Wasm:
		return artifact.Descriptor{}, fmt.Errorf("%s:%s is no package: want one layer of the type %s",
			repo.Name(), tag, artifact.TypeWasm)
	}
	return m.Layers[0], nil
}

// choose is the highest of the tags that are versions and will do; "" for none.
func choose(tags []string, r spin.Requirement) (best wit.Version, tag string) {
	for _, t := range tags {
		if v := versionOf(t); r.Match(v) && (tag == "" || v.Compare(best) > 0) {
			best, tag = v, t
		}
	}
	return best, tag
}

// versionOf is the version that a tag stands for, "" for none. A tag has _ in place
// of the + of a version.
func versionOf(tag string) wit.Version {
	v, err := wit.ParseVersion(strings.Replace(tag, "_", "+", 1))
	if err != nil {
		return ""
	}
	return v
}

// versions tells which versions a repository has, the highest first.
func versions(name string, tags []string) string {
	const most = 8
	var all []wit.Version
	for _, t := range tags {
		if v := versionOf(t); v != "" {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b wit.Version) int { return b.Compare(a) })
	switch {
	case len(all) == 0:
		return "there are no versions at " + name
	case len(all) > most:
		return fmt.Sprintf("%s has %s and %d more", name, list(all[:most]), len(all)-most)
	}
	return name + " has " + list(all)
}

func list(all []wit.Version) string {
	var texts []string
	for _, v := range all {
		texts = append(texts, string(v))
	}
	return strings.Join(texts, ", ")
}

// advise adds to an error what can be done about it.
func advise(err error, s spin.Source) error {
	failed, ok := errors.AsType[*oci.Error](err)
	switch {
	case !ok || errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, oci.ErrDenied):
		host, _, _ := strings.Cut(failed.Name, "/")
		return fmt.Errorf("%w: log in with edgepack login %s, or check that %s is there", err, host, s.Package)
	case unreachable(err):
		return fmt.Errorf("%w: the registry must be reached each time to find the version; "+
			"to work without it, fetch the package with edgepack pull and name the file by its path", err)
	}
	return err
}

// unreachable reports whether there was no connection.
func unreachable(err error) bool {
	_, ok := errors.AsType[net.Error](err)
	return ok || errors.Is(err, oci.ErrStalled)
}

// place is where a package is looked for.
func (c *Client) place(ctx context.Context, pkg, registry string) (place, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.config == nil {
		cfg, err := readConfig(configPath(c.Env))
		if err != nil {
			return place{}, err
		}
		c.config = cfg
	}
	m, err := c.config.mapping(pkg, registry)
	if err != nil {
		return place{}, err
	}
	key := placeKey{registry: m.registry}
	if m.metadata != nil {
		key.given, key.metadata = true, *m.metadata
	}
	if known, ok := c.places[key]; ok {
		return known, nil
	}
	p, err := c.newPlace(ctx, key)
	if err != nil {
		return place{}, err
	}
	if c.places == nil {
		c.places = map[placeKey]place{}
	}
	c.places[key] = p
	return p, nil
}

func (c *Client) newPlace(ctx context.Context, key placeKey) (place, error) {
	cfg, err := c.config.registry(key.registry)
	if err != nil {
		return place{}, err
	}
	m := key.metadata
	if !key.given {
		if m, err = fetchMetadata(ctx, c.client(cfg, key.registry), key.registry); err != nil {
			return place{}, err
		}
	}
	if protocol := cmp.Or(cfg.protocol, m.protocol, protocolOCI); protocol != protocolOCI {
		return place{}, fmt.Errorf("the registry %s is one of the protocol %s, and only %s is spoken here: "+
			"fetch the package with another tool, and name the file by its path", key.registry, protocol, protocolOCI)
	}
	host := cmp.Or(m.registry, key.registry)
	return place{client: c.client(cfg, host), host: host, prefix: m.namespacePrefix}, nil
}

// client is one for a host, with what the configuration says of its registry.
func (c *Client) client(cfg registryConfig, host string) *oci.Client {
	get := func(name string) string {
		value, _ := c.Env(name)
		return value
	}
	o := c.Options
	if o.Credentials == nil {
		o.Credentials = credential.Files{Env: get}
	}
	if o.CertDirs == nil {
		o.CertDirs = pull.CertDirs(get)
	}
	own := credential.Credential{RegistryToken: get(tokenVariable(host)), Origin: tokenVariable(host)}
	o.Credentials = credential.Sources{
		credential.Static(host, own), credential.Static(host, cfg.oci.Credential), o.Credentials,
	}
	if cfg.oci.Protocol == "http" {
		o.PlainHTTP = append(slices.Clone(o.PlainHTTP), host)
	}
	if cfg.oci.AcceptInvalid {
		o.SkipTLSVerify = append(slices.Clone(o.SkipTLSVerify), host)
	}
	client := oci.NewClient(o)
	c.clients = append(c.clients, client)
	return client
}

// tokenVariable is wkg's environment variable with the token for a host.
func tokenVariable(host string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, host)
	return "WKG_REGISTRY_" + strings.ToUpper(name) + "_AUTH_BEARER"
}
