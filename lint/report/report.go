// Package report writes what a run of package lint found, in one format a
// function. Every writer has the same shape, see [Writer].
package report

import (
	"io"
	"maps"
	"slices"

	"github.com/edgelint/edgelint/lint"
)

// Writer writes a report in one format.
type Writer func(w io.Writer, r *lint.Report, opts Options) error

// Options says how a report is written.
type Options struct {
	Color   bool   // colours, in text formats
	Quiet   bool   // no notes and no lines about artifacts without findings, in text formats
	Version string // of the tool
	// FailOn is the severity from which findings fail the run: what formats
	// with tests call a failure.
	FailOn lint.Severity
}

// Formats are the writers by name.
func Formats() map[string]Writer {
	return map[string]Writer{
		"text": Text, "concise": Concise, "json": JSON, "sarif": SARIF, "github": GitHub, "gitlab": GitLab, "junit": JUnit,
	}
}

// Names are the names of the formats, sorted.
func Names() []string { return slices.Sorted(maps.Keys(Formats())) }
