package spin

import (
	"strings"
	"testing"
)

const inheritingManifest = `spin_manifest_version = 2
[application]
name = "a"
[component.one]
source = "a.wasm"
key_value_stores = ["default"]
sqlite_databases = ["default"]
[component.one.dependencies]
"a:b/c" = { path = "b.wasm", inherit_configuration = ["sqlite_databases"] }
`

func TestDependenciesAreRefusedWhatTheyDoNotInherit(t *testing.T) {
	t.Parallel()
	var denied []Denial
	a := newApp(t, inheritingManifest, Config{Denied: func(d Denial) { denied = append(denied, d) }})
	one, _ := a.manifest.Component("one")
	d := &one.Dependencies[0]
	inherited := d.Inherited(one)
	g := &grants{app: a, component: &inherited, dependency: d}
	if !g.permits(g.component.SQLiteDatabases, "sqlite_databases", "default", "database") {
		t.Error("what it inherits is refused")
	}
	if g.permits(g.component.KeyValueStores, "key_value_stores", "default", "store") || len(denied) != 1 {
		t.Fatalf("what it does not inherit is permitted: %v", denied)
	}
	if x := denied[0]; x.Component != "one" || x.Grant != "" ||
		!strings.HasPrefix(x.Hint, `spin.toml:9:1: it is the dependency "a:b/c" that asked`) {
		t.Errorf("denial %+v", x)
	}
}

func TestTheMiddlewareOfAComponentIsThatOfItsTriggers(t *testing.T) {
	t.Parallel()
	const manifest = `spin_manifest_version = 2
[application]
name = "a"
[[trigger.http]]
route = "/a"
component = "one"
dependencies.middleware = [{ path = "x.wasm" }, { path = "y.wasm", inherit_configuration = ["files"] }]
[[trigger.http]]
route = "/b"
component = "one"
[component.one]
source = "a.wasm"
`
	for dependencies, want := range map[string]string{
		`dependencies.middleware = [{ path = "x.wasm" }, { path = "y.wasm", inherit_configuration = ["files"] }]`: "x.wasm y.wasm",
		`dependencies.middleware = [{ path = "x.wasm" }, { path = "y.wasm", inherit_configuration = true }]`:      "with other middleware",
		`dependencies.middleware = [{ path = "x.wasm" }]`:                                                         "with other middleware",
		``: "with other middleware",
		`dependencies.other = [{ path = "x.wasm" }]`: "HTTP triggers have middleware alone",
	} {
		a := newApp(t, strings.Replace(manifest, "[component.one]", dependencies+"\n[component.one]", 1), Config{})
		list, err := a.middleware("one")
		var paths []string
		for _, d := range list {
			paths = append(paths, d.Path)
		}
		got := strings.Join(paths, " ")
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s", dependencies, got)
		}
	}
}
