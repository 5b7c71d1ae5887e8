package pack

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/edgelint/edgelint/spin"
	"github.com/google/go-cmp/cmp"
)

// TestManifestsAreLockedAsSpinLocksThem compares with what Spin's own tests
// expect, but for the origin and the content, which say where it was locked.
func TestManifestsAreLockedAsSpinLocksThem(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/spin/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	wasm := &fstest.MapFile{Data: []byte("\x00asm\x0d\x00\x01\x00")}
	fsys := fstest.MapFS{"wasm/dummy.wasm": wasm, "spin-fs.wasm": wasm}
	fetch := func(spin.Source) (Wasm, error) { return WasmBytes(wasm.Data), nil }
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := spin.Parse(file, data)
		if err != nil {
			t.Fatal(err)
		}
		app, err := FromManifest(m, fsys, fetch)
		if err != nil {
			t.Fatal(err)
		}
		locked, err := app.lock(Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := locked.JSON()
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(strings.TrimSuffix(file, ".toml") + ".lock")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(withoutContent(t, want), withoutContent(t, got)); diff != "" {
			t.Errorf("%s (-Spin +here):\n%s", file, diff)
		}
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	}
}

func withoutContent(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	delete(doc["metadata"].(map[string]any), "origin")
	for _, c := range doc["components"].([]any) {
		delete(c.(map[string]any), "source")
		delete(c.(map[string]any), "files")
	}
	return doc
}

const manifest = `spin_manifest_version = 2
[application]
name = "app"
[[trigger.http]]
route = "/..."
component = "main"
[component.main]
source = "app.wasm"
`

func fromText(t *testing.T, text string) (App, error) {
	t.Helper()
	m, err := spin.Parse("spin.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	wasm := &fstest.MapFile{Data: []byte("\x00asm\x0d\x00\x01\x00")}
	return FromManifest(m, fstest.MapFS{"app.wasm": wasm, "dep.wasm": wasm, "dir/x": {}}, nil)
}

func TestWhatAManifestNamesMustBeThere(t *testing.T) {
	t.Parallel()
	for says, text := range map[string]string{
		"none.wasm does not exist; build": strings.Replace(manifest, "app.wasm", "none.wasm", 1),
		"not a plain file":                strings.Replace(manifest, "app.wasm", "dir", 1),
		"outside":                         strings.Replace(manifest, "app.wasm", "../app.wasm", 1),
		"fetch https://example.com/a.wasm": strings.Replace(manifest, `"app.wasm"`,
			`{ url = "https://example.com/a.wasm", digest = "sha256:`+strings.Repeat("0", 64)+`" }`, 1),
		"does not exist and is not a pattern": manifest + `files = ["nothing"]`,
		"fetch a:b@1.0.0 and name the file":   manifest + `dependencies = { "a:b/c" = "1.0.0" }`,
		"dependencies, which are not packed": strings.Replace(
			manifest, `component = "main"`,
			"component = \"main\"\ndependencies.middleware = [{ path = \"dep.wasm\" }]", 1,
		),
	} {
		if _, err := fromText(t, text); err == nil || !strings.Contains(err.Error(), says) ||
			!strings.Contains(err.Error(), "spin.toml:") {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func TestDependenciesInheritWhatTheySay(t *testing.T) {
	t.Parallel()
	app, err := fromText(t, manifest+`[component.main.dependencies]
"a:b/one" = { path = "dep.wasm", export = "x:y/z" }
"a:b/two" = { path = "dep.wasm", inherit_configuration = true }
"a:b/three" = { component = "other", inherit_configuration = ["variables", "files"] }
[component.other]
source = "dep.wasm"
`)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, d := range app.Components[0].Dependencies {
		got[d.Name] = d.Export + string(d.inherit())
	}
	want := map[string]string{
		"a:b/one": "x:y/z", "a:b/two": `"All"`, "a:b/three": `{"Some":["variables","files"]}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOldHostsBecomeNewOnes(t *testing.T) {
	t.Parallel()
	app, err := fromText(t, manifest+`allowed_http_hosts = ["self", "a.example.com", "https://b.example.com:8443/"]
build = { command = ["one", "two"], workdir = "w", watch = ["*.py"] }`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"http://self", "http://a.example.com", "https://a.example.com", "http://b.example.com:8443",
		"https://b.example.com:8443",
	}
	if diff := cmp.Diff(want, app.Components[0].AllowedOutboundHosts); diff != "" {
		t.Error(diff)
	}
	a, err := Spin(app, Options{KeepBuild: true})
	if err != nil {
		t.Fatal(err)
	}
	if lock := string(bytesOf(t, a.Blobs[len(a.Blobs)-1])); !strings.Contains(
		lock, `"build":{"command":["one","two"],"watch":["*.py"],"workdir":"w"}`,
	) {
		t.Error(lock)
	}
}

// TestAnUnpackedApplicationPacksToTheSameBytes writes an application to a folder
// as pulling does, and packs that.
func TestAnUnpackedApplicationPacksToTheSameBytes(t *testing.T) {
	t.Parallel()
	plain := everything()
	plain.Profile = ""
	for _, app := range []App{helloPy(), plain} {
		packed, err := Spin(app, Options{KeepBuild: true})
		if err != nil {
			t.Fatal(err)
		}
		locked, err := ParseLocked(bytesOf(t, packed.Blobs[len(packed.Blobs)-1]))
		if err != nil {
			t.Fatal(err)
		}
		text, err := locked.Manifest()
		if err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{}
		content := func(path string, ref ContentRef) {
			if ref.Inline != nil {
				fsys[path] = &fstest.MapFile{Data: *ref.Inline}
				return
			}
			for _, b := range packed.Blobs {
				if b.Descriptor.Digest == ref.Digest {
					fsys[path] = &fstest.MapFile{Data: bytesOf(t, b)}
				}
			}
		}
		for _, c := range locked.Components {
			content(WasmPath(c.ID), c.Source.ContentRef)
			for i, name := range c.DependencyNames() {
				content(DependencyPath(c.ID, i+1), c.Dependencies[name].Source.ContentRef)
			}
			for _, f := range c.Files {
				content(FilePath(c.ID, f.Path), f.ContentRef)
			}
		}
		m, err := spin.Parse("spin.toml", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		again, err := FromManifest(m, fsys, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		repacked, err := Spin(again, Options{KeepBuild: true})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(packed.Manifest), string(repacked.Manifest)); diff != "" {
			t.Errorf("%s\n%s\n%s", diff, text, bytesOf(t, repacked.Blobs[len(repacked.Blobs)-1]))
		}
	}
}
