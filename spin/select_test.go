package spin

import (
	"slices"
	"strings"
	"testing"
)

const selectManifest = `spin_manifest_version = 2
[application]
name = "app"
[[trigger.http]]
route = "/a"
component = "a"
[[trigger.http]]
route = "/b"
component = "b"
[[trigger.http]]
route = "/c"
component = "c"
[[trigger.http]]
route = "/static"
static_response = { body = "x" }
[component.a]
source = "a.wasm"
allowed_outbound_hosts = ["http://b.spin.internal", "http://{{ x }}.spin.internal"]
[component.d]
source = "d.wasm"
[component.b]
source = "b.wasm"
dependencies = { "x:y/z" = { component = "d" } }
environment = { MODE = "prod", KEEP = "1" }
build = { command = "make", workdir = "w", watch = ["*.py"] }
profile.debug = { source = "debug.wasm", environment = { MODE = "debug" }, build = { command = ["make debug", "x"] } }
profile.bare = { dependencies = { "a:b/c" = "1.0.0" } }
[component.c]
source = "c.wasm"
allowed_outbound_hosts = ["http://*.spin.internal"]
profile.debug.build.command = "make c"
[variables]
x = { default = "b" }
`

func parseSelect(t *testing.T) *Manifest {
	t.Helper()
	m, err := Parse("spin.toml", []byte(selectManifest))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAProfileReplacesWhatItSays(t *testing.T) {
	t.Parallel()
	m := parseSelect(t)
	if err := m.UseProfile("debug"); err != nil {
		t.Fatal(err)
	}
	b, _ := m.Component("b")
	var env []string
	for _, e := range b.Environment {
		env = append(env, e.Name+"="+e.Value.Value)
	}
	if want := []string{"KEEP=1", "MODE=debug"}; b.Source.Path != "debug.wasm" || !slices.Equal(env, want) {
		t.Errorf("source %s, environment %v", b.Source.Path, env)
	}
	if len(b.Build.Commands) != 2 || b.Build.Workdir != "w" || len(b.Build.Watch) != 1 {
		t.Errorf("build %+v", b.Build)
	}
	a, _ := m.Component("a")
	c, _ := m.Component("c")
	if a.Build != nil || c.Build == nil || c.Build.Commands[0].Value != "make c" || c.Source.Path != "c.wasm" {
		t.Errorf("a's build %v, c's %v", a.Build, c.Build)
	}
	m = parseSelect(t)
	if err := m.UseProfile("bare"); err != nil {
		t.Fatal(err)
	}
	if b, _ := m.Component("b"); len(b.Dependencies) != 2 || b.Source.Path != "b.wasm" {
		t.Errorf("b %+v", b)
	}
	if err := parseSelect(t).UseProfile("debgu"); err == nil || !strings.Contains(err.Error(), `did you mean "debug"`) {
		t.Errorf("%v", err)
	}
}

func TestOnlyTheSelectedComponentsAreKept(t *testing.T) {
	t.Parallel()
	m := parseSelect(t)
	if err := m.Retain([]string{"b", "a"}); err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, c := range m.Components {
		kept = append(kept, c.ID)
	}
	for _, x := range m.Triggers {
		kept = append(kept, x.Route.Pattern)
	}
	if want := []string{"a", "d", "b", "/a", "/b"}; !slices.Equal(kept, want) {
		t.Errorf("kept %v", kept)
	}
	for ids, want := range map[string]string{
		"a":     `spin.toml:18:27: component a may send requests to component b ("http://b.spin.internal"), which is not selected`,
		"a,b,c": "component c may send requests to any other",
		"bb":    `unknown component "bb": expected one of a, d, b, c`,
	} {
		if err := parseSelect(t).Retain(strings.Split(ids, ",")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", ids, err)
		}
	}
}
