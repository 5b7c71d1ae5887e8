package runcmd_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

func TestTelemetryGoesToTheCollectorOfTheEnvironment(t *testing.T) {
	names := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var data trace.TracesData
		if err != nil || proto.Unmarshal(body, &data) != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %d bytes, %v", r.URL.Path, len(body), err)
			return
		}
		names <- data.ResourceSpans[0].ScopeSpans[0].Spans[0].Name
	}))
	defer collector.Close()
	dir := t.TempDir()
	const manifest = "spin_manifest_version = 2\n[application]\nname = \"fixed\"\n" +
		"[[trigger.http]]\nroute = \"/fixed/...\"\nstatic_response = { body = \"x\" }\n"
	if err := os.WriteFile(filepath.Join(dir, "spin.toml"), []byte(manifest), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
	s := serve(t, 3, "--experimental-wasi-otel", dir)
	if got := s.get(t, "/fixed/a"); got != "200 x" {
		t.Error(got)
	}
	if name := <-names; name != "GET /fixed/..." {
		t.Errorf("a span %s", name)
	}
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	s = serve(t, 3, "--experimental-wasi-otel", dir)
	s.says(t, "telemetry goes nowhere: set OTEL_EXPORTER_OTLP_ENDPOINT")
}
