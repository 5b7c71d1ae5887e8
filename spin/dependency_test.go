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

// parseDependencies parses a manifest whose only component has dependencies.
func parseDependencies(text string) error {
	_, err := Parse("spin.toml", fmt.Appendf(nil, `spin_manifest_version = 2
[application]
name = "app"
[[trigger.http]]
route = "/..."
component = "a"
[component.a]
source = "a.wasm"
[component.a.dependencies]
%s`, text))
	return err
}

func TestDependenciesForTheSameImportAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b  string
		apart bool
	}{
		{"foo:bar@0.1.0", "foo:bar@0.2.0", true},
		{"foo:bar/baz@0.1.0", "foo:bar/baz@0.2.0", true},
		{"foo:bar/baz@0.1.0", "foo:bar/bub@0.1.0", true},
		{"foo:bar@0.1.0", "foo:bar/bub@0.2.0", true},
		{"foo:bar@1.0.0", "foo:bar@2.0.0", true},
		{"foo:bar@0.1.0", "foo:bar@1.0.0", true},
		{"foo:bar@0.2.0", "foo:baz@0.2.0", true},
		{"foo:bar/baz", "foo:bar/bub", true},
		{"foo:bar/baz@0.1.0-alpha", "foo:bar/baz@0.1.0-beta", true},
		{"foo:bar@0.1.0", "foo:bar@0.1.1", false},
		{"foo:bar@1.0.0", "foo:bar@1.2.0", false},
		{"foo:bar/baz@0.1.0", "foo:bar@0.1.0", false},
		{"foo:bar", "foo:bar@0.1.0", false},
		{"foo:bar/baz", "foo:bar", false},
		{"foo:bar/baz", "foo:bar@0.1.0", false},
		{"foo:bar/baz@0.1.0", "foo:bar", false},
	} {
		err := parseDependencies(fmt.Sprintf("%q = \"0.1.0\"\n%q = \"0.1.0\"\n", c.a, c.b))
		if (err == nil) != c.apart {
			t.Errorf("%s and %s: %v", c.a, c.b, err)
		}
	}
}

func TestDependenciesNeedAPackageOrAnExport(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`plain-name = "0.1.0"`:                                      "plain-name",
		`plain-name = { version = "0.1.0" }`:                        "plain-name",
		`plain-name = { version = "0.1.0", package = "a:b" }`:       "",
		`plain-name = { path = "foo.wasm" }`:                        "",
		`"foo:baz@0.1.0" = { path = "foo.wasm", export = "foo" }`:   "export",
		`"foo:baz/x@0.1.0" = { path = "foo.wasm", export = "foo" }`: "",
	} {
		err := parseDependencies(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
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
