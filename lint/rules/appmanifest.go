package rules

import (
	"context"

	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/spin"
)

// faultRule is a rule about faults of one kind in manifests.
func faultRule(r lint.Rule, kind spin.Kind, help string) *lint.Rule {
	r.OnManifest, r.Severity = true, lint.Error
	r.Run = func(_ context.Context, pass *lint.Pass) error {
		j := appJudge{pass, pass.Artifact.App}
		for _, e := range j.app.Faults {
			if e.Kind == kind {
				j.fault(e, help)
			}
		}
		return nil
	}
	return &r
}

// fault reports what the reader of a file found.
func (j *appJudge) fault(e *spin.Error, help string) {
	f := lint.Finding{Message: e.Msg, Help: help, Key: e.Key + ": " + e.Msg}
	if e.Key != "" {
		f.Message = e.Key + ": " + e.Msg
	}
	j.report(e.Pos, f)
}

var invalidManifest = faultRule(lint.Rule{
	ID: "EL0801", Name: "invalid-manifest",
	Doc: lint.Doc{
		Title: "The manifest is not one that Spin reads",
		Text: "spin.toml breaks TOML's syntax or Spin's rules: a value of the wrong type, a key that is missing, a " +
			"trigger without a component. Spin refuses the application when it starts, and names one fault at a time " +
			"without its place; these are all of them.",
		Bad:  "[component.hello]\nsource = 7",
		Good: "[component.hello]\nsource = \"app.wasm\"",
	},
}, spin.KindOther, "")

var unknownKey = faultRule(lint.Rule{
	ID: "EL0802", Name: "unknown-key",
	Doc: lint.Doc{
		Title: "The manifest has a key that Spin does not know",
		Text: "Spin refuses manifests with keys that it does not know, outside of the tables of triggers and tools. Most " +
			"are misspelt.",
		Bad:  "[component.hello]\nallowed_outbound_host = [\"https://example.com\"]",
		Good: "[component.hello]\nallowed_outbound_hosts = [\"https://example.com\"]",
	},
}, spin.KindUnknownKey, "")

var undefinedVariable = faultRule(lint.Rule{
	ID: "EL0803", Name: "undefined-variable",
	Doc: lint.Doc{
		Title: "A template names a variable that the application does not have",
		Text: "Values of component variables take application variables in double braces. Those must stand in the " +
			"table [variables]; Spin does not start the application otherwise.",
		Bad:  "[component.hello.variables]\nkey = \"{{ api_key }}\"",
		Good: "[variables]\napi_key = { required = true, secret = true }\n\n[component.hello.variables]\nkey = \"{{ api_key }}\"",
	},
}, spin.KindUnknownVariable, "declare it in the table [variables] with required = true or a default")

var invalidHost = faultRule(lint.Rule{
	ID: "EL0804", Name: "invalid-allowed-host",
	Doc: lint.Doc{
		Title: "An entry of allowed_outbound_hosts is malformed",
		Text: "Entries are scheme://host:port. The scheme is a word or *; the host a name, *.domain, *, an address, a " +
			"range of addresses or self; the port a number, a range such as 8000..9000, or *, and may be left out where " +
			"the scheme has one. There is no path and no user. Spin fails when the component first connects.",
		Bad:  "allowed_outbound_hosts = [\"https://api.example.com/v1\"]",
		Good: "allowed_outbound_hosts = [\"https://api.example.com\"]",
	},
}, spin.KindHost, "")

var invalidRoute = faultRule(lint.Rule{
	ID: "EL0805", Name: "invalid-route",
	Doc: lint.Doc{
		Title: "A route is malformed",
		Text: "The segments of a route are literal, a parameter such as :user, or, as the last one, the wildcard ... " +
			"for any rest. No parameter comes twice.",
		Bad:  "route = \"/.../edit\"",
		Good: "route = \"/:page/edit\"",
	},
}, spin.KindRoute, "")

var manifestVersion = appRule(lint.Rule{
	ID: "EL0806", Name: "manifest-version-1", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "The manifest is of version 1",
		Text: "Version 2 came with Spin 2.0. Spin still reads version 1, but no new key works there, and every " +
			"component may connect to any Redis, MySQL or PostgreSQL server unless it says otherwise.",
		Bad:  "spin_manifest_version = \"1\"",
		Good: "spin_manifest_version = 2",
	},
}, func(j *appJudge) {
	if j.app.Manifest.Version == 1 {
		j.report(j.app.Manifest.Pos, lint.Finding{
			Message: "this is a manifest of version 1", Help: "`spin doctor` rewrites it as version 2", Key: "version",
		})
	}
})

var deprecatedKey = appRule(lint.Rule{
	ID: "EL0807", Name: "deprecated-key", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "A key of the manifest or of runtime-config.toml is deprecated",
		Text:  "Spin still reads the key, with a warning or without, and has another for the purpose.",
		Bad:   "allowed_http_hosts = [\"https://example.com\"]",
		Good:  "allowed_outbound_hosts = [\"https://example.com\"]",
	},
}, func(j *appJudge) {
	warnings := j.app.Manifest.Warnings
	if j.app.Runtime != nil {
		warnings = append(warnings[:len(warnings):len(warnings)], j.app.Runtime.Warnings...)
	}
	for _, w := range warnings {
		if w.Kind == spin.KindDeprecated {
			j.fault(w, "")
		}
	}
})

var doubtfulManifest = appRule(lint.Rule{
	ID: "EL0809", Name: "doubtful-manifest", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "The manifest has something that Spin takes otherwise than it looks",
		Text: "The manifest can be read, but it is doubtful whether what Spin makes of it is meant: an application without " +
			"a trigger, a pattern that mounts the whole folder, a wildcard that is not a segment of its route, a " +
			"parameter in braces, a template in environment, where there are none.",
		Bad:  "files = [\"**/*\"]",
		Good: "files = [\"assets/**/*\"]",
	},
}, func(j *appJudge) {
	for _, w := range j.app.Manifest.Warnings {
		if w.Kind == spin.KindOther {
			j.fault(w, "")
		}
	}
})

var invalidRuntimeConfig = appRule(lint.Rule{
	ID: "EL0808", Name: "invalid-runtime-config", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The runtime-config.toml beside the manifest is not one that Spin reads",
		Text: "Spin refuses to start with a runtime configuration that has keys it does not know or values of the " +
			"wrong type. The rule looks at a file of that name beside spin.toml.",
		Bad:  "[key_value_store.cache]\ntype = \"reddis\"",
		Good: "[key_value_store.cache]\ntype = \"redis\"\nurl = \"redis://localhost:6379\"",
	},
}, func(j *appJudge) {
	for _, e := range j.app.RuntimeFaults {
		j.fault(e, "")
	}
})
