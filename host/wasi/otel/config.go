package otel

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Config says where telemetry goes.
type Config struct {
	// Traces, Metrics and Logs are where each signal goes; nil is nowhere.
	Traces, Metrics, Logs *Endpoint
	// Attributes are those of the resource that spans and logs come from; values
	// are JSON.
	Attributes []KeyValue
	// SpanDelay and LogDelay are how long spans and logs wait for others; 0 is
	// [DefaultSpanDelay] and [DefaultLogDelay].
	SpanDelay, LogDelay time.Duration
	// Failed is told when exporting begins to fail; nil tells nobody.
	Failed func(error)
}

// Delays of exporting, those of the specification of OpenTelemetry's SDKs.
const (
	DefaultSpanDelay = 5 * time.Second
	DefaultLogDelay  = time.Second
)

// Endpoint is a collector, as it takes one signal.
type Endpoint struct {
	// URL is where requests go.
	URL string
	// GRPC is the protocol grpc; otherwise it is http/protobuf.
	GRPC bool
	// Gzip compresses what is sent.
	Gzip bool
	// Header goes with each request.
	Header http.Header
	// Timeout bounds a request; 0 is [DefaultTimeout].
	Timeout time.Duration
}

// DefaultTimeout bounds a request to a collector.
const DefaultTimeout = 10 * time.Second

// signal is the names of a signal: in environment variables, in paths of HTTP, and
// the service of gRPC.
type signal struct{ env, path, service string }

var (
	traceSignal  = signal{"TRACES", "/v1/traces", "trace.v1.TraceService"}
	metricSignal = signal{"METRICS", "/v1/metrics", "metrics.v1.MetricsService"}
	logSignal    = signal{"LOGS", "/v1/logs", "logs.v1.LogsService"}
)

// FromEnvironment reads the environment variables of OpenTelemetry: those that
// begin with OTEL_EXPORTER_OTLP (ENDPOINT, PROTOCOL, HEADERS, TIMEOUT and
// COMPRESSION, also for one signal), OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES,
// OTEL_BSP_SCHEDULE_DELAY, OTEL_BLRP_SCHEDULE_DELAY and OTEL_SDK_DISABLED.
func FromEnvironment(lookup func(name string) (string, bool)) (Config, error) {
	env := func(name string) string {
		v, _ := lookup(name)
		return strings.TrimSpace(v)
	}
	var c Config
	if off := env("OTEL_SDK_DISABLED"); off != "" && off != "false" {
		return c, nil
	}
	var errs []error
	for s, e := range map[signal]**Endpoint{traceSignal: &c.Traces, metricSignal: &c.Metrics, logSignal: &c.Logs} {
		var err error
		*e, err = endpointOf(env, s)
		errs = append(errs, err)
	}
	var err error
	c.Attributes, err = resourceAttributes(env)
	errs = append(errs, err)
	c.SpanDelay, err = milliseconds(env, "OTEL_BSP_SCHEDULE_DELAY")
	errs = append(errs, err)
	c.LogDelay, err = milliseconds(env, "OTEL_BLRP_SCHEDULE_DELAY")
	return c, errors.Join(append(errs, err)...)
}

// endpointOf is where a signal goes, nil for nowhere.
func endpointOf(env func(string) string, s signal) (*Endpoint, error) {
	const prefix = "OTEL_EXPORTER_OTLP_"
	name := func(key string) string { // of the variable that counts
		if own := prefix + s.env + "_" + key; env(own) != "" {
			return own
		}
		return prefix + key
	}
	variable := name("ENDPOINT")
	if env(variable) == "" {
		return nil, nil
	}
	u, err := url.Parse(env(variable))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%s=%s is not a URL with http:// or https://", variable, env(variable))
	}
	e := &Endpoint{Header: http.Header{}}
	switch protocol := env(name("PROTOCOL")); protocol {
	case "", "http/protobuf":
		if variable == prefix+"ENDPOINT" {
			u.Path = strings.TrimSuffix(u.Path, "/") + s.path
		}
	case "grpc":
		e.GRPC, u.Path = true, "/opentelemetry.proto.collector."+s.service+"/Export"
	default:
		return nil, fmt.Errorf("%s=%s is not supported: use http/protobuf or grpc", name("PROTOCOL"), protocol)
	}
	e.URL = u.String()
	switch compression := env(name("COMPRESSION")); compression {
	case "", "none":
	case "gzip":
		e.Gzip = true
	default:
		return nil, fmt.Errorf("%s=%s is not supported: use gzip or none", name("COMPRESSION"), compression)
	}
	if e.Timeout, err = milliseconds(env, name("TIMEOUT")); err != nil {
		return nil, err
	}
	list, err := pairs(name("HEADERS"), env(name("HEADERS")))
	for _, kv := range list {
		e.Header.Set(kv.Key, kv.Value)
	}
	return e, err
}

func milliseconds(env func(string) string, name string) (time.Duration, error) {
	text := env(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, fmt.Errorf("%s=%s is not a number of milliseconds", name, text)
	}
	return time.Duration(n) * time.Millisecond, nil
}

// pairs reads a list such as "a=b,c=d", whose values are percent-encoded. In the
// list the values are as they are written, not JSON.
func pairs(name, text string) ([]KeyValue, error) {
	var list []KeyValue
	for part := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		k, v, ok := strings.Cut(part, "=")
		value, err := url.PathUnescape(strings.TrimSpace(v))
		if k = strings.TrimSpace(k); !ok || k == "" || err != nil {
			return nil, fmt.Errorf("%s: %q is not NAME=VALUE", name, part)
		}
		list = append(list, KeyValue{k, value})
	}
	return list, nil
}

// defaultService is the service.name of those who set none.
const defaultService = "edgerun"

func resourceAttributes(env func(string) string) ([]KeyValue, error) {
	list, err := pairs("OTEL_RESOURCE_ATTRIBUTES", env("OTEL_RESOURCE_ATTRIBUTES"))
	service := env("OTEL_SERVICE_NAME")
	out := []KeyValue{}
	for _, kv := range list {
		if kv.Key == "service.name" {
			service = cmp.Or(service, kv.Value)
			continue
		}
		out = append(out, KeyValue{kv.Key, strconv.Quote(kv.Value)})
	}
	return append([]KeyValue{{"service.name", strconv.Quote(cmp.Or(service, defaultService))}}, out...), err
}
