package spin

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Template is a string with variables in double braces: "https://{{ host }}/".
type Template struct{ parts []templatePart }

type templatePart struct{ literal, variable string }

// ParseTemplate parses a template. Names of variables are lower-case words joined
// by "_"; braces that close without any open ones stand for themselves.
func ParseTemplate(s string) (Template, error) {
	var t Template
	for s != "" {
		literal, rest, found := strings.Cut(s, "{{")
		if literal != "" {
			t.parts = append(t.parts, templatePart{literal: literal})
		}
		if !found {
			return t, nil
		}
		name, after, closed := strings.Cut(rest, "}}")
		name = strings.TrimSpace(name)
		switch {
		case !closed:
			return Template{}, fmt.Errorf("the template %q has {{ without }}", "{{"+rest)
		case name == "" || !isSnake(name):
			return Template{}, fmt.Errorf("%q in a template is no variable's name", name)
		}
		t.parts = append(t.parts, templatePart{variable: name})
		s = after
	}
	return t, nil
}

// Variables are the names in the template, in order, repeated if they are.
func (t Template) Variables() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range t.parts {
			if p.variable != "" && !yield(p.variable) {
				return
			}
		}
	}
}

// HasVariables reports whether there is a variable in the template.
func (t Template) HasVariables() bool {
	return slices.ContainsFunc(t.parts, func(p templatePart) bool { return p.variable != "" })
}

// Expand is the template with its variables' values from lookup, whose first
// error ends it.
func (t Template) Expand(lookup func(name string) (string, error)) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		b.WriteString(p.literal)
		if p.variable == "" {
			continue
		}
		v, err := lookup(p.variable)
		if err != nil {
			return "", err
		}
		b.WriteString(v)
	}
	return b.String(), nil
}

// IsVariableName reports whether a text can be the name of a variable: lower-case
// words joined by "_".
func IsVariableName(s string) bool { return s != "" && isSnake(s) }
