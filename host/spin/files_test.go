package spin

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/host/wasi"
)

// filesApp mounts the files of a component in a folder with assets and with links
// that lead out of it.
func filesApp(t *testing.T, keys string, cfg Config) (mounts []wasi.Mount, dir string, err error) {
	t.Helper()
	outside := t.TempDir()
	cfg.Dir = filepath.Join(outside, "app")
	content := map[string]string{
		"app/static/mounted/1": "1", "app/static/mounted/empty": "", "app/static/mounted/one-byte": "{",
		"app/static/mounted/excluded/4": "4", "app/static/a": "a", "app/one.txt": "one", "secret": "secret",
	}
	for name, text := range content {
		path := filepath.Join(outside, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"leaks/up": "../../secret", "leaks/absolute": filepath.Join(outside, "secret"), "folder": "..", "fine": "one.txt",
	} {
		path := filepath.Join(cfg.Dir, link)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
	}
	a := newApp(t, "spin_manifest_version = 2\n[application]\nname = \"files\"\n[component.one]\nsource = \"app.wasm\"\n"+keys, cfg)
	mounts, err = a.mount(grantsOf(t, a, "one").component)
	return mounts, cfg.Dir, err
}

// seen are the files of mounts, as a component sees them.
func seen(t *testing.T, mounts []wasi.Mount) (files []string) {
	t.Helper()
	for _, m := range mounts {
		err := fs.WalkDir(m.Root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files = append(files, filepath.Join(m.Guest, name))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestOnlyTheFilesOfTheManifestAreMounted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys string
		want []string
	}{
		{"", nil},
		{`files = ["none/*"]`, nil},
		{`files = ["*.txt", "fine"]`, []string{"/fine", "/one.txt"}},
		{`files = ["static/mounted/**/*"]
exclude_files = ["static/mounted/excluded/*"]`, []string{
			"/static/mounted/1", "/static/mounted/empty", "/static/mounted/one-byte",
		}},
		{`files = ["one.txt", { source = "static/mounted", destination = "/m" }]
exclude_files = ["**/empty", "*one-byte"]`, []string{"/m/1", "/m/excluded/4", "/one.txt"}},
		{`files = [{ source = "static/a", destination = "b/c" }, { source = "one.txt", destination = "/../d" }]`, []string{
			"/b/c", "/d",
		}},
	} {
		mounts, _, err := filesApp(t, c.keys, Config{})
		if err != nil || len(mounts) > 1 {
			t.Fatalf("%s: mounts %+v, %v", c.keys, mounts, err)
		}
		if got := seen(t, mounts); !slices.Equal(got, c.want) {
			t.Errorf("%s: mounted %v", c.keys, got)
		}
		if len(mounts) == 1 && mounts[0].Writable {
			t.Errorf("%s: writable", c.keys)
		}
	}
}

func TestFilesOutsideOfTheApplicationAreRefused(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]string{
		`files = ["../*"]`:                                      "outside of the application's folder",
		`files = ["/etc/*"]`:                                    "outside of the application's folder",
		`files = ["leaks/*"]`:                                   "leaks/absolute",
		`files = ["leaks/up"]`:                                  "escapes",
		`files = ["folder"]`:                                    "escapes",
		`files = ["a/../../*"]`:                                 "outside of the application's folder",
		`files = ["static/.."]`:                                 "ends in",
		`files = ["missing"]`:                                   "does not exist",
		`exclude_files = ["["]` + "\n" + `files = ["*"]`:        "exclude_files: pattern",
		`files = [{ source = "../secret", destination = "x" }]`: "outside of the application's folder",
		`files = [{ source = "folder", destination = "x" }]`:    "escapes",
		`files = [{ source = "leaks/up", destination = "x" }]`:  "escapes",
		`files = [{ source = "one.txt", destination = "/" }]`:   "not a file name",
		`files = [{ source = "missing", destination = "/" }]`:   "does not exist",
	} {
		mounts, _, err := filesApp(t, keys, Config{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "spin.toml:6:") {
			t.Errorf("%s: %v, %v", keys, mounts, err)
		}
	}
}

func TestFoldersAreMountedDirectly(t *testing.T) {
	t.Parallel()
	mounts, _, err := filesApp(t, `files = ["static/mounted/excluded", { source = "static", destination = "/s" }]`,
		Config{DirectMounts: true})
	if err != nil || len(mounts) != 2 {
		t.Fatal(mounts, err)
	}
	if got := seen(t, mounts[:1]); !slices.Equal(got, []string{"/static/mounted/excluded/4"}) || mounts[1].Guest != "/s" {
		t.Errorf("%v, %+v", got, mounts)
	}
	for keys, want := range map[string]string{
		`files = ["static/*"]`: "only folders can be mounted directly",
		`files = ["one.txt"]`:  "only folders can be mounted directly",
		`files = ["../app"]`:   "outside of the application's folder",
		`files = ["folder"]`:   "only folders",
		`exclude_files = ["*"]` + "\n" + `files = ["static"]`: "leave --direct-mounts out",
	} {
		if _, _, err := filesApp(t, keys, Config{DirectMounts: true}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", keys, err)
		}
	}
}

func TestWritesGoIntoTheCopy(t *testing.T) {
	t.Parallel()
	mounts, dir, err := filesApp(t, `files = ["*.txt"]`, Config{WritableFiles: true})
	if err != nil || len(mounts) != 1 || !mounts[0].Writable {
		t.Fatal(mounts, err)
	}
	if err := mounts[0].Root.WriteFile("one.txt", []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "one.txt")); string(got) != "one" {
		t.Errorf("the file itself is now %q, %v", got, err)
	}
}
