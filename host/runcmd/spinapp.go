package runcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"time"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host"
	spinhost "github.com/edgelint/edgelint/host/spin"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/spin"
)

// spinSource is where a Spin application is.
type spinSource struct {
	manifest string // the path of its spin.toml
	digest   string // of the artifact that it was pulled from into a temporary folder
}

// pulled reports whether it comes from an artifact.
func (s spinSource) pulled() bool { return s.digest != "" }

func (s spinSource) dir() string { return filepath.Dir(s.manifest) }

// spinApp is a Spin application that can be served.
type spinApp struct {
	state    *spinhost.App
	router   *spinhost.Router
	engine   *host.Engine
	parts    []*app
	handlers map[string]http.Handler
	messages map[string]*host.MessageHandler
	channels []spinhost.RedisTrigger
	listener *spinhost.RedisListener // nil if there are no channels
	drain    time.Duration           // how long messages may be handled when it ends
	logs     *logs
	close    []func(context.Context) error // of the handlers
}

func (a *spinApp) end(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	if a.listener != nil {
		a.listener.Close(a.drain)
	}
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
	if a.logs != nil {
		a.logs.close()
	}
	_ = a.state.Close()
}

// loadSpin opens the state of an application, and compiles and links its
// components.
func (c *Command) loadSpin(
	ctx context.Context, f *serveFlags, src spinSource, m *spin.Manifest, stderr io.Writer,
) (_ *spinApp, err error) {
	set, err := c.spinSettings(&f.spin, src)
	if err != nil {
		return nil, err
	}
	state, err := c.openState(ctx, f, src, m, set, stderr)
	if err != nil {
		return nil, err
	}
	a := &spinApp{
		state: state, handlers: map[string]http.Handler{}, messages: map[string]*host.MessageHandler{}, drain: f.drainPeriod,
	}
	defer func() {
		if err != nil {
			a.end(ctx)
		}
	}()
	if a.logs, err = openLogs(set, f, c.guests); err != nil {
		return nil, err
	}
	c.summarize(set, f, state.Summary())
	ids, err := state.Components()
	if err != nil {
		return nil, err
	}
	if err := checkFollow(f, ids); err != nil {
		return nil, err
	}
	if a.channels, err = state.RedisTriggers(ctx); err != nil {
		return nil, err
	}
	if a.engine, err = host.NewEngine(ctx, set.limit(c.engineOptions(&f.appFlags))); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := c.addComponent(ctx, a, f, id, stderr); err != nil {
			return nil, fmt.Errorf("%w%s", err, buildHint(m, id, err))
		}
	}
	a.router, err = state.NewRouter(a.handlers)
	return a, err
}

// buildHint says how to get a component's binary that is missing.
func buildHint(m *spin.Manifest, id string, err error) string {
	missing, ok := errors.AsType[*fs.PathError](err)
	c, _ := m.Component(id)
	if !ok || !errors.Is(err, fs.ErrNotExist) || filepath.Base(missing.Path) != filepath.Base(c.Source.Path) {
		return ""
	}
	if c.Build == nil {
		return fmt.Sprintf("\n%s: this is its source, and it has no build command that --build could run", c.Source.Pos)
	}
	return fmt.Sprintf("\n%s: this is its source: build it with edgerun --build, or with edgerun build", c.Source.Pos)
}

// addComponent compiles a component and makes its handler.
func (c *Command) addComponent(
	ctx context.Context, a *spinApp, f *serveFlags, id string, stderr io.Writer,
) error {
	env, err := environment(f.env)
	if err != nil {
		return err
	}
	if f.quiet {
		stderr = io.Discard
	}
	guest := wasi.Config{Env: env}
	if guest.Stdout, err = a.logs.output(f, id, "stdout"); err != nil {
		return err
	}
	if guest.Stderr, err = a.logs.output(f, id, "stderr"); err != nil {
		return err
	}
	parts, err := a.state.Parts(ctx, id, guest)
	if err != nil {
		return err
	}
	part := &app{engine: a.engine}
	a.parts = append(a.parts, part)
	if err := c.composeParts(ctx, part, id, parts, &f.appFlags); err != nil {
		return fmt.Errorf("component %s: %w", id, err)
	}
	if err := a.handle(id, part.component, c.handlerOptions(f, stderr)); err != nil {
		return fmt.Errorf("component %s: %w", id, err)
	}
	return nil
}

// handle makes the handlers of a component, one for each type of its triggers.
func (a *spinApp) handle(id string, component *host.Component, opts host.HandlerOptions) error {
	if a.state.Triggered(id, "http") {
		handler, err := host.NewHandler(component, opts)
		if err != nil {
			return err
		}
		a.close = append(a.close, handler.Close)
		a.handlers[id] = handler
	}
	if a.state.Triggered(id, "redis") {
		handler, err := host.NewMessageHandler(component, opts)
		if err != nil {
			return err
		}
		a.close = append(a.close, handler.Close)
		a.messages[id] = handler
	}
	return nil
}

// composeParts compiles and links what a component is composed of.
func (c *Command) composeParts(ctx context.Context, a *app, id string, parts []spinhost.Part, f *appFlags) error {
	var files []*component.File
	for _, p := range parts {
		file, err := openComponent(p.Path, p.Path)
		if err != nil {
			return err
		}
		a.files = append(a.files, file)
		files = append(files, file)
	}
	plugs, err := spinhost.Plugs(parts, files)
	if err != nil {
		return err
	}
	linked := make([]host.Part, len(parts))
	for i, p := range parts {
		linked[i] = host.Part{File: files[i], Imports: p.Imports, Plugs: plugs[i]}
	}
	name := "component " + id
	if len(parts) > 1 {
		name = fmt.Sprintf("%s with %d dependencies", name, len(parts)-1)
	}
	return c.compile(ctx, a, name, linked, f)
}
