package runcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	spinhost "github.com/edgelint/edgelint/host/spin"
	"github.com/edgelint/edgelint/spin"
)

// openState opens and fills the application's state.
func (c *Command) openState(
	ctx context.Context, f *serveFlags, src spinSource, m *spin.Manifest, set *spinSettings, stderr io.Writer,
) (*spinhost.App, error) {
	for _, w := range m.Warnings {
		fmt.Fprintf(stderr, "edgerun: warning: %v\n", w)
	}
	values, err := variables(f.spin.variables)
	if err != nil {
		return nil, err
	}
	warnOfVariables(stderr, m, values)
	cfg := spinhost.Config{
		Dir: src.dir(), Digest: src.digest, SourceDir: f.sourceDir(), Package: c.Package,
		Fetching: func(name string) { c.progress(&f.appFlags, "fetching %s", name) },
		StateDir: set.stateDir, Runtime: set.runtime, Variables: values,
		DirectMounts: f.spin.directMounts, WritableFiles: f.spin.writable,
		Providers: []spinhost.Provider{spinhost.NewEnvironment(spinhost.DefaultPrefix, c.Env, ".env")},
		LookupEnv: c.Env,
		Denied:    func(d spinhost.Denial) { fmt.Fprintln(stderr, denial(d)) },
	}
	cfg.H2C, _ = c.Env("SPIN_OUTBOUND_H2C_PRIOR_KNOWLEDGE")
	if cfg.Telemetry, err = c.telemetry(&f.spin, stderr); err != nil {
		return nil, err
	}
	state, err := spinhost.NewApp(ctx, m, cfg)
	if err != nil {
		cfg.Telemetry.Close()
		return nil, err
	}
	if err := fill(ctx, state, &f.spin); err != nil {
		return nil, errors.Join(err, state.Close())
	}
	return state, nil
}

// denial is the line that explains a refusal.
func denial(d spinhost.Denial) string {
	text := fmt.Sprintf("edgerun: component %s was refused %s", d.Component, d.What)
	if d.Grant != "" {
		text += fmt.Sprintf(": to permit it, put this into %s: %s", d.Table, d.Grant)
	}
	if d.Hint != "" {
		text += " (" + d.Hint + ")"
	}
	return text
}

// fill puts into the state what the flags say.
func fill(ctx context.Context, state *spinhost.App, f *spinFlags) error {
	values, err := pairs("key-value", f.keyValues)
	if err != nil {
		return err
	}
	for _, v := range values {
		if err := state.SetKeyValue(ctx, v[0], []byte(v[1])); err != nil {
			return fmt.Errorf("--key-value %s: %w", v[0], err)
		}
	}
	for _, statements := range f.sql {
		label := spinhost.DefaultLabel
		if file, ok := strings.CutPrefix(statements, "@"); ok {
			if name, of, found := strings.Cut(file, ":"); found && of != "" {
				file, label = name, of
			}
			data, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("--sqlite: %w", err)
			}
			statements = string(data)
		}
		if err := state.ExecuteSQL(ctx, label, statements); err != nil {
			return fmt.Errorf("--sqlite: database %s: %w", label, err)
		}
	}
	return nil
}
