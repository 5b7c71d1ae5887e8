package runcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

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
	guest := wasi.Config{Args: withoutDashes(fs.Args()), Stdin: c.Stdin, Stdout: c.Stdout, Stderr: c.Stderr}
	a, err := c.open(ctx, fs.Arg(0), &f, guest)
	if err != nil {
		return 0, err
	}
	defer a.close(ctx)
	name := ""
	for _, e := range a.file.Root.Exports {
		if strings.HasPrefix(e.Name.Name, "wasi:cli/run@0.2.") {
			name = e.Name.Name
		}
	}
	if name == "" {
		return 0, fmt.Errorf("%s exports no wasi:cli/run of a 0.2 version, so it is no command", fs.Arg(0))
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

// withoutDashes is the command line of the component: its name and arguments.
func withoutDashes(args []string) []string {
	if len(args) > 1 && args[1] == "--" {
		return append(args[:1:1], args[2:]...)
	}
	return args
}
