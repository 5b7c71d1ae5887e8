package rules

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/spin"
)

var requiredVariable = appRule(lint.Rule{
	ID: "EL0850", Name: "required-variable", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "The application does not start until it is given a variable",
		Text: "A variable with required = true has no default: whoever runs the application gives it a value, by a " +
			"provider of runtime-config.toml, an environment variable, .env or --variable. Without one Spin does not start. " +
			"Nothing is reported if .env or runtime-config.toml has the value, or a provider that may have it.",
		Bad:  "token = { required = true, secret = true }",
		Good: "token = { required = true, secret = true }\n# runtime-config.toml:\n[[variables_provider]]\ntype = \"vault\"",
	},
}, func(j *appJudge) {
	for _, v := range j.app.Manifest.Variables {
		if !v.Required || j.mayProvide(v.Name) {
			continue
		}
		j.report(v.Pos, lint.Finding{
			Message: fmt.Sprintf("variable %s must be given a value where the application runs", v.Name),
			Help:    fmt.Sprintf("set SPIN_VARIABLE_%s there or in .env, or name a provider in runtime-config.toml", strings.ToUpper(v.Name)),
			Key:     v.Name,
		})
	}
})

// mayProvide reports whether a provider of the runtime configuration or the file
// .env beside the manifest has a variable, or may have it.
func (j *appJudge) mayProvide(name string) bool {
	if j.inDotenv(name) {
		return true
	}
	if j.app.Runtime == nil {
		return false
	}
	for _, p := range j.app.Runtime.VariablesProviders {
		if p.Type != "static" && p.Type != "env" {
			return true
		}
		if p.Env != nil && (p.Env.DotenvPath.Value != "" || p.Env.Prefix != nil) {
			return true
		}
		for _, e := range p.Static {
			if e.Name == name {
				return true
			}
		}
	}
	return false
}

// inDotenv reports whether the file .env gives a variable a value.
func (j *appJudge) inDotenv(name string) bool {
	f, err := os.Open(filepath.Join(j.app.Dir, ".env"))
	if err != nil {
		return false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, _, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(lines.Text()), "export "), "=")
		if ok && strings.TrimSpace(key) == "SPIN_VARIABLE_"+strings.ToUpper(name) {
			return true
		}
	}
	return false
}

var unusedVariable = appRule(lint.Rule{
	ID: "EL0851", Name: "unused-variable", Severity: lint.Note,
	Doc: lint.Doc{
		Title: "No template of the manifest uses a variable",
		Text: "Components do not see application variables: their own variables, their allowed hosts and the triggers " +
			"take them in templates such as {{ token }}. A variable that none uses has no effect.",
		Bad:  "[variables]\ntoken = { required = true }    # and no {{ token }} anywhere",
		Good: "[component.hello.variables]\ntoken = \"{{ token }}\"",
	},
}, func(j *appJudge) {
	used := j.usedVariables()
	for _, v := range j.app.Manifest.Variables {
		if !used[v.Name] {
			j.report(v.Pos, lint.Finding{
				Message: fmt.Sprintf("nothing uses variable %s", v.Name),
				Help:    fmt.Sprintf("give it to a component: %s = \"{{ %s }}\" in its variables; or delete it", v.Name, v.Name),
				Key:     v.Name,
			})
		}
	}
})

// usedVariables are the application variables in the manifest's templates.
func (j *appJudge) usedVariables() map[string]bool {
	used := map[string]bool{}
	use := func(text string) {
		if t, err := spin.ParseTemplate(text); err == nil {
			for name := range t.Variables() {
				used[name] = true
			}
		}
	}
	for _, c := range j.app.Manifest.Components {
		for _, e := range c.Variables {
			use(e.Value.Value)
		}
		for _, h := range append(c.AllowedOutboundHosts[:len(c.AllowedOutboundHosts):len(c.AllowedOutboundHosts)], c.AllowedHTTPHosts...) {
			use(h.Value)
		}
	}
	for _, t := range j.app.Manifest.Triggers {
		eachText(t.Config, use)
	}
	for _, config := range j.app.Manifest.TriggerConfig {
		eachText(config, use)
	}
	return used
}

// eachText calls a function with every text in a plain value of a manifest.
func eachText(v any, do func(string)) {
	switch v := v.(type) {
	case string:
		do(v)
	case []any:
		for _, e := range v {
			eachText(e, do)
		}
	case map[string]any:
		for _, e := range v {
			eachText(e, do)
		}
	}
}

var secretInManifest = appRule(lint.Rule{
	ID: "EL0852", Name: "secret-in-manifest", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "A value in the manifest looks like a secret",
		Text: "The manifest is in the repository and, with every value, in what is pushed to a registry: it is no " +
			"place for keys, tokens and passwords. Known forms of credentials are recognized, and values under " +
			"names such as password or api_key. The finding shows the first characters only.",
		Bad:  "[component.hello.environment]\nAPI_KEY = \"AKIA...\"",
		Good: "[variables]\napi_key = { required = true, secret = true }\n\n[component.hello.variables]\napi_key = \"{{ api_key }}\"",
	},
}, func(j *appJudge) {
	for _, v := range j.app.Manifest.Variables {
		if v.Default != nil {
			j.secret(v.Name, *v.Default)
		}
	}
	for _, c := range j.app.Manifest.Components {
		for _, list := range [][]spin.Entry{c.Environment, c.Variables} {
			for _, e := range list {
				j.secret(e.Name, e.Value)
			}
		}
		for _, h := range c.AllowedOutboundHosts {
			j.secret("", h)
		}
	}
})

// secret reports a value that looks like a secret. Its excerpt is left out.
func (j *appJudge) secret(name string, value spin.String) {
	if strings.Contains(value.Value, "{{") {
		return
	}
	kind := secretKind(name, value.Value)
	if kind == "" {
		return
	}
	f := secretFinding(kind, name, value.Value)
	f.Help = "declare a variable with secret = true and without a default, and give its value where the application " +
		"runs; replace it, since it has been in a file"
	f.Source, _ = j.app.Place(value.Pos)
	j.pass.Report(f)
}
