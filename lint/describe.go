package lint

import (
	"fmt"
	"strings"

	"github.com/edgelint/edgelint/component"
)

// Kind is what the artifact is: "component", "core module", "Spin application" or
// "unknown".
func (a *Artifact) Kind() string {
	switch {
	case a.App != nil:
		return "Spin application"
	case a.File == nil:
		return "unknown"
	case a.File.Root == nil:
		return "core module"
	}
	return "component"
}

// CoreModules is the number of core modules in the artifact, at any depth.
func (a *Artifact) CoreModules() int {
	switch {
	case a.File == nil:
		return 0
	case a.File.Root == nil:
		return 1
	}
	return countModules(a.File.Root)
}

func countModules(c *component.Component) int {
	n := len(c.CoreModules)
	for _, child := range c.Components {
		n += countModules(child)
	}
	return n
}

// Describe is one line on what the artifact is and serves.
func (a *Artifact) Describe() string {
	if a.App != nil {
		return a.App.describe()
	}
	parts := []string{fmt.Sprintf("%s of %.1f MB", a.Kind(), float64(a.Size)/1e6)}
	if c := a.Component(); c != nil {
		parts = append(parts, fmt.Sprintf("%d core modules", a.CoreModules()), fmt.Sprintf("%d imports", len(c.Imports)))
	}
	for _, h := range a.Handlers() {
		parts = append(parts, "exports "+h.Name+" ("+h.Generation.String()+")")
	}
	return strings.Join(parts, ", ")
}
