package rules

import (
	"context"
	"regexp"
	"slices"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/spin"
)

// appRules are the rules about Spin applications, sorted by ID.
func appRules() []*lint.Rule {
	return []*lint.Rule{
		invalidManifest, unknownKey, undefinedVariable, invalidHost, invalidRoute, manifestVersion, deprecatedKey,
		invalidRuntimeConfig, doubtfulManifest,
		sourceMissing, sourceOutdated, buildWorld, triggerMismatch, declaredTarget, dependencyMisfit,
		duplicateRoute, reservedRoute, uncalledComponent,
		hostNotAllowed, anyHost, unknownChain, unusedHost,
		storeNotGranted, databaseNotGranted, modelNotGranted, variableNotDeclared, unusedGrant, unusedComponentVariable,
		labelWithoutBackend,
		requiredVariable, unusedVariable, secretInManifest,
		nothingMounted, privateMounted, pathNotMounted,
	}
}

// appRule is a rule about Spin applications; judge is called if anything of the
// manifest could be read.
func appRule(r lint.Rule, judge func(j *appJudge)) *lint.Rule {
	r.OnManifest = true
	r.Run = func(_ context.Context, pass *lint.Pass) error {
		if pass.Artifact.App.Manifest != nil {
			judge(&appJudge{pass, pass.Artifact.App})
		}
		return nil
	}
	return &r
}

// componentRule is a rule about each component of a Spin application.
func componentRule(r lint.Rule, judge func(j *appJudge, c *lint.AppComponent)) *lint.Rule {
	return appRule(r, func(j *appJudge) {
		for _, c := range j.app.Components {
			judge(j, c)
		}
	})
}

// appJudge is one run of a rule about an application.
type appJudge struct {
	pass *lint.Pass
	app  *lint.App
}

// report reports a finding at a place of the manifest. The line is not shown if
// there is a secret in it.
func (j *appJudge) report(at spin.Position, f lint.Finding) {
	f.Source, f.Excerpt = j.app.Place(at)
	if f.Excerpt != nil && slices.ContainsFunc(f.Excerpt.Lines, hasSecret) {
		f.Excerpt = nil
	}
	j.pass.Report(f)
}

// assignment is a key with its text, in a line of TOML.
var assignment = regexp.MustCompile(`([\w-]+)"?\s*=\s*["']([^"']*)["']`)

func hasSecret(line string) bool {
	for _, m := range assignment.FindAllStringSubmatch(line, -1) {
		if secretKind(m[1], m[2]) != "" {
			return true
		}
	}
	return false
}

// related is a place of the manifest that has to do with a finding.
func (j *appJudge) related(at spin.Position, message string) lint.Related {
	pos, _ := j.app.Place(at)
	return lint.Related{Position: *pos, Message: message}
}
