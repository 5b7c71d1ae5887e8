package lintcmd

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/lint"
)

func (c *Command) explainVerb() cli.Verb {
	return cli.Verb{
		Name: "explain", Args: "RULE...", Summary: "print what rules mean and what to do", MaxArgs: -1,
		Run: func(_ context.Context, args []string) error { return c.explain(args) },
	}
}

// explain prints the documentation of rules.
func (c *Command) explain(names []string) error {
	if len(names) == 0 {
		return cli.Usagef("no rule named: `edgelint rules` lists them")
	}
	for i, name := range names {
		r, err := lint.Find(c.Rules, name)
		if err != nil {
			return usageError(err)
		}
		if i > 0 {
			fmt.Fprintln(c.Stdout)
		}
		fmt.Fprintf(c.Stdout, "%s[%s] (%s)\n%s.\n\n%s\n\nreported:\n  %s\n\nnot reported:\n  %s\n", r.ID, r.Name, r.Severity,
			r.Doc.Title, cli.Wrap(r.Doc.Text), indent(r.Doc.Bad), indent(r.Doc.Good))
	}
	return nil
}

func indent(s string) string { return strings.ReplaceAll(s, "\n", "\n  ") }

func (c *Command) rulesVerb() cli.Verb {
	return cli.Verb{
		Name: "rules", Summary: "list the rules",
		Run: func(context.Context, []string) error {
			tw := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
			for _, r := range c.Rules {
				fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", r.ID, r.Name, r.Severity, r.Doc.Title)
			}
			return tw.Flush()
		},
	}
}
