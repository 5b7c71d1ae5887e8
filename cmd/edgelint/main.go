// Command edgelint judges WebAssembly components: `edgelint app.wasm`.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"

	"golang.org/x/term"

	"github.com/edgelint/edgelint/cmd/internal/fetch"
	"github.com/edgelint/edgelint/cmd/internal/trial"
	"github.com/edgelint/edgelint/lint/lintcmd"
	"github.com/edgelint/edgelint/lint/rules"
)

// gcPercent trades memory, of which a short run needs little, for time.
const gcPercent = 400

func main() { os.Exit(run()) }

func run() int {
	debug.SetGCPercent(gcPercent)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fetcher := fetch.New(os.LookupEnv)
	defer fetcher.Close()
	cmd := lintcmd.Command{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv,
		Terminal: term.IsTerminal(int(os.Stdout.Fd())),
		Rules:    rules.All(),
		Trial:    trial.New,
		Pull:     fetcher.Pull,
		Fetch:    fetcher.Source,
	}
	return cmd.Main(ctx, os.Args[1:])
}
