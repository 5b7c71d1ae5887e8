package pull

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/registrytest"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/pack/artifact"
)

var wasm = []byte("\x00asm\x0d\x00\x01\x00")

// spinArtifact is an application whose lock is text, with layers.
func spinArtifact(t *testing.T, text string, layers ...artifact.Blob) (oci.Artifacts, artifact.Manifest) {
	t.Helper()
	lock := artifact.NewBlob(artifact.TypeSpinApp, []byte(text))
	config := artifact.NewBlob(artifact.TypeImageConfig, []byte("{}"))
	m := artifact.Manifest{Config: config.Descriptor}
	for _, b := range append(layers, lock) {
		m.Layers = append(m.Layers, b.Descriptor)
	}
	a, err := artifact.New(m, append(layers, lock, config))
	if err != nil {
		t.Fatal(err)
	}
	return oci.Artifacts{a}, m
}

// gzipped is a gzipped tar of names with their contents.
func gzipped(t *testing.T, files ...[2]string) artifact.Blob {
	t.Helper()
	var out bytes.Buffer
	zw := gzip.NewWriter(&out)
	tw := tar.NewWriter(zw)
	for _, f := range files {
		err := tw.WriteHeader(&tar.Header{Name: f[0], Size: int64(len(f[1])), Typeflag: tar.TypeReg})
		if _, err2 := io.WriteString(tw, f[1]); errors.Join(err, err2) != nil {
			t.Fatal(err, err2)
		}
	}
	if err := errors.Join(tw.Close(), zw.Close()); err != nil {
		t.Fatal(err)
	}
	return artifact.NewBlob(artifact.TypeSpinArchive, out.Bytes())
}

func lockOf(files string) string {
	source := artifact.DescriptorOf("", wasm).Digest
	return fmt.Sprintf(`{"spin_lock_version":0,"metadata":{"name":"app"},"triggers":[],
		"components":[{"id":"main","source":{"content_type":"application/wasm","digest":%q},"files":[%s]}]}`, source, files)
}

func file(path, content string) string {
	return fmt.Sprintf(`{"path":%q,"digest":%q}`, path, artifact.DescriptorOf("", []byte(content)).Digest)
}

func TestHostileApplicationsLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	main := artifact.NewBlob(artifact.TypeSpinWasm, wasm)
	lying := main
	lying.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("12345678")), nil }
	for name, c := range map[string]struct {
		lock   string
		layers []artifact.Blob
		says   string
	}{
		"a path that leads outside": {lockOf(file("../x", "x")), []artifact.Blob{main}, "stay inside"},
		"an absolute path":          {lockOf(file("/etc/x", "x")), []artifact.Blob{main}, "stay inside"},
		"a component of dots": {strings.Replace(
			lockOf(""), `"main"`, `"../main"`, 1,
		), []artifact.Blob{main}, "ID"},
		"content that is not there": {lockOf(file("x", "x")), []artifact.Blob{main}, "does not hold"},
		"a file twice": {lockOf(
			file("x", string(wasm)) + "," + file("x", string(wasm)),
		), []artifact.Blob{main}, "exists"},
		"a file that is a folder too": {lockOf(
			file("x", string(wasm)) + "," + file("x/y", string(wasm)),
		), []artifact.Blob{main}, "main"},
		"an archive that leads out": {lockOf(""), []artifact.Blob{
			main, gzipped(t, [2]string{"../../x", "x"}),
		}, "unsafe archive"},
		"an archive of something else": {lockOf(file("x", "x")), []artifact.Blob{
			main, gzipped(t, [2]string{"x", "y"}),
		}, "does not hold"},
		"a broken archive": {lockOf(""), []artifact.Blob{
			main, artifact.NewBlob(artifact.TypeSpinArchive, []byte("x")),
		}, "archive"},
		"a lock that is not JSON":     {"x", []artifact.Blob{main}, "locked application"},
		"a component that is another": {lockOf(""), []artifact.Blob{lying}, "content differs"},
	} {
		dir := t.TempDir()
		src, m := spinArtifact(t, c.lock, c.layers...)
		path, err := Write(t.Context(), src, m, "name", filepath.Join(dir, "in", "out"))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %s, %v", name, path, err)
		}
		for _, folder := range []string{dir, filepath.Join(dir, "in")} {
			entries, err := os.ReadDir(folder)
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			for _, e := range entries {
				if e.Name() != "in" {
					t.Errorf("%s: left %s in %s", name, e.Name(), folder)
				}
			}
		}
	}
}

func TestAnArchivedApplicationIsWritten(t *testing.T) {
	main := artifact.NewBlob(artifact.TypeSpinWasm, wasm)
	src, m := spinArtifact(
		t, lockOf(file("a/b", "content")+","+file("c", "other")), main,
		gzipped(t, [2]string{"./a/b", "content"}, [2]string{"c", "other"}),
	)
	t.Chdir(t.TempDir())
	path, err := Write(t.Context(), src, m, "name", "")
	if err != nil || path != "app" {
		t.Fatalf("%s, %v", path, err)
	}
	for name, want := range map[string]string{"files/main/a/b": "content", "files/main/c": "other", "main.wasm": string(wasm)} {
		if got, err := os.ReadFile(filepath.Join(path, filepath.FromSlash(name))); err != nil ||
			string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestTitlesThatArePathsAreNotUsed(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{"good.wasm": "good.wasm", "../evil.wasm": "name.wasm", "/tmp/x": "name.wasm", "a/b": "name.wasm", "": "name.wasm", "..": "name.wasm"} {
		layer, config := artifact.NewBlob(artifact.TypeWasm, wasm), artifact.NewBlob(
			artifact.TypeWasmConfig, []byte("{}"),
		)
		d := layer.Descriptor
		d.Annotations = map[string]string{artifact.AnnotationTitle: title}
		m := artifact.Manifest{Config: config.Descriptor, Layers: []artifact.Descriptor{d}}
		a, err := artifact.New(m, []artifact.Blob{config, layer})
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		path, err := Write(t.Context(), oci.Artifacts{a}, m, "name", dir)
		if err != nil || path != filepath.Join(dir, want) {
			t.Errorf("%q: %s, %v", title, path, err)
		}
	}
}

func TestReferencesAreToldFromFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	there := filepath.Join(dir, "x")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for arg, want := range map[string]bool{
		"registry.example.com/app:1": true, "localhost:5000/a": true,
		"app.wasm": false, "./app.wasm": false, "my.dir/app.wasm": false, "my.dir/spin.toml": false,
		"apps/hello": false, there: false, "-": false,
	} {
		if IsReference(arg) != want {
			t.Errorf("IsReference(%q) is %v", arg, !want)
		}
	}
}

func TestAReferenceIsFetchedForAnotherCommand(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(registrytest.New(t, registrytest.Options{}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	component, err := pack.CNCF(
		"hello.wasm", pack.WasmBytes([]byte("\x00asm\x01\x00\x00\x00")), pack.Options{},
	)
	if err != nil {
		t.Fatal(err)
	}
	app, _ := spinArtifact(t, lockOf(""), artifact.NewBlob(artifact.TypeSpinWasm, wasm))
	client := oci.NewClient(oci.Options{})
	defer client.Close()
	env := func(string) (string, bool) { return "", false }
	for name, a := range map[string]artifact.Artifact{"hello.wasm": component, "spin.toml": app[0]} {
		ref, err := oci.ParseReference(host + "/team/app:1")
		if err != nil {
			t.Fatal(err)
		}
		if err := oci.Push(t.Context(), client.Repository(ref), a, ref.Tag, 0); err != nil {
			t.Fatal(err)
		}
		path, pinned, err := Reference(t.Context(), env, ref.String(), t.TempDir())
		if err != nil || filepath.Base(path) != name || pinned != ref.Pinned(a.Descriptor.Digest).String() {
			t.Errorf("%s: %s, %s, %v", name, path, pinned, err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := Reference(
		t.Context(), env, host+"/none:1", t.TempDir(),
	); !errors.Is(err, oci.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
