package otel

import (
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

// The types of wasi:otel/types.
type (
	// KeyValue is the record key-value. The value is JSON.
	KeyValue struct{ Key, Value string }

	// Resource is the record resource.
	Resource struct {
		Attributes []KeyValue
		SchemaURL  bind.Option[string]
	}

	// Scope is the record instrumentation-scope.
	Scope struct {
		Name               string
		Version, SchemaURL bind.Option[string]
		Attributes         []KeyValue
	}
)

// The types of wasi:otel/tracing.
type (
	// SpanContext is the record span-context. The ids are in hexadecimal.
	SpanContext struct {
		TraceID, SpanID string
		TraceFlags      uint8 // sampled
		IsRemote        bool
		TraceState      []bind.Tuple2[string, string]
	}

	// SpanData is the record span-data.
	SpanData struct {
		SpanContext          SpanContext
		ParentSpanID         string
		SpanKind             uint8
		Name                 string
		StartTime, EndTime   wasi.Datetime
		Attributes           []KeyValue
		Events               []Event
		Links                []Link
		Status               Status
		InstrumentationScope Scope

		DroppedAttributes, DroppedEvents, DroppedLinks uint32
	}

	// Event is the record event.
	Event struct {
		Name       string
		Time       wasi.Datetime
		Attributes []KeyValue
	}

	// Link is the record link.
	Link struct {
		SpanContext SpanContext
		Attributes  []KeyValue
	}

	// Status is the variant status.
	Status struct {
		Case  uint8 // 0 unset, 1 ok, 2 error
		Error string
	}
)

// LogRecord is the record log-record of wasi:otel/logs.
type LogRecord struct {
	Timestamp, ObservedTimestamp bind.Option[wasi.Datetime]
	SeverityText                 bind.Option[string]
	SeverityNumber               bind.Option[uint8]
	Body                         bind.Option[string]
	Attributes                   bind.Option[[]KeyValue]
	EventName                    bind.Option[string]
	Resource                     bind.Option[Resource]
	InstrumentationScope         bind.Option[Scope]
	TraceID, SpanID              bind.Option[string]
	TraceFlags                   bind.Option[uint8]
}

// The types of wasi:otel/metrics.
type (
	// ResourceMetrics is the record resource-metrics.
	ResourceMetrics struct {
		Resource     Resource
		ScopeMetrics []ScopeMetrics
	}

	// ScopeMetrics is the record scope-metrics.
	ScopeMetrics struct {
		Scope   Scope
		Metrics []Metric
	}

	// Metric is the record metric.
	Metric struct {
		Name, Description, Unit string
		Data                    MetricData
	}

	// MetricData is the variant metric-data: four shapes for each of three types
	// of numbers.
	MetricData struct {
		Case uint8

		F64Gauge                Gauge
		F64Sum                  Sum
		F64Histogram            Histogram
		F64ExponentialHistogram ExponentialHistogram
		U64Gauge                Gauge
		U64Sum                  Sum
		U64Histogram            Histogram
		U64ExponentialHistogram ExponentialHistogram
		S64Gauge                Gauge
		S64Sum                  Sum
		S64Histogram            Histogram
		S64ExponentialHistogram ExponentialHistogram
	}

	// Gauge is the record gauge.
	Gauge struct {
		DataPoints []DataPoint
		StartTime  bind.Option[wasi.Datetime]
		Time       wasi.Datetime
	}

	// Sum is the record sum.
	Sum struct {
		DataPoints      []DataPoint
		StartTime, Time wasi.Datetime
		Temporality     uint8
		IsMonotonic     bool
	}

	// DataPoint is the records gauge-data-point and sum-data-point.
	DataPoint struct {
		Attributes []KeyValue
		Value      Number
		Exemplars  []Exemplar
	}

	// Histogram is the record histogram.
	Histogram struct {
		DataPoints      []HistogramDataPoint
		StartTime, Time wasi.Datetime
		Temporality     uint8
	}

	// HistogramDataPoint is the record histogram-data-point.
	HistogramDataPoint struct {
		Attributes   []KeyValue
		Count        uint64
		Bounds       []float64
		BucketCounts []uint64
		Min, Max     bind.Option[Number]
		Sum          Number
		Exemplars    []Exemplar
	}

	// ExponentialHistogram is the record exponential-histogram.
	ExponentialHistogram struct {
		DataPoints      []ExponentialDataPoint
		StartTime, Time wasi.Datetime
		Temporality     uint8
	}

	// ExponentialDataPoint is the record exponential-histogram-data-point.
	ExponentialDataPoint struct {
		Attributes                     []KeyValue
		Count                          uint64
		Min, Max                       bind.Option[Number]
		Sum                            Number
		Scale                          int8
		ZeroCount                      uint64
		PositiveBucket, NegativeBucket Bucket
		ZeroThreshold                  float64
		Exemplars                      []Exemplar
	}

	// Bucket is the record exponential-bucket.
	Bucket struct {
		Offset int32
		Counts []uint64
	}

	// Exemplar is the record exemplar.
	Exemplar struct {
		FilteredAttributes []KeyValue
		Time               wasi.Datetime
		Value              Number
		SpanID, TraceID    string
	}

	// Number is the variant metric-number.
	Number struct {
		Case uint8 // 0 f64, 1 s64, 2 u64
		F64  float64
		S64  int64
		U64  uint64
	}
)
