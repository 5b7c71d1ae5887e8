package sources

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/spin"
)

func digestOf(text string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(text))) }

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
	source := spin.Source{URL: server.URL + "/a.wasm", Digest: digestOf("content")}
	var told []string
	f := &Fetcher{Dir: filepath.Join(t.TempDir(), "kept"), Fetching: func(name string) { told = append(told, name) }}
	var path string
	for range 2 {
		var err error
		path, err = f.Fetch(t.Context(), source)
		if got, rerr := os.ReadFile(path); err != nil || rerr != nil || string(got) != "content" || filepath.Dir(path) != f.Dir {
			t.Fatalf("%s: %q, %v, %v", path, got, err, rerr)
		}
	}
	if asked != 1 || len(told) != 1 || told[0] != source.URL {
		t.Errorf("asked %d times, told %q", asked, told)
	}
	if err := os.WriteFile(path, []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Fetch(t.Context(), source); err != nil || asked != 2 {
		t.Errorf("a damaged copy: asked %d times, %v", asked, err)
	}
	for want, s := range map[string]spin.Source{
		"404 Not Found":             {URL: server.URL + "/b.wasm", Digest: digestOf("other")},
		"instead of sha256:000":     {URL: server.URL + "/a.wasm", Digest: fmt.Sprintf("sha256:%064d", 0)},
		"hexadecimal digits":        {URL: server.URL + "/a.wasm", Digest: "sha256:../../x"},
		"a:b@1.0.0: packages are":   {Package: "a:b", Version: "1.0.0"},
		"a:b@>1: packages are":      {Package: "a:b", Requirement: ">1"},
		"neither a URL nor":         {},
		"http://127.0.0.1:1/: Get ": {URL: "http://127.0.0.1:1/", Digest: digestOf("other")},
	} {
		if path, err := f.Fetch(t.Context(), s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %s, %v, want %s", s, path, err, want)
		}
	}
	if entries, err := os.ReadDir(f.Dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

func TestWithoutAFolderSourcesLastUntilClose(t *testing.T) {
	t.Parallel()
	opened := 0
	f := &Fetcher{Package: func(_ context.Context, s spin.Source) (Content, error) {
		if s.Package != "a:b" {
			return Content{}, errors.New("unknown")
		}
		return Content{"a:b@1.2.3", digestOf("content"), func(context.Context) (io.ReadCloser, error) {
			opened++
			return io.NopCloser(strings.NewReader("content")), nil
		}}, nil
	}}
	var path string
	for range 2 {
		var err error
		if path, err = f.Fetch(t.Context(), spin.Source{Package: "a:b"}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "content" || opened != 1 {
		t.Errorf("%q, %v, opened %d times", got, err, opened)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Close: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
