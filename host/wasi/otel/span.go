package otel

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

// Kind is the kind of a span.
type Kind uint8

// The kinds of spans that hosts have.
const (
	Client   Kind = 0
	Server   Kind = 1
	Internal Kind = 4
)

// Span is a span of the host. The nil Span is of an exporter without traces.
type Span struct {
	exporter *Exporter
	mu       sync.Mutex
	data     spanData
}

// openSpans are the spans of a call that are open: one of the host, and those that the component it
// called has begun, the last one last.
type openSpans struct {
	mu   sync.Mutex
	host spanContext
	open []spanContext
}

type spansKey struct{}

// active is the span that new ones are children of.
func (t *openSpans) active() spanContext {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.open); n > 0 {
		return t.open[n-1]
	}
	return t.host
}

func (t *openSpans) begin(c spanContext) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open = append(t.open, c)
}

// end reports whether the span was begun.
func (t *openSpans) end(c spanContext) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.open, func(o spanContext) bool { return o.SpanID == c.SpanID })
	if i < 0 {
		return false
	}
	t.open = slices.Delete(t.open, i, i+1)
	return true
}

// spansOf is the open spans of a context, nil if it has none.
func spansOf(ctx context.Context) *openSpans {
	t, _ := ctx.Value(spansKey{}).(*openSpans)
	return t
}

// Start begins a span of the host, a child of the one that the context is in or of
// the last one that the component there has begun. What is called with the context
// that it gives is in the new span.
func (e *Exporter) Start(ctx context.Context, kind Kind, name string) (context.Context, *Span) {
	if e == nil || e.traces == nil {
		return ctx, nil
	}
	parent := spanContext{TraceFlags: flagSampled}
	if t := spansOf(ctx); t != nil {
		parent = t.active()
	}
	traceID := parent.TraceID
	if id(traceID, traceIDSize) == nil {
		traceID = randomID(traceIDSize)
	}
	s := &Span{exporter: e, data: spanData{
		SpanContext: spanContext{
			TraceID: traceID, SpanID: randomID(spanIDSize), TraceFlags: parent.TraceFlags, TraceState: parent.TraceState,
		},
		ParentSpanID: parent.SpanID, SpanKind: uint8(kind), Name: name, StartTime: datetime(time.Now()),
		InstrumentationScope: scope{Name: defaultService},
	}}
	return context.WithValue(ctx, spansKey{}, &openSpans{host: s.data.SpanContext}), s
}

func randomID(size int) string {
	b := make([]byte, size)
	_, _ = rand.Read(b) // it never fails
	return hex.EncodeToString(b)
}

func datetime(t time.Time) wasi.Datetime {
	return wasi.Datetime{Seconds: uint64(t.Unix()), Nanoseconds: uint32(t.Nanosecond())}
}

// SetName renames the span.
func (s *Span) SetName(name string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data.Name = name
}

// Set adds an attribute to the span.
func (s *Span) Set(key, value string) { s.set(key, strconv.Quote(value)) }

// SetInt adds an attribute to the span.
func (s *Span) SetInt(key string, value int) { s.set(key, strconv.Itoa(value)) }

func (s *Span) set(key, json string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data.Attributes = append(s.data.Attributes, KeyValue{key, json})
}

// Fail marks the span as failed.
func (s *Span) Fail(why string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data.Status = status{Case: 2, Error: why}
}

// End ends the span and exports it, if its trace is sampled.
func (s *Span) End() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data.EndTime = datetime(time.Now())
	s.exporter.export(&s.data)
}

func (e *Exporter) export(d *spanData) {
	if d.SpanContext.TraceFlags&flagSampled != 0 {
		e.traces.add(spanOf(d))
	}
}

// Extract is the context of a request: in the trace that its headers traceparent and
// tracestate tell of (W3C Trace Context, 3.2).
func (e *Exporter) Extract(ctx context.Context, h http.Header) context.Context {
	if e == nil || e.traces == nil {
		return ctx
	}
	parts := strings.Split(h.Get("Traceparent"), "-")
	if len(parts) < 4 || len(parts[0]) != 2 || parts[0] == "ff" || parts[0] == "00" && len(parts) > 4 {
		return ctx
	}
	flags, err := strconv.ParseUint(parts[3], 16, 8)
	if err != nil || len(parts[3]) != 2 || id(parts[1], traceIDSize) == nil || id(parts[2], spanIDSize) == nil {
		return ctx
	}
	return context.WithValue(ctx, spansKey{}, &openSpans{host: spanContext{
		TraceID: parts[1], SpanID: parts[2], TraceFlags: uint8(flags & flagSampled), IsRemote: true,
		TraceState: parseTraceState(strings.Join(h.Values("Tracestate"), ",")),
	}})
}

// Inject puts the span that a context is in into the headers of a request.
func (e *Exporter) Inject(ctx context.Context, h http.Header) {
	t := spansOf(ctx)
	if e == nil || e.traces == nil || t == nil {
		return
	}
	c := t.active()
	h.Set("Traceparent", "00-"+c.TraceID+"-"+c.SpanID+"-0"+strconv.Itoa(int(c.TraceFlags&flagSampled)))
	if len(c.TraceState) > 0 {
		h.Set("Tracestate", traceState(c.TraceState))
	}
}

// noSpan is the context of no span.
func noSpan() spanContext {
	return spanContext{
		TraceID: strings.Repeat("00", traceIDSize), SpanID: strings.Repeat("00", spanIDSize),
		TraceState: []bind.Tuple2[string, string]{},
	}
}
