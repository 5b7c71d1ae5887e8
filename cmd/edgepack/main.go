// Command edgepack packs WebAssembly components as OCI artifacts and moves, signs
// and verifies them: `edgepack push app.wasm registry.example.com/team/app:1.0`.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"golang.org/x/term"

	"github.com/edgelint/edgelint/internal/bars"
	"github.com/edgelint/edgelint/internal/edgepack"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	cmd := edgepack.Command{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv,
		Terminal: term.IsTerminal(int(os.Stderr.Fd())),
		Bars:     bars.New,
	}
	if term.IsTerminal(int(os.Stdin.Fd())) {
		cmd.ReadPassword = func(prompt string) ([]byte, error) {
			fmt.Fprint(os.Stderr, prompt)
			defer fmt.Fprintln(os.Stderr)
			return term.ReadPassword(int(os.Stdin.Fd()))
		}
	}
	os.Exit(cmd.Main(ctx, os.Args[1:]))
}
