// Command edgerun serves a WebAssembly component over HTTP: `edgerun app.wasm`.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/edgelint/edgelint/host/runcmd"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := runcmd.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv}
	os.Exit(cmd.Main(ctx, os.Args[1:]))
}
