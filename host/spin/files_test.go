package spin

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestOnlyTheFilesOfTheManifestAreMounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"assets/a.txt", "assets/sub/b.txt", "assets/sub/no.log", "secret", "one.txt"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "assets", "link")); err != nil {
		t.Log(err)
	}
	a := newApp(t, `spin_manifest_version = 2
[application]
name = "files"
[component.one]
source = "app.wasm"
files = ["*.txt", "assets/*.txt", { source = "assets/sub", destination = "/../mnt" }]
exclude_files = ["assets/**/*.log"]
`, Config{Dir: dir})
	mounts, err := a.mount(grantsOf(t, a, "one").component)
	if err != nil || len(mounts) != 1 || mounts[0].Guest != "/" || mounts[0].Writable {
		t.Fatalf("mounts %+v, %v", mounts, err)
	}
	var got []string
	err = fs.WalkDir(mounts[0].Root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			got = append(got, name)
		}
		return err
	})
	if want := []string{"assets/a.txt", "mnt/b.txt", "one.txt"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("mounted %v, %v", got, err)
	}
}

func TestGlobs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"a/*", "a/b", true},
		{"a/*", "a/b/c", false},
		{"a/**/*", "a/b/c", true},
		{"a/**/*", "a/b", true},
		{"**", "a/b", true},
		{"./a.txt", "a.txt", true},
		{"a/b", "a", false},
		{"[", "[", false},
	} {
		if got := globMatch(c.pattern, c.name); got != c.want {
			t.Errorf("%s matches %s: %v", c.pattern, c.name, got)
		}
	}
}
