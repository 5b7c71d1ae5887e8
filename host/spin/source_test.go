package spin

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func sourceApp(t *testing.T, source string, cfg Config) (string, error) {
	t.Helper()
	a := newApp(t, "spin_manifest_version = 2\n[application]\nname = \"a\"\n[component.one]\nsource = "+source, cfg)
	return a.Source(t.Context(), "one")
}

func TestSourcesAreDownloadedOnceByTheirDigest(t *testing.T) {
	t.Parallel()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path != "/a.wasm" {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, "content")
	}))
	defer server.Close()
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte("content")))
	source := fmt.Sprintf("{ url = %q, digest = %q }", server.URL+"/a.wasm", digest)
	dir := t.TempDir()
	for range 2 {
		path, err := sourceApp(t, source, Config{SourceDir: dir})
		if got, rerr := os.ReadFile(path); err != nil || rerr != nil || string(got) != "content" || filepath.Dir(path) != dir {
			t.Fatalf("%s: %q, %v, %v", path, got, err, rerr)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	path, err := sourceApp(t, source, Config{SourceDir: dir})
	if err != nil || os.WriteFile(path, []byte("damaged"), 0o644) != nil {
		t.Fatal(err)
	}
	if _, err := sourceApp(t, source, Config{SourceDir: dir}); err != nil || asked != 2 {
		t.Errorf("a damaged copy: asked %d times, %v", asked, err)
	}
	if _, err := sourceApp(t, source, Config{}); err != nil || asked != 3 {
		t.Errorf("without a folder: asked %d times, %v", asked, err)
	}
	for text, want := range map[string]string{
		fmt.Sprintf("{ url = %q, digest = %q }", server.URL+"/b.wasm", digest):          "404 Not Found",
		fmt.Sprintf("{ url = %q, digest = \"sha256:%064d\" }", server.URL+"/a.wasm", 0): "the manifest says sha256:000",
		fmt.Sprintf("{ url = %q, digest = \"sha256:../../x\" }", server.URL+"/a.wasm"):  "hexadecimal digits",
		"{ registry = \"example.com\", package = \"a:b\", version = \"1.0.0\" }":        "fetch a:b and name the file",
		fmt.Sprintf("{ url = \"http://127.0.0.1:1/\", digest = %q }", digest):           "refused",
	} {
		if path, err := sourceApp(t, text, Config{SourceDir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %s, %v", text, path, err)
		}
	}
}
