package platform

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/wit"
)

// catalogPackages are the packages of the shared data that the catalog is made
// of, by folder; a star stands for everything but other contents under one id.
var catalogPackages = []string{
	"wasi/cli/*", "wasi/clocks/*", "wasi/filesystem/*", "wasi/http/*", "wasi/io/*", "wasi/random/*",
	"wasi/sockets/*", "wasi/config/0.2.0-draft-2024-09-27", "wasi/otel/*",
	"wasi/keyvalue/0.2.0-draft2+alt2", // Spin's, which the SDKs are built with
	"fermyon/spin/unversioned", "fermyon/spin/2.0.0",
	"spin/key-value/*", "spin/mqtt/*", "spin/mysql/*", "spin/postgres/*", "spin/redis/*", "spin/sqlite/*",
	"spin/variables/*",
}

func TestCatalogIsMadeOfThePublishedPackages(t *testing.T) {
	t.Parallel()
	set, pkg := catalogSet(t)
	want, err := component.EncodePackage(set, pkg)
	if err != nil {
		t.Fatal(err)
	}
	if conformance.Update() {
		writeCatalog(t, want)
		return
	}
	zr, err := gzip.NewReader(bytes.NewReader(catalogData))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(zr)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("catalog.wasm.gz holds %d bytes, the packages make %d others (%v): go test -update",
			len(got), len(want), err)
	}
}

func writeCatalog(t *testing.T, data []byte) {
	t.Helper()
	var b bytes.Buffer
	zw, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = zw.Write(data)
	}
	if err == nil {
		err = zw.Close()
	}
	if err == nil {
		err = os.WriteFile("catalog.wasm.gz", b.Bytes(), 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// catalogSet resolves a world that imports every interface of the packages.
// Versions of one interface stand next to each other, which compresses best.
func catalogSet(t *testing.T) (*wit.Resolve, wit.PackageID) {
	t.Helper()
	tree := fstest.MapFS{"catalog.wit": &fstest.MapFile{Data: []byte("package edgelint:platforms;\n")}}
	for _, p := range conformance.Packages(t) {
		if slices.ContainsFunc(catalogPackages, func(pattern string) bool {
			ok, err := path.Match(pattern, p.Dir)
			return err == nil && ok && (pattern == p.Dir || !strings.Contains(p.Dir, "+"))
		}) {
			addPackage(t, tree, p.Dir)
		}
	}
	set := loadTree(t, tree)
	var b strings.Builder
	b.WriteString("package edgelint:platforms;\nworld catalog {\n")
	for _, id := range groupedInterfaces(set) {
		fmt.Fprintf(&b, "import %s;\n", set.InterfaceName(id))
	}
	b.WriteString("}\n")
	tree["catalog.wit"].Data = []byte(b.String())
	set = loadTree(t, tree)
	pkg, _ := set.PackageNames.Get(wit.PackageName{Namespace: "edgelint", Name: "platforms"})
	return set, pkg
}

func addPackage(t *testing.T, tree fstest.MapFS, dir string) {
	t.Helper()
	root := os.DirFS(conformance.Shared(t))
	files, err := fs.Glob(root, path.Join("wit", dir, "*.wit"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no files (%v)", dir, err)
	}
	for _, file := range files {
		data, err := fs.ReadFile(root, file)
		if err != nil {
			t.Fatal(err)
		}
		name := path.Join("deps", strings.ReplaceAll(dir, "/", "-"), path.Base(file))
		tree[name] = &fstest.MapFile{Data: data}
	}
}

func loadTree(t *testing.T, tree fs.FS) *wit.Resolve {
	t.Helper()
	set, _, err := wit.Load(tree, ".", wit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// groupedInterfaces lists all interfaces so that those which differ in version
// alone follow each other, after the groups that they use.
func groupedInterfaces(set *wit.Resolve) []wit.InterfaceID {
	groups := map[string][]wit.InterfaceID{}
	group := func(id wit.InterfaceID) string {
		name, _ := wit.ParseInterfaceName(set.InterfaceName(id))
		return name.Unversioned()
	}
	var names []string
	for id := range set.Interfaces {
		if set.Interfaces[id].Name == "" {
			continue // written in a world
		}
		g := group(wit.InterfaceID(id))
		if groups[g] == nil {
			names = append(names, g)
		}
		groups[g] = append(groups[g], wit.InterfaceID(id))
	}
	slices.Sort(names)
	var order []wit.InterfaceID
	seen := map[string]bool{}
	var visit func(string)
	visit = func(g string) {
		if seen[g] {
			return
		}
		seen[g] = true
		for _, id := range groups[g] {
			for dep := range set.Dependencies(id) {
				visit(group(dep))
			}
		}
		order = append(order, groups[g]...)
	}
	for _, g := range names {
		visit(g)
	}
	return order
}
