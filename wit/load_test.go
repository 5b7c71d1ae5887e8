package wit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgelint/edgelint/wit"
)

func files(names ...string) fstest.MapFS {
	tree := fstest.MapFS{}
	for i := 0; i < len(names); i += 2 {
		tree[names[i]] = &fstest.MapFile{Data: []byte(names[i+1])}
	}
	return tree
}

func TestLoadReadsFoldersFilesAndDeps(t *testing.T) {
	t.Parallel()
	tree := files(
		"wit/one.wit", "package a:b;\ninterface i { use c:d/j.{t}; }",
		"wit/two.wit", "world w { import i; import e:f/k; }",
		"wit/README.md", "not WIT",
		"wit/sub/three.wit", "not read: only deps is",
		"wit/deps/c/x.wit", "package c:d; interface j { type t = u8; }",
		"wit/deps/c/deps/y.wit", "not read: deps have no deps of their own",
		"wit/deps/e.wit", "package e:f; interface k {}",
		"wit/deps/.DS_Store", "\x00",
	)
	r, pkg, err := wit.Load(tree, "wit", wit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const want = `package a:b;

interface i {
  use c:d/j.{t};
}

world w {
  import c:d/j;
  import i;
  import e:f/k;
}
package c:d {
  interface j {
    type t = u8;
  }
}


package e:f {
  interface k {
  }
}
`
	if got := printed(t, r, pkg, wit.PrintOptions{}); got != want {
		t.Errorf("Load gives\n%s\nwant\n%s", got, want)
	}
}

func TestLoadReadsOneFile(t *testing.T) {
	t.Parallel()
	r, pkg, err := wit.Load(files("x/a.wit", "package a:b;"), "x/a.wit", wit.Options{})
	if err != nil || r.Packages[pkg].Name.String() != "a:b" {
		t.Errorf("Load: %v", err)
	}
}

func TestLoadFollowsSymbolicLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("main/a.wit", "package a:b; interface i { use c:d/j.{t}; }")
	write("shared/j.wit", "package c:d; interface j { type t = u8; }")
	if err := os.MkdirAll(filepath.Join(dir, "main", "deps"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := os.Symlink(filepath.Join("..", "..", "shared"), filepath.Join(dir, "main", "deps", "c"))
	if err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if _, _, err := wit.Load(os.DirFS(dir), "main", wit.Options{}); err != nil {
		t.Errorf("Load: %v", err)
	}
}

func TestLoadTellsWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	_, _, err := wit.Load(files(), "gone", wit.Options{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load of nothing: %v", err)
	}
	_, _, err = wit.Load(files("d/a.txt", ""), "d", wit.Options{Root: "project"})
	if err == nil || err.Error() != "project/d: no file declares the package (the folder has no .wit files)" {
		t.Errorf("Load of a folder without WIT: %v", err)
	}
	_, _, err = wit.Load(files("d/a.wit", "package a:b; interface i { x }"), "d", wit.Options{Root: "project"})
	if err == nil || !strings.HasPrefix(err.Error(), "project/d/a.wit:1:30: ") {
		t.Errorf("the error does not begin with the root: %v", err)
	}
	_, _, err = wit.Load(files("a.wit", "package a:b; // \xff"), ".", wit.Options{})
	if err == nil || !strings.Contains(err.Error(), "a.wit:1:17: the file is not valid UTF-8") {
		t.Errorf("Load of what is no UTF-8: %v", err)
	}
}

func TestLoadHandsBinariesOver(t *testing.T) {
	t.Parallel()
	tree := files(
		"a.wit", "package a:b; interface i { use c:d/j.{t}; }",
		"deps/j.wasm", "\x00asm\x0d\x00\x01\x00",
	)
	_, _, err := wit.Load(tree, ".", wit.Options{})
	if err == nil || !strings.Contains(err.Error(), "deps/j.wasm: the file is a WIT package in binary form") {
		t.Errorf("Load without a decoder: %v", err)
	}
	decode := func([]byte) (*wit.Resolve, wit.PackageID, error) {
		return wit.Parse("j.wasm", "package c:d; interface j { type t = u8; @unstable(feature = x) f: func(); }",
			wit.Options{AllFeatures: true})
	}
	r, pkg, err := wit.Load(tree, ".", wit.Options{DecodeBinary: decode})
	if err != nil {
		t.Fatal(err)
	}
	got := printed(t, r, pkg, wit.PrintOptions{})
	if !strings.Contains(got, "type t = u8") || strings.Contains(got, "func") {
		t.Errorf("the binary package is\n%s\nwithout f, whose feature is not enabled", got)
	}
	r, pkg, err = wit.Load(tree, "deps/j.wasm", wit.Options{DecodeBinary: decode})
	if err != nil || r.Packages[pkg].Name.String() != "c:d" {
		t.Errorf("Load of a binary: %v", err)
	}
	refuse := func([]byte) (*wit.Resolve, wit.PackageID, error) {
		return nil, wit.NoPackage, errors.New("bad magic")
	}
	_, _, err = wit.Load(tree, ".", wit.Options{DecodeBinary: refuse})
	if err == nil || err.Error() != "deps/j.wasm: bad magic" {
		t.Errorf("Load with a decoder that fails: %v", err)
	}
	tree["deps/c.wit"] = &fstest.MapFile{Data: []byte("package c:d;")}
	_, _, err = wit.Load(tree, ".", wit.Options{DecodeBinary: decode})
	if err == nil || !strings.Contains(err.Error(), "deps/c.wit:1:9: the package `c:d` is there in "+
		"binary form, too") {
		t.Errorf("Load of a package that is there twice: %v", err)
	}
}

// What a world gates vanishes as what an interface gates does, types included.
func TestGatedItemsVanish(t *testing.T) {
	t.Parallel()
	const src = `package a:b@1.0.0;

interface i {
  @unstable(feature = on)
  f: func();
  @unstable(feature = off)
  g: func();
  @unstable(feature = off)
  type t = u8;
}
world w {
  @unstable(feature = off)
  type t = u8;
  @unstable(feature = off)
  use i.{t as u};
  @unstable(feature = off)
  import i;
  @unstable(feature = off)
  include v;
  @unstable(feature = on)
  export h: func();
}
@unstable(feature = off)
world v {}
`
	r, pkg, err := wit.Parse("a.wit", src, wit.Options{Features: []string{"on"}})
	if err != nil {
		t.Fatal(err)
	}
	const want = `package a:b@1.0.0;

interface i {
  @unstable(feature = on)
  f: func();
}

world w {
  @unstable(feature = on)
  export h: func();
}
`
	if got := printed(t, r, pkg, wit.PrintOptions{}); got != want {
		t.Errorf("the package is\n%s\nwant\n%s", got, want)
	}
}

func TestJSONEscapesStrings(t *testing.T) {
	t.Parallel()
	const value = "quote \" backslash \\ tab \t line \n return \r bell \a <&> \u2028 é \U0001f600"
	r, pkg := mustParse(t, "package a:b; interface i { f: func(); }")
	i := r.Packages[pkg].Interfaces
	_, id := i.At(0)
	r.Interfaces[id].Docs = wit.Docs{Text: value, Present: true}
	var b bytes.Buffer
	if err := wit.WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Interfaces []struct{ Docs struct{ Contents string } }
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Interfaces[0].Docs.Contents != value {
		t.Errorf("the docs come back as %q", got.Interfaces[0].Docs.Contents)
	}
	if !strings.Contains(b.String(), `<&> `+"\u2028") {
		t.Error("more is escaped than JSON asks for")
	}
}
