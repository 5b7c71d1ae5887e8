package otel

import (
	"strings"

	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/edgelint/edgelint/host/bind"
)

// Flags of a span or link in OTLP: the low byte is that of W3C's trace context.
const (
	flagSampled     = 1
	flagHasIsRemote = 1 << 8
	flagIsRemote    = 1 << 9
)

// spanKinds are OTLP's kinds in the order of the enum span-kind.
var spanKinds = []trace.Span_SpanKind{
	trace.Span_SPAN_KIND_CLIENT, trace.Span_SPAN_KIND_SERVER, trace.Span_SPAN_KIND_PRODUCER,
	trace.Span_SPAN_KIND_CONSUMER, trace.Span_SPAN_KIND_INTERNAL,
}

// scopedSpan is a span on its way.
type scopedSpan struct {
	span  *trace.Span
	scope scope
}

func spanOf(d *spanData) scopedSpan {
	c := d.SpanContext
	s := &trace.Span{
		TraceId: id(c.TraceID, traceIDSize), SpanId: id(c.SpanID, spanIDSize), TraceState: traceState(c.TraceState),
		ParentSpanId: id(d.ParentSpanID, spanIDSize), Flags: uint32(c.TraceFlags & flagSampled), Name: d.Name, Kind: spanKinds[d.SpanKind],
		StartTimeUnixNano: nanoseconds(d.StartTime), EndTimeUnixNano: nanoseconds(d.EndTime),
		Attributes: attributes(d.Attributes), DroppedAttributesCount: d.DroppedAttributes,
		DroppedEventsCount: d.DroppedEvents, DroppedLinksCount: d.DroppedLinks,
		Status: &trace.Status{Code: trace.Status_StatusCode(d.Status.Case), Message: d.Status.Error},
	}
	for _, e := range d.Events {
		s.Events = append(s.Events, &trace.Span_Event{
			TimeUnixNano: nanoseconds(e.Time), Name: e.Name, Attributes: attributes(e.Attributes),
		})
	}
	for _, l := range d.Links {
		s.Links = append(s.Links, &trace.Span_Link{
			TraceId: id(l.SpanContext.TraceID, traceIDSize), SpanId: id(l.SpanContext.SpanID, spanIDSize),
			TraceState: traceState(l.SpanContext.TraceState), Attributes: attributes(l.Attributes), Flags: linkFlags(l.SpanContext),
		})
	}
	return scopedSpan{s, d.InstrumentationScope}
}

// linkFlags says of the span that a link leads to whether it is remote.
func linkFlags(c spanContext) uint32 {
	flags := uint32(c.TraceFlags&flagSampled) | flagHasIsRemote
	if c.IsRemote {
		flags |= flagIsRemote
	}
	return flags
}

// traceState is the header tracestate (W3C Trace Context, 3.3).
func traceState(list []bind.Tuple2[string, string]) string {
	var parts []string
	for _, kv := range list {
		parts = append(parts, kv.V0+"="+kv.V1)
	}
	return strings.Join(parts, ",")
}

// parseTraceState reads the header tracestate.
func parseTraceState(header string) []bind.Tuple2[string, string] {
	var list []bind.Tuple2[string, string]
	for part := range strings.SplitSeq(header, ",") {
		if k, v, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
			list = append(list, bind.Tuple2[string, string]{V0: k, V1: v})
		}
	}
	return list
}

// logOf is a record with the resource and scope it comes from.
func logOf(r *logRecord) *logs.ResourceLogs {
	rec := &logs.LogRecord{
		TimeUnixNano: optionalTime(r.Timestamp), ObservedTimeUnixNano: optionalTime(r.ObservedTimestamp),
		SeverityNumber: logs.SeverityNumber(min(r.SeverityNumber.Value, maxSeverity)), SeverityText: r.SeverityText.Value,
		Attributes: attributes(r.Attributes.Value), EventName: r.EventName.Value, Flags: uint32(r.TraceFlags.Value),
		TraceId: id(r.TraceID.Value, traceIDSize), SpanId: id(r.SpanID.Value, spanIDSize),
	}
	if r.Body.Some {
		rec.Body = anyValue(r.Body.Value)
	}
	scope := &logs.ScopeLogs{
		LogRecords: []*logs.LogRecord{rec}, Scope: scopeOf(r.InstrumentationScope.Value),
		SchemaUrl: r.InstrumentationScope.Value.SchemaURL.Value,
	}
	out := &logs.ResourceLogs{ScopeLogs: []*logs.ScopeLogs{scope}}
	if r.Resource.Some {
		out.Resource, out.SchemaUrl = resourceOf(r.Resource.Value), r.Resource.Value.SchemaURL.Value
	}
	return out
}

// maxSeverity is the highest severity-number.
const maxSeverity = 24
