package p3

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/host/wasi/internal/socket"
)

// The versions of WASI that the package implements. A candidate links to nothing
// but itself.
const (
	Version          = "0.3.0"
	CandidateVersion = "0.3.0-rc-2026-03-15"
)

// Add offers WASI 0.3 in imports, without HTTP.
func Add(imports *bind.Imports, cfg wasi.Config) {
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	shared := offer{
		imports: imports, cfg: cfg, start: time.Now(), stdio: newStdio(cfg),
		networks: bind.NewKey(imports, func() *socket.Network { return socket.NewNetwork(cfg.Sockets) }),
	}
	for _, version := range []string{Version, CandidateVersion} {
		o := shared
		o.version = version
		o.clocks()
		o.random()
		o.environment()
		o.terminals()
		o.standardStreams()
		o.filesystem()
		o.sockets()
		o.nameLookup()
	}
}

// offer offers interfaces of one version.
type offer struct {
	imports *bind.Imports
	version string
	cfg     wasi.Config
	start   time.Time // what the monotonic clock counts from
	stdio   *stdio
	// networks are the sockets of each instance.
	networks bind.Key[*socket.Network]
}

func (o offer) iface(name string) *bind.Interface {
	return o.imports.Interface("wasi:" + name + "@" + o.version)
}

func (o offer) environment() {
	env := make([]bind.Tuple2[string, string], 0, len(o.cfg.Env))
	for _, v := range o.cfg.Env {
		env = append(env, bind.Tuple2[string, string]{V0: v.Name, V1: v.Value})
	}
	args := o.cfg.Args
	e := o.iface("cli/environment")
	e.Func("get-environment", bind.Func0(
		func(context.Context) ([]bind.Tuple2[string, string], error) { return env, nil }))
	e.Func("get-arguments", bind.Func0(func(context.Context) ([]string, error) { return args, nil }))
	e.Func("get-initial-cwd", bind.Func0(
		func(context.Context) (bind.Option[string], error) { return bind.None[string](), nil }))

	exit := o.iface("cli/exit")
	exit.Func("exit", bind.Func1(func(_ context.Context, r bind.Result[bind.Unit, bind.Unit]) (bind.Unit, error) {
		if r.IsErr {
			return bind.Unit{}, &wasi.ExitError{Code: 1}
		}
		return bind.Unit{}, &wasi.ExitError{}
	}))
	if o.version == CandidateVersion {
		return // the candidate does not have the next one
	}
	exit.Func("exit-with-code", bind.Func1(func(_ context.Context, code uint8) (bind.Unit, error) {
		return bind.Unit{}, &wasi.ExitError{Code: code}
	}))
}

// terminal is terminal-input and terminal-output, of which there are none.
type terminal struct{}

func (o offer) terminals() {
	bind.Resource[*terminal](o.iface("cli/terminal-input"), "terminal-input", nil)
	bind.Resource[*terminal](o.iface("cli/terminal-output"), "terminal-output", nil)
	none := bind.Func0(func(context.Context) (bind.Option[*terminal], error) { return bind.None[*terminal](), nil })
	for _, name := range []string{"stdin", "stdout", "stderr"} {
		o.iface("cli/terminal-"+name).Func("get-terminal-"+name, none)
	}
}
