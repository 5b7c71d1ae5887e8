// Command edgerun serves a WebAssembly component over HTTP: `edgerun app.wasm`.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/edgelint/edgelint/cmd/internal/fetch"
	"github.com/edgelint/edgelint/host/runcmd"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	fetcher := fetch.New(os.LookupEnv)
	defer fetcher.Close()
	cmd := runcmd.Command{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv,
		Pull: fetcher.PullFile, Package: fetcher.Package,
	}
	return cmd.Main(ctx, os.Args[1:])
}
