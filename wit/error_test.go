package wit_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/wit"
)

// Each archive of testdata/errors is a folder with a package that is refused;
// its file errors.txt is what is said about it.
func TestErrorGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/errors/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			checkErrors(t, file)
		})
	}
}

func checkErrors(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tree, want := splitArchive(t, a)
	_, _, err = wit.Load(tree, ".", wit.Options{})
	list, ok := errors.AsType[wit.ErrorList](err)
	if !ok {
		t.Fatalf("Load: %v, want an ErrorList", err)
	}
	got := list.Detail()
	if conformance.Update() {
		a.Files[len(a.Files)-1].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the errors differ (-want +got); go test -update rewrites them\n%s", diff)
	}
}

// splitArchive takes errors.txt, the last file, off an archive.
func splitArchive(t *testing.T, a *txtar.Archive) (tree fs.FS, want string) {
	t.Helper()
	if last := len(a.Files) - 1; last < 0 || a.Files[last].Name != "errors.txt" {
		a.Files = append(a.Files, txtar.File{Name: "errors.txt"})
	}
	last := len(a.Files) - 1
	tree, err := txtar.FS(&txtar.Archive{Files: a.Files[:last]})
	if err != nil {
		t.Fatal(err)
	}
	return tree, string(a.Files[last].Data)
}
