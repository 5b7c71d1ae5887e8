package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// Golden tests the txtar archives that a pattern names, each in a subtest of its own.
// They hold inputs and what is expected of them; actual is an archive with the same
// inputs and what comes of them now, to which -update changes the file.
func Golden(t *testing.T, pattern string, actual func(t *testing.T, a *txtar.Archive) *txtar.Archive) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s names no files: %v", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			want, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before := string(txtar.Format(want))
			got := txtar.Format(actual(t, want))
			if !Update() {
				if diff := cmp.Diff(before, string(got)); diff != "" {
					t.Errorf("%s differs (-want +got); go test -update rewrites it\n%s", file, diff)
				}
				return
			}
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}
