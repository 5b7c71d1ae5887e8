package spin

import (
	"strings"
	"testing"

	"github.com/edgelint/edgelint/spin"
)

const variablesManifest = `spin_manifest_version = 2
[application]
name = "test"
[variables]
flagged = { default = "default" }
static = { default = "default" }
surrounding = { default = "default" }
none = { default = "default" }
token = { required = true }
[component.one]
source = "app.wasm"
[component.one.variables]
all = "{{ flagged }} {{ static }} {{ surrounding }} {{ none }} {{ token }}"
plain = "text"
`

func environ(name string) (string, bool) {
	v, ok := map[string]string{
		"SPIN_VARIABLE_SURROUNDING": "environment", "SPIN_VARIABLE_STATIC": "environment",
		"SPIN_VARIABLE_FLAGGED": "environment", "SPIN_VARIABLE_TOKEN": "secret",
	}[name]
	return v, ok
}

func TestVariablesHaveTheirOrderOfPrecedence(t *testing.T) {
	t.Parallel()
	g := grantsOf(t, newApp(t, variablesManifest, Config{
		Variables: map[string]string{"flagged": "flag"},
		Providers: []Provider{Static{"static": "provider", "flagged": "provider"}, NewEnvironment(DefaultPrefix, environ, "")},
	}), "one")
	if got, verr := g.get(t.Context(), "all"); verr != nil || got != "flag provider environment default secret" {
		t.Errorf("got %q, %+v", got, verr)
	}
	for name, want := range map[string]uint8{"token": variableUndefined, "Bad": 0, "a}}{{b": 0, "": 0, "a__b": 0} {
		if _, verr := g.get(t.Context(), name); verr == nil || verr.Case != want {
			t.Errorf("%q: %+v", name, verr)
		}
	}
}

func TestRequiredVariablesWithoutValueStopTheStart(t *testing.T) {
	t.Parallel()
	m, err := spin.Parse("spin.toml", []byte(variablesManifest))
	if err != nil {
		t.Fatal(err)
	}
	_, err = NewApp(t.Context(), m, Config{})
	if err == nil || !strings.Contains(err.Error(), "set SPIN_VARIABLE_TOKEN, or --variable token=VALUE") {
		t.Errorf("error %v", err)
	}
}

func TestUnknownLabelsStopTheStart(t *testing.T) {
	t.Parallel()
	m, err := spin.Parse("spin.toml", []byte(strings.ReplaceAll(storesManifest, `["default"]`, `["cache"]`)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = NewApp(t.Context(), m, Config{})
	for _, want := range []string{`spin.toml:6:`, `key_value_stores label "cache"`, `sqlite_databases label "cache"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
}
