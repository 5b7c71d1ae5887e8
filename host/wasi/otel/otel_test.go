package otel

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// environment looks variables up in a text such as "A=b;C=d"; names that begin with
// an underscore begin with OTEL_EXPORTER_OTLP.
func environment(text string) func(string) (string, bool) {
	vars := map[string]string{}
	for part := range strings.SplitSeq(text, ";") {
		k, v, _ := strings.Cut(part, "=")
		if strings.HasPrefix(k, "_") {
			k = "OTEL_EXPORTER_OTLP" + k
		}
		vars[k] = v
	}
	return func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}
}

func TestEndpointsAreThoseOfTheEnvironment(t *testing.T) {
	t.Parallel()
	endpoint := func(url string) *Endpoint { return &Endpoint{URL: url, Header: http.Header{}} }
	const collector = "/opentelemetry.proto.collector."
	for _, c := range []struct {
		env  string
		want Config
	}{
		{"", Config{}},
		{"_ENDPOINT=", Config{}},
		{"_ENDPOINT=http://c:4318;OTEL_SDK_DISABLED=true", Config{}},
		{"_ENDPOINT=http://c:4318/", Config{
			Traces: endpoint("http://c:4318/v1/traces"), Metrics: endpoint("http://c:4318/v1/metrics"), Logs: endpoint("http://c:4318/v1/logs"),
		}},
		{"_TRACES_ENDPOINT=https://c/own;OTEL_BSP_SCHEDULE_DELAY=5", Config{
			Traces: endpoint("https://c/own"), SpanDelay: 5 * time.Millisecond,
		}},
		{"_ENDPOINT=http://c:4317;_PROTOCOL=grpc;_LOGS_ENDPOINT=http://l;_LOGS_PROTOCOL=http/protobuf", Config{
			Traces:  &Endpoint{URL: "http://c:4317" + collector + "trace.v1.TraceService/Export", GRPC: true, Header: http.Header{}},
			Metrics: &Endpoint{URL: "http://c:4317" + collector + "metrics.v1.MetricsService/Export", GRPC: true, Header: http.Header{}},
			Logs:    endpoint("http://l"),
		}},
		{"_METRICS_ENDPOINT=http://c;_HEADERS=api-key=a%20b, x=y=z,;_METRICS_TIMEOUT=1500;_COMPRESSION=gzip", Config{
			Metrics: &Endpoint{
				URL: "http://c", Gzip: true, Timeout: 1500 * time.Millisecond,
				Header: http.Header{"Api-Key": {"a b"}, "X": {"y=z"}},
			},
		}},
	} {
		got, err := FromEnvironment(environment(c.env))
		got.Attributes = nil
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v", c.env, got, err)
		}
	}
	for env, want := range map[string]string{
		"_ENDPOINT=c:4318":                         "_ENDPOINT=c:4318 is not a URL",
		"_ENDPOINT=http://c;_PROTOCOL=http/json":   "_PROTOCOL=http/json is not supported",
		"_ENDPOINT=http://c;_TIMEOUT=soon":         "_TIMEOUT=soon is not a number",
		"_ENDPOINT=http://c;_HEADERS=a":            `_HEADERS: "a" is not NAME=VALUE`,
		"_ENDPOINT=http://c;_COMPRESSION=zstd":     "_COMPRESSION=zstd is not supported",
		"OTEL_RESOURCE_ATTRIBUTES=a=%zz":           "OTEL_RESOURCE_ATTRIBUTES",
		"OTEL_BLRP_SCHEDULE_DELAY=-1":              "OTEL_BLRP_SCHEDULE_DELAY",
		"_TRACES_ENDPOINT=http://;_ENDPOINT=ftp:/": "_TRACES_ENDPOINT=http:// is not a URL",
	} {
		if _, err := FromEnvironment(environment(env)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", env, err)
		}
	}
}

func TestTheServiceHasAName(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]string{
		"": `service.name="edgerun"`,
		"OTEL_RESOURCE_ATTRIBUTES=a=b,service.name=c":                     `service.name="c" a="b"`,
		"OTEL_RESOURCE_ATTRIBUTES=a=b,service.name=c;OTEL_SERVICE_NAME=d": `service.name="d" a="b"`,
	} {
		cfg, err := FromEnvironment(environment(env))
		var got []string
		for _, kv := range cfg.Attributes {
			got = append(got, kv.Key+"="+kv.Value)
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v, %v", env, got, err)
		}
	}
}

// received is what a collector got.
type received struct {
	mu     sync.Mutex
	header http.Header
	spans  []string
}

// grpcCollector speaks gRPC without TLS.
func grpcCollector(t *testing.T, status string) (*received, string) {
	t.Helper()
	got := &received{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.ProtoMajor != 2 || len(body) < framePrefix || int(binary.BigEndian.Uint32(body[1:])) != len(body)-framePrefix {
			t.Errorf("%s: %d bytes, %v", r.Proto, len(body), err)
			return
		}
		compressed := body[0] == 1
		got.take(t, r, body[framePrefix:], compressed)
		w.Header().Set("Trailer", "Grpc-Status, Grpc-Message")
		w.Header().Set("Content-Type", "application/grpc")
		w.Write(make([]byte, framePrefix))
		w.Header().Set("Grpc-Status", status)
		w.Header().Set("Grpc-Message", "told so")
	}))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	return got, server.URL
}

func (g *received) take(t *testing.T, r *http.Request, body []byte, compressed bool) {
	t.Helper()
	if compressed {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		if body, err = io.ReadAll(z); err != nil {
			t.Error(err)
		}
	}
	var data trace.TracesData
	if err := proto.Unmarshal(body, &data); err != nil {
		t.Error(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.header = r.Header.Clone()
	for _, rs := range data.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				g.spans = append(g.spans, s.Name)
			}
		}
	}
}

// export sends spans with some names, and gives the errors.
func export(t *testing.T, env string, names ...string) []string {
	t.Helper()
	cfg, err := FromEnvironment(environment(env))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var failures []string
	cfg.Failed = func(err error) {
		mu.Lock()
		defer mu.Unlock()
		failures = append(failures, err.Error())
	}
	e := NewExporter(cfg)
	for _, name := range names {
		_, s := e.Start(t.Context(), Internal, name)
		s.End()
	}
	e.Close()
	return failures
}

func TestSpansAreSentByBothProtocols(t *testing.T) {
	t.Parallel()
	for _, gzipped := range []string{"", ";_COMPRESSION=gzip"} {
		got, url := grpcCollector(t, "0")
		if failures := export(t, "_ENDPOINT="+url+";_PROTOCOL=grpc;_HEADERS=k=v"+gzipped, "a", "b"); len(failures) > 0 {
			t.Errorf("grpc: %v", failures)
		}
		if !slices.Equal(got.spans, []string{"a", "b"}) || got.header.Get("K") != "v" || got.header.Get("Te") != "trailers" ||
			got.header.Get("Content-Type") != "application/grpc" {
			t.Errorf("grpc: %+v", got)
		}
		plain := &received{}
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			plain.take(t, r, body, r.Header.Get("Content-Encoding") == "gzip")
		}))
		defer server.Close()
		if failures := export(t, "_ENDPOINT="+server.URL+";_HEADERS=k=v"+gzipped, "a", "b"); len(failures) > 0 {
			t.Errorf("http: %v", failures)
		}
		if !slices.Equal(plain.spans, []string{"a", "b"}) || plain.header.Get("K") != "v" ||
			plain.header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("http: %+v", plain)
		}
	}
}

func TestFailuresOfCollectorsAreTold(t *testing.T) {
	t.Parallel()
	_, url := grpcCollector(t, "14")
	if got := export(t, "_ENDPOINT="+url+";_PROTOCOL=grpc", "a"); len(got) != 1 || !strings.Contains(got[0], `grpc-status "14": told so`) {
		t.Errorf("grpc: %q", got)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no room", http.StatusInsufficientStorage)
	}))
	defer server.Close()
	if got := export(t, "_ENDPOINT="+server.URL, "a"); len(got) != 1 || !strings.Contains(got[0], `507 Insufficient Storage: "no room"`) {
		t.Errorf("http: %q", got)
	}
	e := NewExporter(Config{Metrics: &Endpoint{URL: server.URL}})
	if err := e.exportMetrics(t.Context(), &resourceMetrics{}); err == nil || !strings.Contains(err.Error(), "507") {
		t.Errorf("metrics: %v", err)
	}
}

func TestSpansWaitInBoundedQueues(t *testing.T) {
	t.Parallel()
	release, sent := make(chan struct{}), make(chan int, 8)
	b := newBatch(time.Hour, func(items []int) {
		sent <- len(items)
		<-release
	})
	for i := range maxBatch {
		b.add(i)
	}
	first := <-sent // without the delay
	for i := range 2 * maxQueue {
		b.add(i)
	}
	close(release)
	b.close()
	if second := <-sent; first != maxBatch || second != maxQueue {
		t.Errorf("sent %d, then %d", first, second)
	}
}

func TestTraceContextIsReadAsW3CSays(t *testing.T) {
	t.Parallel()
	e := NewExporter(Config{Traces: &Endpoint{URL: "http://127.0.0.1:1"}})
	const traceID, spanID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	for header, want := range map[string]bool{
		"00-" + traceID + "-" + spanID + "-01":                  true,
		"01-" + traceID + "-" + spanID + "-01-later":            true,
		"00-" + traceID + "-" + spanID + "-01-later":            false,
		"ff-" + traceID + "-" + spanID + "-01":                  false,
		"00-" + strings.Repeat("0", 32) + "-" + spanID + "-01":  false,
		"00-" + traceID + "-" + strings.Repeat("0", 16) + "-01": false,
		"00-" + traceID + "-" + spanID + "-1":                   false,
		"00-" + traceID + "-" + spanID + "-zz":                  false,
		"00-" + traceID[1:] + "-" + spanID + "-01":              false,
		"": false,
	} {
		ctx := e.Extract(context.Background(), http.Header{"Traceparent": {header}, "Tracestate": {"a=b, c=d"}})
		out := http.Header{}
		e.Inject(ctx, out)
		if got := out.Get("Traceparent") == "00-"+traceID+"-"+spanID+"-01"; got != want {
			t.Errorf("%q: %v", header, out)
		}
		if want && out.Get("Tracestate") != "a=b,c=d" {
			t.Errorf("%q: %v", header, out)
		}
	}
}

func TestNoExporterTakesEverything(t *testing.T) {
	t.Parallel()
	for _, e := range []*Exporter{nil, NewExporter(Config{})} {
		ctx, span := e.Start(e.Extract(t.Context(), http.Header{"Traceparent": {"x"}}), Server, "name")
		span.Set("a", "b")
		span.SetInt("a", 1)
		span.SetName("c")
		span.Fail("d")
		span.End()
		h := http.Header{}
		e.Inject(ctx, h)
		e.Close()
		if span != nil || ctx != t.Context() || len(h) > 0 || e.Enabled() {
			t.Errorf("%v: span %v, header %v", e, span, slices.Collect(maps.Keys(h)))
		}
	}
}
