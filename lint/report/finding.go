package report

import "github.com/edgelint/edgelint/lint"

// lineOf is the line that a finding is in; the first, where there are none.
func lineOf(f lint.Finding) int {
	if f.Source != nil && f.Source.Line > 0 {
		return f.Source.Line
	}
	return 1
}

// explanation is all that there is to say about a finding besides its message: a
// line each.
func explanation(f lint.Finding) []string {
	var lines []string
	if f.Path != "" {
		lines = append(lines, "at "+f.Path)
	}
	for _, r := range f.Related {
		lines = append(lines, positionText(&r.Position)+": "+r.Message)
	}
	lines = append(lines, f.Details...)
	if f.Help != "" {
		lines = append(lines, "help: "+f.Help)
	}
	return lines
}

// ruleText is a rule's ID with its name.
func ruleText(r *lint.Rule) string { return r.ID + "[" + r.Name + "]" }
