package runcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/bind"
	spinhost "github.com/edgelint/edgelint/host/spin"
	"github.com/edgelint/edgelint/host/wasi"
)

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
	logs     *logs
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
	if a.logs != nil {
		a.logs.close()
	}
	_ = a.state.Close()
}

// serveSpin serves the application of a manifest.
func (c *Command) serveSpin(ctx context.Context, f *serveFlags, path string) error {
	stderr := &lockedWriter{w: c.Stderr}
	set, err := c.spinSettings(&f.spin, path)
	if err != nil {
		return err
	}
	state, err := c.openState(ctx, f, path, set, stderr)
	if err != nil {
		return err
	}
	a := &spinApp{state: state, handlers: map[string]http.Handler{}}
	defer a.end(ctx)
	if a.logs, err = openLogs(set, f, stderr); err != nil {
		return err
	}
	c.summarize(set, f, state.Summary())
	ids, err := state.Components()
	if err != nil {
		return err
	}
	if err := checkFollow(f, ids); err != nil {
		return err
	}
	if a.engine, err = host.NewEngine(ctx, set.limit(c.engineOptions(&f.appFlags))); err != nil {
		return err
	}
	for _, id := range ids {
		if err := c.addComponent(ctx, a, f, id, stderr); err != nil {
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
