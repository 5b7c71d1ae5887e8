package runcmd

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/edgelint/edgelint/spin"
)

const watchedManifest = `spin_manifest_version = 2
[application]
name = "app"
[component.a]
source = "out/a.wasm"
files = ["assets/*.txt", "folder", { source = "images", destination = "/" }, "every/**/*"]
build = { command = "make", workdir = "src", watch = ["**/*.py", "../*.txt", "../out/*"] }
dependencies = { "x:y/z" = { path = "dep.wasm" } }
[component.b]
source = "../shared/b[1].wasm"
build = { command = "make" }
`

func TestWhatManifestsNameIsWatched(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	dir := filepath.Join(top, "app")
	for _, name := range []string{
		"app/spin.toml", "app/out/a.wasm", "app/out/other", "app/assets/x.txt", "app/assets/x.png", "app/folder/f",
		"app/images/deep/i", "app/every/.git/no", "app/every/logs/no", "app/every/e", "app/src/m.py", "app/src/p/n.py",
		"app/src/.venv/no.py", "app/top.txt", "shared/b[1].wasm", "shared/no", "app/unrelated/no",
		"app/dep.wasm",
	} {
		path := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "spin.toml")
	m, err := spin.Parse(file, []byte(watchedManifest))
	if err != nil {
		t.Fatal(err)
	}
	s := newWatchSet(file, m, true, []string{filepath.Join(dir, "every", "logs")})
	names := func(files map[string]stamp) (out []string) {
		for name := range files {
			rel, err := filepath.Rel(top, name)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, filepath.ToSlash(rel))
		}
		slices.Sort(out)
		return out
	}
	now := s.scan()
	for what, c := range map[string]struct {
		got  map[string]stamp
		want []string
	}{
		"manifest": {now.manifest, []string{"app/spin.toml"}},
		"artifacts": {now.artifacts, []string{
			"app/assets/x.txt", "app/dep.wasm", "app/every/e", "app/folder/f", "app/images/deep/i", "app/out/a.wasm", "shared/b[1].wasm",
		}},
		// a.wasm is what the build makes, so it is none of its inputs.
		"inputs of a": {now.inputs["a"], []string{"app/out/other", "app/src/m.py", "app/src/p/n.py", "app/top.txt"}},
		"inputs of b": {now.inputs["b"], nil},
	} {
		if got := names(c.got); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", what, got)
		}
	}
	if !slices.Equal(s.blind, []string{"b"}) {
		t.Errorf("%v do not say what to watch", s.blind)
	}
	folders := s.folders()
	for _, name := range []string{"app", "app/out", "app/assets", "app/images/deep", "app/src/p", "shared"} {
		if !folders[filepath.Join(top, name)] {
			t.Errorf("%s is not watched", name)
		}
	}
	for _, name := range []string{".", "app/unrelated", "app/src/.venv", "app/every/.git", "app/every/logs"} {
		if folders[filepath.Join(top, name)] {
			t.Errorf("%s is watched", name)
		}
	}
}

func TestDifferencesNameWhatChanged(t *testing.T) {
	t.Parallel()
	one := map[string]stamp{"a": {size: 1}, "b": {size: 1}}
	before := snapshot{inputs: map[string]map[string]stamp{"x": one}, artifacts: one}
	for _, c := range []struct {
		artifacts, inputs map[string]stamp
		file              string
	}{
		{one, one, ""},
		{map[string]stamp{"a": {size: 1}}, one, "b"},
		{map[string]stamp{"a": {size: 2}, "b": {size: 1}}, one, "a"},
		{one, map[string]stamp{"a": {size: 1}, "b": {size: 1}, "c": {}}, "c"},
	} {
		now := snapshot{inputs: map[string]map[string]stamp{"x": c.inputs}, artifacts: c.artifacts}
		d := before.difference(now)
		if d.file != c.file || d.any() != (c.file != "") || d.inputs["x"] != (c.file == "c") {
			t.Errorf("%v, %v: %+v", c.artifacts, c.inputs, d)
		}
	}
}

func TestFoldersThatAreNotThereYetAreWaitedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "spin.toml")
	m, err := spin.Parse(file, []byte("spin_manifest_version = 2\n[application]\nname = \"a\"\n[component.a]\nsource = \"out/deep/a.wasm\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := newWatchSet(file, m, true, nil)
	if got := s.folders(); len(got) != 1 || !got[dir] {
		t.Errorf("watches %v", got)
	}
	deep := filepath.Join(dir, "out", "deep")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := s.folders(); len(got) != 3 || !got[deep] || !got[filepath.Dir(deep)] {
		t.Errorf("watches %v", got)
	}
}
