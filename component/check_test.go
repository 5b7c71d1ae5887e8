package component_test

import (
	"path/filepath"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
)

func open(tb testing.TB, path string) *component.File {
	tb.Helper()
	f, err := component.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	return f
}

func TestCheckResolvesEveryIndexOfRealComponents(t *testing.T) {
	t.Parallel()
	paths := []string{fixture(t, "guide-p2.wasm"), fixture(t, "guide-p3.wasm")}
	for _, c := range conformance.Cases(t, "wasip3") {
		more, err := filepath.Glob(filepath.Join(c.Dir, "*.wasm"))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, more...)
	}
	for _, path := range paths {
		f := open(t, path)
		info, errs := component.Check(f, component.CheckOptions{})
		for _, err := range errs {
			t.Errorf("%s: %v", path, err)
		}
		checkSpaces(t, path, f.Root, info)
	}
}

// checkSpaces checks that all index spaces have the length that the decoder found
// and hold nothing unknown.
func checkSpaces(t *testing.T, path string, c *component.Component, info *component.Info) {
	t.Helper()
	s := info.Component(c)
	for sort, n := range map[component.Sort]int{
		component.SortCoreFunc: known(s.CoreFuncs), component.SortCoreTable: known(s.CoreTables),
		component.SortCoreMemory: known(s.CoreMemories), component.SortCoreGlobal: known(s.CoreGlobals),
		component.SortCoreTag: known(s.CoreTags), component.SortCoreModule: known(s.CoreModules),
		component.SortCoreInstance: known(s.CoreInstances), component.SortFunc: known(s.Funcs),
		component.SortType: known(s.Types), component.SortComponent: known(s.Components),
		component.SortInstance: known(s.Instances),
	} {
		if want := len(c.Space(sort)); n != want {
			t.Errorf("%s: %s: %d known entries of sort %s, want %d", path, c.Path, n, sort, want)
		}
	}
	for _, nested := range c.Components {
		checkSpaces(t, path, nested, info)
	}
}

func known[T comparable](space []T) int {
	n := 0
	var zero T
	for _, x := range space {
		if x != zero {
			n++
		}
	}
	return n
}

func BenchmarkCheck(b *testing.B) {
	for _, name := range []string{"guide-p2.wasm", "guide-p3.wasm"} {
		b.Run(name, func(b *testing.B) {
			f := open(b, fixture(b, name))
			b.ReportAllocs()
			for b.Loop() {
				if _, errs := component.Check(f, component.CheckOptions{}); len(errs) > 0 {
					b.Fatal(errs)
				}
			}
		})
	}
}

func BenchmarkValidate(b *testing.B) {
	for _, name := range []string{"guide-p2.wasm", "guide-p3.wasm"} {
		b.Run(name, func(b *testing.B) {
			path := fixture(b, name)
			b.SetBytes(open(b, path).Size)
			b.ReportAllocs()
			for b.Loop() {
				f, err := component.Open(path)
				if err != nil {
					b.Fatal(err)
				}
				if _, errs := component.Validate(b.Context(), f, component.ValidateOptions{}); len(errs) > 0 {
					b.Fatal(errs)
				}
				f.Close()
			}
		})
	}
}
