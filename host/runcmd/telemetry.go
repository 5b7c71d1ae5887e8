package runcmd

import (
	"fmt"
	"io"

	"github.com/edgelint/edgelint/host/wasi/otel"
)

// telemetry is the exporter that --experimental-wasi-otel asks for, nil without it.
func (c *Command) telemetry(f *spinFlags, stderr io.Writer) (*otel.Exporter, error) {
	if !f.otel {
		return nil, nil
	}
	cfg, err := otel.FromEnvironment(c.Env)
	if err != nil {
		return nil, err
	}
	cfg.Failed = func(err error) { fmt.Fprintf(stderr, "edgerun: telemetry is not exported: %v\n", err) }
	e := otel.NewExporter(cfg)
	if !e.Enabled() {
		fmt.Fprintln(stderr, "edgerun: --experimental-wasi-otel: telemetry goes nowhere: set OTEL_EXPORTER_OTLP_ENDPOINT")
	}
	return e, nil
}
