package lintcmd_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/lint/lintcmd"
)

func TestReferencesStandForTheirOneComponent(t *testing.T) {
	t.Parallel()
	guide := filepath.Join(conformance.Root(t), "testdata", "guide-p2.wasm")
	artifacts := map[string][]string{"r.example/one:1": {guide}, "r.example/two:1": {guide, guide}}
	pull := func(_ context.Context, name string) ([]string, bool, error) {
		paths, ok := artifacts[name]
		return paths, ok, nil
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"wit", "r.example/one:1"}, 0, "world root"},
		{[]string{"python", "r.example/one:1"}, 0, "IncomingHandler"},
		{[]string{"sbom", "r.example/one:1"}, 0, `"name": "one:1"`},
		{[]string{"sbom", guide}, 0, "CycloneDX"},
		{[]string{"wit", "r.example/two:1"}, 2, "r.example/two:1 holds 2 components"},
	} {
		var out strings.Builder
		cmd := lintcmd.Command{
			Stdout: &out, Stderr: &out, Pull: pull, Env: func(string) (string, bool) { return "", false },
		}
		if code := cmd.Main(t.Context(), c.args); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%v: status %d\n%.500s", c.args, code, out.String())
		}
	}
}
