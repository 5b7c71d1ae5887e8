package rules

import (
	"context"
	"fmt"
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/wit"
)

var worldMismatch = &lint.Rule{
	ID: "EL0310", Name: "world-mismatch", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The component does not fit the world it was compared with",
		Text: "--wit and --world name a world of your own. The component may import no more than the world " +
			"offers, and must export all that the world demands, with the same types. Interfaces match by " +
			"semver track; with --strict by their exact versions, which is what instantiating a component " +
			"by another does.",
		Bad:  "edgelint --wit wit/ --world plugin app.wasm # app.wasm imports wasi:sockets, plugin does not",
		Good: "edgelint --wit wit/ --world plugin app.wasm # built with -w plugin",
	},
	Run: func(_ context.Context, pass *lint.Pass) error {
		fit := pass.Options.Fit
		if fit == nil {
			return nil
		}
		found, err := pass.Artifact.Mismatches(fit)
		if err != nil {
			return err
		}
		for _, group := range bySubject(found) {
			pass.Report(fitFinding(pass, fit, group))
		}
		return nil
	},
}

// bySubject puts the mismatches of one import or export together.
func bySubject(found []wit.Mismatch) [][]wit.Mismatch {
	var groups [][]wit.Mismatch
	for i, m := range found {
		if i > 0 && m.Subject() == found[i-1].Subject() {
			groups[len(groups)-1] = append(groups[len(groups)-1], m)
		} else {
			groups = append(groups, []wit.Mismatch{m})
		}
	}
	return groups
}

func fitFinding(pass *lint.Pass, fit *lint.Fit, group []wit.Mismatch) lint.Finding {
	m := group[0]
	f := lint.Finding{
		Path: fmt.Sprintf("root/import %q", m.Name), Span: importSpan(pass, m.Name), Key: m.Subject(),
		Message: fmt.Sprintf("the component does not fit world %s: %s", fit.Name, m),
		Help:    "build it for that world (componentize-py -w), or extend the world",
	}
	if m.Export {
		f.Path, f.Span = fmt.Sprintf("root/export %q", m.Name), nil
	}
	if len(group) > 1 {
		f.Message = fmt.Sprintf("the component does not fit world %s: %s differs", fit.Name, m.Subject())
		for _, m := range group {
			f.Details = append(f.Details, m.Problem())
		}
	}
	if by := modulesThatNeed(pass, m.Name); !m.Export && len(by) > 0 {
		f.Details = append(f.Details, "needed by "+strings.Join(by, ", "))
	}
	return f
}
