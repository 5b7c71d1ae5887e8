package report

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/edgelint/edgelint/lint"
)

// SchemaVersion is the version of the JSON report. It grows when a field changes
// its meaning or goes away; new fields do not change it.
const SchemaVersion = 1

type jsonReport struct {
	SchemaVersion int            `json:"schema_version"`
	Tool          jsonTool       `json:"tool"`
	Artifacts     []jsonArtifact `json:"artifacts"`
	Findings      []jsonFinding  `json:"findings"`
	Suppressed    []jsonFinding  `json:"suppressed,omitempty"`
	Summary       jsonSummary    `json:"summary"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonArtifact struct {
	Name     string   `json:"name"`
	Size     int64    `json:"size"`
	Kind     string   `json:"kind"`
	Modules  int      `json:"core_modules"`
	Handlers []string `json:"handlers"`
}

type jsonFinding struct {
	Rule     string         `json:"rule"`
	Name     string         `json:"name"`
	Severity lint.Severity  `json:"severity"`
	Artifact string         `json:"artifact"`
	Path     string         `json:"path,omitempty"`
	Span     *lint.Span     `json:"span,omitempty"`
	Source   *lint.Position `json:"source,omitempty"`
	Excerpt  *jsonExcerpt   `json:"excerpt,omitempty"`
	Related  []jsonRelated  `json:"related,omitempty"`
	Message  string         `json:"message"`
	Details  []string       `json:"details,omitempty"`
	Help     string         `json:"help,omitempty"`
	Key      string         `json:"key,omitempty"`

	SuppressedBy string `json:"suppressed_by,omitempty"`
	Reason       string `json:"reason,omitempty"`
}

// jsonRelated is another place of a finding.
type jsonRelated struct {
	lint.Position
	Message string `json:"message"`
}

func relatedOf(list []lint.Related) []jsonRelated {
	var out []jsonRelated
	for _, r := range list {
		out = append(out, jsonRelated{r.Position, r.Message})
	}
	return out
}

// jsonExcerpt is lines of a text file from a line number on, or bytes in hex.
type jsonExcerpt struct {
	Line  int      `json:"line,omitempty"`
	Lines []string `json:"lines,omitempty"`
	Hex   string   `json:"hex,omitempty"`
}

func excerptOf(e *lint.Excerpt) *jsonExcerpt {
	if e == nil {
		return nil
	}
	return &jsonExcerpt{e.Line, e.Lines, hex.EncodeToString(e.Bytes)}
}

type jsonSummary struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Notes    int `json:"notes"`

	Suppressed int `json:"suppressed,omitempty"`
}

// JSON writes the report as one JSON object. docs/report.md describes it.
func JSON(w io.Writer, r *lint.Report, opts Options) error {
	out := jsonReport{
		SchemaVersion: SchemaVersion,
		Tool:          jsonTool{"edgelint", opts.Version},
		Artifacts:     []jsonArtifact{},
		Findings:      []jsonFinding{},
		Summary: jsonSummary{
			r.Count(lint.Error), r.Count(lint.Warning), r.Count(lint.Note), len(r.Suppressed),
		},
	}
	for _, a := range r.Artifacts {
		ja := jsonArtifact{Name: a.Name, Size: a.Size, Kind: a.Kind(), Modules: a.CoreModules(), Handlers: []string{}}
		for _, h := range a.Handlers() {
			ja.Handlers = append(ja.Handlers, h.Name)
		}
		out.Artifacts = append(out.Artifacts, ja)
	}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, jsonFindingOf(f))
	}
	for _, f := range r.Suppressed {
		out.Suppressed = append(out.Suppressed, jsonFindingOf(f))
	}
	data, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the report: %w", err)
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

func jsonFindingOf(f lint.Finding) jsonFinding {
	out := jsonFinding{
		Rule: f.Rule.ID, Name: f.Rule.Name, Severity: f.Severity, Artifact: f.Artifact,
		Path: f.Path, Span: f.Span, Source: f.Source, Excerpt: excerptOf(f.Excerpt),
		Related: relatedOf(f.Related), Message: f.Message, Details: f.Details, Help: f.Help, Key: f.Key,
	}
	if s := f.Suppression; s != nil {
		out.SuppressedBy, out.Reason = "baseline", s.Reason
		if s.Inline {
			out.SuppressedBy = "comment"
		}
	}
	return out
}
