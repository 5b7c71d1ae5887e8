package runcmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host/wasi"
)

// runCommand is `edgerun run`: it runs a component that exports wasi:cli/run.
func (c *Command) runCommand(ctx context.Context, args []string) (int, error) {
	var f appFlags
	fs := c.flagSet("edgerun run [flags] app.wasm [-- ARG...]")
	fs.SetInterspersed(false)
	f.add(fs)
	if err := parse(fs, args); err != nil {
		return 0, err
	}
	if fs.NArg() == 0 {
		return 0, usagef("edgerun run needs a component")
	}
	f.quiet = true // standard error is the component's own
	guest := wasi.Config{Args: commandLine(fs.Args()), Stdin: c.Stdin, Stdout: c.Stdout, Stderr: c.Stderr}
	path, _, err := c.resolve(ctx, fs.Arg(0))
	if err != nil {
		return 0, err
	}
	if _, ok := manifestOf(path); ok {
		return 0, fmt.Errorf("%s is a Spin application, no command: serve it with edgerun %[1]s", fs.Arg(0))
	}
	a, err := c.open(ctx, path, &f, guest)
	if err != nil {
		return 0, err
	}
	defer a.close(ctx)
	name, err := runExport(a.files[0])
	if err != nil {
		return 0, fmt.Errorf("%s %w", fs.Arg(0), err)
	}
	in, err := a.component.Instantiate(ctx)
	if err != nil {
		return 0, err
	}
	defer in.Close(context.WithoutCancel(ctx))
	result, err := in.Call(ctx, name+"#run")
	if exit, ok := errors.AsType[*wasi.ExitError](err); ok {
		return int(exit.Code), nil
	}
	if err != nil {
		return 0, err
	}
	if result.Uint() != 0 {
		return 1, nil
	}
	return ExitOK, nil
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
	return "", errors.New("exports no wasi:cli/run of a version 0.2 or 0.3, so it is no command")
}

// commandLine is what the component gets: its name without folders, and arguments.
func commandLine(args []string) []string {
	line := []string{filepath.Base(args[0])}
	if len(args) > 1 && args[1] == "--" {
		return append(line, args[2:]...)
	}
	return append(line, args[1:]...)
}
