// Package lintcmd is the edgelint command as a library: a program that adds its
// own rules is a main of ten lines.
//
//	func main() {
//		cmd := lintcmd.Command{
//			Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv,
//			Rules: append(rules.All(), ourRule),
//		}
//		os.Exit(cmd.Main(context.Background(), os.Args[1:]))
//	}
package lintcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/internal/spelling"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/wit"
)

// Exit codes of the command, the same in every format.
const (
	ExitClean    = 0 // nothing at the threshold
	ExitFindings = 1 // findings at or above the threshold
	ExitTrouble  = 2 // usage, configuration, unreadable input or internal error
)

// Command is the edgelint command with its surroundings.
type Command struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Env looks up an environment variable, as [os.LookupEnv] does.
	Env func(string) (string, bool)
	// Terminal reports whether Stdout is a terminal.
	Terminal bool
	// Rules are the rules to run.
	Rules []*lint.Rule
	// Trial makes the host of --run for a request; nil if there is none.
	Trial func(req TrialRequest) lint.TrialFunc
	// Pull gives the components of an artifact in a registry. ok is false for
	// a name that is a file's; a nil Pull knows files only.
	Pull func(ctx context.Context, name string) (paths []string, ok bool, err error)
	// Version is what `edgelint version` prints; empty for the build's own.
	Version string
}

// verb is one subcommand.
type verb struct {
	name, args, summary string
	run                 func(c *Command, ctx context.Context, args []string) (int, error)
}

// verbs are the subcommands besides check, which needs no name.
func verbs() []verb {
	return []verb{
		{"check", "[flags] PATH...", "judge components (the default)", (*Command).check},
		{"explain", "RULE", "print what a rule means and what to do", (*Command).explain},
		{"rules", "", "list the rules", (*Command).listRules},
		{"targets", "", "list the platforms that --target knows", (*Command).targets},
		{"wit", "PATH", "print the world of a component, or a WIT package", (*Command).wit},
		{"python", "FILE", "print what is in a component's frozen Python", (*Command).python},
		{"sbom", "FILE", "write a software bill of materials of a component", (*Command).sbom},
		{"fmt", "PATH...", "format WIT files", (*Command).fmt},
		{"version", "", "print the version", (*Command).version},
	}
}

// usageError is a fault of how the command was called.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Main runs the command with its arguments, without the program's name, and
// returns the exit code.
func (c *Command) Main(ctx context.Context, args []string) int {
	code, err := c.dispatch(ctx, args)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return ExitClean
	case err != nil:
		c.complain(err)
		if _, ok := errors.AsType[usageError](err); ok {
			fmt.Fprintln(c.Stderr, "edgelint: see `edgelint --help`")
		}
		return ExitTrouble
	}
	return code
}

// complain prints an error; those of WIT text come with an excerpt each.
func (c *Command) complain(err error) {
	if list, ok := errors.AsType[wit.ErrorList](err); ok {
		for _, e := range list {
			fmt.Fprint(c.Stderr, e.Detail())
		}
		return
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(c.Stderr, "edgelint: %s\n", line)
	}
}

func (c *Command) dispatch(ctx context.Context, args []string) (int, error) {
	if len(args) > 0 {
		for _, v := range verbs() {
			if args[0] == v.name {
				return v.run(c, ctx, args[1:])
			}
		}
		if err := c.mistypedVerb(args); err != nil {
			return 0, err
		}
	}
	return c.check(ctx, args)
}

// mistypedVerb is an error if the first argument is no file but nearly a verb.
func (c *Command) mistypedVerb(args []string) error {
	if strings.ContainsAny(args[0], "./-\\") {
		return nil
	}
	var names []string
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	if near := spelling.Nearest(args[0], names); near != "" {
		return usagef("unknown command %q: did you mean %q?", args[0], near)
	}
	return nil
}

// flags is a flag set that reports its errors to the caller.
func (c *Command) flags(name, usage string) *pflag.FlagSet {
	fs := pflag.NewFlagSet(name, pflag.ContinueOnError)
	fs.SetOutput(c.Stdout)
	fs.SortFlags = false
	fs.Usage = func() {
		fmt.Fprintf(c.Stdout, "usage: %s\n", usage)
		if flags := fs.FlagUsages(); flags != "" {
			fmt.Fprintf(c.Stdout, "\nflags:\n%s", flags)
		}
	}
	return fs
}

func parse(fs *pflag.FlagSet, args []string) error {
	err := fs.Parse(args)
	if err == nil || errors.Is(err, pflag.ErrHelp) {
		return err
	}
	return usageError{cli.SuggestFlag(err, fs)}
}
