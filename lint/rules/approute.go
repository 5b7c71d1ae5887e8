package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/spin"
)

var duplicateRoute = appRule(lint.Rule{
	ID: "EL0820", Name: "duplicate-route", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "Two HTTP triggers have the same route",
		Text: "Of two triggers with the same route Spin calls the later one, and says so when it starts. Routes that " +
			"differ in nothing but the names of parameters or slashes at their ends match the same requests, too: all go " +
			"to the first. Routes that overlap otherwise are no problem: the more specific one is tried " +
			"first, in whatever order they stand.",
		Bad:  "route = \"/users/:id\"\n...\nroute = \"/users/:name/\"",
		Good: "route = \"/users/:id\"\n...\nroute = \"/users/:id/photo\"",
	},
}, func(j *appJudge) {
	type first struct {
		trigger *spin.Trigger
		subject string
	}
	seen := map[string]first{}
	for i := range j.app.Manifest.Triggers {
		t := &j.app.Manifest.Triggers[i]
		shape, ok := routeShape(t)
		if !ok {
			continue
		}
		subject := "a static response"
		if t.Component.Value != "" {
			subject = "component " + t.Component.Value
		}
		if before, ok := seen[shape]; ok {
			f := lint.Finding{
				Message: fmt.Sprintf("the route %s takes all requests from %s, which has it too", t.Route.Pattern, before.subject),
				Related: []lint.Related{j.related(before.trigger.Route.Pos, "the route that gets none")},
				Help:    "give one of them another route, or delete it", Key: t.Route.Pattern,
			}
			if old := before.trigger.Route.Pattern; old != t.Route.Pattern {
				f.Message = fmt.Sprintf("the route %s gets no request: the route %s of %s matches the same ones, and stands first",
					t.Route.Pattern, old, before.subject)
				f.Related[0].Message = "the route that gets them"
				j.report(t.Route.Pos, f)
				continue
			}
			j.report(t.Route.Pos, f)
		}
		seen[shape] = first{t, subject}
	}
})

// parameterName is a parameter of a route: a segment, or a part of one between
// dots.
var parameterName = regexp.MustCompile(`([/.]):[^/.]+`)

// routeShape is the route of an HTTP trigger without the names of parameters.
func routeShape(t *spin.Trigger) (string, bool) {
	pattern, err := spin.ParseRoute(t.Route.Pattern)
	if t.Type != "http" || t.Route.Pattern == "" || err != nil {
		return "", false
	}
	return parameterName.ReplaceAllString(pattern.String(), "$1:"), true
}

var reservedRoute = appRule(lint.Rule{
	ID: "EL0821", Name: "reserved-route", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "A route lies below /.well-known/spin/, where Spin answers itself",
		Text: "Spin answers /.well-known/spin/health and /.well-known/spin/info, and 404 to everything else below that " +
			"path. No component sees such a request.",
		Bad:  "route = \"/.well-known/spin/health\"",
		Good: "route = \"/health\"",
	},
}, func(j *appJudge) {
	for _, t := range j.app.Manifest.Triggers {
		if t.Type == "http" && spin.IsReservedRoute(t.Route.Pattern) {
			j.report(t.Route.Pos, lint.Finding{
				Message: fmt.Sprintf("no component sees requests for %s: Spin answers them itself", t.Route.Pattern),
				Help:    "choose a route outside of " + spin.ReservedRoutes, Key: t.Route.Pattern,
			})
		}
	}
})

var uncalledComponent = componentRule(lint.Rule{
	ID: "EL0822", Name: "uncalled-component", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "No trigger calls the component",
		Text: "Spin does not load components that no trigger names, and that no other component is composed with. If it " +
			"is for requests from other components alone, give it a trigger with a private route.",
		Bad:  "[component.back]    # and no trigger with component = \"back\"",
		Good: "[[trigger.http]]\nroute = { private = true }\ncomponent = \"back\"",
	},
}, func(j *appJudge, c *lint.AppComponent) {
	if len(c.Triggers()) > 0 || j.mentions(c.ID) || j.misnames() {
		return
	}
	j.report(c.Pos, lint.Finding{
		Message: fmt.Sprintf("no trigger calls component %s", c.ID),
		Help:    "add a trigger for it, with route = { private = true } if only components call it, or delete it", Key: c.ID,
	})
})

// misnames reports whether a trigger names a component that there is none of, or
// cannot be read: it may call any.
func (j *appJudge) misnames() bool {
	if slices.ContainsFunc(j.app.Faults, func(e *spin.Error) bool { return strings.HasPrefix(e.Key, "trigger.") }) {
		return true
	}
	return slices.ContainsFunc(j.app.Manifest.Triggers, func(t spin.Trigger) bool {
		_, ok := j.app.Manifest.Component(t.Component.Value)
		return t.Component.Value != "" && !ok
	})
}

// mentions reports whether a component may be used without a trigger that names
// it as its own: as a dependency of another, or by a trigger in another role.
func (j *appJudge) mentions(id string) bool {
	depends := func(d spin.Dependency) bool { return d.Component == id }
	for _, t := range j.app.Manifest.Triggers {
		if slices.ContainsFunc(t.Dependencies, depends) {
			return true
		}
		for _, role := range t.Components {
			if holdsText(values(role.IDs), id) {
				return true
			}
		}
	}
	for _, c := range j.app.Manifest.Components {
		if slices.ContainsFunc(c.Dependencies, depends) {
			return true
		}
		for _, p := range c.Profiles {
			if slices.ContainsFunc(p.Dependencies, depends) {
				return true
			}
		}
	}
	return false
}
