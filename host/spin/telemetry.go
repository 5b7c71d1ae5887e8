package spin

import (
	"context"
	"net/http"

	"github.com/edgelint/edgelint/host/bind"
	"github.com/edgelint/edgelint/host/wasi/otel"
)

// addTelemetry offers wasi:otel if the host was asked to.
func (a *App) addTelemetry(imports *bind.Imports) {
	if a.config.Telemetry == nil {
		otel.Refuse(imports, "the interface is experimental: edgerun offers it with --experimental-wasi-otel")
		return
	}
	otel.Add(imports, a.config.Telemetry)
}

// tracedRequest is the span of a request to the application.
type tracedRequest struct {
	http.ResponseWriter
	span   *otel.Span
	status int
}

// traceRequest begins the span of a request, whose name and attributes are those of
// OpenTelemetry's conventions for HTTP. Without traces there is none, and w is what
// it was.
func (a *App) traceRequest(w http.ResponseWriter, req *http.Request) (http.ResponseWriter, *http.Request, func()) {
	t := a.config.Telemetry
	ctx, span := t.Start(t.Extract(req.Context(), req.Header), otel.Server, req.Method)
	if span == nil {
		return w, req, func() {}
	}
	span.Set("http.request.method", req.Method)
	span.Set("url.path", req.URL.Path)
	span.Set("url.query", req.URL.RawQuery)
	span.Set("network.protocol.name", "http")
	traced := &tracedRequest{ResponseWriter: w, span: span}
	return traced, req.WithContext(ctx), func() {
		if traced.status != 0 {
			span.SetInt("http.response.status_code", traced.status)
		}
		if traced.status >= http.StatusInternalServerError {
			span.Fail(http.StatusText(traced.status))
		}
		span.End()
	}
}

// matched names the span of a request by its route.
func matched(w http.ResponseWriter, method, route string) {
	if t, ok := w.(*tracedRequest); ok {
		t.span.SetName(method + " " + route)
		t.span.Set("http.route", route)
	}
}

// WriteHeader notes the status.
func (t *tracedRequest) WriteHeader(status int) {
	if t.status == 0 && status >= http.StatusOK {
		t.status = status
	}
	t.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController].
func (t *tracedRequest) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// traceExecution begins the span in which a component answers a request.
func (a *App) traceExecution(ctx context.Context, id string) (context.Context, *otel.Span) {
	return a.config.Telemetry.Start(ctx, otel.Internal, "execute_wasm_component "+id)
}

// traced sends a request in a span of its own, which its headers tell of.
func (o *outbound) traced(
	r *http.Request, send func(*http.Request) (*http.Response, error),
) (*http.Response, error) {
	t := o.grants.app.config.Telemetry
	ctx, span := t.Start(r.Context(), otel.Client, r.Method)
	if span == nil {
		return send(r)
	}
	defer span.End()
	span.Set("http.request.method", r.Method)
	span.Set("url.full", r.URL.String())
	r = cloned(ctx, r)
	t.Inject(ctx, r.Header)
	res, err := send(r)
	if err != nil {
		span.Fail(err.Error())
		return nil, err
	}
	span.SetInt("http.response.status_code", res.StatusCode)
	return res, nil
}
