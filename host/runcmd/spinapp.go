package runcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/bind"
	spinhost "github.com/edgelint/edgelint/host/spin"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/spin"
)

// spinFlags are the flags of Spin applications.
type spinFlags struct {
	variables []string
	keyValues []string
	sql       []string
	stateDir  string
	logDir    string
}

func (f *spinFlags) add(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.variables, "variable", nil, "spin.toml: a variable, as `NAME=VALUE`; repeatable")
	fs.StringArrayVar(&f.keyValues, "key-value", nil, "spin.toml: a key to set in its store, as `KEY=VALUE`")
	fs.StringArrayVar(&f.sql, "sqlite", nil, "spin.toml: `SQL`, or @FILE, to run in the default database; repeatable")
	fs.StringVar(&f.stateDir, "state-dir", "", "spin.toml: `folder` of stores (default: .spin beside it)")
	fs.StringVar(&f.logDir, "log-dir", "", "spin.toml: `folder` of logs (default: .spin/logs beside it)")
}

// onlyForSpin is an error if there are flags that a component has no use for.
func onlyForSpin(fs *pflag.FlagSet) error {
	for _, name := range []string{"variable", "key-value", "sqlite", "state-dir", "log-dir"} {
		if fs.Changed(name) {
			return usagef("--%s is for Spin applications: serve a spin.toml", name)
		}
	}
	return nil
}

// onlyForComponents is an error if there are flags that an application has no use
// for.
func onlyForComponents(fs *pflag.FlagSet) error {
	for _, name := range []string{"dir", "allowed-outbound-hosts", "metrics"} {
		if fs.Changed(name) {
			return usagef("--%s is for single components, not for a spin.toml", name)
		}
	}
	return nil
}

// manifestOf is the manifest that an argument names, itself or by its folder.
func manifestOf(name string) (path string, ok bool) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return filepath.Join(name, "spin.toml"), true
	}
	return name, filepath.Ext(name) == ".toml"
}

// spinApp is a Spin application that is being served.
type spinApp struct {
	state    *spinhost.App
	engine   *host.Engine
	parts    []*app
	handlers map[string]http.Handler
	logs     []io.Closer
	close    []func(context.Context) error // of the handlers
}

func (a *spinApp) end(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for _, stop := range a.close {
		_ = stop(ctx)
	}
	for _, p := range a.parts {
		p.engine = nil // shared
		p.close(ctx)
	}
	if a.engine != nil {
		_ = a.engine.Close(ctx)
	}
	for _, l := range a.logs {
		_ = l.Close()
	}
	_ = a.state.Close()
}

// serveSpin serves the application of a manifest.
func (c *Command) serveSpin(ctx context.Context, f *serveFlags, path string) error {
	stderr := &lockedWriter{w: c.Stderr}
	state, err := c.openState(ctx, f, path, stderr)
	if err != nil {
		return err
	}
	a := &spinApp{state: state, handlers: map[string]http.Handler{}}
	defer a.end(ctx)
	ids, err := state.Components()
	if err != nil {
		return err
	}
	if a.engine, err = host.NewEngine(ctx, c.engineOptions(&f.appFlags)); err != nil {
		return err
	}
	for _, id := range ids {
		if err := c.addComponent(ctx, a, f, filepath.Dir(path), id, stderr); err != nil {
			return fmt.Errorf("component %s: %w", id, err)
		}
	}
	router, err := state.NewRouter(a.handlers)
	if err != nil {
		return err
	}
	return c.listen(ctx, f, router, func(url string) error {
		return errors.Join(state.SetOrigin(url), c.announce(url, state, router))
	})
}

// openState reads the manifest, and opens and fills the application's state.
func (c *Command) openState(
	ctx context.Context, f *serveFlags, path string, stderr io.Writer,
) (*spinhost.App, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := spin.Parse(path, data)
	if err != nil {
		return nil, err
	}
	values, err := pairs("variable", f.spin.variables)
	if err != nil {
		return nil, err
	}
	cfg := spinhost.Config{
		Dir: filepath.Dir(path), StateDir: f.spin.stateDir, Variables: map[string]string{},
		Providers: []spinhost.Provider{spinhost.Environment{Lookup: c.Env}},
		Denied: func(d spinhost.Denial) {
			fmt.Fprintf(stderr, "edgerun: component %s was refused %s: to permit it, put this into [component.%s]: %s\n",
				d.Component, d.What, d.Component, d.Grant)
		},
	}
	if cfg.StateDir == "" {
		cfg.StateDir = filepath.Join(cfg.Dir, ".spin")
	}
	for _, v := range values {
		cfg.Variables[v[0]] = v[1]
	}
	state, err := spinhost.NewApp(ctx, m, cfg)
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, state, &f.spin); err != nil {
		return nil, errors.Join(err, state.Close())
	}
	return state, nil
}

// fill puts into the state what the flags say.
func fill(ctx context.Context, state *spinhost.App, f *spinFlags) error {
	values, err := pairs("key-value", f.keyValues)
	if err != nil {
		return err
	}
	for _, v := range values {
		if err := state.SetKeyValue(ctx, v[0], []byte(v[1])); err != nil {
			return fmt.Errorf("--key-value %s: %w", v[0], err)
		}
	}
	for _, statements := range f.sql {
		if file, ok := strings.CutPrefix(statements, "@"); ok {
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			statements = string(data)
		}
		if err := state.ExecuteSQL(ctx, statements); err != nil {
			return fmt.Errorf("--sqlite: %w", err)
		}
	}
	return nil
}

func pairs(flag string, list []string) ([][2]string, error) {
	var out [][2]string
	for _, s := range list {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, usagef("--%s %q is not NAME=VALUE", flag, s)
		}
		out = append(out, [2]string{name, value})
	}
	return out, nil
}

// addComponent compiles a component and makes its handler.
func (c *Command) addComponent(
	ctx context.Context, a *spinApp, f *serveFlags, dir, id string, stderr io.Writer,
) error {
	env, err := environment(f.env)
	if err != nil {
		return err
	}
	if f.quiet {
		stderr = io.Discard
	}
	guest := wasi.Config{Env: env}
	if guest.Stdout, err = a.log(f, dir, id+"_stdout.txt", stderr); err != nil {
		return err
	}
	if guest.Stderr, err = a.log(f, dir, id+"_stderr.txt", stderr); err != nil {
		return err
	}
	imports := bind.NewImports()
	if err := a.state.AddComponent(ctx, imports, id, guest); err != nil {
		return err
	}
	part := &app{engine: a.engine}
	a.parts = append(a.parts, part)
	if err := c.compile(ctx, part, a.state.Source(id), imports, &f.appFlags); err != nil {
		return err
	}
	handler, err := host.NewHandler(part.component, c.handlerOptions(f, stderr))
	if err != nil {
		return err
	}
	a.close = append(a.close, handler.Close)
	a.handlers[id] = handler
	return nil
}

// log is where an output of a component goes: to a file, and to echo.
func (a *spinApp) log(f *serveFlags, dir, name string, echo io.Writer) (io.Writer, error) {
	folder := f.spin.logDir
	if folder == "" {
		folder = filepath.Join(dir, ".spin", "logs")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:`, r) {
			return '_'
		}
		return r
	}, name)
	file, err := os.OpenFile(filepath.Join(folder, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	a.logs = append(a.logs, file)
	return &lockedWriter{w: io.MultiWriter(file, echo)}, nil
}

// announce prints where the application is served, as Spin does.
func (c *Command) announce(url string, state *spinhost.App, router *spinhost.Router) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Serving %s\nAvailable Routes:\n", url)
	routes := router.Routes()
	slices.SortStableFunc(routes, func(x, y spinhost.Route) int { return x.Trigger.Pos.Line - y.Trigger.Pos.Line })
	for _, r := range routes {
		wildcard := ""
		if r.Pattern.IsWildcard() {
			wildcard = " (wildcard)"
		}
		path := strings.TrimSuffix(strings.TrimSuffix(r.Trigger.Route.Pattern, "..."), "/")
		fmt.Fprintf(&b, "  %s: %s%s%s\n", r.ID(), url, path, wildcard)
		if text := state.Description(r.Trigger.Component.Value); text != "" {
			fmt.Fprintf(&b, "    %s\n", text)
		}
	}
	_, err := io.WriteString(c.Stdout, b.String())
	return err
}
