package wit_test

import (
	"errors"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/wit"
)

// Each archive of testdata/errors is a folder with a package that is refused;
// its file errors.txt is what is said about it.
func TestErrorGolden(t *testing.T) {
	t.Parallel()
	conformance.Golden(t, "testdata/errors/*.txtar", func(t *testing.T, a *txtar.Archive) *txtar.Archive {
		input := slices.DeleteFunc(slices.Clone(a.Files), func(f txtar.File) bool { return f.Name == "errors.txt" })
		tree, err := txtar.FS(&txtar.Archive{Files: input})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = wit.Load(tree, ".", wit.Options{})
		list, ok := errors.AsType[wit.ErrorList](err)
		if !ok {
			t.Fatalf("Load: %v, want an ErrorList", err)
		}
		return &txtar.Archive{
			Comment: a.Comment, Files: append(input, txtar.File{Name: "errors.txt", Data: []byte(list.Detail())}),
		}
	})
}
