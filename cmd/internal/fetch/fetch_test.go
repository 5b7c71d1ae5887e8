package fetch

import (
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/olareg/olareg"
	"github.com/olareg/olareg/config"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/edgepack"
)

func noEnv(string) (string, bool) { return "", false }

func TestReferencesArePulledAndFilesAreNot(t *testing.T) {
	registry := olareg.New(config.Config{Storage: config.ConfigStorage{StoreType: config.StoreMem}})
	server := httptest.NewServer(registry)
	defer server.Close()
	ref := strings.TrimPrefix(server.URL, "http://") + "/team/app:1.0.0"
	app := filepath.Join(conformance.Root(t), "testdata", "guide-p2.wasm")
	var stderr strings.Builder
	cmd := edgepack.Command{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &stderr, Env: noEnv}
	if code := cmd.Main(t.Context(), []string{"push", "--no-lint", app, ref}); code != 0 {
		t.Fatalf("push: status %d\n%s", code, stderr.String())
	}
	f := New(noEnv)
	path, digest, ok, err := f.PullFile(t.Context(), ref)
	if !ok || err != nil || !strings.HasPrefix(digest, "sha256:") || len(digest) != 71 {
		t.Fatalf("PullFile = %q, %q, %v, %v", path, digest, ok, err)
	}
	got, err := os.ReadFile(path)
	want, werr := os.ReadFile(app)
	if err != nil || werr != nil || string(got) != string(want) {
		t.Errorf("%d bytes were pulled, want the %d that were pushed (%v, %v)", len(got), len(want), err, werr)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("Close left what was pulled")
	}
	for _, name := range []string{app, "missing.wasm", "app"} {
		if paths, ok, err := f.Pull(t.Context(), name); ok || err != nil {
			t.Errorf("Pull(%q) = %v, %v, %v; want it left to be opened as a file", name, paths, ok, err)
		}
	}
	if _, ok, err := f.Pull(t.Context(), ref+"-missing"); !ok || err == nil {
		t.Errorf("a reference to nothing: %v, %v", ok, err)
	}
}
