package rules

import (
	"context"
	"fmt"
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/flow"
)

// pythonRule is a rule about a component's Python code; judge is called if it
// has any.
func pythonRule(r lint.Rule, judge func(j *pyJudge)) *lint.Rule {
	rule := r
	rule.Run = func(_ context.Context, pass *lint.Pass) error {
		py, err := pass.Artifact.Python()
		if py != nil {
			judge(&pyJudge{pass: pass, py: py, snap: py.Snapshot, seen: map[string]bool{}})
		}
		return err
	}
	return &rule
}

// pyJudge is one run of a Python rule.
type pyJudge struct {
	pass *lint.Pass
	py   *lint.Python
	snap *python.Snapshot
	seen map[string]bool // places reported
	// private keeps the text at a finding's place out of the report.
	private bool
}

// appFunctions yields the functions of the app itself.
func (j *pyJudge) appFunctions(yield func(*flow.Function) bool) {
	for _, fn := range j.py.Program.Functions() {
		if fn.Code.File.Origin == python.OriginUser && !yield(fn) {
			return
		}
	}
}

// severity is that of a finding in a function: the rule's own where a request
// can reach it, one less elsewhere in the app, a note in a distribution and
// where the failure is caught.
func (j *pyJudge) severity(fn *flow.Function, caught bool) lint.Severity {
	own := j.pass.Rule.Severity
	switch {
	case caught || fn.Code.File.Origin != python.OriginUser:
		return lint.Note
	case fn.Reached():
		return own
	}
	return max(lint.Note, own-1)
}

// report reports a finding at a place in a function. A line is reported once.
func (j *pyJudge) report(fn *flow.Function, at flow.Position, caught bool, f lint.Finding) {
	place := fmt.Sprintf("%s:%d", at.File, at.Line)
	if j.seen[place] {
		return
	}
	j.seen[place] = true
	f.Source, f.Excerpt = j.place(at)
	f.Severity = j.severity(fn, caught)
	if f.Key == "" {
		f.Key = f.Message
	}
	f.Key = at.File + ":" + fn.Code.QualName() + ":" + f.Key
	f.Details = append(f.Details, j.chain(fn, caught))
	j.pass.Report(f)
}

func (j *pyJudge) place(at flow.Position) (*lint.Position, *lint.Excerpt) {
	pos, excerpt := j.py.Place(at)
	if j.private {
		excerpt = nil
	}
	return pos, excerpt
}

// chain says how a request comes to a function.
func (j *pyJudge) chain(fn *flow.Function, caught bool) string {
	switch chain := fn.Chain(); {
	case caught:
		return "in " + j.describe(fn) + ", which is prepared for the failure"
	case len(chain) == 0 && len(j.snap.Handlers) == 0:
		return "in " + j.describe(fn)
	case len(chain) == 0:
		return "in " + j.describe(fn) + ", which no request reaches as far as can be seen"
	case len(chain) == 1:
		return "in " + j.describe(fn) + ", which answers requests"
	default:
		const most = 6
		var steps []string
		for i, step := range chain {
			if len(chain) > most && i >= most/2 && i < len(chain)-most/2 {
				if i == most/2 {
					steps = append(steps, fmt.Sprintf("(%d more)", len(chain)-most))
				}
				continue
			}
			steps = append(steps, j.describe(step))
		}
		return "a request gets there by " + strings.Join(steps, " > ")
	}
}

// describe is a function with the place where it begins.
func (j *pyJudge) describe(fn *flow.Function) string {
	pos, _ := j.py.Place(flow.Position{File: fn.Code.File.Path})
	return fmt.Sprintf("%s (%s:%d)", fn.Code.QualName(), pos.File, fn.Code.FirstLine())
}

// atImport reports what ran while a module was imported, at a line of its
// source; 0 if the line is unknown.
func (j *pyJudge) atImport(m *python.Module, line int, f lint.Finding) {
	f.Source, f.Excerpt = j.place(flow.Position{File: m.File, Line: line})
	if line == 0 {
		f.Source, f.Excerpt = nil, nil
		f.Path = "module " + m.Name
	}
	place := fmt.Sprintf("%s:%d:%s", m.File, line, f.Key)
	if line > 0 {
		place = fmt.Sprintf("%s:%d", m.File, line)
	}
	if j.seen[place] {
		return
	}
	j.seen[place] = true
	j.pass.Report(f)
}

// appModules yields the loaded modules of the app itself.
func (j *pyJudge) appModules(yield func(*python.Module) bool) {
	for _, m := range j.snap.Modules {
		if m.Origin == python.OriginUser && m.Object.IsModule() && !yield(m) {
			return
		}
	}
}

// generation is the WASI generation of the handler: it tells how long an
// instance lives. Without a handler that is known it is 0.
func (j *pyJudge) generation() lint.Generation {
	for _, h := range j.pass.Artifact.Handlers() {
		return h.Generation
	}
	return 0
}
