package lint

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Suppression is why a finding does not count.
type Suppression struct {
	// Inline tells a comment in the source from an entry of a baseline.
	Inline bool
	// Reason is what the comment says besides, "" for nothing.
	Reason string
}

// directive is the comment that suppresses findings on its line, or on the next
// one if it stands alone: "# edgelint: ignore[RULE, ...] reason". Without rules
// it suppresses all.
var directive = regexp.MustCompile(`#\s*edgelint:\s*ignore(?:\[([^\]]*)\]|\b)[\s:,-]*(.*)$`)

// suppressInline marks the findings that a comment in their source suppresses.
func suppressInline(findings []Finding, artifacts []*Artifact) {
	texts := map[string][]string{}
	for i := range findings {
		f := &findings[i]
		if f.Source == nil || f.Source.Line < 1 {
			continue
		}
		for _, a := range artifacts {
			if a.Name == f.Artifact {
				a.addTexts(texts, f.Source.File)
			}
		}
		lines := texts[f.Source.File]
		if f.Source.Line > len(lines) {
			continue
		}
		f.Suppression = inline(lines[f.Source.Line-1], f.Rule)
		if f.Suppression == nil && f.Source.Line > 1 {
			if above := strings.TrimSpace(lines[f.Source.Line-2]); strings.HasPrefix(above, "#") {
				f.Suppression = inline(above, f.Rule)
			}
		}
	}
}

// inline is what the comment of a line does to a rule's findings, nil for nothing.
func inline(line string, r *Rule) *Suppression {
	m := directive.FindStringSubmatchIndex(line)
	if m == nil {
		return nil
	}
	if m[2] >= 0 && !slices.ContainsFunc(strings.Split(line[m[2]:m[3]], ","), func(s string) bool {
		return matches(r, strings.TrimSpace(s))
	}) {
		return nil
	}
	return &Suppression{Inline: true, Reason: strings.TrimSpace(line[m[4]:m[5]])}
}

// addTexts adds the lines of a file of the artifact, if they were read: of its
// manifest, or of the Python code that it was built from.
func (a *Artifact) addTexts(texts map[string][]string, name string) {
	if texts[name] != nil {
		return
	}
	if a.App == nil {
		a.addPythonText(texts, name)
		return
	}
	texts[name] = a.App.lines[name]
	for _, c := range a.App.Components {
		if c.Artifact != nil {
			c.Artifact.addPythonText(texts, name)
		}
	}
}

func (a *Artifact) addPythonText(texts map[string][]string, name string) {
	py, err := a.Python()
	if err != nil || py == nil {
		return
	}
	for _, f := range py.sources {
		if filepath.Join(py.Dir, filepath.FromSlash(f.Name)) == name {
			texts[name] = f.Lines
		}
	}
}

// split puts findings that do not count with those suppressed.
func (r *Report) split() {
	counts := func(f Finding) bool { return f.Suppression == nil }
	for _, f := range r.Findings {
		if !counts(f) {
			r.Suppressed = append(r.Suppressed, f)
		}
	}
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool { return !counts(f) })
	slices.SortStableFunc(r.Suppressed, compareFindings)
}
