package core_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/mutate"
)

var (
	mutants    = flag.Int("mutants", 40, "how many damaged modules to compare with wasm-tools")
	mutantSeed = flag.Uint64("mutant-seed", 1, "which ones")
)

// wasmTools is the path of the reference validator, or skips the test.
func wasmTools(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("wasm-tools")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("wasm-tools is not on the PATH; CI must have it")
		}
		t.Skip("wasm-tools is not on the PATH: install it to compare verdicts with it")
	}
	return path
}

// seeds are the modules to damage: small ones of the specification's suite, for
// all features there are, and real ones.
func seeds(t *testing.T) []*mutate.Tree {
	t.Helper()
	var list [][]byte
	for m := range suiteModules(t) {
		if len(m.data) < 4<<10 && m.verdict == "valid" {
			list = append(list, m.data)
		}
	}
	for _, e := range corpusModules(t) {
		if e.len < 64<<10 {
			list = append(list, e.data[e.off:e.off+e.len])
		}
	}
	trees := make([]*mutate.Tree, len(list))
	for i, data := range list {
		var err error
		if trees[i], err = mutate.Parse(data); err != nil {
			t.Fatal(err)
		}
	}
	return trees
}

func TestMutantsAreJudgedAsByWasmTools(t *testing.T) {
	t.Parallel()
	tool := wasmTools(t)
	trees := seeds(t)
	file := filepath.Join(t.TempDir(), "mutant.wasm")
	valid := 0
	for i := range *mutants {
		r := rand.New(rand.NewPCG(*mutantSeed, uint64(i)))
		data, changes := trees[r.IntN(len(trees))].Mutate(r, trees[r.IntN(len(trees))])
		features, args := core.AllFeatures, []string{"validate", "--features", "all"}
		if r.IntN(4) == 0 {
			features, args = core.DefaultFeatures, args[:1]
		}
		ours := validate(t, data, features)
		if err := compare(tool, append(args, file), data, ours); err != nil {
			t.Errorf("mutant %d of seed %d (%v): %v", i, *mutantSeed, changes, err)
			keep(t, data, fmt.Sprintf("mutant-%d-%d.wasm", *mutantSeed, i))
		}
		if ours == nil {
			valid++
		}
	}
	t.Logf("%d mutants, %d of them valid", *mutants, valid)
}

// compare runs wasm-tools on data, which it puts into the file that is the last
// argument, and reports a verdict other than ours.
func compare(tool string, args []string, data []byte, ours error) error {
	if err := os.WriteFile(args[len(args)-1], data, 0o600); err != nil {
		return err
	}
	out, theirs := exec.Command(tool, args...).CombinedOutput()
	if (theirs == nil) != (ours == nil) {
		return fmt.Errorf("%v: ours: %v; wasm-tools: %s", args, ours, strings.TrimSpace(string(out)))
	}
	return nil
}

// keep writes a mutant to the test's artifacts.
func keep(t *testing.T, data []byte, name string) {
	t.Helper()
	path := filepath.Join(t.ArtifactDir(), name)
	if err := os.WriteFile(path, slices.Clone(data), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Logf("kept in %s (with -artifacts)", path)
}
