// Package importrules tests who may import whom in this module.
package importrules

import (
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
)

const module = "github.com/edgelint/edgelint"

// allowed names, for each top-level package, the packages of this module that it
// and its subpackages may import besides their own and internal ones. "std" means
// that nothing outside of this module and the standard library may be imported.
var allowed = map[string][]string{
	"wit":       {"std"},
	"component": {"std", "wit"},
	"python":    {"std", "component", "wit"},
	"spin":      {"component", "wit"},
	"lint":      {"component", "wit", "python", "spin"},
	"host":      {"component", "wit", "spin"},
	"pack":      {"component", "wit", "spin"},
	"oci":       {"pack"},
	"cmd":       {"lint", "host", "pack", "oci", "python", "spin", "component", "wit"},
	"internal":  {"component", "wit", "lint", "host", "pack", "oci", "python", "spin"},
}

// networkers may open connections.
var networkers = []string{"oci", "host", "cmd", "internal"}

func TestPackagesImportOnlyWhatTheHousePlanAllows(t *testing.T) {
	for dir, pkg := range packages(t) {
		top, _, _ := strings.Cut(dir, "/")
		rules, ok := allowed[top]
		if !ok {
			t.Errorf("%s: no rule for the top-level folder %s", dir, top)
			continue
		}
		for _, imp := range pkg.Imports {
			if complaint := judge(top, rules, imp); complaint != "" {
				t.Errorf("%s imports %s: %s", dir, imp, complaint)
			}
		}
	}
}

func judge(top string, rules []string, imp string) string {
	rest, ours := strings.CutPrefix(imp, module+"/")
	target, _, _ := strings.Cut(rest, "/")
	switch {
	case ours && target != top && target != "internal" && !slices.Contains(rules, target):
		return "not in the list of " + top
	case ours:
		return ""
	case strings.Contains(strings.Split(imp, "/")[0], ".") && slices.Contains(rules, "std"):
		return top + " imports the standard library alone"
	case (imp == "net" || strings.HasPrefix(imp, "net/http")) && !slices.Contains(networkers, top):
		return "only oci and host talk to networks"
	}
	return ""
}

// packages are the packages of this module by folder, without tests. Nested
// modules are not part of it.
func packages(t *testing.T) map[string]*build.Package {
	t.Helper()
	root := conformance.Root(t)
	out := map[string]*build.Package{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		name := d.Name()
		if path != root && (strings.HasPrefix(name, ".") || name == "testdata" || nestedModule(path)) {
			return filepath.SkipDir
		}
		pkg, err := build.ImportDir(path, 0)
		if err == nil && path != root {
			rel, _ := filepath.Rel(root, path)
			out[filepath.ToSlash(rel)] = pkg
		}
		return nil
	})
	if err != nil || len(out) < 5 {
		t.Fatalf("found %d packages: %v", len(out), err)
	}
	return out
}

func nestedModule(dir string) bool {
	matches, _ := filepath.Glob(filepath.Join(dir, "go.mod"))
	return len(matches) > 0
}
