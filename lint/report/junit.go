package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/edgelint/edgelint/lint"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes the report as the XML of JUnit: a suite for each artifact, a test
// for each finding. Those that fail the run are failures, others pass with an
// output; an artifact without findings is one test that passes.
func JUnit(w io.Writer, r *lint.Report, opts Options) error {
	suites := junitSuites{Name: "edgelint"}
	for _, a := range r.Artifacts {
		s := junitSuite{Name: clean(a.Name)}
		for _, f := range r.Findings {
			if f.Artifact == a.Name {
				s.add(f, opts)
			}
		}
		if s.Tests == 0 {
			s.Tests, s.Cases = 1, []junitCase{{Name: "edgelint", Class: clean(a.Name)}}
		}
		suites.Tests += s.Tests
		suites.Failures += s.Failures
		suites.Suites = append(suites.Suites, s)
	}
	data, err := xml.MarshalIndent(suites, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the report: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, data)
	return err
}

func (s *junitSuite) add(f lint.Finding, opts Options) {
	c := junitCase{Name: ruleText(f.Rule) + " " + place(f), Class: clean(f.Artifact), File: clean(f.File())}
	if f.Source != nil {
		c.Line = f.Source.Line
	}
	lines := append([]string{f.Severity.String() + ": " + f.Message}, explanation(f)...)
	for i, line := range lines {
		lines[i] = clean(line)
	}
	s.Tests++
	if f.Severity >= opts.FailOn {
		s.Failures++
		c.Failure = &junitFailure{Message: clean(f.Message), Type: f.Severity.String(), Text: strings.Join(lines, "\n")}
	} else {
		c.Output = strings.Join(lines, "\n")
	}
	s.Cases = append(s.Cases, c)
}
