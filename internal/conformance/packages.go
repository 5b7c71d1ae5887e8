package conformance

import (
	"encoding/csv"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// Package is one of the WIT packages of the shared data.
type Package struct {
	Dir     string   // its folder, which names it: wasi/http/0.2.3+alt2
	Name    string   // wasi:http@0.2.3
	Deps    []string // the names of all packages it needs
	Encoded string   // the file with its binary form
	Origins []string // where it was found
}

// Packages lists the WIT packages of the shared data.
func Packages(tb testing.TB) []Package {
	tb.Helper()
	root := filepath.Join(Shared(tb), "wit")
	f, err := os.Open(filepath.Join(root, "manifest.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 2 {
		tb.Fatalf("wit/manifest.tsv: %d rows, %v", len(rows), err)
	}
	col := map[string]int{}
	for i, head := range rows[0] {
		col[head] = i
	}
	var pkgs []Package
	for _, row := range rows[1:] {
		p := Package{Dir: row[col["dir"]], Name: row[col["package"]]}
		if deps := row[col["deps"]]; deps != "" {
			p.Deps = strings.Split(deps, ",")
		}
		for origin := range strings.SplitSeq(row[col["source"]]+"|"+row[col["also_in"]], "|") {
			origin, _, _ = strings.Cut(strings.TrimSpace(origin), ":")
			p.Origins = append(p.Origins, origin)
		}
		p.Encoded = filepath.Join(root, "_encoded", strings.ReplaceAll(p.Dir, "/", "--")+".wasm")
		pkgs = append(pkgs, p)
	}
	return pkgs
}

// PackageTree is a package as a file tree: its files at the top, and what it
// depends on in the folder deps. Of several packages of one name it takes that
// from the same origin.
func PackageTree(tb testing.TB, p Package, all []Package) fs.FS {
	tb.Helper()
	tree := fstest.MapFS{}
	addFolder(tb, tree, ".", p.Dir)
	for _, name := range p.Deps {
		var dep *Package
		for i := range all {
			same := slices.Contains(all[i].Origins, p.Origins[0])
			if all[i].Name == name && (dep == nil || same && !slices.Contains(dep.Origins, p.Origins[0])) {
				dep = &all[i]
			}
		}
		if dep == nil {
			tb.Fatalf("wit/%s needs %s, which is not there", p.Dir, name)
		}
		addFolder(tb, tree, path.Join("deps", strings.ReplaceAll(dep.Dir, "/", "-")), dep.Dir)
	}
	return tree
}

func addFolder(tb testing.TB, tree fstest.MapFS, at, dir string) {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(Shared(tb), "wit", filepath.FromSlash(dir), "*.wit"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("wit/%s: no files (%v)", dir, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		tree[path.Join(at, filepath.Base(file))] = &fstest.MapFile{Data: data, Mode: 0o644}
	}
}
