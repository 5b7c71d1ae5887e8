package report

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/edgelint/edgelint/lint"
)

type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
}

// GitLab writes the report as GitLab's code quality: a JSON array of findings,
// whose fingerprints stay the same when lines move.
func GitLab(w io.Writer, r *lint.Report, _ Options) error {
	severities := map[lint.Severity]string{lint.Error: "major", lint.Warning: "minor", lint.Note: "info"}
	issues := []gitlabIssue{}
	for i, id := range lint.Fingerprints(r.Findings) {
		f := r.Findings[i]
		issues = append(issues, gitlabIssue{
			Description: strings.Join(append([]string{f.Message}, explanation(f)...), "\n"),
			CheckName:   f.Rule.ID, Fingerprint: id, Severity: severities[f.Severity],
			Location: gitlabLocation{Path: f.File(), Lines: gitlabLines{lineOf(f)}},
		})
	}
	return writeJSON(w, issues)
}

// writeJSON writes a value as indented JSON.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
