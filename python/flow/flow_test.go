package flow_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/flow"
	"github.com/edgelint/edgelint/python/internal/heaptest"
)

func analyze(tb testing.TB, path string) *flow.Program {
	tb.Helper()
	f, err := component.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	s, err := python.Read(f)
	if err != nil {
		tb.Fatal(err)
	}
	return flow.Analyze(s)
}

func function(tb testing.TB, p *flow.Program, file, name string) *flow.Function {
	tb.Helper()
	for _, fn := range p.Functions() {
		if fn.Code.File.Path == file && fn.Code.QualName() == name {
			return fn
		}
	}
	tb.Fatalf("no function %s in %s", name, file)
	return nil
}

// use is the part of a flow.Use that a test states.
type use struct {
	line int
	path string
	role flow.Role
}

func uses(fn *flow.Function) []use {
	var out []use
	for _, u := range fn.Uses {
		if u.Role != flow.RoleBase && u.Path != "" {
			out = append(out, use{u.Position.Line, u.Path, u.Role})
		}
	}
	return out
}

func TestGuideHandlerUses(t *testing.T) {
	t.Parallel()
	for file, handler := range map[string]string{
		"guide-p2.wasm": "IncomingHandler.handle_request",
		"guide-p3.wasm": "HttpHandler.handle_request",
	} {
		p := analyze(t, filepath.Join(conformance.Root(t), "testdata", file))
		fn := function(t, p, "/0/app.py", handler)
		if chain := fn.Chain(); len(chain) != 1 || chain[0] != fn {
			t.Errorf("%s: the handler is not where requests begin: %v", file, chain)
		}
		first := fn.Code.FirstLine()
		want := []use{
			{first + 5, "datetime.datetime.now", flow.RoleCalled},
			{first + 5, "datetime.timezone.utc", flow.RolePassed},
			{first + 5, "datetime.datetime.now().isoformat", flow.RoleCalled},
			{first + 7, "spin_sdk.http.Response", flow.RoleCalled},
			{first + 10, "json.dumps", flow.RoleCalled},
			{first + 10, "json.dumps().encode", flow.RoleCalled},
		}
		if got := uses(fn); !slices.Equal(got, want) {
			t.Errorf("%s: the handler uses\n%v, want\n%v", file, got, want)
		}
	}
}

// TestShapesOfFunctionsAreReached looks at every shape of code that the app
// "reach" of the fixtures puts a call into.
func TestShapesOfFunctionsAreReached(t *testing.T) {
	t.Parallel()
	for _, app := range []string{"reach-p2", "reach-p3"} {
		p := analyze(t, conformance.Built(t, app))
		for name, reached := range map[string]bool{
			"plain": true, "decorated": true, "resolve": true, "nested.<locals>.inner": true, "lines": true,
			"addresses": true, "Client.connect": true, "Client.version": true, "logged.<locals>.wrapper": true,
			"Client.Pool.grow": false, "later": false, "Loop.run": false, "logged": false,
		} {
			if fn := function(t, p, "/0/shapes/calls.py", name); fn.Reached() != reached {
				t.Errorf("%s: %s reached: %v, want %v", app, name, fn.Reached(), reached)
			}
		}
		asked := function(t, p, "/0/shapes/guards.py", "asked")
		caught := function(t, p, "/0/shapes/guards.py", "caught")
		for _, u := range slices.Concat(asked.Uses, caught.Uses) {
			if u.Path == "os.fork" && !u.Guard.Asked() && !u.Guard.Caught("AttributeError") {
				t.Errorf("%s: os.fork on line %d is not guarded", app, u.Position.Line)
			}
		}
	}
}

func TestTextsThatArePutTogetherHaveABeginning(t *testing.T) {
	t.Parallel()
	for _, app := range []string{"grants-p2", "grants-p3"} {
		p := analyze(t, conformance.Built(t, app))
		var got []string
		for _, u := range function(t, p, "/0/app.py", "fetch").Uses {
			if prefix := u.Arg(1, "uri").Prefix; prefix != "" {
				got = append(got, prefix)
			}
		}
		if want := []string{"https://third.example.com/users/", "https://fourth.example.com/users/"}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", app, got, want)
		}
	}
}

// FuzzBytecode analyzes an app whose handler runs the given code.
func FuzzBytecode(f *testing.F) {
	f.Add(true, []byte{151, 0, 121, 0})
	f.Add(false, []byte{128, 0, 82, 0, 35, 0})
	for _, version := range []string{"3.12", "3.14"} {
		if raw, err := os.ReadFile(filepath.Join("..", "bytecode", "testdata", version+".json")); err == nil {
			f.Add(version == "3.12", raw[:min(len(raw), 512)])
		}
	}
	f.Fuzz(func(t *testing.T, old bool, units []byte) {
		if len(units) > 1<<14 {
			return
		}
		s, err := python.FromImage(heaptest.App(map[bool]int{true: 12, false: 14}[old], units))
		if err != nil {
			t.Fatal(err)
		}
		p := flow.Analyze(s)
		for _, fn := range p.Functions() {
			for range fn.Literals {
			}
			fn.Chain()
			for _, u := range fn.Uses {
				p.Callee(u)
			}
		}
	})
}

// FuzzDamagedHeap analyzes a heap with words overwritten.
func FuzzDamagedHeap(f *testing.F) {
	f.Add(true, []byte{0, 0, 1, 0, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, old bool, damage []byte) {
		img := heaptest.Sample(map[bool]int{true: 12, false: 14}[old])
		for ; len(damage) >= 8; damage = damage[8:] {
			at := binary.LittleEndian.Uint32(damage) % uint32(len(img.Mem)-4)
			copy(img.Mem[at:at+4], damage[4:8])
		}
		if s, err := python.FromImage(img); err == nil {
			flow.Analyze(s)
			s.Sizes()
		}
	})
}

func BenchmarkAnalyze(b *testing.B) {
	for _, file := range []string{"guide-p2.wasm", "guide-p3.wasm"} {
		f, err := component.Open(filepath.Join(conformance.Root(b), "testdata", file))
		if err != nil {
			b.Fatal(err)
		}
		s, err := python.Read(f)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(file, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				flow.Analyze(s)
			}
		})
		f.Close()
	}
}
