package spin_test

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	spinhost "github.com/edgelint/edgelint/host/spin"
	"github.com/edgelint/edgelint/host/wasi/otel"
)

// collector keeps what is exported to it.
type collector struct {
	mu      sync.Mutex
	url     string
	spans   []*trace.Span
	logs    []*logs.ResourceLogs
	metrics []*metrics.ResourceMetrics
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		switch r.URL.Path {
		case "/v1/traces":
			var data trace.TracesData
			err = proto.Unmarshal(body, &data)
			for _, rs := range data.ResourceSpans {
				for _, ss := range rs.ScopeSpans {
					c.spans = append(c.spans, ss.Spans...)
				}
			}
		case "/v1/logs":
			var data logs.LogsData
			err = proto.Unmarshal(body, &data)
			c.logs = append(c.logs, data.ResourceLogs...)
		case "/v1/metrics":
			var data metrics.MetricsData
			err = proto.Unmarshal(body, &data)
			c.metrics = append(c.metrics, data.ResourceMetrics...)
		}
		if err != nil {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// tree is the names of the spans, each below its parent.
func (c *collector) tree() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	var write func(parent []byte, depth int)
	write = func(parent []byte, depth int) {
		var names []string
		children := map[string]*trace.Span{}
		for _, s := range c.spans {
			if string(s.ParentSpanId) == string(parent) {
				names = append(names, s.Name)
				children[s.Name] = s
			}
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Fprintf(&b, "%s%s\n", strings.Repeat(" ", depth), name)
			write(children[name].SpanId, depth+1)
		}
	}
	write(nil, 0)
	return b.String()
}

func (c *collector) span(t *testing.T, name string) *trace.Span {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.spans {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no span %s", name)
	return nil
}

// text shows attributes.
func text(list []*common.KeyValue) string {
	var parts []string
	for _, kv := range list {
		parts = append(parts, kv.Key+"="+value(kv.Value))
	}
	return strings.Join(parts, " ")
}

func value(v *common.AnyValue) string {
	switch x := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return fmt.Sprintf("%q", x.StringValue)
	case *common.AnyValue_BytesValue:
		return "bytes:" + hex.EncodeToString(x.BytesValue)
	case *common.AnyValue_IntValue:
		return fmt.Sprintf("int:%d", x.IntValue)
	case *common.AnyValue_DoubleValue:
		return fmt.Sprintf("double:%g", x.DoubleValue)
	case *common.AnyValue_BoolValue:
		return fmt.Sprint(x.BoolValue)
	case *common.AnyValue_ArrayValue:
		var parts []string
		for _, e := range x.ArrayValue.Values {
			parts = append(parts, value(e))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case *common.AnyValue_KvlistValue:
		return "{" + text(x.KvlistValue.Values) + "}"
	}
	return "nothing"
}

// telemetryManifest is an application of one component, which may call itself.
var telemetryManifest = strings.Replace(fmt.Sprintf(oneComponent, "telemetry-p2"), "[component.one]",
	"[[trigger.http]]\nroute = \"/fixed\"\nstatic_response = {}\n"+
		"[component.one]\nallowed_outbound_hosts = [\"http://self\"]", 1)

// emit sends one request to the component, and gives what it exported.
func emit(t *testing.T, path, wantStatus string, header ...string) *collector {
	t.Helper()
	c, exporter := newExporter(t)
	s := serve(t, telemetryManifest, "", spinhost.Config{Telemetry: exporter})
	if got := s.get(t, path, header...); got != wantStatus+" " {
		t.Errorf("%s: %s\n%s", path, got, s.out)
	}
	s.server.Close() // waits for the spans to end
	exporter.Close()
	return c
}

// newExporter is an exporter with its collector.
func newExporter(t *testing.T) (*collector, *otel.Exporter) {
	t.Helper()
	c := newCollector(t)
	cfg, err := otel.FromEnvironment(func(name string) (string, bool) {
		v, ok := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": c.url, "OTEL_SERVICE_NAME": "svc"}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Failed = func(err error) { t.Errorf("exporting: %v", err) }
	return c, otel.NewExporter(cfg)
}

func TestSpansOfComponentsAreChildrenOfTheRequests(t *testing.T) {
	t.Parallel()
	const request = "GET /...\n execute_wasm_component one\n"
	for _, c := range []struct{ path, status, want string }{
		{"/nested", "200", request + "  outer\n   inner\n"},
		{"/links", "200", request + "  first\n  second\n"},
		{"/host", "200", request + "  guest\n   GET\n    GET /fixed\n"},
		{"/root", "200", request + "root\n GET\n  GET /fixed\n"},
		{"/not-ended", "200", request},
		{"/not-started", "500", request},
		{"/outlives", "200", request + "  parent\n   child\n"},
		{"/.well-known/spin/none", "404", "GET\n"},
	} {
		got := emit(t, c.path, c.status)
		if tree := got.tree(); tree != c.want {
			t.Errorf("%s:\n%swant\n%s", c.path, tree, c.want)
		}
		traces := map[string]bool{}
		for _, s := range got.spans {
			traces[string(s.TraceId)] = true
		}
		if want := 1 + strings.Count(c.want, "\nroot"); len(traces) != want {
			t.Errorf("%s: %d traces, want %d", c.path, len(traces), want)
		}
	}
}

func TestSpansHaveWhatTheComponentSaysOfThem(t *testing.T) {
	t.Parallel()
	s := emit(t, "/attributes", "200").span(t, "failed")
	const want = `a0="baz" a1=true a2=int:3 a3=double:2.5 a4=["qaz" "thud"] a5={a=nothing} a6=bytes:0001 broken="{"`
	if got := text(s.Attributes); got != want {
		t.Errorf("attributes %s", got)
	}
	if s.Status.Code != trace.Status_STATUS_CODE_ERROR || s.Status.Message != "on purpose" ||
		s.Kind != trace.Span_SPAN_KIND_INTERNAL || s.TraceState != "vendor=x" || s.Flags != 1 ||
		s.DroppedAttributesCount != 1 || s.DroppedEventsCount != 2 || s.DroppedLinksCount != 3 ||
		s.EndTimeUnixNano < s.StartTimeUnixNano || s.StartTimeUnixNano == 0 {
		t.Errorf("span %v", s)
	}
	events := emit(t, "/events", "200").span(t, "events").Events
	if len(events) != 2 || events[0].TimeUnixNano != 5_000_000_006 || events[1].Name != "attributed" ||
		text(events[1].Attributes) != "foo=true" {
		t.Errorf("events %v", events)
	}
	c := emit(t, "/links", "200")
	links := c.span(t, "second").Links
	if len(links) != 1 || string(links[0].SpanId) != string(c.span(t, "first").SpanId) ||
		text(links[0].Attributes) != `foo="bar"` {
		t.Errorf("links %v", links)
	}
}

func TestRequestsContinueTheTraceOfTheirSender(t *testing.T) {
	t.Parallel()
	const traceID, spanID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	c := emit(t, "/nested", "200", "traceparent", "00-"+traceID+"-"+spanID+"-01", "tracestate", "a=b")
	s := c.span(t, "GET /...")
	if hex.EncodeToString(s.TraceId) != traceID || hex.EncodeToString(s.ParentSpanId) != spanID || s.TraceState != "a=b" {
		t.Errorf("span %v", s)
	}
	if got := text(s.Attributes); got != `http.request.method="GET" url.path="/nested" url.query="" `+
		`network.protocol.name="http" http.route="/..." http.response.status_code=int:200` {
		t.Errorf("attributes %s", got)
	}
	// The host does not sample then; the component here does, as it says.
	c = emit(t, "/nested", "200", "traceparent", "00-"+traceID+"-"+spanID+"-00")
	if len(c.spans) != 2 || c.spans[0].Name != "inner" || c.spans[1].Name != "outer" {
		t.Errorf("of a trace that is not sampled came %v", c.spans)
	}
}

func TestRequestsAtOnceAreInTheirOwnTraces(t *testing.T) {
	t.Parallel()
	for _, component := range []string{"outgoing-p2", "outgoing-p3"} {
		c, exporter := newExporter(t)
		s := serve(t, strings.Replace(telemetryManifest, "telemetry-p2", component, 1), "", spinhost.Config{Telemetry: exporter})
		const requests = 4
		var wg sync.WaitGroup
		for range requests {
			wg.Go(func() {
				if got := s.get(t, "/", "url", "/fixed"); got != "200 " {
					t.Errorf("%s: %s\n%s", component, got, s.out)
				}
			})
		}
		wg.Wait()
		s.server.Close()
		exporter.Close()
		traces := map[string]*collector{}
		for _, span := range c.spans {
			id := string(span.TraceId)
			if traces[id] == nil {
				traces[id] = &collector{}
			}
			traces[id].spans = append(traces[id].spans, span)
		}
		for _, one := range traces {
			if got := one.tree(); got != "GET /...\n execute_wasm_component one\n  GET\n   GET /fixed\n" {
				t.Errorf("%s:\n%s", component, got)
			}
		}
		if len(traces) != requests {
			t.Errorf("%s: %d traces", component, len(traces))
		}
	}
}

func TestMetricsOfComponentsAreExported(t *testing.T) {
	t.Parallel()
	c := emit(t, "/metrics", "200")
	if len(c.metrics) != 1 || c.metrics[0].SchemaUrl != "https://example.com/schema" ||
		text(c.metrics[0].Resource.Attributes) != `service.name="guest"` {
		t.Fatalf("metrics %v", c.metrics)
	}
	scope := c.metrics[0].ScopeMetrics[0]
	m := scope.Metrics
	if scope.Scope.Name != "telemetry" || scope.Scope.Version != "1.0" || text(scope.Scope.Attributes) != `kind="test"` || len(m) != 4 {
		t.Fatalf("scope %v", scope)
	}
	gauge := m[0].GetGauge().DataPoints[0]
	if m[0].Name != "gauge" || m[0].Description != "a gauge" || m[0].Unit != "s" || gauge.GetAsDouble() != 1.5 ||
		text(gauge.Attributes) != `label="x"` || gauge.TimeUnixNano != 9e9 || gauge.StartTimeUnixNano != 0 ||
		text(gauge.Exemplars[0].FilteredAttributes) != "kept=int:1" || gauge.Exemplars[0].GetAsDouble() != 0.5 ||
		string(gauge.Exemplars[0].SpanId) != string(c.span(t, "execute_wasm_component one").SpanId) {
		t.Errorf("gauge %v", m[0])
	}
	sum := m[1].GetSum()
	if sum.DataPoints[0].GetAsInt() != 7 || !sum.IsMonotonic || sum.DataPoints[0].StartTimeUnixNano != 8e9 ||
		sum.AggregationTemporality != metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE {
		t.Errorf("sum %v", sum)
	}
	h := m[2].GetHistogram()
	p := h.DataPoints[0]
	if p.Count != 3 || p.GetSum() != 6 || p.GetMin() != -1 || p.GetMax() != 5 || !slices.Equal(p.ExplicitBounds, []float64{1, 2}) ||
		!slices.Equal(p.BucketCounts, []uint64{1, 1, 1}) ||
		h.AggregationTemporality != metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_DELTA {
		t.Errorf("histogram %v", h)
	}
	e := m[3].GetExponentialHistogram().DataPoints[0]
	if e.Scale != -2 || e.ZeroCount != 1 || e.ZeroThreshold != 0.25 || e.Positive.Offset != -1 || e.Min != nil ||
		!slices.Equal(e.Positive.BucketCounts, []uint64{1, 2}) || e.GetSum() != 2.5 {
		t.Errorf("exponential histogram %v", e)
	}
}

func TestLogsOfComponentsAreExported(t *testing.T) {
	t.Parallel()
	c := emit(t, "/logs", "200")
	if len(c.logs) != 2 {
		t.Fatalf("logs %v", c.logs)
	}
	scope := c.logs[0].ScopeLogs[0]
	r := scope.LogRecords[0]
	if text(c.logs[0].Resource.Attributes) != `service.name="guest"` || scope.Scope.Name != "telemetry" ||
		r.TimeUnixNano != 1_000_000_002 || r.ObservedTimeUnixNano != 3_000_000_004 || r.SeverityText != "warn" ||
		r.SeverityNumber != logs.SeverityNumber_SEVERITY_NUMBER_WARN || r.EventName != "tried" || r.Flags != 1 ||
		value(r.Body) != `{bytes=bytes:4869 text="hello"}` || text(r.Attributes) != "attempt=int:2" ||
		string(r.SpanId) != string(c.span(t, "execute_wasm_component one").SpanId) {
		t.Errorf("log %v", c.logs[0])
	}
	if r := c.logs[1]; text(r.Resource.Attributes) != `service.name="svc"` || value(r.ScopeLogs[0].LogRecords[0].Body) != `"plain"` {
		t.Errorf("log %v", r)
	}
}

func TestTelemetryIsOfferedOnDemand(t *testing.T) {
	t.Parallel()
	s := serve(t, telemetryManifest, "", spinhost.Config{})
	for path, want := range map[string]string{
		"/nested": "tracing.outer-span-context", "/logs": "tracing.outer-span-context", "/metrics": "tracing.outer-span-context",
	} {
		if got := s.get(t, path); got != "500 " || !strings.Contains(s.out.String(),
			"wasi:otel/"+want+": the interface is experimental: edgerun offers it with --experimental-wasi-otel") {
			t.Errorf("%s without it: %s\n%s", path, got, s.out)
		}
	}
	s = serve(t, telemetryManifest, "", spinhost.Config{Telemetry: otel.NewExporter(otel.Config{})})
	for _, path := range []string{"/nested", "/logs", "/metrics", "/root", "/not-ended", "/not-started"} {
		if got := s.get(t, path); got != "200 " {
			t.Errorf("%s without an endpoint: %s\n%s", path, got, s.out)
		}
	}
}
