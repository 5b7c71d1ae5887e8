package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/lint"
)

var testRule = &lint.Rule{
	ID: "EL0001", Name: "test-rule", Severity: lint.Error,
	Doc: lint.Doc{Title: "A test", Text: "What it means.", Bad: "a = 1", Good: "a = 2\nb = 3"},
}

// sample is a report with all that findings can have.
func sample() *lint.Report {
	return &lint.Report{
		Artifacts: []*lint.Artifact{{Name: "my app/spin.toml", Size: 7}, {Name: "app.wasm", Size: 100}, {Name: "clean.wasm"}},
		Findings: []lint.Finding{
			{
				Rule: testRule, Severity: lint.Error, Artifact: "app.wasm", Path: `root/import "a:b/c"`,
				Span: &lint.Span{Off: 16, Len: 2}, Excerpt: &lint.Excerpt{Off: 16, Bytes: []byte("\x00ab")},
				Message: "wrong, at 100 %", Details: []string{"a detail"}, Help: "mend it", Key: "k",
			},
			{
				Rule: testRule, Severity: lint.Error, Artifact: "app.wasm", Path: `root/import "a:b/c"`,
				Span: &lint.Span{Off: 20}, Message: "wrong, at 100 %", Key: "k",
			},
			{
				Rule: testRule, Severity: lint.Warning, Artifact: "my app/spin.toml",
				Source:  &lint.Position{File: "my app/app.py", Line: 3, Col: 8, EndLine: 3, EndCol: 14},
				Excerpt: &lint.Excerpt{Line: 3, Lines: []string{`é = f("ü")`}},
				Related: []lint.Related{{Position: lint.Position{File: "my app/spin.toml", Line: 1, Col: 2}, Message: "the list"}},
				Message: "a name: with, marks\x1b[31m",
			},
			{
				Rule: testRule, Severity: lint.Note, Artifact: "my app/spin.toml",
				Source: &lint.Position{File: "my app/spin.toml", Line: 1}, Message: "a note",
			},
		},
		Suppressed: []lint.Finding{
			{
				Rule: testRule, Severity: lint.Error, Artifact: "app.wasm", Message: "known",
				Suppression: &lint.Suppression{},
			},
			{
				Rule: testRule, Severity: lint.Error, Artifact: "app.wasm", Message: "intended",
				Suppression: &lint.Suppression{Inline: true, Reason: "because"},
			},
		},
	}
}

// TestFormats compares every format of the sample with testdata/formats.txtar.
func TestFormats(t *testing.T) {
	t.Parallel()
	var got txtar.Archive
	for _, name := range Names() {
		var buf bytes.Buffer
		opts := Options{Version: "v1.2.3", FailOn: lint.Warning}
		if err := Formats()[name](&buf, sample(), opts); err != nil {
			t.Fatal(err)
		}
		got.Files = append(got.Files, txtar.File{Name: name, Data: buf.Bytes()})
	}
	file := filepath.Join("testdata", "formats.txtar")
	if conformance.Update() {
		if err := os.WriteFile(file, txtar.Format(&got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(txtar.Format(&got))); diff != "" {
		t.Error(diff)
	}
}

func TestFormatsOfAnEmptyReportAreWellFormed(t *testing.T) {
	t.Parallel()
	for name, parse := range map[string]func([]byte) error{
		"json":   func(b []byte) error { return json.Unmarshal(b, new(map[string]any)) },
		"sarif":  func(b []byte) error { return json.Unmarshal(b, new(map[string]any)) },
		"gitlab": func(b []byte) error { return json.Unmarshal(b, new([]any)) },
		"junit":  func(b []byte) error { return xml.Unmarshal(b, new(junitSuites)) },
	} {
		var buf bytes.Buffer
		if err := Formats()[name](&buf, &lint.Report{}, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := parse(buf.Bytes()); err != nil || strings.Contains(buf.String(), "null") {
			t.Errorf("%s: %v\n%s", name, err, buf.String())
		}
	}
}

func TestFingerprintsStayWhenLinesMove(t *testing.T) {
	t.Parallel()
	before := sample().Findings
	after := sample().Findings
	for i := range after {
		if after[i].Source != nil {
			after[i].Source.Line += 10
			after[i].Excerpt = nil
		} else {
			after[i].Span.Off += 1000
		}
	}
	if diff := cmp.Diff(lint.Fingerprints(before), lint.Fingerprints(after)); diff != "" {
		t.Error(diff)
	}
	seen := map[string]bool{}
	for _, id := range lint.Fingerprints(before) {
		if seen[id] {
			t.Errorf("two findings have the fingerprint %s", id)
		}
		seen[id] = true
	}
}

func TestGitHubRunsNoCommandsOfOthers(t *testing.T) {
	t.Parallel()
	r := sample()
	r.Findings = r.Findings[:1]
	r.Findings[0].Message = "a\n::set-env name=A::b"
	r.Findings[0].Details = []string{"::add-mask::x", "a ##[command]y"}
	r.Findings[0].Help = ""
	var buf bytes.Buffer
	if err := GitHub(&buf, r, Options{}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(buf.String()) {
		line = strings.TrimSpace(line)
		if (strings.HasPrefix(line, "::") || strings.Contains(line, "##[")) && !strings.HasPrefix(line, "::error file=app.wasm") {
			t.Errorf("a command: %q", line)
		}
	}
}

func TestGitHubTellsOfWhatItDoesNotShow(t *testing.T) {
	t.Parallel()
	r := sample()
	for range 2 * maxAnnotations {
		r.Findings = append(r.Findings, r.Findings[0])
	}
	var buf bytes.Buffer
	if err := GitHub(&buf, r, Options{}); err != nil {
		t.Fatal(err)
	}
	if want := "12 more findings are in the log"; !strings.Contains(buf.String(), want) {
		t.Errorf("no %q in\n%s", want, buf.String())
	}
}
