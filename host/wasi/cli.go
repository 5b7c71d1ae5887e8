package wasi

import (
	"context"
	"io"

	"github.com/edgelint/edgelint/host/bind"
)

func addCLI(imports *bind.Imports, cfg Config) {
	env := make([]bind.Tuple2[string, string], 0, len(cfg.Env))
	for _, v := range cfg.Env {
		env = append(env, bind.Tuple2[string, string]{V0: v.Name, V1: v.Value})
	}
	e := iface(imports, "cli/environment")
	e.Func("get-environment", bind.Func0(func(context.Context) ([]bind.Tuple2[string, string], error) { return env, nil }))
	e.Func("get-arguments", bind.Func0(func(context.Context) ([]string, error) { return cfg.Args, nil }))
	e.Func("initial-cwd", bind.Func0(func(context.Context) (bind.Option[string], error) { return bind.None[string](), nil }))
	exit := iface(imports, "cli/exit")
	exit.Func("exit", bind.Func1(func(_ context.Context, r bind.Result[bind.Unit, bind.Unit]) (bind.Unit, error) {
		if r.IsErr {
			return bind.Unit{}, &ExitError{1}
		}
		return bind.Unit{}, &ExitError{0}
	}))
	exit.Func("exit-with-code", bind.Func1(func(_ context.Context, code uint8) (bind.Unit, error) {
		return bind.Unit{}, &ExitError{code}
	}))
	addStdio(imports, cfg)
	addTerminals(imports)
}

func addStdio(imports *bind.Imports, cfg Config) {
	// Standard input is one reader, however often a component asks for it.
	stdin := Bytes(nil)
	if cfg.Stdin != nil {
		stdin = ReadFrom(cfg.Stdin, nil)
	}
	iface(imports, "cli/stdin").Func("get-stdin", bind.Func0(func(context.Context) (*InputStream, error) {
		return NewInputStream(stdin, nil), nil
	}))
	for name, w := range map[string]io.Writer{"stdout": cfg.Stdout, "stderr": cfg.Stderr} {
		out := &printed{NewPrinter(w)}
		iface(imports, "cli/"+name).Func("get-"+name, bind.Func0(func(context.Context) (*OutputStream, error) {
			return NewOutputStream(out, nil), nil
		}))
	}
}

// terminal is wasi:cli's terminal-input and terminal-output, of which there are
// none: a component that serves requests has no terminal.
type terminal struct{}

func addTerminals(imports *bind.Imports) {
	bind.Resource[*terminal](iface(imports, "cli/terminal-input"), "terminal-input", nil)
	bind.Resource[*terminal](iface(imports, "cli/terminal-output"), "terminal-output", nil)
	none := bind.Func0(func(context.Context) (bind.Option[*terminal], error) { return bind.None[*terminal](), nil })
	for _, name := range []string{"stdin", "stdout", "stderr"} {
		iface(imports, "cli/terminal-"+name).Func("get-terminal-"+name, none)
	}
}
