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

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/spin"
	"github.com/edgelint/edgelint/wit"
)

// Exit codes of the command, the same in every format.
const (
	ExitClean    = 0           // nothing at the threshold
	ExitFindings = 1           // findings at or above the threshold
	ExitTrouble  = cli.Trouble // usage, configuration, unreadable input or internal error
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
	// Fetch gives the file of a component's binary that a spin.toml names by a URL
	// or as a package; a nil Fetch leaves those unjudged.
	Fetch func(context.Context, spin.Source) (path string, err error)
	// Version is what `edgelint version` prints; empty for the build's own.
	Version string
}

const programText = `edgelint tells what would fail in a component where it is deployed, without running it: a binary that does not
validate, the wrong world, a platform that lacks what it imports, and Python code that asks for what no host gives.`

func (c *Command) program() cli.Program {
	return cli.Program{
		Name: "edgelint", Summary: "judge WebAssembly components before they are deployed", Text: programText,
		Default: c.checkVerb(),
		Verbs: []cli.Verb{
			c.explainVerb(), c.rulesVerb(), c.targetsVerb(), c.witVerb(), c.pythonVerb(), c.sbomVerb(), c.fmtVerb(),
		},
		Env: [][2]string{
			{"NO_COLOR", "if set, text is not coloured, but for --color always"},
			{"FORCE_COLOR, CLICOLOR_FORCE", "if set, text is coloured also where the output is no terminal"},
			{"SOURCE_DATE_EPOCH", "the time that bills of materials say they were made, in seconds"},
		},
		Stdout: c.Stdout, Version: c.Version,
	}
}

func usageError(err error) error { return &cli.UsageError{Err: err} }

// Main runs the command with its arguments, without the program's name, and
// returns the exit code.
func (c *Command) Main(ctx context.Context, args []string) int {
	p := c.program()
	err := p.Run(ctx, args)
	if list, ok := errors.AsType[wit.ErrorList](err); ok {
		for _, e := range list {
			fmt.Fprint(c.Stderr, e.Detail())
		}
		return ExitTrouble
	}
	return p.Exit(c.Stderr, err)
}

func (c *Command) version() string { return cli.VersionOf(c.Version) }
