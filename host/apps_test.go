package host_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/link"
	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/host/wasi/wasihttp"
)

// newAppAt compiles a component.
func newAppAt(tb testing.TB, path string, opts host.Options, stderr io.Writer) *host.Component {
	tb.Helper()
	ctx := tb.Context()
	e, err := host.NewEngine(ctx, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { e.Close(ctx) })
	f, err := component.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	imports := bind.NewImports()
	wasi.Add(imports, wasi.Config{Stdout: stderr, Stderr: stderr})
	wasihttp.Add(imports, wasihttp.Config{})
	c, err := e.Compile(ctx, f, imports, link.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func get(tb testing.TB, h http.Handler, path string) *httptest.ResponseRecorder {
	tb.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}
