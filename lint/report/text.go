package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/edgelint/edgelint/lint"
)

// Text writes findings for people: a line with place, severity, rule and message,
// then the place in the component, an excerpt, details and help; at the end a
// line that counts.
func Text(w io.Writer, r *lint.Report, opts Options) error {
	t := &textWriter{style: style{opts.Color}}
	for _, f := range shown(r, opts) {
		t.finding(f)
	}
	if !opts.Quiet {
		t.artifacts(r)
	}
	t.summary(r)
	_, err := w.Write(t.buf.Bytes())
	return err
}

// Concise writes one line for each finding: "place: severity rule[name]: message".
func Concise(w io.Writer, r *lint.Report, opts Options) error {
	t := &textWriter{style: style{opts.Color}}
	for _, f := range shown(r, opts) {
		t.headline(f)
	}
	_, err := w.Write(t.buf.Bytes())
	return err
}

func shown(r *lint.Report, opts Options) []lint.Finding {
	if !opts.Quiet {
		return r.Findings
	}
	var out []lint.Finding
	for _, f := range r.Findings {
		if f.Severity > lint.Note {
			out = append(out, f)
		}
	}
	return out
}

type textWriter struct {
	buf   bytes.Buffer
	style style
}

func (t *textWriter) printf(format string, args ...any) { fmt.Fprintf(&t.buf, format, args...) }

func (t *textWriter) headline(f lint.Finding) {
	t.printf("%s: %s %s: %s\n", t.style.bold(place(f)), t.style.severity(f.Severity),
		t.style.bold(f.Rule.ID+"["+f.Rule.Name+"]"), clean(f.Message))
}

// place is where an editor would jump to.
func place(f lint.Finding) string {
	switch {
	case f.Source != nil:
		return positionText(f.Source)
	case f.Span != nil:
		return fmt.Sprintf("%s:0x%x", clean(f.Artifact), f.Span.Off)
	}
	return clean(f.Artifact)
}

func positionText(p *lint.Position) string {
	if p.Col > 0 {
		return fmt.Sprintf("%s:%d:%d", clean(p.File), p.Line, p.Col)
	}
	return fmt.Sprintf("%s:%d", clean(p.File), p.Line)
}

func (t *textWriter) finding(f lint.Finding) {
	t.headline(f)
	switch {
	case f.Source != nil && f.Source.File == f.Artifact:
	case f.Source != nil && f.Path != "":
		t.printf("  in %s: %s\n", clean(f.Artifact), clean(f.Path))
	case f.Source != nil:
		t.printf("  in %s\n", clean(f.Artifact))
	case f.Path != "":
		t.printf("  at %s\n", clean(f.Path))
	}
	t.excerpt(f)
	for _, r := range f.Related {
		t.printf("  %s: %s\n", positionText(&r.Position), clean(r.Message))
	}
	for _, d := range f.Details {
		t.printf("  %s\n", clean(d))
	}
	if f.Help != "" {
		t.printf("  %s %s\n", t.style.bold("help:"), clean(f.Help))
	}
}

func (t *textWriter) excerpt(f lint.Finding) {
	e := f.Excerpt
	if e == nil {
		return
	}
	if e.Bytes != nil {
		ascii := bytes.Map(func(c rune) rune {
			if c < 0x20 || c > 0x7e {
				return '.'
			}
			return c
		}, []byte(latin1(e.Bytes)))
		t.printf("  %s % x | %s\n", t.style.dim(fmt.Sprintf("0x%x |", e.Off)), e.Bytes, ascii)
		return
	}
	width := len(fmt.Sprint(e.Line + len(e.Lines)))
	for i, line := range e.Lines {
		line = clean(strings.ReplaceAll(line, "\t", "    "))
		t.printf("  %s %s\n", t.style.dim(fmt.Sprintf("%*d |", width, e.Line+i)), line)
		if f.Source != nil && f.Source.Line == e.Line+i && f.Source.Col > 0 {
			t.printf("  %s %s\n", t.style.dim(strings.Repeat(" ", width)+" |"), t.carets(f.Source, e.Lines[i]))
		}
	}
}

// carets marks the columns of a position below its line.
func (t *textWriter) carets(p *lint.Position, line string) string {
	start := min(p.Col-1, len(line))
	n := 1
	if p.EndLine == p.Line && p.EndCol > p.Col {
		n = p.EndCol - p.Col
	}
	indent := len(strings.ReplaceAll(line[:start], "\t", "    "))
	return strings.Repeat(" ", indent) + t.style.red(strings.Repeat("^", max(1, min(n, len(line)-start))))
}

func latin1(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// artifacts says of each artifact without errors what it is.
func (t *textWriter) artifacts(r *lint.Report) {
	failed := map[string]bool{}
	for _, f := range r.Findings {
		if f.Severity == lint.Error {
			failed[f.Artifact] = true
		}
	}
	for _, a := range r.Artifacts {
		if !failed[a.Name] {
			t.printf("%s: %s %s\n", t.style.bold(clean(a.Name)), t.style.green("ok:"), clean(a.Describe()))
		}
	}
}

func (t *textWriter) summary(r *lint.Report) {
	if len(r.Findings)+len(r.Suppressed) == 0 && len(r.Artifacts) < 2 {
		return
	}
	suppressed := ""
	if n := len(r.Suppressed); n > 0 {
		suppressed = fmt.Sprintf(", %d suppressed", n)
	}
	t.printf("%s, %s, %s%s in %s\n", count(r.Count(lint.Error), "error"), count(r.Count(lint.Warning), "warning"),
		count(r.Count(lint.Note), "note"), suppressed, count(len(r.Artifacts), "artifact"))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// clean keeps control characters of untrusted input away from the terminal.
func clean(s string) string {
	return strings.Map(func(c rune) rune {
		if c < 0x20 || c >= 0x7f && c < 0xa0 || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 {
			return '\ufffd'
		}
		return c
	}, s)
}
