package component_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
)

func fixture(tb testing.TB, name string) string {
	tb.Helper()
	return filepath.Join(conformance.Root(tb), "testdata", name)
}

func TestDecodeFindsEverythingInRealApps(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]counts{
		"guide-p2.wasm": {modules: 14, coreInstances: 104, imports: 45, exports: 2, canons: 357, components: 2},
		"guide-p3.wasm": {modules: 14, coreInstances: 186, imports: 96, exports: 2, canons: 1003, components: 2},
	} {
		f, err := component.Open(fixture(t, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		c := f.Root
		got := counts{len(c.CoreModules), len(c.CoreInstances), len(c.Imports), len(c.Exports), len(c.Canons), len(c.Components)}
		if got != want {
			t.Errorf("%s: found %+v, want %+v", name, got, want)
		}
	}
}

type counts struct{ modules, coreInstances, imports, exports, canons, components int }

func BenchmarkOpen(b *testing.B) {
	for _, name := range []string{"guide-p2.wasm", "guide-p3.wasm"} {
		b.Run(name, func(b *testing.B) {
			path := fixture(b, name)
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			b.ReportAllocs()
			for b.Loop() {
				f, err := component.Open(path)
				if err != nil {
					b.Fatal(err)
				}
				f.Close()
			}
		})
	}
}
