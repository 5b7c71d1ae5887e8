package otel

import (
	"math"

	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"

	"github.com/edgelint/edgelint/host/bind"
)

func metricsOf(r *resourceMetrics) *metrics.ResourceMetrics {
	out := &metrics.ResourceMetrics{Resource: resourceOf(r.Resource), SchemaUrl: r.Resource.SchemaURL.Value}
	for _, s := range r.ScopeMetrics {
		scope := &metrics.ScopeMetrics{Scope: scopeOf(s.Scope), SchemaUrl: s.Scope.SchemaURL.Value}
		for i := range s.Metrics {
			m := &metrics.Metric{
				Name: s.Metrics[i].Name, Description: s.Metrics[i].Description, Unit: s.Metrics[i].Unit,
			}
			setData(m, &s.Metrics[i].Data)
			scope.Metrics = append(scope.Metrics, m)
		}
		out.ScopeMetrics = append(out.ScopeMetrics, scope)
	}
	return out
}

// setData sets the data of a metric: the cases are four shapes for f64, then u64,
// then s64.
func setData(m *metrics.Metric, d *metricData) {
	kind := d.Case / 4
	switch d.Case % 4 {
	case 0:
		setGauge(m, []*gauge{&d.F64Gauge, &d.U64Gauge, &d.S64Gauge}[kind])
	case 1:
		setSum(m, []*sum{&d.F64Sum, &d.U64Sum, &d.S64Sum}[kind])
	case 2:
		setHistogram(m, []*histogram{&d.F64Histogram, &d.U64Histogram, &d.S64Histogram}[kind])
	case 3:
		setExponential(m, []*exponentialHistogram{
			&d.F64ExponentialHistogram, &d.U64ExponentialHistogram, &d.S64ExponentialHistogram,
		}[kind])
	}
}

func setGauge(m *metrics.Metric, g *gauge) {
	m.Data = &metrics.Metric_Gauge{Gauge: &metrics.Gauge{
		DataPoints: points(g.DataPoints, optionalTime(g.StartTime), nanoseconds(g.Time)),
	}}
}

func setSum(m *metrics.Metric, s *sum) {
	m.Data = &metrics.Metric_Sum{Sum: &metrics.Sum{
		DataPoints:             points(s.DataPoints, nanoseconds(s.StartTime), nanoseconds(s.Time)),
		AggregationTemporality: temporality(s.Temporality), IsMonotonic: s.IsMonotonic,
	}}
}

func points(list []dataPoint, start, end uint64) []*metrics.NumberDataPoint {
	var out []*metrics.NumberDataPoint
	for _, p := range list {
		point := &metrics.NumberDataPoint{
			Attributes: attributes(p.Attributes), StartTimeUnixNano: start, TimeUnixNano: end, Exemplars: exemplars(p.Exemplars),
		}
		if n, ok := p.Value.integer(); ok {
			point.Value = &metrics.NumberDataPoint_AsInt{AsInt: n}
		} else {
			point.Value = &metrics.NumberDataPoint_AsDouble{AsDouble: p.Value.float()}
		}
		out = append(out, point)
	}
	return out
}

func setHistogram(m *metrics.Metric, h *histogram) {
	out := &metrics.Histogram{AggregationTemporality: temporality(h.Temporality)}
	for _, p := range h.DataPoints {
		sum := p.Sum.float()
		out.DataPoints = append(out.DataPoints, &metrics.HistogramDataPoint{
			Attributes: attributes(p.Attributes), StartTimeUnixNano: nanoseconds(h.StartTime), TimeUnixNano: nanoseconds(h.Time),
			Count: p.Count, Sum: &sum, BucketCounts: p.BucketCounts, ExplicitBounds: p.Bounds,
			Exemplars: exemplars(p.Exemplars), Min: optionalFloat(p.Min), Max: optionalFloat(p.Max),
		})
	}
	m.Data = &metrics.Metric_Histogram{Histogram: out}
}

func setExponential(m *metrics.Metric, h *exponentialHistogram) {
	out := &metrics.ExponentialHistogram{AggregationTemporality: temporality(h.Temporality)}
	for _, p := range h.DataPoints {
		sum := p.Sum.float()
		out.DataPoints = append(out.DataPoints, &metrics.ExponentialHistogramDataPoint{
			Attributes: attributes(p.Attributes), StartTimeUnixNano: nanoseconds(h.StartTime), TimeUnixNano: nanoseconds(h.Time),
			Count: p.Count, Sum: &sum, Scale: int32(p.Scale), ZeroCount: p.ZeroCount, ZeroThreshold: p.ZeroThreshold,
			Positive: buckets(p.PositiveBucket), Negative: buckets(p.NegativeBucket),
			Exemplars: exemplars(p.Exemplars), Min: optionalFloat(p.Min), Max: optionalFloat(p.Max),
		})
	}
	m.Data = &metrics.Metric_ExponentialHistogram{ExponentialHistogram: out}
}

func buckets(b bucket) *metrics.ExponentialHistogramDataPoint_Buckets {
	return &metrics.ExponentialHistogramDataPoint_Buckets{Offset: b.Offset, BucketCounts: b.Counts}
}

// temporality is OTLP's for the enum temporality. Low memory is delta for those
// who collect.
func temporality(t uint8) metrics.AggregationTemporality {
	if t == 0 {
		return metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE
	}
	return metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_DELTA
}

func exemplars(list []exemplar) []*metrics.Exemplar {
	var out []*metrics.Exemplar
	for _, e := range list {
		x := &metrics.Exemplar{
			FilteredAttributes: attributes(e.FilteredAttributes), TimeUnixNano: nanoseconds(e.Time),
			SpanId: id(e.SpanID, spanIDSize), TraceId: id(e.TraceID, traceIDSize),
		}
		if n, ok := e.Value.integer(); ok {
			x.Value = &metrics.Exemplar_AsInt{AsInt: n}
		} else {
			x.Value = &metrics.Exemplar_AsDouble{AsDouble: e.Value.float()}
		}
		out = append(out, x)
	}
	return out
}

// integer is the number as OTLP has integers; ok is false if it is none.
func (n number) integer() (i int64, ok bool) {
	switch n.Case {
	case 1:
		return n.S64, true
	case 2:
		return int64(n.U64), n.U64 <= math.MaxInt64
	}
	return 0, false
}

func (n number) float() float64 {
	switch n.Case {
	case 1:
		return float64(n.S64)
	case 2:
		return float64(n.U64)
	}
	return n.F64
}

func optionalFloat(n bind.Option[number]) *float64 {
	if !n.Some {
		return nil
	}
	f := n.Value.float()
	return &f
}
