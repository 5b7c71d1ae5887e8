package lint

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/spelling"
)

// Options says what a run asks. The zero value asks what edgelint asks by
// default: every rule, and no particular target.
type Options struct {
	// Select and Ignore choose rules by ID, name or a prefix of the ID such as
	// "EL03"; an empty Select chooses all. Ignore wins.
	Select, Ignore []string
	// World is the world the component must have been built for, such as
	// "spin-http"; empty for any that some Spin serves.
	World string
	// Fit, if not nil, is a world that the component must fit in every part.
	Fit *Fit
	// Targets are the platforms that the component must run on, by the names
	// of [platform.Lookup]; empty for some release of Spin.
	Targets []string
	// PythonSource is the folder with the app's Python sources; empty for the
	// folder that the artifact lies in.
	PythonSource string
	// Trial, if not nil, runs the component; the rules of group 09 judge what
	// happened by Expect.
	Trial  TrialFunc
	Expect Expectation
}

// Report is the outcome of a run.
type Report struct {
	// Artifacts are the artifacts judged, in the order given; a manifest comes
	// before the binaries of its components.
	Artifacts []*Artifact
	// Findings are sorted: by artifact, severity, place and rule.
	Findings []Finding
	// Suppressed are findings that do not count, sorted in the same way.
	Suppressed []Finding
}

// Count is the number of findings of a severity.
func (r *Report) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Fails reports whether a finding reaches the threshold.
func (r *Report) Fails(threshold Severity) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity >= threshold })
}

// Run judges the sources by the rules that the options choose. Artifacts and
// rules run in parallel; the report does not depend on it. The error joins the
// sources that could not be read and the rules that failed; the report holds all
// that was found nevertheless.
func Run(ctx context.Context, sources []Source, rules []*Rule, opts Options) (*Report, error) {
	rules, err := Choose(rules, opts)
	if err != nil {
		return nil, err
	}
	results := make([]result, len(sources))
	var wg sync.WaitGroup
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, src := range sources {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			results[i] = judge(ctx, src, rules, opts)
		})
	}
	wg.Wait()
	report := &Report{}
	var errs []error
	for _, res := range results {
		errs = append(errs, res.err)
		report.Artifacts = append(report.Artifacts, res.artifacts...)
		report.Findings = append(report.Findings, res.findings...)
	}
	slices.SortStableFunc(report.Findings, compareFindings)
	report.split()
	return report, errors.Join(errs...)
}

type result struct {
	artifacts []*Artifact
	findings  []Finding
	err       error
}

// judge runs the rules over what one source is: a binary, or a manifest and the
// binaries of its components.
func judge(ctx context.Context, src Source, rules []*Rule, opts Options) result {
	o := &opener{ctx: ctx, opts: opts}
	defer o.close()
	if err := o.open(src); err != nil {
		return result{err: err}
	}
	res := result{artifacts: o.artifacts}
	found := make([]result, len(o.artifacts)*len(rules))
	var wg sync.WaitGroup
	for i, a := range o.artifacts {
		if err := a.DecodeErr; err != nil {
			if _, ok := errors.AsType[*component.Error](err); !ok {
				return result{err: fmt.Errorf("%s: %w", a.Name, err)}
			}
		}
		for k, rule := range rules {
			if rule.concerns(a) {
				wg.Go(func() { found[i*len(rules)+k] = runRule(ctx, rule, a, opts) })
			}
		}
	}
	wg.Wait()
	for _, f := range found {
		res.findings = append(res.findings, f.findings...)
		res.err = errors.Join(res.err, f.err)
	}
	suppressInline(res.findings, o.artifacts)
	return res
}

// concerns reports whether the rule is about artifacts such as a.
func (r *Rule) concerns(a *Artifact) bool {
	return r.OnManifest == (a.App != nil) && (a.DecodeErr == nil || r.OnInvalid)
}

func runRule(ctx context.Context, rule *Rule, artifact *Artifact, opts Options) (res result) {
	if err := ctx.Err(); err != nil {
		return result{err: err}
	}
	pass := &Pass{Artifact: artifact, Options: opts, Rule: rule, findings: &res.findings}
	if err := rule.Run(ctx, pass); err != nil {
		res.err = fmt.Errorf("%s: rule %s: %w", artifact.Name, rule.ID, err)
	}
	return res
}

// Choose is the rules that the options select, or an error that names the
// nearest rule if a selector matches none.
func Choose(rules []*Rule, opts Options) ([]*Rule, error) {
	for _, sel := range slices.Concat(opts.Select, opts.Ignore) {
		if !slices.ContainsFunc(rules, func(r *Rule) bool { return matches(r, sel) }) {
			return nil, unknownRule(rules, sel)
		}
	}
	var chosen []*Rule
	for _, r := range rules {
		selected := len(opts.Select) == 0 || slices.ContainsFunc(opts.Select, func(s string) bool { return matches(r, s) })
		if selected && !slices.ContainsFunc(opts.Ignore, func(s string) bool { return matches(r, s) }) {
			chosen = append(chosen, r)
		}
	}
	return chosen, nil
}

// Find is the rule of an ID or name, or an error that names the nearest one.
func Find(rules []*Rule, name string) (*Rule, error) {
	for _, r := range rules {
		if strings.EqualFold(r.ID, name) || r.Name == name {
			return r, nil
		}
	}
	return nil, unknownRule(rules, name)
}

func matches(r *Rule, selector string) bool {
	return selector == "ALL" || r.Name == selector ||
		len(selector) >= 2 && strings.HasPrefix(r.ID, strings.ToUpper(selector))
}

func unknownRule(rules []*Rule, name string) error {
	var names []string
	for _, r := range rules {
		names = append(names, r.ID, r.Name)
	}
	if near := spelling.Nearest(name, names); near != "" {
		return fmt.Errorf("unknown rule %q: did you mean %q?", name, near)
	}
	return fmt.Errorf("unknown rule %q: `edgelint rules` lists them", name)
}
