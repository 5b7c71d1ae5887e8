package report

import (
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/edgelint/edgelint/lint"
)

// The forms of SARIF 2.1.0 that the report needs.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool       `json:"tool"`
		ColumnKind string          `json:"columnKind"`
		Artifacts  []sarifArtifact `json:"artifacts"`
		Results    []sarifResult   `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string      `json:"id"`
		Name    string      `json:"name"`
		Short   sarifText   `json:"shortDescription"`
		Full    sarifText   `json:"fullDescription"`
		Help    sarifText   `json:"help"`
		Default sarifConfig `json:"defaultConfiguration"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifArtifact struct {
		Location sarifURI `json:"location"`
		Length   int64    `json:"length"`
	}
	sarifURI struct {
		URI string `json:"uri"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Suppressions []sarifSuppress   `json:"suppressions,omitempty"`
	}
	sarifSuppress struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification,omitempty"`
	}
	sarifLocation struct {
		ID       *int           `json:"id,omitempty"`
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
		Message  *sarifText     `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifURI     `json:"artifactLocation"`
		Region   *sarifRegion `json:"region,omitempty"`
	}
	sarifRegion struct {
		StartLine   int        `json:"startLine,omitempty"`
		StartColumn int        `json:"startColumn,omitempty"`
		EndLine     int        `json:"endLine,omitempty"`
		EndColumn   int        `json:"endColumn,omitempty"`
		ByteOffset  *int64     `json:"byteOffset,omitempty"`
		ByteLength  *int64     `json:"byteLength,omitempty"`
		Snippet     *sarifText `json:"snippet,omitempty"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
	}
)

// fingerprintName is the key of the fingerprints; its version grows when they are
// computed in another way.
const fingerprintName = "edgelint/v1"

// SARIF writes the report as SARIF 2.1.0. Findings in binaries have the offset of
// their bytes and, for readers that know lines only, the first line. Those that do
// not count are in it, marked as suppressed.
func SARIF(w io.Writer, r *lint.Report, opts Options) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "edgelint", Version: opts.Version, Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints", Artifacts: []sarifArtifact{}, Results: []sarifResult{},
	}
	for _, a := range r.Artifacts {
		run.Artifacts = append(run.Artifacts, sarifArtifact{sarifURI{fileURI(a.Name)}, a.Size})
	}
	index := map[string]int{}
	findings := slices.Concat(r.Findings, r.Suppressed)
	for i, id := range lint.Fingerprints(findings) {
		f := findings[i]
		if _, ok := index[f.Rule.ID]; !ok {
			index[f.Rule.ID] = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(f.Rule))
		}
		run.Results = append(run.Results, sarifResultOf(f, index[f.Rule.ID], id))
	}
	return writeJSON(w, sarifLog{
		Schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

func sarifRuleOf(r *lint.Rule) sarifRule {
	block := func(s string) string { return "```\n" + strings.TrimRight(s, "\n") + "\n```\n" }
	return sarifRule{
		ID: r.ID, Name: r.Name, Short: sarifText{Text: r.Doc.Title + "."}, Full: sarifText{Text: r.Doc.Text},
		Help: sarifText{
			Text:     r.Doc.Text + "\n\nReported:\n" + r.Doc.Bad + "\n\nNot reported:\n" + r.Doc.Good,
			Markdown: r.Doc.Text + "\n\nReported:\n\n" + block(r.Doc.Bad) + "\nNot reported:\n\n" + block(r.Doc.Good),
		},
		Default: sarifConfig{r.Severity.String()},
	}
}

func sarifResultOf(f lint.Finding, rule int, id string) sarifResult {
	lines := []string{f.Message}
	lines = append(lines, f.Details...)
	if f.Help != "" {
		lines = append(lines, "help: "+f.Help)
	}
	res := sarifResult{
		RuleID: f.Rule.ID, RuleIndex: rule, Level: f.Severity.String(), Message: sarifText{Text: strings.Join(lines, "\n")},
		Fingerprints: map[string]string{fingerprintName: id},
	}
	loc := sarifLocation{Physical: sarifPhysical{Artifact: sarifURI{fileURI(f.File())}}}
	switch {
	case f.Source != nil:
		loc.Physical.Region = textRegion(*f.Source, f.Excerpt)
	case f.Span != nil:
		loc.Physical.Region = &sarifRegion{StartLine: 1, ByteOffset: &f.Span.Off, ByteLength: &f.Span.Len}
	default:
		loc.Physical.Region = &sarifRegion{StartLine: 1}
	}
	if s := f.Suppression; s != nil {
		kind := "external"
		if s.Inline {
			kind = "inSource"
		}
		res.Suppressions = []sarifSuppress{{kind, s.Reason}}
	}
	if f.Path != "" {
		loc.Logical = []sarifLogical{{f.Path}}
	}
	res.Locations = []sarifLocation{loc}
	for i, rel := range f.Related {
		res.Related = append(res.Related, sarifLocation{
			ID: &i, Message: &sarifText{Text: rel.Message},
			Physical: sarifPhysical{Artifact: sarifURI{fileURI(rel.Position.File)}, Region: textRegion(rel.Position, nil)},
		})
	}
	return res
}

// textRegion is a place in a text file. Columns are given where the line is at
// hand, in characters.
func textRegion(p lint.Position, e *lint.Excerpt) *sarifRegion {
	r := &sarifRegion{StartLine: max(1, p.Line)}
	if e == nil || p.Line < e.Line || p.Line >= e.Line+len(e.Lines) {
		return r
	}
	line := e.Lines[p.Line-e.Line]
	r.Snippet = &sarifText{Text: line}
	if p.Col > 0 {
		r.StartColumn = characters(line, p.Col)
		if p.EndLine == p.Line && p.EndCol > p.Col {
			r.EndColumn = characters(line, p.EndCol)
		}
	}
	return r
}

// characters is the column in characters of one in bytes, both from 1.
func characters(line string, col int) int {
	return utf8.RuneCountInString(line[:max(0, min(col-1, len(line)))]) + 1
}

// fileURI is a file's name as a URI: relative to the folder that edgelint ran in,
// if the name is.
func fileURI(name string) string {
	u := url.URL{Path: filepath.ToSlash(name)}
	if filepath.IsAbs(name) {
		u.Scheme = "file"
		u.Path = "/" + strings.TrimPrefix(u.Path, "/")
	}
	return u.String()
}
