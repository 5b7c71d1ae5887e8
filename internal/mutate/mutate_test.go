package mutate_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/mutate"
	"github.com/edgelint/edgelint/internal/wast"
)

func TestUnchangedTreesEncodeToTheSameContent(t *testing.T) {
	t.Parallel()
	n := 0
	for _, data := range binaries(t) {
		tree, err := mutate.Parse(data)
		if err != nil {
			continue // a malformed one
		}
		n++
		again, err := mutate.Parse(tree.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Encode(), tree.Encode()) {
			t.Errorf("%x: encoding is not stable", data)
		}
		if len(tree.Encode()) > len(data) {
			t.Errorf("%x: %d bytes became %d", data, len(data), len(tree.Encode()))
		}
	}
	if n == 0 {
		t.Fatal("no binary decodes")
	}
}

func TestVariantsDependOnTheSeedAlone(t *testing.T) {
	t.Parallel()
	list := binaries(t)
	decodes, differs := 0, 0
	for i, data := range list {
		tree, err := mutate.Parse(data)
		if err != nil {
			continue
		}
		a, _ := tree.Mutate(rand.New(rand.NewPCG(uint64(i), 0)), tree)
		b, _ := tree.Mutate(rand.New(rand.NewPCG(uint64(i), 0)), tree)
		if !bytes.Equal(a, b) {
			t.Errorf("binary %d: the same seed gives different variants", i)
		}
		if !bytes.Equal(a, tree.Encode()) {
			differs++
		}
		if _, err := component.Parse(a); err == nil {
			decodes++
		}
	}
	if differs < len(list)/2 || decodes < len(list)/4 {
		t.Errorf("of %d variants %d differ and %d decode: too few to be of use", len(list), differs, decodes)
	}
}

func binaries(t *testing.T) [][]byte {
	t.Helper()
	var list [][]byte
	for _, c := range conformance.Cases(t, "wast") {
		script, err := wast.Read(c.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, cmd := range script.Commands {
			path, ok := script.Binary(cmd)
			if !ok {
				continue
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, data)
		}
	}
	return list
}
