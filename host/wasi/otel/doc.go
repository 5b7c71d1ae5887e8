// Package otel is wasi:otel 0.2.0-rc.2 for components that package host runs:
// traces, metrics and logs, which it exports by OTLP as the usual environment
// variables say.
//
//	cfg, err := otel.FromEnvironment(os.LookupEnv)
//	exporter := otel.NewExporter(cfg)
//	defer exporter.Close(ctx)
//	otel.Add(imports, exporter)
//
//	ctx, span := exporter.Start(ctx, otel.Server, "GET /...")
//	// call the component with ctx: its spans are children of this one
//	span.End()
//
// Where no endpoint is configured for a signal, what components emit of it goes
// nowhere, and nothing is kept.
package otel
