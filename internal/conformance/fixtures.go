package conformance

import (
	"os"
	"path/filepath"
	"testing"
)

// Built is the folder of the components that `make fixtures` builds with the
// real toolchains. Without it the test is skipped with a message that says so;
// in CI it fails.
func Built(tb testing.TB) string {
	tb.Helper()
	dir := filepath.Join(Root(tb), "testdata", "built")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			tb.Fatalf("%s is missing; CI must run `make fixtures`", dir)
		}
		tb.Skipf("%s is missing: run `make fixtures` to build the components that this test reads", dir)
	}
	return dir
}
