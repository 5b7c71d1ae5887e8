// Package runcmd is the edgerun command as a library.
//
//	cmd := runcmd.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv}
//	os.Exit(cmd.Main(ctx, os.Args[1:]))
package runcmd

import (
	"context"
	"io"

	spinhost "github.com/edgelint/edgelint/host/spin"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/spin"
)

// Exit codes of the command. A command component's own status is passed on.
const (
	ExitOK      = 0
	ExitTrouble = cli.Trouble // usage, unreadable input, or an error of the host
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
	// Package finds what an application takes from a registry as a package; nil
	// refuses packages.
	Package func(context.Context, spin.Source) (spinhost.Content, error)

	// Of a command that runs, whose Stderr takes its own lines:
	terminal io.Writer // what Stderr was
	guests   io.Writer // the same for components
}

const programText = `edgerun serves a component as Spin would, or a whole application as its spin.toml grants, on wazero.

Exit status: 0 done, also after SIGINT and SIGTERM; 2 usage, unreadable input, or an error of the host. run passes on
the status of the command that it runs.`

func (c *Command) program() cli.Program {
	return cli.Program{
		Name: "edgerun", Summary: "run WebAssembly components and Spin applications", Text: programText,
		Default: c.serveVerb(), Verbs: []cli.Verb{c.buildVerb(), c.runVerb()},
		Env: [][2]string{
			{"SPIN_HTTP_LISTEN_ADDR, SPIN_TLS_CERT, SPIN_TLS_KEY", "as --listen, --tls-cert, --tls-key"},
			{"SPIN_ALWAYS_BUILD", "as --build"},
			{"SPIN_LOG_DIR", "as --log-dir"},
			{"SPIN_VARIABLE_NAME", "the value of the variable name of an application"},
			{"WKG_REGISTRY_HOST_AUTH_BEARER", "the token for the packages at HOST, written in capitals with _ for . and :"},
			{"RUNTIME_CONFIG_FILE", "as --runtime-config-file"},
			{"OTEL_EXPORTER_OTLP_ENDPOINT", "where --experimental-wasi-otel exports to"},
		},
		Stdout: c.Stdout,
	}
}

// Main runs the command with its arguments, without the program's name, until
// it has ended or ctx does, and returns the exit code.
func (c *Command) Main(ctx context.Context, args []string) int {
	own := *c
	own.terminal, own.guests = c.Stderr, &lockedWriter{w: c.Stderr}
	own.Stderr = &lineWriter{wasi.NewPrinter(own.guests)}
	p := own.program()
	return p.Exit(own.Stderr, p.Run(ctx, args))
}

// report prints an error after which the command goes on.
func (c *Command) report(err error) { c.program().Exit(c.Stderr, err) }
