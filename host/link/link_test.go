package link_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	"github.com/edgelint/edgelint/internal/conformance"
)

func linked(data []byte, opts link.Options) (*link.Plan, error) {
	f, err := component.Parse(data)
	if err != nil {
		return nil, err
	}
	info, errs := component.Check(f, component.CheckOptions{Features: component.AllFeatures})
	if err := errs.Err(); err != nil {
		return nil, err
	}
	return link.Link(f, info, bind.NewImports(), opts)
}

func fixture(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(conformance.Root(tb), "testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// rewrites are all ways to rewrite a module.
func rewrites(m *link.Module) ([]link.Rewrite, error) {
	state, err := m.State()
	if err != nil {
		return nil, err
	}
	_, image := m.Image()
	return []link.Rewrite{
		{},
		{EmptyData: image},
		{EmptyData: image, Globals: state.Globals},
	}, nil
}

// checkModules checks that the modules of a plan are valid however they are
// rewritten, and import what the plan says.
func checkModules(plan *link.Plan) error {
	for _, m := range plan.Modules {
		all, err := rewrites(m)
		if err != nil {
			return err
		}
		for _, rw := range all {
			if err := checkModule(m, rw); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkModule(m *link.Module, rw link.Rewrite) error {
	binary, err := m.Binary(rw)
	if err != nil {
		return err
	}
	parsed, err := core.Parse(binary)
	if err != nil {
		return err
	}
	v := core.NewValidator(core.Options{Features: core.AllFeatures})
	if _, err := v.Module(parsed); err != nil {
		return err
	}
	for _, fault := range v.Wait(context.Background()) {
		return fault
	}
	for i, imp := range parsed.Imports {
		want := link.HostModule
		if m.Imports[i].From != link.Host {
			want = link.FromModule(m.Imports[i].From)
		}
		if imp.Module != want || imp.Name != m.Imports[i].Name {
			return errors.New("an import is renamed to " + imp.Module + " " + imp.Name)
		}
	}
	return nil
}

func TestRewrittenModulesAreValid(t *testing.T) {
	t.Parallel()
	for _, c := range conformance.Cases(t, "wast") {
		files, err := filepath.Glob(filepath.Join(c.Dir, "*.wasm"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := linked(data, link.Options{})
			if err != nil || unsupported(plan) {
				continue // what is wrong on purpose, or beyond the engine
			}
			if err := checkModules(plan); err != nil {
				t.Errorf("%s: %v", filepath.Base(path), err)
			}
		}
	}
}

// unsupported tells whether a plan has modules that the engine does not take:
// those with GC instructions.
func unsupported(plan *link.Plan) bool {
	for _, m := range plan.Modules {
		if _, err := m.State(); err != nil {
			return true
		}
	}
	return false
}

func TestPythonComponentsAreLinked(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                   string
		modules, canons, parts int
		export                 string
	}{
		{"guide-p2.wasm", 14, 355, 3, "wasi:http/incoming-handler@0.2.0"},
		{"guide-p3.wasm", 14, 1001, 3, "wasi:http/handler@0.3.0"},
	} {
		plan, err := linked(fixture(t, tt.name), link.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(plan.Modules) != tt.modules || len(plan.Cores) != tt.modules || len(plan.Canons) != tt.canons ||
			len(plan.Instances) != tt.parts {
			t.Errorf("%s: %d modules, %d core instances, %d canonical definitions, %d instances", tt.name,
				len(plan.Modules), len(plan.Cores), len(plan.Canons), len(plan.Instances))
		}
		if in := plan.Exports.Instances[tt.export]; in == nil || in.Funcs["handle"] == nil {
			t.Errorf("%s does not export %s", tt.name, tt.export)
		}
		for _, m := range plan.Modules {
			state, err := m.State()
			if err != nil || state.Lasting != "" {
				t.Errorf("%s: %s cannot be reset: %s %v", tt.name, m.Path, state.Lasting, err)
			}
		}
	}
}

func TestGapsNameWhatIsMissing(t *testing.T) {
	t.Parallel()
	data := fixture(t, "guide-p2.wasm")
	_, err := linked(data, link.Options{Strict: true})
	gaps, ok := errors.AsType[*link.GapsError](err)
	if !ok || len(gaps.Gaps) < 100 {
		t.Fatalf("error %v, want all that is missing", err)
	}
	if got := gaps.Gaps[0].String(); !strings.HasPrefix(got, "import wasi:") ||
		!strings.Contains(got, "does not offer") {
		t.Errorf("the first gap reads %q", got)
	}
}

func FuzzLink(f *testing.F) {
	dir := filepath.Join("..", "testdata", "components")
	files, err := filepath.Glob(filepath.Join(dir, "*.wasm"))
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		plan, err := linked(data, link.Options{})
		if err != nil {
			return
		}
		for _, m := range plan.Modules {
			all, err := rewrites(m)
			if err != nil {
				return
			}
			for _, rw := range all {
				if _, err := m.Binary(rw); err != nil {
					return
				}
			}
		}
	})
}

func BenchmarkLink(b *testing.B) {
	data := fixture(b, "guide-p2.wasm")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := linked(data, link.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRewrite(b *testing.B) {
	plan, err := linked(fixture(b, "guide-p2.wasm"), link.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, m := range plan.Modules {
			if _, err := m.Binary(link.Rewrite{}); err != nil {
				b.Fatal(err)
			}
		}
	}
}
