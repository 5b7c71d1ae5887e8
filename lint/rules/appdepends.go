package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/lint"
)

var dependencyMisfit = componentRule(lint.Rule{
	ID: "EL0815", Name: "dependency-misfit", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "A dependency does not supply what the component imports",
		Text: "Spin composes a component with its dependencies when it starts, or when it pushes, and fails if one of " +
			"them fits no import of the component, or if it does not export what it is to supply: the import by its " +
			"whole name with the version, or what export names.",
		Bad:  "\"team:auth/check@2.0.0\" = { path = \"auth.wasm\" }    # the component imports team:auth/check@1.0.0",
		Good: "\"team:auth/check@1.0.0\" = { path = \"auth.wasm\" }",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	for _, d := range c.Depends {
		if f := misfit(c, d); f.Message != "" {
			f.Key = c.ID + ":" + d.Selector
			j.report(d.Pos, f)
		}
	}
})

// misfit is what is wrong with a dependency; it has no message if nothing is.
func misfit(c *lint.AppComponent, d lint.AppDependency) (f lint.Finding) {
	if d.Err != nil {
		f.Message = fmt.Sprintf("the dependency %s of component %s cannot be read: %v", d.Selector, c.ID, d.Err)
		return f
	}
	if c.Artifact == nil || c.Artifact.Component() == nil {
		return f
	}
	var imports, fitting []string
	for _, i := range c.Artifact.Component().Imports {
		if !strings.HasPrefix(i.Name.Name, "wasi:") {
			imports = append(imports, i.Name.Name)
		}
		if d.Fits(i.Name.Name) {
			fitting = append(fitting, i.Name.Name)
		}
	}
	if len(fitting) == 0 {
		f.Message = fmt.Sprintf("component %s imports nothing that its dependency %s fits", c.ID, d.Selector)
		f.Details = []string{"besides WASI it imports " + nameList(imports)}
		return f
	}
	if d.File == nil || d.File.Root == nil {
		return f
	}
	for _, name := range fitting {
		if d.Export != "" {
			name = d.Export
		}
		if !slices.ContainsFunc(d.File.Root.Exports, func(e component.Export) bool { return e.Name.Name == name }) {
			f.Message = fmt.Sprintf("the dependency %s of component %s does not export %s", d.Selector, c.ID, name)
			f.Details = []string{"it exports " + exportList(d.File.Root)}
			return f
		}
	}
	return f
}
