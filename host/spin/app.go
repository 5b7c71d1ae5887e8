package spin

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/host/wasi/otel"
	"github.com/edgelint/edgelint/host/wasi/p3"
	"github.com/edgelint/edgelint/host/wasi/wasihttp"
	"github.com/edgelint/edgelint/internal/sources"
	"github.com/edgelint/edgelint/spin"
)

// Config says where an application's state lives and what its variables are.
type Config struct {
	// Dir is the folder of spin.toml, which its paths start from.
	Dir string
	// Digest is that of the artifact that the application comes from, "" for none.
	Digest string
	// SourceDir keeps components that were fetched; "" fetches them anew.
	SourceDir string
	// Package finds the content of a source that is a package of a registry; nil
	// refuses packages. Fetching is told of each binary that is transferred; nil
	// tells nobody.
	Package  func(context.Context, spin.Source) (Content, error)
	Fetching func(name string)
	// StateDir is the folder of the default store and database, ".spin" beside
	// spin.toml; "" keeps them in memory, and they end with the application.
	StateDir string
	// Runtime is the runtime configuration; nil without one.
	Runtime *spin.RuntimeConfig
	// Variables are the values of application variables; they win over the
	// providers.
	Variables map[string]string
	// Providers are asked for variables in order, after those of Runtime.
	Providers []Provider
	// Resolver finds the addresses of hosts; nil is the system's.
	Resolver Resolver
	// H2C is an authority, such as "localhost:8080", to which requests without
	// TLS go by HTTP/2 with prior knowledge; "" is none.
	H2C string
	// LookupEnv reads the environment for the providers of Runtime; nil is
	// [os.LookupEnv].
	LookupEnv func(name string) (string, bool)
	// DirectMounts lets components see the folders of files as they are, instead
	// of copies. Patterns, single files and exclude_files are errors then.
	DirectMounts bool
	// WritableFiles lets components change their copies of files, which are
	// lost with the App. It does not go with DirectMounts.
	WritableFiles bool
	// Telemetry exports what components emit by wasi:otel, and spans of requests;
	// nil refuses wasi:otel. [App.Close] closes it.
	Telemetry *otel.Exporter
	// Denied is told of each refusal; nil tells nobody.
	Denied func(Denial)
}

// Denial is a call that the manifest does not permit.
type Denial struct {
	Component string
	Table     string // of the component in spin.toml, see [spin.Component.Table]
	What      string // was refused
	// Grant is the line for the table that would permit it, "" if none would. It has the entries that the list has already.
	Grant string
	// Hint says more, such as an entry that is nearly right; "" if there is none.
	Hint string
}

// App is the state that the components of one application share.
type App struct {
	manifest  *spin.Manifest
	config    Config
	stores    map[string]backend     // by label
	databases map[string]sqlDatabase // by label
	values    *variables
	router    *Router
	// network makes connections for HTTP to others, own those to the application
	// itself, servers those to databases and the like.
	network, own, servers *network
	httpLimit             *limit // of connections for HTTP
	socketLimit           *limit // of connections of sockets
	pooling               bool   // keep those connections
	engine                engine // of language models
	limits                serviceLimits
	pools                 []*pgPools // of the components
	origin                *url.URL
	sources               *sources.Fetcher
	temps                 []string                // temporary folders
	roots                 []*os.Root              // of the mounted files
	mounted               map[string][]wasi.Mount // by component
}

// NewApp opens the state of an application. It fails if a component is granted a
// store or database that is not defined, or if a required variable has no value.
func NewApp(ctx context.Context, m *spin.Manifest, cfg Config) (*App, error) {
	if cfg.StateDir != "" {
		dir, err := filepath.Abs(cfg.StateDir)
		if err != nil {
			return nil, err
		}
		cfg.StateDir = dir
	}
	a := &App{
		manifest: m, config: cfg, mounted: map[string][]wasi.Mount{},
		sources: &sources.Fetcher{Dir: cfg.SourceDir, Package: cfg.Package, Fetching: cfg.Fetching},
	}
	if err := errors.Join(a.openLabels(), a.setVariables(ctx), a.setEngine()); err != nil {
		return nil, errors.Join(err, a.closeLabels())
	}
	a.setNetwork()
	return a, nil
}

func (a *App) setVariables(ctx context.Context) (err error) {
	if a.values, err = newVariables(a.manifest, a.config); err != nil {
		return err
	}
	return a.values.checkRequired(ctx)
}

func (a *App) setEngine() (err error) {
	a.engine, err = newEngine(a.config.Runtime, a.config.Telemetry)
	return err
}

// setNetwork makes what connects to the world, with the limits of the runtime
// configuration.
func (a *App) setNetwork() {
	a.network, a.pooling = newNetwork(a.config), true
	a.own = &network{resolver: a.network.resolver, total: a.network.total}
	// What counts for servers is not connections, which may be kept, but who uses one.
	a.servers = &network{resolver: a.network.resolver, blocked: a.network.blocked}
	a.limits = newServiceLimits(a.config.Runtime)
	if r := a.config.Runtime; r != nil && r.OutboundNetworking != nil {
		a.socketLimit = newLimit("outbound_networking.max_socket_connections", r.OutboundNetworking.MaxSocketConnections)
	}
	if r := a.config.Runtime; r != nil && r.OutboundHTTP != nil {
		a.pooling = r.OutboundHTTP.ConnectionPooling
		a.httpLimit = newLimit("outbound_http.max_connections", r.OutboundHTTP.MaxConnections)
	}
}

// Close closes the stores and databases, exports what is left of telemetry, and
// deletes what was temporary.
func (a *App) Close() error {
	a.config.Telemetry.Close()
	err := errors.Join(a.closeLabels(), a.sources.Close())
	for _, p := range a.pools {
		p.close()
	}
	for _, r := range a.roots {
		err = errors.Join(err, r.Close())
	}
	for _, dir := range a.temps {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

// Description is what the manifest says of a component.
func (a *App) Description(id string) string {
	if c, ok := a.manifest.Component(id); ok {
		return c.Description
	}
	return ""
}

// SetKeyValue sets a key of the default key-value store, even if no component is
// granted it.
func (a *App) SetKeyValue(ctx context.Context, key string, value []byte) error {
	s, err := openLabel(a.stores, DefaultLabel, a.newStore)
	if err != nil {
		return err
	}
	return (&store{s}).set(ctx, key, value)
}

// ExecuteSQL runs statements in the SQLite database of a label, even if no component
// is granted it.
func (a *App) ExecuteSQL(ctx context.Context, label, statements string) error {
	d, err := openLabel(a.databases, label, a.newDatabase)
	if err != nil {
		return err
	}
	return d.batch(ctx, statements)
}

// AddComponent offers a component what the manifest grants it, and WASI with the
// manifest's environment and files. guest says what else WASI has; its variables
// win over the manifest's.
func (a *App) AddComponent(ctx context.Context, imports *bind.Imports, id string, guest wasi.Config) error {
	c, ok := a.manifest.Component(id)
	if !ok {
		return fmt.Errorf("the application has no component %q", id)
	}
	g := &grants{app: a, component: c}
	return g.add(ctx, imports, guest)
}

// add offers what is granted.
func (g *grants) add(ctx context.Context, imports *bind.Imports, guest wasi.Config) error {
	out, err := g.newOutbound(ctx)
	if err != nil {
		return err
	}
	mounts, err := g.app.mount(g.component)
	if err != nil {
		return err
	}
	guest.Mounts = append(mounts, guest.Mounts...)
	guest.Env = environment(g.component, guest.Env)
	guest.Sockets = out.sockets()
	wasi.Add(imports, guest)
	p3.Add(imports, guest)
	wasihttp.Add(imports, out.config())
	g.addVariables(imports)
	g.addKeyValue(imports)
	g.addWASIKeyValue(imports)
	g.addSQLite(imports)
	newServices(g, out).add(imports)
	g.addLLM(imports)
	g.app.addTelemetry(imports)
	return nil
}

// environment is the manifest's environment of a component with over over it.
func environment(c *spin.Component, over []wasi.EnvVar) []wasi.EnvVar {
	var env []wasi.EnvVar
	for _, e := range c.Environment {
		if !slices.ContainsFunc(over, func(v wasi.EnvVar) bool { return v.Name == e.Name }) {
			env = append(env, wasi.EnvVar{Name: e.Name, Value: e.Value.Value})
		}
	}
	return append(env, over...)
}

// grants is what one component may do.
type grants struct {
	app        *App
	component  *spin.Component
	dependency *spin.Dependency // of the component, nil for itself
}

// permits reports whether a label is in a list of the manifest, and tells of the
// refusal if it is not.
func (g *grants) permits(list []spin.String, key, label, what string) bool {
	if slices.ContainsFunc(list, func(s spin.String) bool { return s.Value == label }) {
		return true
	}
	g.deny(Denial{What: fmt.Sprintf("%s %q", what, label), Grant: grantLine(key, list, label)})
	return false
}

// deny tells of a refusal.
func (g *grants) deny(d Denial) {
	if g.app.config.Denied != nil {
		d.Component, d.Table = g.component.ID, g.component.Table("")
		if g.dependency != nil {
			d.Grant, d.Hint = "", fmt.Sprintf("%s: it is the dependency %q that asked, which has what inherit_configuration "+
				"gives it of the component's permissions", g.dependency.Pos, g.dependency.Selector)
		}
		g.app.config.Denied(d)
	}
}
