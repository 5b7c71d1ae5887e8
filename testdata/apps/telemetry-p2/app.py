"""Emits telemetry by wasi:otel, one kind a path, with the generated bindings alone.

No SDK for Python has these interfaces, so spans are made here as an SDK would make them.
"""

import json
import random
import time

from wit_world import exports
from wit_world.imports import logs, metrics, outgoing_handler, tracing, wasi_http_types
from wit_world.imports.wall_clock import Datetime
from wit_world.imports.wasi_otel_types import InstrumentationScope, KeyValue, Resource
from wit_world.types import Ok

SCOPE = InstrumentationScope("telemetry", "1.0", None, [KeyValue("kind", '"test"')])
ROOT = "0" * 16


def now() -> Datetime:
    nanoseconds = time.time_ns()
    return Datetime(nanoseconds // 10**9, nanoseconds % 10**9)


def attribute(key: str, value) -> KeyValue:
    return KeyValue(key, json.dumps(value))


class Span:
    """A span that ends with its block."""

    def __init__(self, name: str, parent=None):
        parent = parent or tracing.outer_span_context()
        span_id = random.randbytes(8).hex()
        self.name, self.parent = name, parent.span_id
        self.context = tracing.SpanContext(
            parent.trace_id, span_id, tracing.TraceFlags.SAMPLED, False, [("vendor", "x")]
        )
        self.attributes, self.events, self.links = [], [], []
        self.start = now()

    def __enter__(self):
        tracing.on_start(self.context)
        return self

    def __exit__(self, *_):
        tracing.on_end(
            tracing.SpanData(
                self.context,
                self.parent,
                tracing.SpanKind.INTERNAL,
                self.name,
                self.start,
                now(),
                self.attributes,
                self.events,
                self.links,
                tracing.Status_Error("on purpose") if self.name == "failed" else tracing.Status_Unset(),
                SCOPE,
                1,
                2,
                3,
            )
        )


def nested() -> None:
    with Span("outer") as outer:
        with Span("inner", outer.context):
            pass


def attributes() -> None:
    with Span("failed") as span:
        values = ["baz", True, 3, 2.5, ["qaz", "thud"], {"a": None}, "data:application/octet-stream;base64,AAE="]
        span.attributes = [attribute(f"a{i}", value) for i, value in enumerate(values)]
        span.attributes.append(KeyValue("broken", "{"))


def events() -> None:
    with Span("events") as span:
        span.events = [
            tracing.Event("basic", Datetime(5, 6), []),
            tracing.Event("attributed", Datetime(7, 8), [attribute("foo", True)]),
        ]


def links() -> None:
    with Span("first") as first:
        pass
    with Span("second") as second:
        second.links = [tracing.Link(first.context, [attribute("foo", "bar")])]


def root() -> None:
    nothing = tracing.SpanContext(random.randbytes(16).hex(), ROOT, tracing.TraceFlags.SAMPLED, False, [])
    with Span("root", nothing):
        request()


def host() -> None:
    with Span("guest"):
        request()


def request() -> None:
    """Sends a request to the application itself, whose span is a child of the last open one."""
    sent = wasi_http_types.OutgoingRequest(wasi_http_types.Fields())
    sent.set_scheme(wasi_http_types.Scheme_Http())
    sent.set_authority("self.alt")
    sent.set_path_with_query("/fixed")
    future = outgoing_handler.handle(sent, None)
    with future.subscribe() as ready:
        ready.block()
    answer = future.get()
    assert answer is not None and answer.value.value.status() == 200, answer


def not_ended() -> None:
    tracing.on_start(Span("never").context)


def not_started() -> None:
    Span("never").__exit__()


def outlives() -> None:
    parent = Span("parent").__enter__()
    child = Span("child", parent.context).__enter__()
    parent.__exit__()
    child.__exit__()


def measure() -> None:
    f64, s64, u64 = metrics.MetricNumber_F64, metrics.MetricNumber_S64, metrics.MetricNumber_U64
    when, labels = Datetime(9, 0), [attribute("label", "x")]
    context = tracing.outer_span_context()
    exemplar = metrics.Exemplar([attribute("kept", 1)], when, f64(0.5), context.span_id, context.trace_id)
    gauge = metrics.Gauge([metrics.GaugeDataPoint(labels, f64(1.5), [exemplar])], None, when)
    cumulative, delta = metrics.Temporality.CUMULATIVE, metrics.Temporality.DELTA
    total = metrics.Sum([metrics.SumDataPoint(labels, u64(7), [])], Datetime(8, 0), when, cumulative, True)
    point = metrics.HistogramDataPoint(labels, 3, [1.0, 2.0], [1, 1, 1], s64(-1), s64(5), s64(6), [])
    histogram = metrics.Histogram([point], Datetime(8, 0), when, delta)
    bucket, empty = metrics.ExponentialBucket(-1, [1, 2]), metrics.ExponentialBucket(0, [])
    point = metrics.ExponentialHistogramDataPoint(labels, 3, None, None, f64(2.5), -2, 1, bucket, empty, 0.25, [])
    exponential = metrics.ExponentialHistogram([point], Datetime(8, 0), when, metrics.Temporality.LOW_MEMORY)
    metrics.export(
        metrics.ResourceMetrics(
            Resource([attribute("service.name", "guest")], "https://example.com/schema"),
            [
                metrics.ScopeMetrics(
                    SCOPE,
                    [
                        metrics.Metric("gauge", "a gauge", "s", metrics.MetricData_F64Gauge(gauge)),
                        metrics.Metric("sum", "a sum", "1", metrics.MetricData_U64Sum(total)),
                        metrics.Metric("histogram", "", "", metrics.MetricData_S64Histogram(histogram)),
                        metrics.Metric("exponential", "", "", metrics.MetricData_F64ExponentialHistogram(exponential)),
                    ],
                )
            ],
        )
    )


def log() -> None:
    context = tracing.outer_span_context()
    body = json.dumps({"text": "hello", "bytes": "data:application/octet-stream;base64,SGk="})
    attributes = [attribute("attempt", 2)]
    logs.on_emit(
        logs.LogRecord(
            Datetime(1, 2),
            Datetime(3, 4),
            "warn",
            13,
            body,
            attributes,
            "tried",
            Resource([attribute("service.name", "guest")], None),
            SCOPE,
            context.trace_id,
            context.span_id,
            context.trace_flags,
        )
    )
    logs.on_emit(logs.LogRecord(None, None, None, None, '"plain"', *[None] * 7))


PATHS = {
    "/nested": nested,
    "/attributes": attributes,
    "/events": events,
    "/links": links,
    "/root": root,
    "/host": host,
    "/not-ended": not_ended,
    "/not-started": not_started,
    "/outlives": outlives,
    "/metrics": measure,
    "/logs": log,
}


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request, response_out) -> None:
        PATHS[request.path_with_query()]()
        response = wasi_http_types.OutgoingResponse(wasi_http_types.Fields())
        body = response.body()
        wasi_http_types.ResponseOutparam.set(response_out, Ok(response))
        wasi_http_types.OutgoingBody.finish(body, None)
