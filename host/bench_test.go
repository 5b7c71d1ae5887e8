package host_test

import (
	"net/http"
	"testing"

	"github.com/edgelint/edgelint/host"
)

// BenchmarkRequest answers requests in process, by one client: with an instance
// that is reset after each, with a new instance for each, and with one instance
// for all.
func BenchmarkRequest(b *testing.B) {
	c := newApp(b, "guide-p2.wasm", host.Options{Workers: 2}, nil)
	for _, policy := range []struct {
		name string
		opts host.PoolOptions
	}{
		{"reset", host.PoolOptions{}},
		{"fresh", host.PoolOptions{Fresh: true}},
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
