package lintcmd

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/component/platform"
	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/wit"
)

// allTargets is the --target that asks for a table of all platforms.
const allTargets = "all"

func (c *Command) targetsVerb() cli.Verb {
	var asJSON bool
	return cli.Verb{
		Name: "targets", Summary: "list the platforms that --target knows",
		Flags: func(fs *pflag.FlagSet) { fs.BoolVar(&asJSON, "json", false, "print the list as JSON") },
		Run:   func(context.Context, []string) error { return c.targets(asJSON) },
	}
}

// targets lists the platforms that --target knows.
func (c *Command) targets(asJSON bool) error {
	if asJSON {
		return c.targetsJSON()
	}
	tw := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "TARGET\tCALLS\tMATCHES IMPORTS BY\tREMARKS")
	for _, p := range platform.All() {
		linking := "track"
		if p.Linking == platform.Exact {
			linking = "version"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", p.Name, handlerList(p), linking, remarks(p))
	}
	return tw.Flush()
}

// handlerList names the preferred handler of a platform and counts the others.
func handlerList(p *platform.Profile) string {
	name := p.Handlers[0].Name
	if parsed, ok := wit.ParseInterfaceName(name); ok && p.Handlers[0].Track {
		name = parsed.Package.CanonicalID(parsed.Interface)
	}
	if n := len(p.Handlers) - 1; n > 0 {
		return fmt.Sprintf("%s and %d more", name, n)
	}
	return name
}

func remarks(p *platform.Profile) string {
	switch {
	case p.Preview:
		return "not released"
	case p.Host() == "spin" || p.Title == p.Name:
		return ""
	}
	return p.Title
}

type jsonTarget struct {
	Name     string        `json:"name"`
	Title    string        `json:"title"`
	Preview  bool          `json:"preview"`
	Linking  string        `json:"linking"`
	Handlers []jsonHandler `json:"handlers"`
	Notes    []string      `json:"notes,omitempty"`
}

type jsonHandler struct {
	Name      string `json:"name"`
	Track     bool   `json:"any_version_of_track"`
	Trigger   string `json:"trigger"`
	Condition string `json:"condition,omitempty"`
}

func (c *Command) targetsJSON() error {
	list := []jsonTarget{}
	for _, p := range platform.All() {
		t := jsonTarget{
			Name: p.Name, Title: p.Title, Preview: p.Preview, Linking: p.Linking.String(), Notes: p.Notes,
		}
		for _, h := range p.Handlers {
			t.Handlers = append(t.Handlers, jsonHandler{h.Name, h.Track, h.Trigger, h.Condition})
		}
		list = append(list, t)
	}
	return c.printJSON(list)
}

func (c *Command) printJSON(v any) error {
	enc := json.NewEncoder(c.Stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// wantsTable reports whether all targets were asked for.
func (f *checkFlags) wantsTable() (bool, error) {
	for _, t := range f.opts.Targets {
		if t == allTargets {
			if len(f.opts.Targets) > 1 || f.format != "text" && f.format != "json" || len(f.outputs) > 0 {
				return false, cli.Usagef("--target all stands alone, and prints text or JSON on standard output")
			}
			return true, nil
		}
		if _, err := platform.Lookup(t); err != nil {
			return false, usageError(err)
		}
	}
	return false, nil
}

// table prints where each component runs. The exit code tells whether each runs
// somewhere.
func (c *Command) table(sources []lint.Source, asJSON bool) error {
	var outcome error
	list := []jsonVerdicts{}
	binaries, err := binariesOf(sources)
	if err != nil {
		return err
	}
	for _, src := range binaries {
		verdicts, err := verdictsOf(src)
		if err != nil {
			return fmt.Errorf("%s: %w", src.Name, err)
		}
		if best := platform.Best(verdicts); !best.Runs() {
			outcome = cli.Status(ExitFindings)
		}
		if asJSON {
			list = append(list, jsonOf(src.Name, verdicts))
			continue
		}
		if err := c.printTable(src.Name, verdicts); err != nil {
			return err
		}
	}
	if asJSON {
		if err := c.printJSON(list); err != nil {
			return err
		}
	}
	return outcome
}

// binariesOf puts the binaries of applications in their place.
func binariesOf(sources []lint.Source) ([]lint.Source, error) {
	var out []lint.Source
	for _, src := range sources {
		list, err := src.Binaries()
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func verdictsOf(src lint.Source) ([]*platform.Verdict, error) {
	data, size, closer, err := src.Open()
	if err != nil {
		return nil, err
	}
	if closer != nil {
		defer closer.Close()
	}
	f, err := component.NewFile(data, size)
	if err != nil {
		return nil, err
	}
	info, errs := component.Check(f, component.CheckOptions{})
	if len(errs) > 0 {
		return nil, errs[0]
	}
	verdicts, err := platform.JudgeAll(f, info)
	for _, v := range verdicts {
		v.Supply(src.Supplied)
	}
	return verdicts, err
}

// printTable prints a line for each run of platforms with the same verdict.
func (c *Command) printTable(name string, verdicts []*platform.Verdict) error {
	fmt.Fprintln(c.Stdout, name)
	tw := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	for i := 0; i < len(verdicts); {
		same := []*platform.Profile{verdicts[i].Profile}
		runs, why := outcome(verdicts[i])
		for i++; i < len(verdicts); i++ {
			r, w := outcome(verdicts[i])
			if r != runs || w != why || verdicts[i].Profile.Host() != same[0].Host() {
				break
			}
			same = append(same, verdicts[i].Profile)
		}
		fmt.Fprintf(tw, "  %s\t%s\t%s\n", platform.Summary(same), runs, why)
	}
	return tw.Flush()
}

// outcome is a verdict in two columns.
func outcome(v *platform.Verdict) (runs, why string) {
	if !v.Runs() {
		return "no", v.Reason()
	}
	why = v.Handler.Trigger + " handler " + v.Handler.Name
	if len(v.Conditions) > 0 {
		return "if", why + ", if " + strings.Join(v.Conditions, " and ")
	}
	return "yes", why
}

type jsonVerdicts struct {
	Name      string        `json:"name"`
	Platforms []jsonVerdict `json:"platforms"`
}

type jsonVerdict struct {
	Target     string         `json:"target"`
	Preview    bool           `json:"preview"`
	Runs       bool           `json:"runs"`
	Handler    string         `json:"handler,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	Conditions []string       `json:"conditions,omitempty"`
	Unchecked  []string       `json:"matched_by_name_alone,omitempty"`
	Rivals     []string       `json:"rivals,omitempty"`
	Mismatches []jsonMismatch `json:"mismatches,omitempty"`
}

type jsonMismatch struct {
	Kind        string   `json:"kind"`
	Export      bool     `json:"export"`
	Name        string   `json:"name"`
	Counterpart string   `json:"counterpart,omitempty"`
	Item        string   `json:"item,omitempty"`
	Where       []string `json:"where,omitempty"`
	Component   string   `json:"component,omitempty"`
	Platform    string   `json:"platform,omitempty"`
	Text        string   `json:"text"`
}

func jsonOf(name string, verdicts []*platform.Verdict) jsonVerdicts {
	list := jsonVerdicts{Name: name}
	for _, v := range verdicts {
		j := jsonVerdict{
			Target: v.Profile.Name, Preview: v.Profile.Preview, Runs: v.Runs(), Handler: v.Handler.Name,
			Reason: v.Reason(), Conditions: v.Conditions, Unchecked: v.Unchecked, Rivals: v.Rivals,
		}
		for _, m := range v.Mismatches {
			j.Mismatches = append(j.Mismatches, jsonMismatchOf(m))
		}
		list.Platforms = append(list.Platforms, j)
	}
	return list
}

func jsonMismatchOf(m wit.Mismatch) jsonMismatch {
	return jsonMismatch{
		Kind: m.Kind.String(), Export: m.Export, Name: m.Name, Counterpart: m.Counterpart, Item: m.Item,
		Where: m.Where, Component: m.Component, Platform: m.Target, Text: m.String(),
	}
}
