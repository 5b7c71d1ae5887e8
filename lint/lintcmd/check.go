package lintcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/lint/report"
	"github.com/edgelint/edgelint/lint/rules"
	"github.com/edgelint/edgelint/spin"
	"github.com/edgelint/edgelint/wit"
)

// checkFlags are the flags of `edgelint check`.
type checkFlags struct {
	format  string
	outputs []string
	color   string
	failOn  string
	quiet   bool

	baseline, writeBaseline string

	wit    string
	strict bool

	noFetch bool

	trial trialFlags
	opts  lint.Options
}

const checkText = `A PATH is a component, a core module, a spin.toml or the folder that holds one, a reference to a registry or layout,
or - for standard input.

Exit status: 0 nothing at the threshold, 1 findings, 2 usage or unreadable input.`

func (c *Command) checkVerb() cli.Verb {
	var f checkFlags
	return cli.Verb{
		Name: "check", Args: "PATH...", Summary: "judge components and Spin applications", Text: checkText, MaxArgs: -1,
		Flags: f.add,
		Run:   func(ctx context.Context, args []string) error { return c.check(ctx, &f, args) },
	}
}

func (f *checkFlags) add(fs *pflag.FlagSet) {
	fs.StringVarP(&f.format, "format", "f", "text", "format of the report: "+strings.Join(report.Names(), ", "))
	fs.StringArrayVarP(&f.outputs, "output", "o", nil, "also write the report to a file, as `FORMAT=FILE`; repeatable")
	fs.StringVar(&f.opts.World, "world", "", "the `world` the component must be built for, e.g. spin-http")
	fs.StringVar(&f.wit, "wit", "", "take --world from this WIT `path`, and compare the component with it")
	fs.BoolVar(&f.strict, "strict", false, "with --wit: match versions exactly, not by semver track")
	fs.StringSliceVar(&f.opts.Targets, "target", nil, "the `platform` it must run on, e.g. spin@4.0; or all")
	fs.StringVar(&f.opts.PythonSource, "source", "", "the `folder` of the app's Python sources (default: beside the component)")
	fs.BoolVar(&f.noFetch, "no-fetch", false, "do not fetch the binaries that a spin.toml names by URL or as packages; they are not judged")
	fs.StringSliceVar(&f.opts.Select, "select", nil, "run only these rules: IDs, names or prefixes such as EL03")
	fs.StringSliceVar(&f.opts.Ignore, "ignore", nil, "do not run these rules")
	fs.StringVar(&f.failOn, "fail-on", "error", "exit with 1 from this `severity` on: note, warning, error, never")
	fs.StringVar(&f.baseline, "baseline", "", "do not count the findings that this `file` lists")
	fs.StringVar(&f.writeBaseline, "write-baseline", "", "list all findings in this `file`, for --baseline, and exit with 0")
	fs.BoolVarP(&f.quiet, "quiet", "q", false, "print neither notes nor artifacts without findings")
	fs.StringVar(&f.color, "color", "auto", "colour the report: auto, always, never")
	f.trial.add(fs)
}

// settle reads the files that flags name, and checks what they say.
func (c *Command) settle(f *checkFlags) error {
	if err := f.loadWorld(); err != nil {
		return err
	}
	if err := f.validate(); err != nil {
		return err
	}
	if dir := f.opts.PythonSource; dir != "" {
		if _, err := os.ReadDir(dir); err != nil {
			return fmt.Errorf("--source: %w", err)
		}
	}
	return f.trial.options(c, &f.opts)
}

// loadWorld reads the world that --wit and --world name.
func (f *checkFlags) loadWorld() error {
	if f.wit == "" {
		if f.strict {
			return cli.Usagef("--strict is about the world of --wit")
		}
		return nil
	}
	set, pkg, err := readPackage(f.wit, wit.Options{})
	if err != nil {
		return err
	}
	world, err := set.SelectWorld(pkg, f.opts.World)
	if err != nil {
		return cli.Usagef("--world: %w", err)
	}
	f.opts.World = ""
	f.opts.Fit = &lint.Fit{Name: set.WorldName(world), Set: set, World: world, Strict: f.strict}
	return nil
}

func (f *checkFlags) validate() error {
	if _, ok := report.Formats()[f.format]; !ok {
		return cli.Usagef("unknown format %q: known are %s", f.format, strings.Join(report.Names(), ", "))
	}
	for _, o := range f.outputs {
		format, file, ok := strings.Cut(o, "=")
		if _, known := report.Formats()[format]; !ok || !known || file == "" {
			return cli.Usagef("--output %q is not FORMAT=FILE with one of the formats %s", o, strings.Join(report.Names(), ", "))
		}
	}
	if f.baseline != "" && f.writeBaseline != "" {
		return cli.Usagef("--baseline and --write-baseline exclude each other")
	}
	if f.color != "auto" && f.color != "always" && f.color != "never" {
		return cli.Usagef("--color %q: expected auto, always or never", f.color)
	}
	if _, err := f.threshold(); err != nil {
		return usageError(err)
	}
	if _, err := rules.WorldHandler(f.opts.World); err != nil {
		return usageError(err)
	}
	return nil
}

// threshold is the severity that fails the run; one above all for "never".
func (f *checkFlags) threshold() (lint.Severity, error) {
	if f.failOn == "never" {
		return lint.Error + 1, nil
	}
	return lint.ParseSeverity(f.failOn)
}

func (c *Command) check(ctx context.Context, f *checkFlags, paths []string) error {
	if err := c.settle(f); err != nil {
		return err
	}
	if len(paths) == 0 {
		return cli.Usagef("no component named: try `edgelint app.wasm` or `edgelint spin.toml`")
	}
	sources, err := c.sources(ctx, paths, f.noFetch)
	if err != nil {
		return err
	}
	if table, err := f.wantsTable(); err != nil {
		return err
	} else if table {
		return c.table(sources, f.format == "json")
	}
	if f.opts.Trial != nil && slices.ContainsFunc(sources, lint.Source.IsManifest) {
		return cli.Usagef("--run starts a component without what spin.toml grants it: name the component, or run the application with edgerun")
	}
	if _, err := lint.Choose(c.Rules, f.opts); err != nil {
		return usageError(err)
	}
	result, runErr := lint.Run(ctx, sources, c.Rules, f.opts)
	if result == nil {
		return runErr
	}
	if err := c.applyBaseline(result, f); err != nil {
		return errors.Join(runErr, err)
	}
	if err := c.write(result, f); err != nil {
		return errors.Join(runErr, err)
	}
	threshold, _ := f.threshold()
	if runErr == nil && f.writeBaseline == "" && result.Fails(threshold) {
		return cli.Status(ExitFindings)
	}
	return runErr
}

// applyBaseline leaves out the findings of --baseline, and writes those there are
// for --write-baseline.
func (c *Command) applyBaseline(r *lint.Report, f *checkFlags) error {
	if f.writeBaseline != "" {
		var buf bytes.Buffer
		if err := lint.NewBaseline(r).Write(&buf); err != nil {
			return err
		}
		return os.WriteFile(f.writeBaseline, buf.Bytes(), 0o644)
	}
	if f.baseline == "" {
		return nil
	}
	file, err := os.Open(f.baseline)
	if err != nil {
		return err
	}
	defer file.Close()
	b, err := lint.ReadBaseline(file)
	if err != nil {
		return fmt.Errorf("%s: %w", f.baseline, err)
	}
	if gone := b.Apply(r); gone > 0 {
		fmt.Fprintf(c.Stderr, "edgelint: %s: %d of its findings are gone: --write-baseline writes it anew\n", f.baseline, gone)
	}
	return nil
}

// sources are the artifacts that the arguments name: files, standard input, and
// what Pull knows.
func (c *Command) sources(ctx context.Context, names []string, noFetch bool) ([]lint.Source, error) {
	var sources []lint.Source
	for _, name := range names {
		if name == "-" {
			sources = append(sources, lint.Stream("<stdin>", c.Stdin))
			continue
		}
		pulled, err := c.pulled(ctx, name)
		if err != nil {
			return nil, err
		}
		if pulled == nil {
			src := lint.Path(name)
			if c.Fetch != nil && !noFetch {
				src.Fetch = func(s spin.Source) (string, error) { return c.Fetch(ctx, s) }
			}
			pulled = []lint.Source{src}
		}
		sources = append(sources, pulled...)
	}
	return sources, nil
}

// pulled is the components of an artifact in a registry, nil for a file. Several
// are told apart by the names of their files.
func (c *Command) pulled(ctx context.Context, name string) ([]lint.Source, error) {
	if c.Pull == nil {
		return nil, nil
	}
	paths, ok, err := c.Pull(ctx, name)
	if !ok || err != nil {
		return nil, err
	}
	sources := []lint.Source{}
	for _, p := range paths {
		label := name
		if len(paths) > 1 {
			label += "#" + filepath.Base(p)
		}
		sources = append(sources, lint.Source{Name: label, Open: lint.Path(p).Open})
	}
	return sources, nil
}

// write writes the report to standard output and to the files named.
func (c *Command) write(r *lint.Report, f *checkFlags) error {
	threshold, err := f.threshold()
	if err != nil {
		return err
	}
	opts := report.Options{Quiet: f.quiet, Version: c.version(), FailOn: threshold}
	for _, o := range f.outputs {
		format, file, _ := strings.Cut(o, "=")
		var buf bytes.Buffer
		if err := report.Formats()[format](&buf, r, opts); err != nil {
			return err
		}
		if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
			return err
		}
	}
	opts.Color = c.color(f.color)
	return report.Formats()[f.format](c.Stdout, r, opts)
}

// color decides whether to colour: --color, then NO_COLOR, then FORCE_COLOR and
// CLICOLOR_FORCE, then whether the output is a terminal.
func (c *Command) color(flag string) bool {
	set := func(name string) bool {
		v, ok := c.Env(name)
		return ok && v != "" && v != "0"
	}
	switch {
	case flag == "always":
		return true
	case flag == "never":
		return false
	case set("NO_COLOR"):
		return false
	case set("FORCE_COLOR") || set("CLICOLOR_FORCE"):
		return true
	}
	return c.Terminal
}
