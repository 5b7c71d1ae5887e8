package python_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/heap"
)

// open reads the snapshot of a component of the repository's testdata.
func open(tb testing.TB, name string) *python.Snapshot {
	tb.Helper()
	f, err := component.Open(filepath.Join(conformance.Root(tb), "testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	s, err := python.Read(f)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// facts are what is expected of a fixture.
type facts struct {
	file                    string
	python, sdk, toolchain  string
	handler, protocol       string
	methods                 []string
	leastModules, leastCode int
}

var guides = []facts{
	{
		file: "guide-p2.wasm", python: "3.12.1", sdk: "3.4.1", toolchain: "0.17.2",
		handler: "app.IncomingHandler", protocol: "IncomingHandler",
		methods: []string{"IncomingHandler.handle_request"}, leastModules: 160, leastCode: 4700,
	},
	{
		file: "guide-p3.wasm", python: "3.14.0", sdk: "5.0.0", toolchain: "0.25.1",
		handler: "app.HttpHandler", protocol: "HttpHandler",
		methods: []string{"HttpHandler.handle_request"}, leastModules: 200, leastCode: 8500,
	},
}

func TestGuideFacts(t *testing.T) {
	t.Parallel()
	for _, want := range guides {
		s := open(t, want.file)
		checkFacts(t, s, want)
		if s.Tier != python.TierFull || s.Partial() {
			t.Errorf("%s: tier %s, gaps %q", want.file, s.Tier, s.Gaps)
		}
	}
}

func checkFacts(t *testing.T, s *python.Snapshot, want facts) {
	t.Helper()
	if got := s.Python.String(); got != want.python {
		t.Errorf("%s: Python %s, want %s", want.file, got, want.python)
	}
	for name, version := range map[string]string{"spin-sdk": want.sdk, "componentize-py": want.toolchain} {
		d, ok := s.Distribution(name)
		if version != "" && (!ok || d.Version != version) {
			t.Errorf("%s: distribution %s is %+v, want version %s", want.file, name, d, version)
		}
	}
	if len(s.Modules) < want.leastModules || len(s.Codes) < want.leastCode {
		t.Errorf("%s: %d modules and %d code objects, want at least %d and %d",
			want.file, len(s.Modules), len(s.Codes), want.leastModules, want.leastCode)
	}
	if len(s.Handlers) != 1 {
		t.Fatalf("%s: %d handlers, want 1", want.file, len(s.Handlers))
	}
	h := s.Handlers[0]
	var methods []string
	for _, m := range h.Methods {
		methods = append(methods, m.QualName())
	}
	if h.QualName() != want.handler || h.Protocol != want.protocol || !slices.Equal(methods, want.methods) {
		t.Errorf("%s: handler %s of %s with %v", want.file, h.QualName(), h.Protocol, methods)
	}
}

func TestModulesHaveTheirOrigin(t *testing.T) {
	t.Parallel()
	want := map[string]python.Origin{
		"app": python.OriginUser, "spin_sdk.http": python.OriginSDK, "json": python.OriginStdlib,
		"sys": python.OriginBuiltin, "asyncio.events": python.OriginStdlib, "_socket": python.OriginBuiltin,
		"spin_sdk.wit.imports.key_value": python.OriginSDK, "_frozen_importlib": python.OriginStdlib,
	}
	s := open(t, "guide-p2.wasm")
	for name, origin := range want {
		m := s.Module(name)
		if m == nil {
			t.Errorf("module %s is not there", name)
			continue
		}
		if m.Origin != origin {
			t.Errorf("module %s is %s, want %s", name, m.Origin, origin)
		}
	}
	for _, m := range s.Modules {
		if m.Origin == python.OriginUnknown {
			t.Errorf("module %s (%s) has no origin", m.Name, m.File)
		}
	}
}

func TestLocateTellsWhatWasThereAtBuildTime(t *testing.T) {
	t.Parallel()
	s := open(t, "guide-p3.wasm")
	for module, want := range map[string]string{
		"csv": "/python/csv.py", "app": "/0/app.py", "orjson": "", "asyncio.streams": "/python/asyncio/streams.py",
	} {
		if got, ok := s.Locate(module); got != want || ok != (want != "") {
			t.Errorf("%s is at %q (%v), want %q", module, got, ok, want)
		}
	}
}

// TestFactsWithoutSymbols drops all names of addresses, as a linker that
// renames exports would.
func TestFactsWithoutSymbols(t *testing.T) {
	t.Parallel()
	for _, want := range guides {
		img := image(t, want.file)
		img.Symbols, img.Libraries = nil, nil
		s, err := python.FromImage(img)
		if err != nil {
			t.Fatal(err)
		}
		if s.Tier != python.TierShapes {
			t.Errorf("%s: tier %s", want.file, s.Tier)
		}
		checkFacts(t, s, want)
	}
}

func image(tb testing.TB, name string) *heap.Image {
	tb.Helper()
	f, err := component.Open(filepath.Join(conformance.Root(tb), "testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	img, err := python.Image(f)
	if err != nil {
		tb.Fatal(err)
	}
	return img
}

func TestUnknownVersionLeavesTheStrings(t *testing.T) {
	t.Parallel()
	img := image(t, "guide-p3.wasm")
	const versionField, minor = 8, 2
	runtime := img.Symbol("_PyRuntime")
	img.Mem[runtime+versionField+minor] = 15
	s, err := python.FromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	if s.Tier != python.TierStrings || s.Python.Minor != 15 || !s.Partial() {
		t.Fatalf("tier %s, Python %s, gaps %q", s.Tier, s.Python, s.Gaps)
	}
	if !slices.Contains(s.Strings.Files, "/0/app.py") {
		t.Errorf("files: %q", s.Strings.Files)
	}
	if d, ok := s.Distribution("spin-sdk"); !ok || d.Version != "5.0.0" {
		t.Errorf("distributions: %q", s.Strings.Distributions)
	}
}

func TestOtherComponentsAreNotPython(t *testing.T) {
	t.Parallel()
	shared := conformance.Shared(t)
	files, err := filepath.Glob(filepath.Join(shared, "corpus", "wasip3", "*", "*.wasm"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no components of other languages: %v", err)
	}
	for _, name := range files {
		f, err := component.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := python.Read(f); !errors.Is(err, python.ErrNotPython) {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
		f.Close()
	}
}

func BenchmarkRead(b *testing.B) {
	for _, g := range guides {
		b.Run(strings.TrimSuffix(g.file, ".wasm"), func(b *testing.B) {
			data, err := os.ReadFile(filepath.Join(conformance.Root(b), "testdata", g.file))
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				f, err := component.Parse(data)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := python.Read(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
