package otel

import (
	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi"
)

// The types of wasi:otel/types.
type (
	// KeyValue is the record key-value. The value is JSON.
	KeyValue struct{ Key, Value string }

	// resource is the record resource.
	resource struct {
		Attributes []KeyValue
		SchemaURL  bind.Option[string]
	}

	// scope is the record instrumentation-scope.
	scope struct {
		Name               string
		Version, SchemaURL bind.Option[string]
		Attributes         []KeyValue
	}
)

// The types of wasi:otel/tracing.
type (
	// spanContext is the record span-context. The ids are in hexadecimal.
	spanContext struct {
		TraceID, SpanID string
		TraceFlags      uint8 // sampled
		IsRemote        bool
		TraceState      []bind.Tuple2[string, string]
	}

	// spanData is the record span-data.
	spanData struct {
		SpanContext          spanContext
		ParentSpanID         string
		SpanKind             uint8
		Name                 string
		StartTime, EndTime   wasi.Datetime
		Attributes           []KeyValue
		Events               []event
		Links                []link
		Status               status
		InstrumentationScope scope

		DroppedAttributes, DroppedEvents, DroppedLinks uint32
	}

	// event is the record event.
	event struct {
		Name       string
		Time       wasi.Datetime
		Attributes []KeyValue
	}

	// link is the record link.
	link struct {
		SpanContext spanContext
		Attributes  []KeyValue
	}

	// status is the variant status.
	status struct {
		Case  uint8 // 0 unset, 1 ok, 2 error
		Error string
	}
)

// logRecord is the record log-record of wasi:otel/logs.
type logRecord struct {
	Timestamp, ObservedTimestamp bind.Option[wasi.Datetime]
	SeverityText                 bind.Option[string]
	SeverityNumber               bind.Option[uint8]
	Body                         bind.Option[string]
	Attributes                   bind.Option[[]KeyValue]
	EventName                    bind.Option[string]
	Resource                     bind.Option[resource]
	InstrumentationScope         bind.Option[scope]
	TraceID, SpanID              bind.Option[string]
	TraceFlags                   bind.Option[uint8]
}

// The types of wasi:otel/metrics.
type (
	// resourceMetrics is the record resource-metrics.
	resourceMetrics struct {
		Resource     resource
		ScopeMetrics []scopeMetrics
	}

	// scopeMetrics is the record scope-metrics.
	scopeMetrics struct {
		Scope   scope
		Metrics []metric
	}

	// metric is the record metric.
	metric struct {
		Name, Description, Unit string
		Data                    metricData
	}

	// metricData is the variant metric-data: four shapes for each of three types
	// of numbers.
	metricData struct {
		Case uint8

		F64Gauge                gauge
		F64Sum                  sum
		F64Histogram            histogram
		F64ExponentialHistogram exponentialHistogram
		U64Gauge                gauge
		U64Sum                  sum
		U64Histogram            histogram
		U64ExponentialHistogram exponentialHistogram
		S64Gauge                gauge
		S64Sum                  sum
		S64Histogram            histogram
		S64ExponentialHistogram exponentialHistogram
	}

	// gauge is the record gauge.
	gauge struct {
		DataPoints []dataPoint
		StartTime  bind.Option[wasi.Datetime]
		Time       wasi.Datetime
	}

	// sum is the record sum.
	sum struct {
		DataPoints      []dataPoint
		StartTime, Time wasi.Datetime
		Temporality     uint8
		IsMonotonic     bool
	}

	// dataPoint is the records gauge-data-point and sum-data-point.
	dataPoint struct {
		Attributes []KeyValue
		Value      number
		Exemplars  []exemplar
	}

	// histogram is the record histogram.
	histogram struct {
		DataPoints      []histogramDataPoint
		StartTime, Time wasi.Datetime
		Temporality     uint8
	}

	// histogramDataPoint is the record histogram-data-point.
	histogramDataPoint struct {
		Attributes   []KeyValue
		Count        uint64
		Bounds       []float64
		BucketCounts []uint64
		Min, Max     bind.Option[number]
		Sum          number
		Exemplars    []exemplar
	}

	// exponentialHistogram is the record exponential-histogram.
	exponentialHistogram struct {
		DataPoints      []exponentialDataPoint
		StartTime, Time wasi.Datetime
		Temporality     uint8
	}

	// exponentialDataPoint is the record exponential-histogram-data-point.
	exponentialDataPoint struct {
		Attributes                     []KeyValue
		Count                          uint64
		Min, Max                       bind.Option[number]
		Sum                            number
		Scale                          int8
		ZeroCount                      uint64
		PositiveBucket, NegativeBucket bucket
		ZeroThreshold                  float64
		Exemplars                      []exemplar
	}

	// bucket is the record exponential-bucket.
	bucket struct {
		Offset int32
		Counts []uint64
	}

	// exemplar is the record exemplar.
	exemplar struct {
		FilteredAttributes []KeyValue
		Time               wasi.Datetime
		Value              number
		SpanID, TraceID    string
	}

	// number is the variant metric-number.
	number struct {
		Case uint8 // 0 f64, 1 s64, 2 u64
		F64  float64
		S64  int64
		U64  uint64
	}
)
