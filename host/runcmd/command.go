// Package runcmd is the edgerun command as a library.
//
//	cmd := runcmd.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv}
//	os.Exit(cmd.Main(ctx, os.Args[1:]))
package runcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
)

// Exit codes of the command. A command component's own status is passed on.
const (
	ExitOK      = 0
	ExitTrouble = 2 // usage, unreadable input, or an error of the host
)

// Command is the edgerun command with its surroundings.
type Command struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Env looks up an environment variable, as [os.LookupEnv] does.
	Env func(string) (string, bool)
	// Pull gives the path of what an artifact of a registry or layout holds: a
	// component, or the spin.toml of an application; and the artifact's digest.
	// ok is false for a name that is a file's; a nil Pull knows files only.
	Pull func(ctx context.Context, name string) (path, digest string, ok bool, err error)
}

// usageError is a fault of how the command was called.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Main runs the command with its arguments, without the program's name, until
// it has ended or ctx does, and returns the exit code.
func (c *Command) Main(ctx context.Context, args []string) int {
	run := c.serve
	if len(args) > 0 {
		switch args[0] {
		case "run":
			run, args = c.runCommand, args[1:]
		case "build":
			run, args = c.buildCommand, args[1:]
		}
	}
	code, err := run(ctx, args)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return ExitOK
	case err != nil:
		c.report(err)
		if _, ok := errors.AsType[usageError](err); ok {
			fmt.Fprintln(c.Stderr, "edgerun: see `edgerun --help`")
		}
		return ExitTrouble
	}
	return code
}

// report prints an error.
func (c *Command) report(err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(c.Stderr, "edgerun: %s\n", line)
	}
}

// flagSet is a flag set that reports its errors to the caller.
func (c *Command) flagSet(usage string) *pflag.FlagSet {
	fs := pflag.NewFlagSet("edgerun", pflag.ContinueOnError)
	fs.SetOutput(c.Stdout)
	fs.SortFlags = false
	fs.Usage = func() { fmt.Fprintf(c.Stdout, "usage: %s\n\nflags:\n%s", usage, fs.FlagUsages()) }
	return fs
}

func parse(fs *pflag.FlagSet, args []string) error {
	err := fs.Parse(args)
	if err == nil || errors.Is(err, pflag.ErrHelp) {
		return err
	}
	return usageError{cli.SuggestFlag(err, fs)}
}
