package kube

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/pack"
	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

const image = "registry.example.com/team/shop@sha256:ca853b1c7772a10a6c188efb2f4e32fd122a95c0af9943d0900334cf0e4951ba"

// shop is an application that uses everything the documents know of.
func shop(t *testing.T) App {
	t.Helper()
	locked, err := pack.ParseLocked([]byte(`{"spin_lock_version":0,"metadata":{"name":"shop"},
		"variables":{"token":{"secret":true},"host":{"default":"yes"},"empty":{"default":""},"needed":{}},
		"triggers":[{"id":"a","trigger_type":"http","trigger_config":{"component":"front","route":"/..."}},
			{"id":"b","trigger_type":"redis","trigger_config":{"component":"back"}}],
		"components":[
			{"id":"front","source":{"inline":""},"metadata":{"key_value_stores":["default","cache"],"databases":["default"],"ai_models":["m"]}},
			{"id":"back","source":{"inline":""},"metadata":{"databases":["orders"],"key_value_stores":["cache"]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return App{
		Name: "Shop_1", Image: image, Tag: "registry.example.com/team/shop:1.0", Locked: locked,
		WasmSize: 37 << 20,
	}
}

func bare() App {
	return App{
		Name: "hello", Image: image, WasmSize: 2 << 20, Exports: []string{"wasi:http/incoming-handler@0.2.0"},
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	schemas := readSchemas(t)
	needed := map[string]string{"needed": "on: \"off\"\n"}
	for name, c := range map[string]struct {
		app App
		o   Options
	}{
		"bare": {bare(), Options{}},
		"bare-executor": {bare(), Options{
			WithExecutor: true, Namespace: "edge", Replicas: 3, Probes: true,
			PullSecrets: []string{"one", "two"}, Memory: "1Gi",
		}},
		"shop": {shop(t), Options{Variables: needed}},
		"shop-back": {shop(t), Options{
			Variables: needed, Components: []string{"back"}, Executor: "other",
		}},
		"shop-hpa":  {shop(t), Options{Variables: needed, Autoscaler: HPA}},
		"shop-keda": {shop(t), Options{Variables: needed, Autoscaler: KEDA}},
		"deployment": {shop(t), Options{
			Variables: needed, Kind: KindDeployment, WithExecutor: true,
			Components: []string{"front", "back"}, Probes: true, RuntimeClass: "rc",
		}},
		"deployment-hpa": {bare(), Options{
			Kind: KindDeployment, Autoscaler: HPA, PullSecrets: []string{"one"},
		}},
	} {
		text, notes, err := Documents(c.app, c.o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, doc := range strings.Split(text, "---\n") {
			var v map[string]any
			if err := yaml.Unmarshal([]byte(doc), &v); err != nil {
				t.Errorf("%s: %v\n%s", name, err, doc)
				continue
			}
			schema, ok := schemas[fmt.Sprint(v["kind"])]
			if strings.HasPrefix(fmt.Sprint(v["apiVersion"]), "core.spinkube.dev") != ok {
				t.Errorf("%s: kind %v has schema: %v", name, v["kind"], ok)
			}
			if ok {
				for _, fault := range schema.faults("", v) {
					t.Errorf("%s: %s", name, fault)
				}
			}
		}
		for _, note := range notes {
			text += "# note: " + note + "\n"
		}
		golden(t, name, text)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".yaml")
	if conformance.Update() {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s:\n%s", path, diff)
	}
}

func TestWhatTheClusterWouldRefuseIsRefused(t *testing.T) {
	t.Parallel()
	with := func(change func(*App)) App {
		a := shop(t)
		change(&a)
		return a
	}
	needed := map[string]string{"needed": "x"}
	for _, c := range []struct {
		says string
		app  App
		o    Options
	}{
		{"not named by digest", App{Image: "registry.example.com/a:1"}, Options{}},
		{"wasi:http/handler@0.3.0,", App{
			Image: image, Exports: []string{"wasi:http/handler@0.3.0"},
		}, Options{}},
		{"bare component", bare(), Options{Components: []string{"x"}}},
		{"bare component", bare(), Options{Variables: needed}},
		{"kind", bare(), Options{Kind: "pod"}},
		{"autoscaler", bare(), Options{Autoscaler: "vpa"}},
		{`"needed" is required`, shop(t), Options{}},
		{`no component "frnt"; there are front, back`, shop(t), Options{
			Variables: needed, Components: []string{"frnt"},
		}},
		{`no variable "hots"`, shop(t), Options{Variables: map[string]string{"hots": "x"}}},
		{`of type "cron"`, with(
			func(a *App) { a.Locked.Triggers[0].Type = "cron" },
		), Options{Variables: needed}},
		{"call each other", with(func(a *App) {
			a.Locked.Components[0].HostRequirements = map[string]any{"local_service_chaining": "required"}
		}), Options{Variables: needed, Components: []string{"front"}}},
	} {
		if text, _, err := Documents(c.app, c.o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v\n%s", c.says, err, text)
		}
	}
}

func TestNamesBecomeLabels(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"hello": "hello", "Hello World_1": "hello-world-1", "1st": "app-1st", "": "app", "--": "app",
		strings.Repeat("a", 62) + "-b": strings.Repeat("a", 62), "é": "app",
	} {
		if got := label(name); got != want {
			t.Errorf("label(%q) = %q, want %q", name, got, want)
		}
	}
}

// schema is the part of OpenAPI that the definitions use.
type schema struct {
	Type        string            `yaml:"type"`
	Properties  map[string]schema `yaml:"properties"`
	Additional  *schema           `yaml:"additionalProperties"`
	Items       *schema           `yaml:"items"`
	Required    []string          `yaml:"required"`
	MinItems    int               `yaml:"minItems"`
	Pattern     string            `yaml:"pattern"`
	IntOrString bool              `yaml:"x-kubernetes-int-or-string"`
}

// readSchemas gives the schema of each kind.
func readSchemas(t *testing.T) map[string]schema {
	t.Helper()
	schemas := map[string]schema{}
	files, err := filepath.Glob("testdata/*.crd.yaml")
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var crd struct {
			Spec struct {
				Names struct {
					Kind string `yaml:"kind"`
				} `yaml:"names"`
				Versions []struct {
					Schema struct {
						OpenAPI schema `yaml:"openAPIV3Schema"`
					} `yaml:"schema"`
				} `yaml:"versions"`
			} `yaml:"spec"`
		}
		if err := yaml.Unmarshal(data, &crd); err != nil {
			t.Fatal(err)
		}
		schemas[crd.Spec.Names.Kind] = crd.Spec.Versions[0].Schema.OpenAPI
	}
	return schemas
}

// faults lists what in a value the schema does not allow. Unknown members are
// faults: the API server would drop them.
func (s schema) faults(path string, value any) (out []string) {
	fault := func(format string, args ...any) {
		out = append(out, path+": "+fmt.Sprintf(format, args...))
	}
	switch v := value.(type) {
	case map[string]any:
		if s.Type != "object" {
			fault("an object where %s is wanted", s.Type)
			return out
		}
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				fault("%s is missing", name)
			}
		}
		for name, member := range v {
			known, ok := s.Properties[name]
			switch {
			case ok:
			case s.Additional != nil:
				known = *s.Additional
			case path == ".metadata":
				continue
			default:
				fault("%s is not known", name)
				continue
			}
			out = append(out, known.faults(path+"."+name, member)...)
		}
	case []any:
		if s.Type != "array" || s.Items == nil || len(v) < s.MinItems {
			fault("a list of %d where %s is wanted", len(v), s.Type)
			return out
		}
		for i, member := range v {
			out = append(out, s.Items.faults(fmt.Sprintf("%s[%d]", path, i), member)...)
		}
	case string:
		if s.Type != "string" && !s.IntOrString {
			fault("a string where %s is wanted", s.Type)
		}
		if s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v) {
			fault("%q does not match %s", v, s.Pattern)
		}
	case bool:
		if s.Type != "boolean" {
			fault("a boolean where %s is wanted", s.Type)
		}
	case int, int64, uint64:
		if s.Type != "integer" && !s.IntOrString {
			fault("an integer where %s is wanted", s.Type)
		}
	default:
		fault("a %T", value)
	}
	return out
}

func TestTheSchemaFindsFaults(t *testing.T) {
	t.Parallel()
	schema := readSchemas(t)["SpinApp"]
	for says, spec := range map[string]string{
		"image is missing":       `{executor: "x"}`,
		"replica is not known":   `{image: "x", executor: "x", replica: 1}`,
		"a string where integer": `{image: "x", executor: "x", replicas: "1"}`,
		"a boolean where string": `{image: "x", executor: yes}`,
		"a list of 0":            `{image: "x", executor: "x", components: []}`,
		"does not match":         `{image: "x", executor: "x", resources: {limits: {memory: "lots"}}}`,
	} {
		var v map[string]any
		if err := yaml.Unmarshal(
			[]byte("kind: SpinApp\nspec: "+strings.ReplaceAll(spec, "yes", "true")), &v,
		); err != nil {
			t.Fatal(err)
		}
		if faults := strings.Join(schema.faults("", v), "\n"); !strings.Contains(faults, says) {
			t.Errorf("%s: found %q", spec, faults)
		}
	}
}
