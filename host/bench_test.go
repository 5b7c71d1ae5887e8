package host_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"github.com/edgelint/edgelint/host"
	"github.com/edgelint/edgelint/internal/conformance"
)

// BenchmarkRequest answers requests in process, by one client: with an instance
// that is reset after each, with a new instance for each, and with one instance
// for all.
func BenchmarkRequest(b *testing.B) {
	for _, app := range []string{"guide-p2", "guide-p3"} {
		b.Run(app, func(b *testing.B) { benchmarkRequest(b, app) })
	}
}

func benchmarkRequest(b *testing.B, app string) {
	c := compiled(b, filepath.Join(conformance.Root(b), "testdata", app+".wasm")).component
	for _, policy := range []struct {
		name string
		opts host.PoolOptions
	}{
		{"reset", host.PoolOptions{Reuse: 1}},
		{"fresh", host.PoolOptions{Reuse: 1, Fresh: true}},
		{"reuse", host.PoolOptions{Reuse: 1 << 30}},
	} {
		b.Run(policy.name, func(b *testing.B) {
			h, err := host.NewHandler(c, host.HandlerOptions{Pool: policy.opts})
			if err != nil {
				b.Fatal(err)
			}
			defer h.Close(b.Context())
			b.ReportAllocs()
			for b.Loop() {
				if w := get(b, h, "/"); w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
