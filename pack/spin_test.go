package pack

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/pack/artifact"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// wasmOf is a component of n bytes beyond an empty one, told apart by fill: a
// custom section.
func wasmOf(n int, fill byte) Wasm {
	data := append([]byte{}, "\x00asm\x0d\x00\x01\x00"...)
	if n > 0 {
		body := append([]byte{1, 'x'}, bytes.Repeat([]byte{fill}, n)...)
		data = append(data, 0)
		for size := len(body); ; size >>= 7 {
			if size < 0x80 {
				data = append(data, byte(size))
				break
			}
			data = append(data, byte(size)|0x80)
		}
		data = append(data, body...)
	}
	return WasmBytes(data)
}

func ptr(s string) *string { return &s }

func text(path, content string) File {
	return File{Path: path, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(
			strings.NewReader(content),
		), nil
	}}
}

// helloPy is the application of the documented example.
func helloPy() App {
	return App{
		Name: "hello-py", Version: "0.1.0", Authors: []string{"A <a@x.io>"},
		Triggers: []Trigger{{Type: "http", Component: "hello-py", Config: map[string]any{"route": "/..."}}},
		Components: []Component{{
			ID: "hello-py", Wasm: wasmOf(200, 1), Build: map[string]any{"command": "componentize-py ..."},
			Files: []File{text("static/a.txt", "hi")},
		}},
	}
}

// everything is an application that uses every field.
func everything() App {
	return App{
		Name: "everything", Version: "1.2.3", Description: "Says \"hi\" & <more> in one line — π",
		Authors: []string{"A", "B <b@example.com>"},
		Globals: map[string]any{"redis": map[string]any{"address": "redis://{{ host }}"}},
		Variables: map[string]Variable{
			"host":     {Default: ptr("localhost"), Description: "where redis is"},
			"password": {Secret: true},
			"empty":    {Default: ptr("")},
		},
		Triggers: []Trigger{
			{Type: "http", Component: "front", Config: map[string]any{
				"route": "/a", "executor": map[string]any{"type": "http"},
			}},
			{Type: "redis", Component: "back", Config: map[string]any{"channel": "c"}},
			{Type: "http", Component: "front", Config: map[string]any{"route": "/b"}},
			{ID: "named", Type: "http", Component: "back", Config: map[string]any{
				"route": map[string]any{"private": true},
			}},
			{Type: "http", Config: map[string]any{
				"route": "/s", "static_response": map[string]any{"status_code": int64(404), "body": "no"},
			}},
		},
		Components: []Component{
			{
				ID: "front", Description: "the front", Wasm: wasmOf(300, 1),
				AllowedOutboundHosts: []string{"http://back.spin.internal", "https://example.com"},
				KeyValueStores: []string{
					"default",
				}, SQLiteDatabases: []string{"db"}, AIModels: []string{"m"},
				Environment: map[string]string{
					"B": "2", "A": "1",
				}, Variables: map[string]string{"h": "{{ host }}"},
				Files: []File{
					text("b/large.txt", strings.Repeat("large", 100)),
					text("a/limit.txt", strings.Repeat("x", 128)),
					text("a/over.txt", strings.Repeat("x", 129)), text("empty", ""),
				},
				Dependencies: []Dependency{
					{Name: "a:b/c@1.0.0", Wasm: wasmOf(200, 9), Inherit: []string{"variables"}},
					{Name: "a:b/a", Wasm: wasmOf(200, 8), Export: "x:y/z", InheritAll: true},
				},
			},
			{ID: "back", Wasm: wasmOf(300, 1), Files: []File{text("same.txt", strings.Repeat("large", 100))}},
		},
	}
}

// TestLockedExampleBytes holds the encoder to bytes that Spin is known to write.
func TestLockedExampleBytes(t *testing.T) {
	t.Parallel()
	small := Base64("hi")
	app := &LockedApp{
		Metadata: map[string]any{
			"authors": []string{"A <a@x.io>"}, "name": "hello-py", "version": "0.1.0",
			"trigger": map[string]any{"type": "http"}, "triggers": map[string]any{},
		},
		Triggers: []LockedTrigger{
			{ID: "hello-py-http-trigger", Type: "http", Config: map[string]any{
				"route": "/...", "component": "hello-py",
			}},
		},
		Components: []LockedComponent{{
			ID: "hello-py", Metadata: map[string]any{
				"build": map[string]any{"command": "componentize-py ..."},
			},
			Source: LockedSource{
				ContentType: wasmContentType,
				ContentRef:  ContentRef{Digest: artifact.Digest("sha256:" + strings.Repeat("a", 64))},
			},
			Files: []LockedFile{{Path: "static/a.txt", ContentRef: ContentRef{
				Inline: &small,
				Digest: "sha256:8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",
			}}},
		}},
	}
	data, err := app.JSON()
	if err != nil {
		t.Fatal(err)
	}
	const want = "ca853b1c7772a10a6c188efb2f4e32fd122a95c0af9943d0900334cf0e4951ba"
	if sum := sha256.Sum256(data); len(data) != 608 || hex.EncodeToString(sum[:]) != want {
		t.Fatalf("%d bytes, %x:\n%s", len(data), sum, data)
	}
	back, err := ParseLocked(data)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := back.JSON(); err != nil || !bytes.Equal(again, data) {
		t.Errorf("read and written again, %v:\n%s", err, again)
	}
	packed, err := Spin(helloPy(), Options{KeepBuild: true})
	if err != nil {
		t.Fatal(err)
	}
	lock := string(bytesOf(t, packed.Blobs[len(packed.Blobs)-1]))
	source := packed.Blobs[1].Descriptor.Digest.String()
	if got := strings.Replace(lock, source, "sha256:"+strings.Repeat("a", 64), 1); got != string(data) {
		t.Errorf("packed from an application:\n%s\nwant\n%s", got, data)
	}
}

func bytesOf(t testing.TB, b artifact.Blob) []byte {
	t.Helper()
	r, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if artifact.DescriptorOf("", data).Digest != b.Descriptor.Digest ||
		int64(len(data)) != b.Descriptor.Size {
		t.Errorf("a blob is not what its descriptor says: %v", b.Descriptor)
	}
	return data
}

// dump shows an artifact: the manifest, and every blob that is JSON.
func dump(t *testing.T, a artifact.Artifact) []txtar.File {
	t.Helper()
	files := []txtar.File{{Name: "manifest " + a.Descriptor.Digest.String(), Data: append(a.Manifest, '\n')}}
	for _, b := range a.Blobs {
		data := bytesOf(t, b)
		name := fmt.Sprintf("%s %s %d", b.Descriptor.MediaType, b.Descriptor.Digest, b.Descriptor.Size)
		if !json.Valid(data) {
			data = nil
		}
		files = append(files, txtar.File{Name: name, Data: append(data, '\n')})
	}
	return files
}

func golden(t *testing.T, name string, files []txtar.File) {
	t.Helper()
	path := filepath.Join("testdata", name+".txtar")
	got := txtar.Format(&txtar.Archive{Files: files})
	if conformance.Update() {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what was packed (-want +got):\n%s", path, diff)
	}
}

func TestPackedBytes(t *testing.T) {
	t.Parallel()
	epoch := time.Unix(1_700_000_000, 0)
	component, err := os.ReadFile("testdata/component.wasm")
	if err != nil {
		t.Fatal(err)
	}
	for name, make := range map[string]func() (artifact.Artifact, error){
		"spin-hello": func() (artifact.Artifact, error) { return Spin(helloPy(), Options{}) },
		"spin-everything": func() (artifact.Artifact, error) {
			return Spin(
				everything(), Options{Created: epoch},
			)
		},
		"spin-annotated": func() (artifact.Artifact, error) {
			return Spin(
				helloPy(),
				Options{
					Annotations: map[string]string{"k": "v", artifact.AnnotationTitle: "mine"},
					KeepBuild:   true,
				},
			)
		},
		"spin-bare": func() (artifact.Artifact, error) {
			return Spin(
				helloPy(), Options{NoInferred: true, Created: epoch},
			)
		},
		"cncf-component": func() (artifact.Artifact, error) {
			return CNCF("app.wasm", WasmBytes(component), Options{Annotations: map[string]string{"k": "v"}})
		},
		"cncf-created": func() (artifact.Artifact, error) {
			return CNCF("app.wasm", WasmBytes(component), Options{Created: epoch})
		},
		"cncf-module": func() (artifact.Artifact, error) {
			return CNCF("m.wasm", WasmBytes([]byte("\x00asm\x01\x00\x00\x00")), Options{})
		},
	} {
		a, err := make()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		golden(t, name, dump(t, a))
	}
}

func TestBothFormatsShareTheComponent(t *testing.T) {
	t.Parallel()
	app := helloPy()
	spin, err := Spin(app, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cncf, err := CNCF("app.wasm", app.Components[0].Wasm, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := spin.Blobs[1].Descriptor.Digest, cncf.Blobs[1].Descriptor.Digest; a != b {
		t.Errorf("%s and %s", a, b)
	}
}

func TestEqualContentGivesEqualBytesWhateverTheFolderLooksLike(t *testing.T) {
	t.Parallel()
	names := []string{"static/b", "static/a/x", "static/a.txt", "static/é"}
	pack := func(archive bool, order []int, mtime time.Time, mode os.FileMode) artifact.Artifact {
		dir := t.TempDir()
		for _, i := range order {
			path := filepath.Join(dir, filepath.FromSlash(names[i]))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, bytes.Repeat([]byte(names[i]), 100), mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, mtime, mtime); err != nil {
				t.Fatal(err)
			}
		}
		files, err := Collect(os.DirFS(dir), []Mount{{Pattern: "static/**/*"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		app := helloPy()
		for _, i := range order {
			app.Components[0].Files = nil
			app.Components[0].Files = append(app.Components[0].Files, files[i:]...)
			app.Components[0].Files = append(app.Components[0].Files, files[:i]...)
		}
		a, err := Spin(app, Options{Archive: archive})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, archive := range []bool{false, true} {
		one := pack(archive, []int{0, 1, 2, 3}, time.Unix(1, 0), 0o600)
		two := pack(archive, []int{3, 1, 0, 2}, time.Unix(1_700_000_000, 0), 0o755)
		if !bytes.Equal(one.Manifest, two.Manifest) {
			t.Errorf("archive %v:\n%s\n%s", archive, one.Manifest, two.Manifest)
		}
	}
}

func TestManyFilesBecomeAnArchive(t *testing.T) {
	t.Parallel()
	layers := func(n int) (count, archives int) {
		app := helloPy()
		app.Components[0].Files = nil
		for i := range n {
			app.Components[0].Files = append(
				app.Components[0].Files, text(fmt.Sprintf("f%d", i), fmt.Sprintf("%0200d", i)),
			)
		}
		a, err := Spin(app, Options{})
		if err != nil {
			t.Fatal(err)
		}
		m, err := artifact.ParseManifest(artifact.TypeManifest, a.Manifest)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range m.Layers {
			if l.MediaType == artifact.TypeSpinArchive {
				archives++
			}
		}
		return len(m.Layers), archives
	}
	// One layer is the component, one the locked application.
	for n, want := range map[int][2]int{498: {500, 0}, 499: {3, 1}} {
		if count, archives := layers(n); count != want[0] || archives != want[1] {
			t.Errorf("%d files: %d layers, %d archives", n, count, archives)
		}
	}
}

func TestAnArchiveHoldsTheFilesAndTheLockTheirDigests(t *testing.T) {
	t.Parallel()
	a, err := Spin(everything(), Options{Archive: true})
	if err != nil {
		t.Fatal(err)
	}
	app, err := ParseLocked(bytesOf(t, a.Blobs[len(a.Blobs)-1]))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range a.Blobs {
		if b.Descriptor.MediaType != artifact.TypeSpinArchive {
			continue
		}
		zr, err := gzip.NewReader(bytes.NewReader(bytesOf(t, b)))
		if err != nil {
			t.Fatal(err)
		}
		for r := tar.NewReader(zr); ; {
			h, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil || !h.ModTime.Equal(time.Unix(0, 0)) || h.Uid != 0 || h.Mode != 0o644 {
				t.Fatalf("%+v, %v", h, err)
			}
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, h.Name+" "+artifact.DescriptorOf("", data).Digest.String())
		}
	}
	var want []string
	for _, c := range app.Components {
		for _, f := range c.Files {
			want = append(want, f.Path+" "+f.Digest.String())
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 5 {
		t.Error(diff)
	}
}

func TestWhatIsNoComponentIsRefused(t *testing.T) {
	t.Parallel()
	for content, says := range map[string]string{
		"\x7fELF\x02\x01\x01\x00": "native code",
		"(component)":             "not a Wasm binary",
		"":                        "not a Wasm binary",
		"\x00asm":                 "unknown version",
		"\x00asm\x0a\x00\x01\x00": "unknown version",
	} {
		app := helloPy()
		app.Components[0].Wasm = WasmBytes([]byte(content))
		_, err := Spin(app, Options{})
		_, bare := CNCF("app.wasm", WasmBytes([]byte(content)), Options{})
		for _, err := range []error{err, bare} {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%q: %v", content, err)
			}
		}
	}
}

func TestApplicationsNoHostCouldLoadAreRefused(t *testing.T) {
	t.Parallel()
	for says, change := range map[string]func(*App){
		"has no name":    func(a *App) { a.Name = "" },
		"two components": func(a *App) { a.Components = append(a.Components, a.Components[0]) },
		"does not exist": func(a *App) { a.Triggers[0].Component = "helo-py" },
		"relative path":  func(a *App) { a.Components[0].Files[0].Path = "../a" },
		"no JSON form":   func(a *App) { a.Triggers[0].Config["at"] = time.Now() },
		"disk is gone": func(a *App) {
			a.Components[0].Files[0].Open = func() (
				io.ReadCloser, error,
			) {
				return nil, errors.New("disk is gone")
			}
		},
	} {
		app := helloPy()
		change(&app)
		if _, err := Spin(app, Options{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func TestARewrittenComponentIsPackedInPlaceOfTheOriginal(t *testing.T) {
	t.Parallel()
	var names []string
	o := Options{Rewrite: func(name string, _ Wasm) (Wasm, error) {
		names = append(names, name)
		return wasmOf(500, 7), nil
	}}
	a, err := Spin(everything(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names, " "); got != "front front/a:b/a front/a:b/c@1.0.0 back" {
		t.Errorf("rewritten: %s", got)
	}
	want := wasmOf(500, 7)
	if a.Blobs[1].Descriptor.Size != want.Size {
		t.Errorf("the layer has %d bytes", a.Blobs[1].Descriptor.Size)
	}
	o.Rewrite = func(string, Wasm) (Wasm, error) { return Wasm{}, errors.New("broken") }
	if _, err := Spin(helloPy(), o); err == nil || !strings.Contains(err.Error(), `"hello-py"`) {
		t.Errorf("got %v", err)
	}
}

func TestFilesAreFoundAsSpinFindsThem(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{}
	for _, name := range []string{"app.wasm", "static/a.txt", "static/b/c.txt", "static/b/d.html", ".hidden", "top.txt"} {
		fsys[name] = &fstest.MapFile{Data: []byte(name)}
	}
	for _, c := range []struct {
		mounts  []Mount
		exclude []string
		want    string
	}{
		{[]Mount{{Pattern: "*.txt"}}, nil, "top.txt"},
		{[]Mount{{Pattern: "./static/*"}}, nil, "static/a.txt"},
		{[]Mount{{Pattern: "**/*"}}, []string{"*.wasm", "static/b/*"}, ".hidden static/a.txt top.txt"},
		{[]Mount{{Pattern: "**/*.txt"}}, []string{"*c.txt"}, "static/a.txt top.txt"},
		{[]Mount{{Pattern: "top.txt"}}, nil, "top.txt"},
		{[]Mount{{Pattern: "static/b"}}, nil, "static/b/static/b/c.txt static/b/static/b/d.html"},
		{[]Mount{{Source: "static", Destination: "/"}}, nil, "a.txt b/c.txt b/d.html"},
		{[]Mount{{Source: "static/b", Destination: "/x/y"}}, nil, "x/y/c.txt x/y/d.html"},
		{[]Mount{
			{Source: ".", Destination: "all"},
		}, []string{"static/**/*"}, "all/.hidden all/app.wasm all/top.txt"},
		{[]Mount{{Source: "top.txt", Destination: "a/b.txt"}}, nil, "a/b.txt"},
		{[]Mount{{Pattern: "none/*"}}, nil, ""},
		{[]Mount{{Pattern: "*.txt"}, {Pattern: "top.*"}}, nil, "top.txt"},
	} {
		files, err := Collect(fsys, c.mounts, c.exclude)
		var names []string
		for _, f := range files {
			names = append(names, f.Path)
		}
		if got := strings.Join(names, " "); err != nil || got != c.want {
			t.Errorf("%v without %v: %s, %v; want %s", c.mounts, c.exclude, got, err, c.want)
		}
	}
}

func TestMountsThatCannotBeMeantAreRefused(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{"a/x": {Data: []byte("1")}, "b/x": {Data: []byte("2")}, "f": {}}
	for _, c := range []struct {
		says   string
		mounts []Mount
	}{
		{"does not exist", []Mount{{Pattern: "none"}}},
		{"does not exist", []Mount{{Source: "none", Destination: "x"}}},
		{"ends in", []Mount{{Pattern: ".."}}},
		{"ends in", []Mount{{Pattern: "a/."}}},
		{"outside", []Mount{{Pattern: "../**/*"}}},
		{"outside", []Mount{{Pattern: "/etc/*"}}},
		{"outside", []Mount{{Source: "a/../../b", Destination: "x"}}},
		{"both", []Mount{{Source: "a", Destination: "/"}, {Source: "b", Destination: "/"}}},
		{"not a file name", []Mount{{Source: "f", Destination: "/"}}},
		{"not a file name", []Mount{{Source: "f", Destination: "x/"}}},
		{"stand alone", []Mount{{Pattern: "a**"}}},
	} {
		if files, err := Collect(fsys, c.mounts, nil); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v, %v", c.mounts, files, err)
		}
	}
	if _, err := Collect(fsys, nil, []string{"["}); err == nil {
		t.Error("a broken exclude pattern is taken")
	}
}

func TestLinksStayInTheFolder(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), t.TempDir()
	if err := errors.Join(
		os.WriteFile(filepath.Join(outside, "secret"), []byte("s"), 0o600),
		os.WriteFile(filepath.Join(dir, "real"), []byte("r"), 0o600),
		os.Symlink("real", filepath.Join(dir, "inner")),
	); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	files, err := Collect(root.FS(), []Mount{{Pattern: "*"}}, nil)
	if err != nil || len(files) != 2 {
		t.Errorf("%d files, %v", len(files), err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "leak")); err != nil {
		t.Fatal(err)
	}
	if _, err := Collect(root.FS(), []Mount{{Pattern: "*"}}, nil); err == nil ||
		!strings.Contains(err.Error(), "leak") {
		t.Errorf("a link to outside is followed: %v", err)
	}
}

func TestEpochsAreSecondsSince1970(t *testing.T) {
	t.Parallel()
	if at, err := ParseEpoch("1700000000"); err != nil || timestamp(at) != "2023-11-14T22:13:20Z" {
		t.Errorf("%v, %v", at, err)
	}
	if at, err := ParseEpoch(""); err != nil || !at.IsZero() {
		t.Errorf("%v, %v", at, err)
	}
	for _, s := range []string{"x", "-1", "1.5", "99999999999999999999", "253402300800"} {
		if at, err := ParseEpoch(s); err == nil {
			t.Errorf("%s is %v", s, at)
		}
	}
}
