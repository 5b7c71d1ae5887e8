package otel

import (
	"cmp"
	"context"
	"sync/atomic"

	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	otlpresource "go.opentelemetry.io/proto/otlp/resource/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Exporter sends telemetry to collectors: spans and logs by and by, metrics as they
// come. The nil Exporter takes everything and sends nothing.
type Exporter struct {
	config   Config
	resource *otlpresource.Resource
	traces   *batch[scopedSpan]         // nil if traces go nowhere
	logs     *batch[*logs.ResourceLogs] // likewise
	metrics  *sender                    // likewise
	failing  atomic.Bool
}

// NewExporter makes an exporter. Close ends it.
func NewExporter(cfg Config) *Exporter {
	e := &Exporter{config: cfg, resource: resourceOf(resource{Attributes: cfg.Attributes}), metrics: newSender(cfg.Metrics)}
	if s := newSender(cfg.Traces); s != nil {
		e.traces = newBatch(cmp.Or(cfg.SpanDelay, DefaultSpanDelay), func(spans []scopedSpan) {
			e.report(e.sendInBackground(s, e.tracesData(spans)))
		})
	}
	if s := newSender(cfg.Logs); s != nil {
		e.logs = newBatch(cmp.Or(cfg.LogDelay, DefaultLogDelay), func(records []*logs.ResourceLogs) {
			for _, r := range records {
				if r.Resource == nil {
					r.Resource = e.resource
				}
			}
			e.report(e.sendInBackground(s, &logs.LogsData{ResourceLogs: records}))
		})
	}
	return e
}

// Enabled reports whether any signal goes anywhere.
func (e *Exporter) Enabled() bool {
	return e != nil && (e.traces != nil || e.logs != nil || e.metrics != nil)
}

// Close sends what waits to be sent.
func (e *Exporter) Close() {
	if e == nil {
		return
	}
	if e.traces != nil {
		e.traces.close()
	}
	if e.logs != nil {
		e.logs.close()
	}
}

// sendInBackground sends what no request waits for; the endpoint's timeout ends it.
func (e *Exporter) sendInBackground(s *sender, m proto.Message) error {
	return s.send(context.Background(), m)
}

// report tells when exporting begins to fail.
func (e *Exporter) report(err error) {
	if !e.failing.Swap(err != nil) && err != nil && e.config.Failed != nil {
		e.config.Failed(err)
	}
}

// tracesData groups spans by their scope.
func (e *Exporter) tracesData(spans []scopedSpan) *trace.TracesData {
	out := &trace.ResourceSpans{Resource: e.resource}
	for _, s := range spans {
		scope := scopeOf(s.scope)
		var group *trace.ScopeSpans
		for _, g := range out.ScopeSpans {
			if g.SchemaUrl == s.scope.SchemaURL.Value && proto.Equal(g.Scope, scope) {
				group = g
			}
		}
		if group == nil {
			group = &trace.ScopeSpans{Scope: scope, SchemaUrl: s.scope.SchemaURL.Value}
			out.ScopeSpans = append(out.ScopeSpans, group)
		}
		group.Spans = append(group.Spans, s.span)
	}
	return &trace.TracesData{ResourceSpans: []*trace.ResourceSpans{out}}
}

// exportMetrics sends metrics at once.
func (e *Exporter) exportMetrics(ctx context.Context, m *resourceMetrics) error {
	err := e.metrics.send(ctx, &metrics.MetricsData{ResourceMetrics: []*metrics.ResourceMetrics{metricsOf(m)}})
	e.report(err)
	return err
}
