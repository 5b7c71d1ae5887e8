package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

// Man writes the manual page, section 1, in roff.
func (p Program) Man(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1\n.SH NAME\n%s \\- %s\n", strings.ToUpper(p.Name), p.Name, roff(p.Summary))
	b.WriteString(".SH SYNOPSIS\n")
	if p.Default.Name != "" {
		fmt.Fprintf(&b, ".B %s\n[flags] %s\n.PP\n", p.Name, roff(p.Default.Args))
	}
	fmt.Fprintf(&b, ".B %s\n.I command\n[flags] [arguments]\n", p.Name)
	if p.Text != "" {
		fmt.Fprintf(&b, ".SH DESCRIPTION\n%s", paragraphs(p.Text))
	}
	b.WriteString(".SH COMMANDS\n")
	for _, v := range p.verbs() {
		fmt.Fprintf(
			&b, ".SS %s\n%s.\n", roff(strings.TrimSpace(p.Name+" "+v.Name+" "+v.Args)),
			roff(capital(v.Summary)+p.mark(v)),
		)
		if v.Text != "" {
			fmt.Fprintf(&b, ".PP\n%s", paragraphs(v.Text))
		}
		v.flagSet().VisitAll(func(f *pflag.Flag) { b.WriteString(manFlag(f)) })
	}
	if len(p.Env) > 0 {
		b.WriteString(".SH ENVIRONMENT\n")
		for _, e := range p.Env {
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(e[0]), roff(e[1]))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func manFlag(f *pflag.Flag) string {
	kind, usage := pflag.UnquoteUsage(f)
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	if kind != "" {
		name += " " + kind
	}
	return fmt.Sprintf(".TP\n.B %s\n%s\n", roff(name), roff(usage))
}

func paragraphs(text string) string {
	var b strings.Builder
	for i, p := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		b.WriteString(roff(p) + "\n")
	}
	return b.String()
}

// roff escapes what the formatter would take for its own.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
