package runcmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/internal/cli"
)

func (c *Command) runVerb() cli.Verb {
	var f appFlags
	return cli.Verb{
		Name: "run", Args: "app.wasm [-- ARG...]", Summary: "run a command (wasi:cli/run)", MinArgs: 1, MaxArgs: -1,
		Flags: func(fs *pflag.FlagSet) {
			fs.SetInterspersed(false) // what follows app.wasm is the component's
			f.add(fs)
		},
		Run: func(ctx context.Context, args []string) error { return c.run(ctx, &f, args) },
	}
}

// run runs a component that exports wasi:cli/run.
func (c *Command) run(ctx context.Context, f *appFlags, args []string) error {
	f.quiet = true // standard error is the component's own
	guest := wasi.Config{Args: commandLine(args), Stdin: c.Stdin, Stdout: c.Stdout, Stderr: c.guests}
	path, _, err := c.resolve(ctx, args[0])
	if err != nil {
		return err
	}
	if _, ok := manifestOf(path); ok {
		return fmt.Errorf("%s is a Spin application, no command: serve it with edgerun %[1]s", args[0])
	}
	a, err := c.open(ctx, args[0], path, f, guest)
	if err != nil {
		return err
	}
	defer a.close(ctx)
	name, err := runExport(a.files[0])
	if err != nil {
		return fmt.Errorf("%s %w", args[0], err)
	}
	in, err := a.component.Instantiate(ctx)
	if err != nil {
		return err
	}
	defer in.Close(context.WithoutCancel(ctx))
	result, err := in.Call(ctx, name+"#run")
	if exit, ok := errors.AsType[*wasi.ExitError](err); ok {
		return cli.Status(exit.Code)
	}
	if err != nil {
		return err
	}
	if result.Uint() != 0 {
		return cli.Status(1)
	}
	return nil
}

// runExport is the interface wasi:cli/run that a component exports. If there are
// several, it is the newest: toolchains leave a 0.2 one that does nothing.
func runExport(file *component.File) (string, error) {
	for _, version := range []string{"0.3.", "0.2."} {
		for _, e := range file.Root.Exports {
			if strings.HasPrefix(e.Name.Name, "wasi:cli/run@"+version) {
				return e.Name.Name, nil
			}
		}
	}
	return "", errors.New("exports no wasi:cli/run of a version 0.2 or 0.3, so it is no command: if it exports an HTTP handler, serve it with edgerun")
}

// commandLine is what the component gets: its name without folders, and arguments.
func commandLine(args []string) []string {
	line := []string{filepath.Base(args[0])}
	if len(args) > 1 && args[1] == "--" {
		return append(line, args[2:]...)
	}
	return append(line, args[1:]...)
}
