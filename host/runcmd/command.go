// Package runcmd is the edgerun command as a library.
//
//	cmd := runcmd.Command{Stdout: os.Stdout, Stderr: os.Stderr}
//	os.Exit(cmd.Main(ctx, os.Args[1:]))
package runcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/host/wasi/wasihttp"
)

// Exit codes of the command.
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
}

// Main runs the command with its arguments, without the program's name, until ctx
// ends, and returns the exit code.
func (c *Command) Main(ctx context.Context, args []string) int {
	err := c.serve(ctx, args)
	switch {
	case err == nil, errors.Is(err, pflag.ErrHelp):
		return ExitOK
	default:
		fmt.Fprintf(c.Stderr, "edgerun: %s\n", err)
		return ExitTrouble
	}
}

func (c *Command) serve(ctx context.Context, args []string) error {
	flags := pflag.NewFlagSet("edgerun", pflag.ContinueOnError)
	flags.SetOutput(c.Stderr)
	listen := flags.String("listen", "127.0.0.1:3000", "address to listen on")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("usage: edgerun [flags] app.wasm")
	}
	file, err := component.Open(flags.Arg(0))
	if err != nil {
		return err
	}
	defer file.Close()
	engine, err := host.NewEngine(ctx, host.Options{Workers: 2})
	if err != nil {
		return err
	}
	defer engine.Close(context.WithoutCancel(ctx))
	imports := bind.NewImports()
	wasi.Add(imports, wasi.Config{Stdout: c.Stderr, Stderr: c.Stderr})
	wasihttp.Add(imports, wasihttp.Config{})
	app, err := engine.Compile(ctx, file, imports, link.Options{})
	if err != nil {
		return err
	}
	handler, err := host.NewHandler(app)
	if err != nil {
		return err
	}
	return c.listen(ctx, *listen, handler)
}

func (c *Command) listen(ctx context.Context, addr string, handler http.Handler) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler}
	stop := context.AfterFunc(ctx, func() { server.Shutdown(context.WithoutCancel(ctx)) })
	defer stop()
	fmt.Fprintf(c.Stdout, "Serving http://%s\n", l.Addr())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
