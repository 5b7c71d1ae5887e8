package core_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/edgelint/edgelint/component/core"
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
					if _, err := core.NewModule(binary.Data(e.data), e.off, e.len); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkValidate validates what is decoded already; bytes are those of code.
func BenchmarkValidate(b *testing.B) {
	for _, name := range fixtures {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/workers=%d", name, workers), func(b *testing.B) {
				modules, code := decodeAll(b, name)
				b.SetBytes(code)
				b.ReportAllocs()
				for b.Loop() {
					v := core.NewValidator(core.Options{Workers: workers})
					for _, m := range modules {
						if _, err := v.Module(m); err != nil {
							b.Fatal(err)
						}
					}
					if faults := v.Wait(b.Context()); len(faults) > 0 {
						b.Fatal(faults[0])
					}
				}
			})
		}
	}
}

func decodeAll(tb testing.TB, name string) (modules []*core.Module, code int64) {
	tb.Helper()
	for _, e := range fixtureModules(tb, name) {
		m, err := core.NewModule(binary.Data(e.data), e.off, e.len)
		if err != nil {
			tb.Fatal(err)
		}
		modules = append(modules, m)
		code += m.CodeSize()
	}
	return modules, code
}
