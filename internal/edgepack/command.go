// Package edgepack is the edgepack command as a library: it joins pack, oci, sign
// and lint.
//
//	cmd := edgepack.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv}
//	os.Exit(cmd.Main(ctx, os.Args[1:]))
//
// Standard output carries the result alone; progress and notes go to standard
// error.
package edgepack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/oci"
)

// Exit codes.
const (
	ExitDone    = 0
	ExitRefused = 1           // lint found errors, or no signature verifies
	ExitTrouble = cli.Trouble // usage, input, network or internal error
)

// Command is the edgepack command with its surroundings.
type Command struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Env looks up an environment variable, as os.LookupEnv does.
	Env func(string) (string, bool)
	// Terminal reports whether Stderr is a terminal: then progress is drawn.
	Terminal bool
	// Bars draws progress on a terminal; nil prints a line for each blob there,
	// too.
	Bars func(w io.Writer) Bars
	// ReadPassword asks for a secret without showing it; nil if there is no
	// one to ask.
	ReadPassword func(prompt string) ([]byte, error)
	// Version is what `edgepack version` prints; empty for the build's own.
	Version string

	mu       sync.Mutex
	searched []string // where credentials were looked for
}

const programText = `edgepack makes OCI artifacts of WebAssembly components and Spin applications,
the same bytes from the same input every time, and moves, signs and verifies
them.

A REF is HOST/REPOSITORY, then :TAG or @DIGEST; the host is always written out.
Where a command reads or writes an artifact it also takes a layout: oci:FOLDER,
oci-archive:FILE, each with an optional :TAG.

Exit status: 0 done; 1 refused, because edgelint finds errors or no signature
verifies; 2 usage, input, network or internal error.`

func (c *Command) program() cli.Program {
	return cli.Program{
		Name: "edgepack", Summary: "pack, move, sign and verify WebAssembly components as OCI artifacts",
		Text: programText, Stdout: c.Stdout, Version: c.Version,
		Verbs: []cli.Verb{
			c.packVerb(), c.pushVerb(), c.pullVerb(), c.copyVerb(), c.inspectVerb(),
			c.signVerb(), c.verifyVerb(), c.attestVerb(), c.manifestVerb(),
			c.loginVerb(), c.logoutVerb(),
		},
		Env: [][2]string{
			{"EDGEPACK_USERNAME, EDGEPACK_PASSWORD", "the credential, as --username and --password-stdin"},
			{"COSIGN_PASSWORD", "the passphrase of an encrypted signing key"},
			{"SOURCE_DATE_EPOCH", "the time artifacts and signatures say they were made, in seconds"},
			{"REGISTRY_AUTH_FILE, DOCKER_CONFIG", "where credentials are looked for first"},
			{"HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "the proxies to use"},
			{"CI", "if set, no progress is drawn"},
		},
	}
}

// errRefused marks what ends with ExitRefused.
var errRefused = errors.New("refused")

// Main runs the command with its arguments, without the program's name, and
// returns the exit code.
func (c *Command) Main(ctx context.Context, args []string) int {
	p := c.program()
	err := p.Run(ctx, args)
	code := p.Exit(c.Stderr, err)
	if errors.Is(err, oci.ErrDenied) {
		for _, place := range c.searched {
			fmt.Fprintf(c.Stderr, "edgepack: credentials: %s\n", place)
		}
	}
	if errors.Is(err, errRefused) {
		return ExitRefused
	}
	return code
}

func (c *Command) version() string { return cli.VersionOf(c.Version) }

// env is an environment variable, "" if it is not set.
func (c *Command) env(name string) string {
	value, _ := c.Env(name)
	return value
}

func (c *Command) notef(format string, args ...any) {
	fmt.Fprintf(c.Stderr, format+"\n", args...)
}
