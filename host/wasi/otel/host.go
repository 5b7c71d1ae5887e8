package otel

import (
	"context"
	"errors"
	"fmt"

	"github.com/edgelint/edgelint/host/bind"
)

// Version is the release of wasi:otel that the package implements.
const Version = "0.2.0-rc.2"

// functions are the functions of wasi:otel.
type functions struct {
	onStart func(ctx context.Context, c spanContext) error
	onEnd   func(ctx context.Context, d spanData) error
	outer   func(ctx context.Context) (spanContext, error)
	export  func(ctx context.Context, m resourceMetrics) (bind.Result[bind.Unit, string], error)
	onEmit  func(ctx context.Context, r logRecord) error
}

func (f functions) add(imports *bind.Imports) {
	tracing := imports.Interface("wasi:otel/tracing@" + Version)
	tracing.Func("on-start", procedure(f.onStart))
	tracing.Func("on-end", procedure(f.onEnd))
	tracing.Func("outer-span-context", bind.Func0(f.outer))
	imports.Interface("wasi:otel/metrics@"+Version).Func("export", bind.Func1(f.export))
	imports.Interface("wasi:otel/logs@"+Version).Func("on-emit", procedure(f.onEmit))
}

// procedure is a function without a result.
func procedure[T any](f func(context.Context, T) error) bind.Func {
	return bind.Func1(func(ctx context.Context, v T) (bind.Unit, error) { return bind.Unit{}, f(ctx, v) })
}

// Refuse offers wasi:otel so that each call traps, with why as the reason.
func Refuse(imports *bind.Imports, why string) {
	refused := func(name string) error { return fmt.Errorf("wasi:otel/%s: %s", name, why) }
	functions{
		onStart: func(context.Context, spanContext) error { return refused("tracing.on-start") },
		onEnd:   func(context.Context, spanData) error { return refused("tracing.on-end") },
		outer: func(context.Context) (spanContext, error) {
			return spanContext{}, refused("tracing.outer-span-context")
		},
		export: func(context.Context, resourceMetrics) (bind.Result[bind.Unit, string], error) {
			return bind.Result[bind.Unit, string]{}, refused("metrics.export")
		},
		onEmit: func(context.Context, logRecord) error { return refused("logs.on-emit") },
	}.add(imports)
}

// errNotStarted is the trap of a component that ends what it has not begun.
var errNotStarted = errors.New("wasi:otel/tracing.on-end: the span was not started")

// Add offers wasi:otel in imports.
func Add(imports *bind.Imports, e *Exporter) {
	// Spans of calls that are in no trace of the host.
	loose := bind.NewKey(imports, func() *openSpans { return &openSpans{host: noSpan()} })
	current := func(ctx context.Context) *openSpans {
		if t := spansOf(ctx); t != nil {
			return t
		}
		return loose.Of(ctx)
	}
	functions{
		onStart: func(ctx context.Context, c spanContext) error {
			if e != nil && e.traces != nil {
				current(ctx).begin(c)
			}
			return nil
		},
		onEnd: func(ctx context.Context, d spanData) error {
			if e == nil || e.traces == nil {
				return nil
			}
			if !current(ctx).end(d.SpanContext) {
				return errNotStarted
			}
			e.export(&d)
			return nil
		},
		outer: func(ctx context.Context) (spanContext, error) { return current(ctx).host, nil },
		export: func(ctx context.Context, m resourceMetrics) (bind.Result[bind.Unit, string], error) {
			if e == nil || e.metrics == nil {
				return bind.Result[bind.Unit, string]{}, nil
			}
			if err := e.exportMetrics(ctx, &m); err != nil {
				return bind.Err[bind.Unit](err.Error()), nil
			}
			return bind.Result[bind.Unit, string]{}, nil
		},
		onEmit: func(_ context.Context, r logRecord) error {
			if e != nil && e.logs != nil {
				e.logs.add(logOf(&r))
			}
			return nil
		},
	}.add(imports)
}
