package spin

import (
	"fmt"
	"strings"
	"testing"
)

func TestDependenciesFitImports(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		selector, imported string
		want               bool
	}{
		{"a:b/c@0.1.0", "a:b/c@0.1.0", true},
		{"a:b/c@0.1.0", "a:b/c@0.1.1", false},
		{"a:b/c@0.1.0", "a:b/c", false},
		{"a:b/c", "a:b/c@0.1.0", true},
		{"a:b/c", "a:b/d@0.1.0", false},
		{"a:b", "a:b/c@0.1.0", true},
		{"a:b@0.1.0", "a:b/c@0.1.0", true},
		{"a:b", "a:bb/c", false},
		{"a:b", "plain", false},
		{"plain", "plain", true},
		{"plain", "plain-too", false},
		{"plain", "a:b/plain", false},
		{"a:b:c", "a:b:c", false},
	} {
		if got := (Dependency{Selector: c.selector}).Fits(c.imported); got != c.want {
			t.Errorf("%s fits %s: %v", c.selector, c.imported, got)
		}
	}
}

// TestDependenciesInherit checks what is left of a component that has all
// permissions.
func TestDependenciesInherit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ component, dependency, want string }{
		{"", "", ""},
		{"", "inherit_configuration = false", ""},
		{"", "inherit_configuration = true", "ai files hosts kv sql variables MODE"},
		{"dependencies_inherit_configuration = true", "", "ai files hosts kv sql variables MODE"},
		{"", `inherit_configuration = ["files", "environment"]`, "files MODE"},
		{"", `inherit_configuration = ["ai_models", "sqlite_databases", "key_value_stores"]`, "ai kv sql"},
		{"", `inherit_configuration = ["variables", "allowed_outbound_hosts"]`, "hosts variables"},
	} {
		m, err := Parse("spin.toml", fmt.Appendf(nil, `spin_manifest_version = 2
[application]
name = "app"
[component.a]
source = "a.wasm"
ai_models = ["ai"]
files = ["files"]
allowed_outbound_hosts = ["http://hosts"]
key_value_stores = ["kv"]
sqlite_databases = ["sql"]
variables = { variables = "x" }
environment = { MODE = "x" }
%s
[component.a.dependencies."a:b/c"]
path = "b.wasm"
%s
`, c.component, c.dependency))
		if err != nil {
			t.Fatal(err)
		}
		a, _ := m.Component("a")
		left := a.Dependencies[0].Inherited(a)
		var got []string
		got = appendValues(got, left.AIModels)
		for _, f := range left.Files {
			got = append(got, f.Pattern)
		}
		got = appendValues(got, left.AllowedOutboundHosts)
		got = appendValues(got, left.KeyValueStores)
		got = appendValues(got, left.SQLiteDatabases)
		for _, e := range append(left.Variables, left.Environment...) {
			got = append(got, e.Name)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s, %s: %s", c.component, c.dependency, text)
		}
		if len(a.Files) != 1 || left.ID != "a" {
			t.Error("the component itself was changed")
		}
	}
}

func appendValues(to []string, list []String) []string {
	for _, s := range list {
		to = append(to, strings.TrimPrefix(s.Value, "http://"))
	}
	return to
}
