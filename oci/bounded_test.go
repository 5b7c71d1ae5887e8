package oci_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack/artifact"
)

// maxHeap is what moving an artifact of any size may add to the heap, in bytes.
const maxHeap = 64 << 20

// pattern is a stream of n bytes that takes no memory.
func pattern(n int64) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(&counter{}, n)), nil }
}

type counter struct{ n byte }

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = c.n
		c.n++
	}
	return len(p), nil
}

// sink is a registry that keeps nothing but says it does, and serves one blob
// of a pattern.
func sink(b artifact.Blob) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch {
		case req.Method == http.MethodHead:
			w.WriteHeader(http.StatusNotFound)
		case req.Method == http.MethodPost:
			w.Header().Set("Location", req.URL.Path+"1")
			w.WriteHeader(http.StatusAccepted)
		case req.Method == http.MethodPut:
			_, _ = io.Copy(io.Discard, req.Body)
			w.WriteHeader(http.StatusCreated)
		default:
			r, _ := b.Open()
			w.Header().Set("Content-Length", fmt.Sprint(b.Descriptor.Size))
			_, _ = io.Copy(w, r)
		}
	})
}

// move pushes and pulls one artifact of a big layer and gives the largest heap
// seen meanwhile, less that before.
func move(tb testing.TB, size int64) uint64 {
	layer, err := artifact.StreamBlob(artifact.TypeWasm, pattern(size))
	if err != nil {
		tb.Fatal(err)
	}
	config := artifact.NewBlob(artifact.TypeWasmConfig, []byte("{}"))
	a, err := artifact.New(artifact.Manifest{
		MediaType: artifact.TypeManifest, Config: config.Descriptor, Layers: []artifact.Descriptor{
			layer.Descriptor,
		},
	}, []artifact.Blob{config, layer})
	if err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewServer(sink(layer))
	defer server.Close()
	client := oci.NewClient(oci.Options{})
	defer client.Close()
	ref, err := oci.ParseReference(strings.TrimPrefix(server.URL, "http://") + "/app")
	if err != nil {
		tb.Fatal(err)
	}
	repo := client.Repository(ref)
	peak := watchHeap()
	if err := oci.Push(tb.Context(), repo, a, "v1", 0); err != nil {
		tb.Fatal(err)
	}
	r, err := repo.Blob(tb.Context(), layer.Descriptor)
	if err != nil {
		tb.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, r); err != nil || n != size {
		tb.Fatalf("%d bytes, %v", n, err)
	}
	return peak()
}

// watchHeap samples the heap until the function it returns is called.
func watchHeap() func() uint64 {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			if now.HeapInuse > before.HeapInuse {
				most = max(most, now.HeapInuse-before.HeapInuse)
			}
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(done)
		return <-peak
	}
}

func TestMemoryDoesNotGrowWithTheArtifact(t *testing.T) {
	if testing.Short() {
		t.Skip("moves 256 MB")
	}
	if peak := move(t, 256<<20); peak > maxHeap {
		t.Errorf("the heap grew by %d MB", peak>>20)
	}
}

func BenchmarkMoveOneGigabyte(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(1 << 30)
	for b.Loop() {
		peak := move(b, 1<<30)
		b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
		if peak > maxHeap {
			b.Errorf("the heap grew by %d MB", peak>>20)
		}
	}
}
