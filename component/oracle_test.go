package component_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/mutate"
	"github.com/edgelint/edgelint/internal/wast"
)

var (
	mutants = flag.Int("mutants", 300, "how many variants of real binaries are compared with wasm-tools")
	giants  = flag.Int("giants", 3, "how many variants of the guide's apps are compared with wasm-tools")
	seed    = flag.Uint64("seed", 1, "the first seed of the variants")
	keep    = flag.String("keep", "", "folder to put variants in on whose verdict the two disagree")
)

// TestVerdictsOnBrokenBinaries compares verdicts with wasm-tools, which must be in
// the PATH, on variants of the corpus' binaries and of the guide's apps.
func TestVerdictsOnBrokenBinaries(t *testing.T) {
	tool, err := exec.LookPath("wasm-tools")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("wasm-tools, the oracle of this test, is not in the PATH; CI must have it")
		}
		t.Skip("wasm-tools, the oracle of this test, is not in the PATH")
	}
	d := &differ{t: t, tool: tool}
	d.run(trees(t, corpusBinaries(t)), *mutants)
	d.run(trees(t, []string{fixture(t, "guide-p2.wasm"), fixture(t, "guide-p3.wasm")}), *giants)
	t.Logf("%d variants: %d valid and %d invalid for both, at the same offset %d; %d disagreements",
		d.valid.Load()+d.invalid.Load(), d.valid.Load(), d.invalid.Load(), d.sameOffset.Load(),
		d.disagree.Load())
}

type source struct {
	path string
	tree *mutate.Tree
}

type differ struct {
	t    *testing.T
	tool string

	valid, invalid, sameOffset, disagree atomic.Int64
}

// run compares n variants, of one source after the other.
func (d *differ) run(sources []source, n int) {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range 2 {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				s := *seed + uint64(i)
				r := rand.New(rand.NewPCG(s, 0))
				from := sources[r.IntN(len(sources))]
				variant, changes := from.tree.Mutate(r, sources[r.IntN(len(sources))].tree)
				d.compare(fmt.Sprintf("seed %d, %s, %s", s, filepath.Base(from.path), strings.Join(changes,
					", ")), s, variant)
			}
		})
	}
	wg.Wait()
}

func (d *differ) compare(name string, seed uint64, variant []byte) {
	theirs, message := d.oracle(variant)
	ours := judgeBytes(variant)
	switch {
	case (ours == nil) != theirs:
		d.disagree.Add(1)
		d.t.Errorf("%s: wasm-tools: %s\n\tedgelint: %v", name, message, ours)
		if *keep != "" {
			path := filepath.Join(*keep, strconv.FormatUint(seed, 10)+".wasm")
			if err := os.WriteFile(path, variant, 0o644); err != nil {
				d.t.Error(err)
			}
		}
	case theirs:
		d.valid.Add(1)
	default:
		d.invalid.Add(1)
		if offsetOf(message) == offsetOf(ours.Error()) {
			d.sameOffset.Add(1)
		}
	}
}

// oracle is the verdict of wasm-tools, and what it says.
func (d *differ) oracle(data []byte) (valid bool, message string) {
	cmd := exec.Command(d.tool, "validate", "--features", "all", "-")
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.CombinedOutput()
	return err == nil, strings.TrimSpace(string(out))
}

func judgeBytes(data []byte) error {
	f, err := component.Parse(data)
	if err != nil {
		return err
	}
	_, errs := component.Validate(context.Background(), f,
		component.ValidateOptions{Features: component.AllFeatures})
	return errs.Err()
}

var offsetText = regexp.MustCompile(`at offset (0x[0-9a-f]+)`)

func offsetOf(message string) string {
	if m := offsetText.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return ""
}

func trees(t *testing.T, paths []string) []source {
	t.Helper()
	var list []source
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if tree, err := mutate.Parse(data); err == nil {
			list = append(list, source{path, tree})
		}
	}
	return list
}

// corpusBinaries are the small real binaries of the corpus.
func corpusBinaries(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, c := range conformance.Cases(t, "wast") {
		script, err := wast.Read(c.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, cmd := range script.Commands {
			if path, ok := script.Binary(cmd); ok {
				paths = append(paths, path)
			}
		}
	}
	for _, kind := range []string{"wasip3", "component-wit"} {
		for _, c := range conformance.Cases(t, kind) {
			more, err := filepath.Glob(filepath.Join(c.Dir, "*.wasm"))
			if err != nil {
				t.Fatal(err)
			}
			paths = append(paths, more...)
		}
	}
	return paths
}
