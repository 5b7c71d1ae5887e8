package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/lint"
)

// maxAnnotations is how many annotations of one kind GitHub shows for a step.
const maxAnnotations = 10

// GitHub writes the report for the log of a GitHub Actions job: the text, which
// people read, then a workflow command for each finding, which becomes an
// annotation at its line. The worst come first, as GitHub shows ten of a kind; a
// notice tells how many that leaves out.
func GitHub(w io.Writer, r *lint.Report, opts Options) error {
	var b bytes.Buffer
	if err := Text(&b, r, opts); err != nil {
		return err
	}
	text := b.String()
	b.Reset()
	for line := range strings.Lines(text) {
		b.WriteString(withoutCommands(line))
	}
	findings := slices.Clone(shown(r, opts))
	slices.SortStableFunc(findings, func(a, b lint.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	counts := map[lint.Severity]int{}
	left := 0
	for _, f := range findings {
		if counts[f.Severity]++; counts[f.Severity] > maxAnnotations {
			left++
		}
		annotation(&b, f)
	}
	if left > 0 {
		fmt.Fprintf(&b, "::notice title=edgelint::GitHub shows %d annotations of a kind; %d more findings are in the log\n",
			maxAnnotations, left)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// withoutCommands is a line of text that the runner does not take for a command,
// whatever untrusted input has put there.
func withoutCommands(line string) string {
	line = strings.ReplaceAll(line, "##[", "## [")
	if start := strings.TrimLeft(line, " \t"); strings.HasPrefix(start, "::") {
		return line[:len(line)-len(start)] + ": " + start[1:]
	}
	return line
}

// annotation writes a finding as a workflow command.
func annotation(b *bytes.Buffer, f lint.Finding) {
	command := map[lint.Severity]string{lint.Error: "error", lint.Warning: "warning", lint.Note: "notice"}[f.Severity]
	fmt.Fprintf(b, "::%s file=%s", command, property(f.File()))
	if p := f.Source; p != nil && p.Line > 0 {
		fmt.Fprintf(b, ",line=%d", p.Line)
		if p.EndLine > p.Line {
			fmt.Fprintf(b, ",endLine=%d", p.EndLine)
		} else if p.Col > 0 {
			fmt.Fprintf(b, ",col=%d", p.Col)
			if p.EndCol > p.Col {
				fmt.Fprintf(b, ",endColumn=%d", p.EndCol)
			}
		}
	}
	lines := append([]string{f.Message}, explanation(f)...)
	fmt.Fprintf(b, ",title=%s::%s\n", property(ruleText(f.Rule)), commandData(strings.Join(lines, "\n")))
}

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// commandData escapes the message of a workflow command. Control characters of
// untrusted input do not come through.
func commandData(s string) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, clean(line))
	}
	return dataEscapes.Replace(strings.Join(lines, "\n"))
}

// property escapes a property of a workflow command.
func property(s string) string { return propertyEscapes.Replace(clean(s)) }
