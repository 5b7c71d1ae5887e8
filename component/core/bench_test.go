package core

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/edgelint/edgelint/internal/binary"
	"github.com/edgelint/edgelint/internal/conformance"
)

// fixtures are the two committed Python components, by their generation.
var fixtures = []string{"guide-p2.wasm", "guide-p3.wasm"}

func fixtureModules(tb testing.TB, name string) []embedded {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(conformance.Root(tb), "testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	r := binary.NewReader(data, 0)
	return coreModules(tb, name, data, &r)
}

func BenchmarkDecode(b *testing.B) {
	for _, name := range fixtures {
		modules := fixtureModules(b, name)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(modules[0].data)))
			b.ReportAllocs()
			for b.Loop() {
				for _, e := range modules {
					if _, err := NewModule(binary.Data(e.data), e.off, e.len); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
