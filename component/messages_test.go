package component_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/wast"
)

// TestMessagesOfInvalidComponents keeps what is said about the invalid components
// of the specification's own suites.
func TestMessagesOfInvalidComponents(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, c := range conformance.Cases(t, "wast") {
		if !strings.HasPrefix(c.Name, "cm/") {
			continue
		}
		script, err := wast.Read(c.Dir)
		if err != nil {
			t.Fatal(err)
		}
		opts := component.ValidateOptions{Features: features(t, c.Fields["features"])}
		for _, cmd := range script.Commands {
			path, ok := script.Binary(cmd)
			if ok && (cmd.Type == wast.AssertInvalid || cmd.Type == wast.AssertMalformed) {
				fmt.Fprintf(&b, "%s:%d\n", c.Name, cmd.Line)
				writeFaults(&b, path, opts)
			}
		}
	}
	golden(t, filepath.Join("testdata", "messages.golden"), b.String())
}

func writeFaults(b *strings.Builder, path string, opts component.ValidateOptions) {
	f, err := component.Open(path)
	if err != nil {
		fmt.Fprintf(b, "\t%v\n", err)
		return
	}
	defer f.Close()
	_, errs := component.Validate(context.Background(), f, opts)
	for _, e := range errs {
		fmt.Fprintf(b, "\t%v [%s]\n", e, e.Rule)
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if conformance.Update() {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s:%d: want %s\n\tgot  %s\n(go test -update rewrites it)", path, i+1, a[i], b[i])
		}
	}
	t.Fatalf("%s has %d lines, this run %d (go test -update rewrites it)", path, len(a), len(b))
}
