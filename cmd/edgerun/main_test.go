package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/olareg/olareg"
	"github.com/olareg/olareg/config"

	"github.com/edgelint/edgelint/cmd/internal/fetch"
	"github.com/edgelint/edgelint/host/runcmd"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/internal/edgepack"
)

func noEnv(string) (string, bool) { return "", false }

func pack(t *testing.T, args ...string) {
	t.Helper()
	var stderr strings.Builder
	cmd := edgepack.Command{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &stderr, Env: noEnv}
	if code := cmd.Main(t.Context(), args); code != 0 {
		t.Fatalf("edgepack %v: status %d\n%s", args, code, stderr.String())
	}
}

// serve runs the command until the test ends, and gives its URL.
func serve(t *testing.T, args ...string) (url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	fetcher := fetch.New(noEnv)
	out, in := io.Pipe()
	var stderr strings.Builder
	cmd := runcmd.Command{
		Stdin: strings.NewReader(""), Stdout: in, Stderr: &stderr, Env: noEnv, Pull: fetcher.PullFile, Package: fetcher.Package,
	}
	ended := make(chan int, 1)
	args = append([]string{
		"--listen", "127.0.0.1:0", "--quiet", "--cache-dir", conformance.CompiledDir(),
	}, args...)
	go func() {
		ended <- cmd.Main(ctx, args)
		in.Close()
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != 0 {
			t.Errorf("status %d\n%s", code, stderr.String())
		}
		if err := fetcher.Close(); err != nil {
			t.Error(err)
		}
	})
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil {
		return ""
	}
	go io.Copy(io.Discard, lines)
	return strings.TrimSpace(strings.TrimPrefix(first, "Serving "))
}

func get(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return res.Status[:4] + string(body)
}

func TestApplicationsAreServedFromRegistriesAndLayouts(t *testing.T) {
	dir := t.TempDir()
	const manifest = `spin_manifest_version = 2
[application]
name = "packed"
[variables]
greeting = { required = true }
[[trigger.http]]
route = "/..."
component = "files"
[[trigger.http]]
route = "/hello"
component = "hello"
[component.files]
source = "files.wasm"
files = [{ source = "assets", destination = "/assets" }, { source = "settings.json", destination = "/etc/app/settings.json" }]
[component.hello]
source = "hello.wasm"
key_value_stores = ["default"]
variables = { greeting = "{{ greeting }}" }
`
	for name, text := range map[string]string{
		"spin.toml": manifest, "assets/one": "1", "settings.json": strings.Repeat(" ", 200),
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"files", "hello"} {
		data, err := os.ReadFile(conformance.Built(t, name+"-p2"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".wasm"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	registry := httptest.NewServer(olareg.New(config.Config{Storage: config.ConfigStorage{StoreType: config.StoreMem}}))
	defer registry.Close()
	ref := strings.TrimPrefix(registry.URL, "http://") + "/team/app:1.0.0"
	pack(t, "push", "--no-lint", dir, ref)
	layout := filepath.Join(t.TempDir(), "layout")
	pack(t, "copy", ref, "oci:"+layout+":1.0.0")

	for _, name := range []string{ref, "oci:" + layout, "oci:" + layout + ":1.0.0"} {
		url := serve(t, "--variable", "greeting=hello", "--key-value", "a=b", name)
		for path, want := range map[string]string{
			"/entries": "200 one", "/settings": "200 " + strings.Repeat(" ", 200), "/hello": "200 Hello from Python!",
		} {
			if got := get(t, url+path); got != want {
				t.Errorf("%s%s: %q", name, path, got)
			}
		}
		info := get(t, url+"/.well-known/spin/info")
		if !strings.Contains(info, `"name": "packed"`) || !strings.Contains(info, `"oci_image_digest": "sha256:`) {
			t.Errorf("%s: %s", name, info)
		}
	}
}
