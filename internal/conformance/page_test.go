package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSectionsStaySortedAndStaleOnesFail(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("# Title\n\ntext\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"b", "a", "c"} {
		if err := putSection(page, name, "## "+name+"\n", true); err != nil {
			t.Fatal(err)
		}
	}
	data, _ := os.ReadFile(page)
	got := string(data)
	if a, b, c := strings.Index(got, "## a"), strings.Index(got, "## b"), strings.Index(got, "## c"); a < 0 || a > b || b > c {
		t.Errorf("sections out of order:\n%s", got)
	}
	if err := putSection(page, "b", "## b\n", false); err != nil {
		t.Errorf("unchanged section: %v", err)
	}
	if err := putSection(page, "b", "## b changed\n", false); err == nil {
		t.Error("a stale section passed")
	}
}
