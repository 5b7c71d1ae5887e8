package p3_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/host/wasi/p3"
	"github.com/edgelint/edgelint/host/wasi/wasihttp"
	"github.com/edgelint/edgelint/internal/conformance"
)

// operation is a step of a test of wasi-testsuite.
type operation struct {
	Type     string
	Args     []string
	Env      map[string]string
	ID       string
	Payload  string
	ExitCode int `json:"exit_code"`
	// Of requests:
	Method, Path string
	Response     struct{ Status int }
}

// script is what the file of a test says.
type script struct {
	Root, World string
	Servers     []server
	Operations  []operation
}

// readScript reads the file of a test; without operations they are run and wait.
func readScript(dir string) (*script, error) {
	s := &script{}
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(names) > 0 {
		data, err := os.ReadFile(names[0])
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(data, s); err != nil {
			return nil, err
		}
	}
	if len(s.Operations) == 0 {
		s.Operations = []operation{{Type: "run"}, {Type: "wait"}}
	}
	return s, nil
}

// process is a component that runs while the operations of a test are carried out.
type process struct {
	cfg            wasi.Config
	stdin          io.Closer
	toStdin        io.Writer
	stdout, stderr *output
	conns          map[string]net.Conn
	exit           chan status // holds one when it has ended
}

type status struct {
	code int
	err  error
}

// output is what a component prints, to be read while it runs.
type output struct {
	io.Writer
	lines *bufio.Reader
	close func()
}

func newOutput() *output {
	r, w := io.Pipe()
	out := make(chan []byte, 1000) // so that the component need not wait
	go func() {
		for p := range out {
			_, _ = w.Write(p)
		}
		w.Close()
	}()
	return &output{writerFunc(func(p []byte) { out <- slices.Clone(p) }), bufio.NewReader(r), func() { close(out) }}
}

type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}

// judge runs a test.
func judge(ctx context.Context, t *testing.T, dir string) error {
	s, err := readScript(dir)
	if err != nil {
		return err
	}
	if s.World == "wasi:http/service" {
		return judgeService(ctx, dir, s.Servers, s.Operations)
	}
	r, w := io.Pipe()
	p := &process{
		stdin: w, toStdin: w, stdout: newOutput(), stderr: newOutput(),
		conns: map[string]net.Conn{}, exit: make(chan status, 1),
	}
	name := strings.TrimPrefix(filepath.Base(dir), "wasip3--") + ".wasm"
	p.cfg = wasi.Config{
		Args: []string{name}, Stdin: r, Stdout: p.stdout, Stderr: p.stderr,
		Sockets: &wasi.SocketPolicy{NameLookup: true},
	}
	if p.cfg.Mounts, err = mounts(t, dir, s.Root); err != nil {
		return err
	}
	defer func() {
		for _, c := range p.conns {
			c.Close()
		}
	}()
	for _, op := range s.Operations {
		if err := p.do(ctx, dir, op); err != nil {
			return fmt.Errorf("%s: %w", op.Type, err)
		}
	}
	return nil
}

// mounts is a copy of a directory of a test, as "/".
func mounts(t *testing.T, dir, name string) ([]wasi.Mount, error) {
	if name == "" {
		return nil, nil
	}
	top := t.TempDir()
	if err := os.CopyFS(top, os.DirFS(filepath.Join(dir, name))); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { root.Close() })
	return []wasi.Mount{{Guest: "/", Root: root, Writable: true}}, nil
}

// do carries out an operation.
func (p *process) do(ctx context.Context, dir string, op operation) error {
	switch op.Type {
	case "run":
		p.cfg.Args = append(p.cfg.Args, op.Args...)
		for _, name := range slices.Sorted(maps.Keys(op.Env)) {
			p.cfg.Env = append(p.cfg.Env, wasi.EnvVar{Name: name, Value: op.Env[name]})
		}
		go p.run(ctx, dir)
		return nil
	case "write":
		_, err := io.WriteString(p.toStdin, op.Payload)
		return err
	case "read":
		return expect(map[string]*output{"stdout": p.stdout, "stderr": p.stderr}[op.ID].lines, op.Payload)
	case "connect":
		// The component prints where it listens.
		addr, err := p.stdout.lines.ReadString('\n')
		if err != nil {
			return err
		}
		p.conns[op.ID], err = net.Dial("tcp", strings.TrimSpace(addr))
		return err
	case "send":
		_, err := io.WriteString(p.conns[op.ID], op.Payload)
		return err
	case "recv":
		return expect(p.conns[op.ID], op.Payload)
	case "wait":
		return p.wait(op.ExitCode)
	}
	return errors.New("needs a host that serves it")
}

// expect reads a text.
func expect(r io.Reader, text string) error {
	got := make([]byte, len(text))
	n, err := io.ReadFull(r, got)
	if string(got[:n]) != text {
		return fmt.Errorf("got %q, %v, want %q", got[:n], err, text)
	}
	return nil
}

func (p *process) wait(code int) error {
	got := <-p.exit
	p.stdin.Close()
	_, _ = io.Copy(io.Discard, p.stdout.lines) // what no step reads is not judged
	messages, _ := io.ReadAll(p.stderr.lines)
	switch {
	case got.err != nil:
		return fmt.Errorf("%w; stderr: %s", got.err, messages)
	case got.code != code:
		return fmt.Errorf("exit code %d, want %d; stderr: %s", got.code, code, messages)
	}
	return nil
}

// run runs the command until it ends.
func (p *process) run(ctx context.Context, dir string) {
	code, err := runCommand(ctx, dir, p.cfg)
	p.stdout.close()
	p.stderr.close()
	p.exit <- status{code, err}
}

// withComponent compiles the component of a test, or of a file, for f.
func withComponent(ctx context.Context, path string, cfg wasi.Config, f func(c *host.Component) error) error {
	if filepath.Ext(path) != ".wasm" {
		names, err := filepath.Glob(filepath.Join(path, "*.wasm"))
		if err != nil || len(names) != 1 {
			return fmt.Errorf("%d components, %w", len(names), err)
		}
		path = names[0]
	}
	engine, err := host.NewEngine(ctx, host.Options{CacheDir: conformance.CompiledDir()})
	if err != nil {
		return err
	}
	defer engine.Close(ctx)
	file, err := component.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	imports := bind.NewImports()
	wasi.Add(imports, cfg)
	p3.Add(imports, cfg)
	wasihttp.Add(imports, wasihttp.Config{Allow: func(*http.Request) error { return nil }})
	c, err := engine.Compile(ctx, file, imports, link.Options{})
	if err != nil {
		return err
	}
	return f(c)
}

// runCommand runs a command and returns its exit code.
func runCommand(ctx context.Context, path string, cfg wasi.Config) (code int, err error) {
	err = withComponent(ctx, path, cfg, func(c *host.Component) error {
		in, err := c.Instantiate(ctx)
		if err != nil {
			return err
		}
		defer in.Close(context.WithoutCancel(ctx))
		result, err := in.Call(ctx, "wasi:cli/run@0.3.0#run")
		code = int(result.Uint())
		if exit, ok := errors.AsType[*wasi.ExitError](err); ok {
			code = int(exit.Code)
			return nil
		}
		return err
	})
	return code, err
}

// limit bounds a test.
const limit = time.Minute
