package component_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/mutate"
)

// FuzzValidate checks that no input upsets the checker, that what is checked does
// not depend on whether bodies are validated, too, and that every index stands for
// something in the resolved view. The seed makes a variant of a binary that
// decodes, which reaches deeper than changed bytes do.
func FuzzValidate(f *testing.F) {
	for _, name := range []string{"package-types.wasm", "package-world.wasm"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, uint64(0))
		f.Add(data, uint64(1))
	}
	f.Add([]byte(preamble+"\x07\x05\x01\x40\x00\x01\x00"), uint64(0))
	f.Add([]byte(preamble+"\x07\x08\x02\x42\x01\x04\x00\x01a\x03\x01"), uint64(0))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		if tree, err := mutate.Parse(data); err == nil && seed != 0 {
			data, _ = tree.Mutate(rand.New(rand.NewPCG(seed, 0)), tree)
		}
		file, err := component.Parse(data)
		if err != nil {
			return
		}
		info, errs := component.Check(file, component.CheckOptions{Features: component.AllFeatures})
		_, all := component.Validate(t.Context(), file,
			component.ValidateOptions{Features: component.AllFeatures})
		if len(errs) > len(all) {
			t.Errorf("Check found %v, Validate %v", errs, all)
		}
		if file.Root != nil && len(errs) < component.MaxErrors {
			checkLengths(t, file.Root, info)
		}
	})
}

// checkLengths checks that the resolved index spaces are as long as the decoded.
func checkLengths(t *testing.T, c *component.Component, info *component.Info) {
	t.Helper()
	s := info.Component(c)
	for sort, n := range map[component.Sort]int{
		component.SortCoreFunc: len(s.CoreFuncs), component.SortCoreTable: len(s.CoreTables),
		component.SortCoreMemory: len(s.CoreMemories), component.SortCoreGlobal: len(s.CoreGlobals),
		component.SortCoreTag: len(s.CoreTags), component.SortCoreType: len(s.CoreTypes),
		component.SortCoreModule: len(s.CoreModules), component.SortCoreInstance: len(s.CoreInstances),
		component.SortFunc: len(s.Funcs), component.SortValue: len(s.Values),
		component.SortType:      len(s.Types),
		component.SortComponent: len(s.Components), component.SortInstance: len(s.Instances),
	} {
		if want := len(c.Space(sort)); n != want {
			t.Errorf("%s: %d entries of sort %s, want %d", c.Path, n, sort, want)
		}
	}
	for _, nested := range c.Components {
		checkLengths(t, nested, info)
	}
}
