// Command edgelint judges WebAssembly components: `edgelint app.wasm`.
package main

import (
	"context"
	"os"
	"os/signal"

	"golang.org/x/term"

	"github.com/edgelint/edgelint/cmd/internal/trial"
	"github.com/edgelint/edgelint/lint/lintcmd"
	"github.com/edgelint/edgelint/lint/rules"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	cmd := lintcmd.Command{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv,
		Terminal: term.IsTerminal(int(os.Stdout.Fd())),
		Rules:    rules.All(),
		Trial:    trial.New,
	}
	os.Exit(cmd.Main(ctx, os.Args[1:]))
}
