package wit_test

import (
	"bytes"
	"io/fs"
	"runtime"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/wit"
)

// TestResultsDoNotDependOnTheCollector reads and writes on stacks that the
// garbage collector shrinks meanwhile. Compilers have got closures and loops
// over functions wrong there: a loop then ends early, and nothing fails.
func TestResultsDoNotDependOnTheCollector(t *testing.T) {
	t.Parallel()
	all := conformance.Packages(t)
	var tree fs.FS
	for _, p := range all {
		if p.Dir == "wasi/http/0.2.6" {
			tree = conformance.PackageTree(t, p, all)
		}
	}
	if tree == nil {
		t.Fatal("the shared data has no wasi:http@0.2.6")
	}
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	want := readAndWrite(tree)
	for range 20 {
		got := make(chan string)
		go func() {
			growStack(4000)
			got <- readAndWrite(tree)
		}()
		if got := <-got; got != want {
			t.Fatalf("reading and writing again differs: %s", firstDifference(want, got))
		}
	}
}

func readAndWrite(tree fs.FS) string {
	r, pkg, err := wit.Load(tree, ".", wit.Options{})
	if err != nil {
		return err.Error()
	}
	var out bytes.Buffer
	if err := wit.Print(&out, r, pkg, wit.PrintOptions{}); err != nil {
		return err.Error()
	}
	if err := wit.WriteJSON(&out, r); err != nil {
		return err.Error()
	}
	return out.String()
}

//go:noinline
func growStack(n int) byte {
	var frame [64]byte
	if n == 0 {
		return frame[0]
	}
	return growStack(n-1) + frame[n%64]
}
