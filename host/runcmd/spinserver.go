package runcmd

import (
	"context"
	"io"
	"slices"

	"github.com/edgelint/edgelint/spin"
)

// spinServer serves a Spin application, and new versions of it in its place.
type spinServer struct {
	*Command
	flags    *serveFlags
	src      spinSource
	stderr   io.Writer
	rotation rotation
	url      string
	// What was announced.
	routes   []routeEntry
	channels string
	current  *spinApp // that serves
}

// serveSpin serves the application of a manifest.
func (c *Command) serveSpin(ctx context.Context, f *serveFlags, src spinSource) error {
	s := &spinServer{
		Command: c, flags: f, src: src, stderr: c.Stderr, rotation: rotation{drain: f.drainPeriod},
	}
	defer s.rotation.end()
	if f.spin.watch {
		return s.watch(ctx)
	}
	a, err := s.prepare(ctx, s.builds)
	if err != nil {
		return err
	}
	if !a.state.Serves("http") {
		return s.serveMessages(ctx, a)
	}
	l, err := s.open(ctx)
	if err != nil {
		a.end(ctx)
		return err
	}
	defer l.Close()
	if err := s.publish(ctx, a); err != nil {
		return err
	}
	return c.serveOn(ctx, f, l, &s.rotation)
}

func (s *spinServer) open(ctx context.Context) (*listener, error) {
	l, err := s.flags.open(ctx)
	if err == nil {
		s.url = l.url
	}
	return l, err
}

// builds reports whether components are built before the first start.
func (s *spinServer) builds(*spin.Component) bool {
	return !s.src.pulled() && (s.flags.spin.build || s.flags.spin.watch && !s.flags.spin.skipBuild)
}

// prepare reads the manifest, builds the components that are to be built, and
// loads the application.
func (s *spinServer) prepare(ctx context.Context, builds func(*spin.Component) bool) (*spinApp, error) {
	m, err := s.flags.manifest(s.src.manifest)
	if err != nil {
		return nil, err
	}
	b := builder{dir: s.src.dir(), stdout: s.terminal, stderr: s.terminal, log: s.Stderr}
	if s.flags.quiet {
		b.log = io.Discard
	}
	chosen := slices.DeleteFunc(slices.Clone(m.Components), func(c spin.Component) bool { return !builds(&c) })
	if _, err := b.build(ctx, chosen); err != nil {
		return nil, err
	}
	return s.loadSpin(ctx, s.flags, s.src, m, s.stderr)
}

// publish lets an application serve from now on, in place of the one before, and
// announces its channels and routes if they are new.
func (s *spinServer) publish(ctx context.Context, a *spinApp) error {
	var err error
	if s.url != "" {
		err = a.state.SetOrigin(s.url)
	}
	if err == nil {
		err = a.listen(ctx, s.stderr)
	}
	if err != nil {
		a.end(ctx)
		return err
	}
	if s.current != nil && s.current.listener != nil {
		s.current.listener.Stop()
	}
	s.current = a
	s.rotation.turn(a.router, func() { a.end(ctx) })
	if err := s.announceChannels(a); err != nil {
		return err
	}
	routes := routesOf(a.state, a.router)
	if slices.Equal(routes, s.routes) || s.flags.bench > 0 || !a.state.Serves("http") {
		return nil
	}
	s.routes = routes
	s.reportDuplicates(a.router)
	return s.announce(s.flags, s.url, routes)
}
