package lint

import (
	"fmt"
	"io"

	"github.com/edgelint/edgelint/component"
)

// Artifact is one file under judgement: a binary, or the manifest of a Spin
// application. Its facts are computed on first use and
// shared by all rules, which run at the same time.
type Artifact struct {
	Name string
	Size int64
	// File is the decoded binary; nil if DecodeErr is not, and of manifests.
	File *component.File
	// DecodeErr is why the artifact could not be decoded.
	DecodeErr error
	// App is the application if the artifact is a manifest, which has no File.
	App *App
	// Uses are the components of applications judged in the same run whose
	// binary the artifact is.
	Uses []*AppComponent

	bytes    io.ReaderAt
	supplied func(imported string) bool
	checks   func() checked
	trial    func() (*Trial, error)
	judged   func() (*Platforms, error)
	python   func() (*Python, error)
}

// checked is what validation found.
type checked struct {
	info *component.Info
	errs component.ErrorList
}

// Info is what validation knows of the file's definitions: their types, and who
// exports what. It is nil if there is no File; it is incomplete if the file is
// not valid.
func (a *Artifact) Info() *component.Info { return a.checks().info }

// Faults are the errors of validation, in file order.
func (a *Artifact) Faults() component.ErrorList { return a.checks().errs }

// Component is the artifact's root component, nil if it has none.
func (a *Artifact) Component() *component.Component {
	if a.File == nil {
		return nil
	}
	return a.File.Root
}

// Trial is what happened when the component was run; nil if that was not asked
// for, or if the file is no valid component.
func (a *Artifact) Trial() (*Trial, error) { return a.trial() }

// excerptBytes is how many bytes an excerpt shows.
const excerptBytes = 16

// Excerpt shows the bytes at an offset, nil if there are none.
func (a *Artifact) Excerpt(off int64) *Excerpt {
	if off < 0 || off >= a.Size {
		return nil
	}
	buf := make([]byte, min(excerptBytes, a.Size-off))
	n, err := a.bytes.ReadAt(buf, off)
	if n == 0 && err != nil {
		return nil
	}
	return &Excerpt{Off: off, Bytes: buf[:n]}
}

// Pass is one run of one rule over one artifact.
type Pass struct {
	Artifact *Artifact
	Options  Options
	Rule     *Rule

	findings *[]Finding
}

// Report records a finding. Rule, Artifact and, if it is zero, Severity are
// filled in; an excerpt of the bytes is added where a span has none.
func (p *Pass) Report(f Finding) {
	f.Rule, f.Artifact = p.Rule, p.Artifact.Name
	if f.Severity == 0 {
		f.Severity = p.Rule.Severity
	}
	if f.Span != nil && f.Excerpt == nil && f.Source == nil {
		f.Excerpt = p.Artifact.Excerpt(f.Span.Off)
	}
	*p.findings = append(*p.findings, f)
}

// Reportf records a finding about the artifact as a whole.
func (p *Pass) Reportf(help, format string, args ...any) {
	p.Report(Finding{Message: fmt.Sprintf(format, args...), Help: help})
}
