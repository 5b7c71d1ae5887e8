package rules

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/lint"
)

// BenchmarkRun is what edgelint does by default with a component.
func BenchmarkRun(b *testing.B) {
	for _, name := range []string{"guide-p2.wasm", "guide-p3.wasm"} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(conformance.Root(b), "testdata", name)
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := lint.Run(b.Context(), []lint.Source{lint.Path(path)}, All(), lint.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
