package p3_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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
}

// steps are the operations of a test; without a file they are run and wait.
func steps(dir string) ([]operation, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(names) == 0 {
		return []operation{{Type: "run"}, {Type: "wait"}}, err
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		return nil, err
	}
	var file struct {
		Operations []operation
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	if len(file.Operations) == 0 {
		return []operation{{Type: "run"}, {Type: "wait"}}, nil
	}
	return file.Operations, nil
}

// judge runs a test: what it reads is compared, and its exit code.
func judge(ctx context.Context, dir string) error {
	ops, err := steps(dir)
	if err != nil {
		return err
	}
	var stdin, stdout, stderr bytes.Buffer
	name := strings.TrimPrefix(filepath.Base(dir), "wasip3--") + ".wasm"
	cfg := wasi.Config{Args: []string{name}, Stdin: &stdin, Stdout: &stdout, Stderr: &stderr}
	want := 0
	for _, op := range ops {
		switch op.Type {
		case "run":
			cfg.Args = append(cfg.Args, op.Args...)
			for _, name := range slices.Sorted(maps.Keys(op.Env)) {
				cfg.Env = append(cfg.Env, wasi.EnvVar{Name: name, Value: op.Env[name]})
			}
		case "write":
			stdin.WriteString(op.Payload)
		case "read", "wait":
			want = max(want, op.ExitCode)
		default:
			return fmt.Errorf("operation %q needs a host that serves it", op.Type)
		}
	}
	got, err := run(ctx, dir, cfg)
	if err != nil {
		return fmt.Errorf("%w; stderr: %s", err, stderr.String())
	}
	if got != want {
		return fmt.Errorf("exit code %d, want %d; stderr: %s", got, want, stderr.String())
	}
	for _, op := range ops {
		out := map[string]*bytes.Buffer{"stdout": &stdout, "stderr": &stderr}[op.ID]
		if op.Type == "read" && out.String() != op.Payload {
			return fmt.Errorf("%s is %q, want %q", op.ID, out.String(), op.Payload)
		}
	}
	return nil
}

// run runs a command and returns its exit code.
func run(ctx context.Context, dir string, cfg wasi.Config) (int, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.wasm"))
	if err != nil || len(names) != 1 {
		return 0, fmt.Errorf("%d components, %w", len(names), err)
	}
	engine, err := host.NewEngine(ctx, host.Options{})
	if err != nil {
		return 0, err
	}
	defer engine.Close(ctx)
	file, err := component.Open(names[0])
	if err != nil {
		return 0, err
	}
	defer file.Close()
	imports := bind.NewImports()
	wasi.Add(imports, cfg)
	p3.Add(imports, cfg)
	c, err := engine.Compile(ctx, file, imports, link.Options{})
	if err != nil {
		return 0, err
	}
	in, err := c.Instantiate(ctx)
	if err != nil {
		return 0, err
	}
	defer in.Close(ctx)
	result, err := in.Call(ctx, "wasi:cli/run@0.3.0#run")
	if exit, ok := errors.AsType[*wasi.ExitError](err); ok {
		return int(exit.Code), nil
	}
	return int(result.Uint()), err
}

func TestTheTestSuiteOfWASI(t *testing.T) {
	suite := conformance.Start(t, "wasip3", "components of wasi-testsuite for WASI 0.3 run as their files say")
	for _, c := range conformance.Cases(t, "wasip3") {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		suite.Check(c.Name, judge(ctx, c.Dir))
		cancel()
	}
	suite.Finish()
}
