package lintcmd

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"github.com/edgelint/edgelint/lint"
)

// explain prints the documentation of rules.
func (c *Command) explain(_ context.Context, args []string) (int, error) {
	fs := c.flags("explain", "edgelint explain RULE...")
	if err := parse(fs, args); err != nil {
		return 0, err
	}
	if fs.NArg() == 0 {
		return 0, usagef("no rule named: `edgelint rules` lists them")
	}
	for i, name := range fs.Args() {
		r, err := lint.Find(c.Rules, name)
		if err != nil {
			return 0, usageError{err}
		}
		if i > 0 {
			fmt.Fprintln(c.Stdout)
		}
		fmt.Fprintf(c.Stdout, "%s[%s] (%s)\n%s.\n\n%s\n\nreported:\n  %s\n\nnot reported:\n  %s\n", r.ID, r.Name, r.Severity,
			r.Doc.Title, wrap(r.Doc.Text, 90), indent(r.Doc.Bad), indent(r.Doc.Good))
	}
	return ExitClean, nil
}

func indent(s string) string { return strings.ReplaceAll(s, "\n", "\n  ") }

// wrap breaks text into lines of at most width bytes where it can.
func wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column == 0:
		case column+1+len(word) > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

// listRules prints one line for each rule.
func (c *Command) listRules(_ context.Context, args []string) (int, error) {
	fs := c.flags("rules", "edgelint rules")
	if err := parse(fs, args); err != nil {
		return 0, err
	}
	tw := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	for _, r := range c.Rules {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", r.ID, r.Name, r.Severity, r.Doc.Title)
	}
	return ExitClean, tw.Flush()
}

// version prints the version, with --json the build's details.
func (c *Command) version(_ context.Context, args []string) (int, error) {
	fs := c.flags("version", "edgelint version [--json]")
	asJSON := fs.Bool("json", false, "print version, Go version and platform as JSON")
	if err := parse(fs, args); err != nil {
		return 0, err
	}
	if !*asJSON {
		fmt.Fprintf(c.Stdout, "edgelint %s\n", c.versionString())
		return ExitClean, nil
	}
	return ExitClean, json.NewEncoder(c.Stdout).Encode(map[string]string{
		"version": c.versionString(), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
	})
}

func (c *Command) versionString() string {
	if c.Version != "" {
		return c.Version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
