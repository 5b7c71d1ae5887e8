package host_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/abi"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/internal/corpus"
	"github.com/edgelint/edgelint/host/link"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/wast"
)

// script runs one script of the corpus. Components are linked with the host that
// the suite expects, and with the components that the script has named before.
type script struct {
	engine      *host.Engine
	suiteHost   *suiteHost
	definitions map[string]string // paths of binaries by name
	instances   map[string]*instance
	current     *instance
	made        []*instance // all of them
}

// instance is a running component. All that a script makes lives as long as the
// script, since later instances may import it.
type instance struct {
	component *host.Component
	*host.Instance
}

var errUnlinkable = errors.New("unlinkable")

func (s *script) instantiate(ctx context.Context, path string) (*instance, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := component.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnlinkable, err)
	}
	c, err := s.engine.Compile(ctx, file, s.imports(), link.Options{Strict: true})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnlinkable, err)
	}
	in, err := c.Instantiate(ctx)
	if err != nil {
		return nil, err
	}
	s.made = append(s.made, &instance{component: c, Instance: in})
	return s.made[len(s.made)-1], nil
}

// imports offers the host of the suite and the named instances.
func (s *script) imports() *bind.Imports {
	imports := bind.NewImports()
	s.suiteHost.offer(imports)
	for name, in := range s.instances {
		offerInstance(imports.Interface(name), in.Instance, "", in.component.Plan().Exports)
	}
	return imports
}

// offerInstance offers what a running component exports.
func offerInstance(i *bind.Interface, in *host.Instance, prefix string, exports *link.Instance) {
	for name, rt := range exports.Resources {
		i.AddResource(name, in.Foreign(rt))
	}
	for name := range exports.Funcs {
		i.Func(name, bind.Dynamic(func(ctx context.Context, _ *abi.FuncType, args []abi.Value) (abi.Value, error) {
			return in.Call(ctx, prefix+name, args...)
		}))
	}
	for name, m := range exports.Modules {
		i.AddModule(name, m.Module)
	}
	for name, nested := range exports.Instances {
		offerInstance(i.AddInterface(name), in, prefix+name+"#", nested)
	}
}

// invoke calls what an action names and returns the result, if any.
func (s *script) invoke(ctx context.Context, a *wast.Action) (*abi.FuncType, abi.Value, error) {
	in := s.current
	if a.Module != "" {
		in = s.instances[a.Module]
	}
	if in == nil {
		return nil, abi.Value{}, fmt.Errorf("no instance %q", a.Module)
	}
	f, err := in.component.Func(a.Field)
	if err != nil {
		return nil, abi.Value{}, err
	}
	if len(a.Args) != len(f.Type.Params) {
		return nil, abi.Value{}, fmt.Errorf("%d arguments for %s", len(a.Args), f.Type)
	}
	var args []abi.Value
	for i, arg := range a.Args {
		v, err := corpus.ParseValue(valueJSON(arg), f.Type.Params[i].Type, abi.String)
		if err != nil {
			return nil, abi.Value{}, err
		}
		args = append(args, v)
	}
	v, err := in.CallFunc(ctx, f, args...)
	return f.Type, v, err
}

func valueJSON(v wast.Value) []byte {
	return []byte(`{"type":"` + v.Type + `","value":` + string(v.Value) + `}`)
}

// run executes a command and judges its outcome. judged is false for commands
// that are about validation or the text format.
func (s *script) run(ctx context.Context, file *wast.Script, c wast.Command) (judged bool, err error) {
	path, _ := file.Binary(c)
	switch c.Type {
	case wast.ModuleCommand:
		s.current, err = s.instantiate(ctx, path)
		s.definitions[c.Name] = path
		if err == nil {
			s.instances[c.Name] = s.current
		}
		return err != nil, err
	case wast.ModuleDefinition:
		s.definitions[c.Name] = path
		return false, nil
	case wast.ModuleInstance:
		s.current, err = s.instantiate(ctx, s.definitions[c.Module])
		if err == nil {
			s.instances[c.Instance] = s.current
		}
		return err != nil, err
	case wast.AssertUnlinkable:
		_, err = s.instantiate(ctx, path)
		if errors.Is(err, errUnlinkable) {
			return true, nil
		}
		return true, fmt.Errorf("want a link error, got %v", err)
	case wast.AssertUninstantiable:
		_, err = s.instantiate(ctx, path)
		return true, wantTrap(err)
	case wast.AssertTrap:
		_, _, err = s.invoke(ctx, c.Action)
		return true, wantTrap(err)
	case wast.ActionCommand:
		_, _, err = s.invoke(ctx, c.Action)
		return true, err
	case wast.AssertReturn:
		return true, s.assertReturn(ctx, c)
	case wast.Register:
		s.instances[c.As] = s.instances[c.Name]
	}
	return false, nil
}

func wantTrap(err error) error {
	if _, ok := errors.AsType[*abi.Trap](err); ok || errors.Is(err, host.ErrDead) {
		return nil
	}
	return fmt.Errorf("want a trap, got %v", err)
}

func (s *script) assertReturn(ctx context.Context, c wast.Command) error {
	t, got, err := s.invoke(ctx, c.Action)
	if err != nil || t.Result == nil {
		return err
	}
	want, err := corpus.ParseValue(valueJSON(c.Expected[0]), t.Result, abi.String)
	if err != nil {
		return err
	}
	if got.String() != want.String() {
		return fmt.Errorf("got %s, want %s", got, want)
	}
	return nil
}

func runScript(t *testing.T, suite *conformance.Suite, c conformance.Case) {
	before := runtime.NumGoroutine()
	defer noneLeft(t, before)
	file, err := wast.Read(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := host.NewEngine(t.Context(), host.Options{MemoryPages: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close(t.Context())
	s := &script{
		engine: engine, suiteHost: newSuiteHost(t),
		definitions: map[string]string{}, instances: map[string]*instance{},
	}
	for _, cmd := range file.Commands {
		judged, err := s.run(t.Context(), file, cmd)
		if judged {
			suite.Check(fmt.Sprintf("%s:%d", c.Name, cmd.Line), err)
		}
	}
	for _, in := range s.made {
		if err := in.Close(t.Context()); err != nil {
			t.Errorf("%s: closing: %v", c.Name, err)
		}
	}
}

func TestComponentsRunAsTheSuitesSay(t *testing.T) {
	runSuite(t, "wast-run",
		"scripts of the component model's and Wasmtime's suites without async: calls, traps, link errors", false)
}

func TestAsyncComponentsRunAsTheSuitesSay(t *testing.T) {
	runSuite(t, "wast-async",
		"scripts of the component model's and Wasmtime's suites about async: calls, traps, link errors", true)
}

func runSuite(t *testing.T, name, about string, async bool) {
	suite := conformance.Start(t, name, about)
	for _, c := range conformance.Cases(t, "wast") {
		if runs(c) && isAsync(c) == async {
			runScript(t, suite, c)
		}
	}
	suite.Finish()
}

func isAsync(c conformance.Case) bool {
	return strings.Contains(c.Name, "/async/") || strings.Contains(c.Name, "/component-model-threading/")
}

// runs tells whether a script is about running components, and not about validation
// alone.
func runs(c conformance.Case) bool {
	for _, kind := range []wast.CommandType{
		wast.AssertReturn, wast.AssertTrap, wast.AssertUnlinkable, wast.AssertUninstantiable, wast.ActionCommand,
	} {
		if c.Counts[string(kind)] != "" {
			return true
		}
	}
	return false
}
