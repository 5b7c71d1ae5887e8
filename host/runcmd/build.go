package runcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/spin"
)

func (c *Command) buildVerb() cli.Verb {
	var f selectFlags
	return cli.Verb{
		Name: "build", Args: "[spin.toml]", Summary: "run the build commands of an application", MaxArgs: -1,
		Flags: f.add,
		Run:   func(ctx context.Context, args []string) error { return c.build(ctx, &f, args) },
	}
}

// build runs the build commands of an application's components.
func (c *Command) build(ctx context.Context, f *selectFlags, args []string) error {
	name, err := f.source(args, "edgerun build builds one application")
	if err != nil {
		return err
	}
	path, ok := manifestOf(name)
	if !ok {
		return cli.Usagef("%s is neither a spin.toml nor a folder with one", name)
	}
	m, err := f.manifest(path)
	if err != nil {
		return err
	}
	b := builder{dir: filepath.Dir(path), stdout: c.Stdout, stderr: c.terminal, log: c.Stderr}
	n, err := b.build(ctx, m.Components)
	if err == nil && n == 0 {
		fmt.Fprintln(c.Stderr, "edgerun: no component has a build command")
	}
	return err
}

// builder runs build commands.
type builder struct {
	dir            string    // of spin.toml
	stdout, stderr io.Writer // of the commands
	log            io.Writer // is told of them
}

// build runs the commands of components, in order, and says of how many. It ends
// with the first command that fails.
func (b *builder) build(ctx context.Context, components []spin.Component) (built int, err error) {
	for i := range components {
		c := &components[i]
		if c.Build == nil || len(c.Build.Commands) == 0 {
			continue
		}
		built++
		for _, command := range c.Build.Commands {
			if err := b.run(ctx, c, command); err != nil {
				return built, err
			}
		}
	}
	return built, nil
}

// killDelay is how long an interrupted build may take to end.
const killDelay = 5 * time.Second

func (b *builder) run(ctx context.Context, c *spin.Component, command spin.String) error {
	if filepath.IsAbs(c.Build.Workdir) {
		return fmt.Errorf("%s: component %s: build.workdir %q is absolute: write it relative to spin.toml",
			c.Build.Pos, c.ID, c.Build.Workdir)
	}
	dir := filepath.Join(b.dir, filepath.FromSlash(c.Build.Workdir))
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("%s: component %s: build.workdir %q is no folder", c.Build.Pos, c.ID, c.Build.Workdir)
	}
	fmt.Fprintf(b.log, "edgerun: building component %s with `%s`\n", c.ID, command.Value)
	start := time.Now()
	cmd := shell(ctx, command.Value)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = dir, b.stdout, b.stderr, killDelay
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("component %s: the build was interrupted", c.ID)
		}
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			return fmt.Errorf("%s: component %s: the build command failed with %v: %s",
				command.Pos, c.ID, exit.ProcessState, command.Value)
		}
		return fmt.Errorf("%s: component %s: %w", command.Pos, c.ID, err)
	}
	fmt.Fprintf(b.log, "edgerun: built component %s in %v\n", c.ID, time.Since(start).Round(time.Millisecond))
	return nil
}
