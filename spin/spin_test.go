package spin

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/edgelint/edgelint/internal/conformance"
)

// TestManifests reads each testdata/*.txtar: the file spin.toml, and what comes of
// it: model.json, or errors.
func TestManifests(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/*.txtar", func(data []byte) (any, error) { return Parse("spin.toml", data) })
}

// TestRuntimeConfigs does the same with runtime-config.toml.
func TestRuntimeConfigs(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/runtime/*.txtar", func(data []byte) (any, error) {
		return ParseRuntimeConfig("runtime-config.toml", data)
	})
}

func golden(t *testing.T, pattern string, parse func([]byte) (any, error)) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		model, err := parse(a.Files[0].Data)
		name, got := "errors", ""
		if err == nil {
			name, got = "model.json", modelText(t, model)
		} else {
			var list ErrorList
			if !errors.As(err, &list) || len(list) == 0 {
				t.Fatalf("%s: %v is no list of errors", file, err)
			}
			got = err.Error() + "\n"
		}
		if conformance.Update() {
			a.Files = append(a.Files[:1], txtar.File{Name: name, Data: []byte(got)})
			if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if len(a.Files) != 2 || a.Files[1].Name != name || string(a.Files[1].Data) != got {
			t.Errorf("%s: %s is now:\n%s", file, name, got)
		}
	}
}

// modelText is a model as JSON, without what is empty.
func modelText(t *testing.T, model any) string {
	t.Helper()
	data, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(compact(v)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// compact leaves out what is empty, and puts a string before its place.
func compact(v any) any {
	switch v := v.(type) {
	case string:
		return strings.TrimPrefix(strings.TrimPrefix(v, "spin.toml:"), "runtime-config.toml:")
	case []any:
		for i := range v {
			v[i] = compact(v[i])
		}
		return v
	case map[string]any:
		if s, ok := v["Value"].(string); ok && len(v) == 2 && v["Pos"] != nil {
			pos := compact(v["Pos"])
			if s == "" && pos == "" {
				return nil
			}
			return fmt.Sprintf("%s @%s", s, pos)
		}
		for key, x := range v {
			x = compact(x)
			if v[key] = x; x == nil || x == "" || x == false || x == 0.0 {
				delete(v, key)
			}
		}
	}
	return v
}

func TestRoutesMatchAsSpinRoutes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		route, path, rest string
		params            string
		want              bool
	}{
		{"/", "/", "", "", true},
		{"/", "//", "", "", true},
		{"/", "/a", "", "", false},
		{"/a", "/a", "", "", true},
		{"/a", "/a/", "", "", true},
		{"/a", "//a//", "", "", true},
		{"/a", "/a/b", "", "", false},
		{"/a", "/ab", "", "", false},
		{"/a", "/", "", "", false},
		{"/a/b", "/a//b", "", "", false},
		{"a/b/", "/a/b", "", "", true},
		{"/a//b", "/a/b", "", "", true},
		{"//a", "/a", "", "", true},
		{"/a/b", "//a///b//", "", "", false},
		{"/a...", "/a...", "", "", true},
		{"/a...", "/ab", "", "", false},
		{"", "/", "", "", true},
		{"/a", "/A", "", "", false},
		{"/a/", "/a", "", "", true},
		{"/a/b", "/a/b", "", "", true},
		{"/a/b", "/a", "", "", false},
		{"/a/...", "/a", "", "", true},
		{"/a/...", "/a/", "/", "", true},
		{"/a/...", "/a/hello", "/hello", "", true},
		{"/a/...", "/a/hello/", "/hello/", "", true},
		{"/a/...", "/a/b/c/", "/b/c/", "", true},
		{"/a/...", "/ab", "", "", false},
		{"/...", "/", "/", "", true},
		{"/...", "/x", "/x", "", true},
		{"/...", "", "", "", true},
		{"/a/*", "/a/b", "/b", "", true},
		{"/a/...", "/a//b", "//b", "", true},
		{"/a/...", "/ab/c", "", "", false},
		{"/a/...", "/", "", "", false},
		{"/:id/x", "/7/x", "", "id=7", true},
		{"/:id", "/", "", "", false},
		{"/:id", "/a.b.c", "", "id=a.b.c", true},
		{"/users/:id/...", "/users/42", "", "id=42", true},
		{"/users/:id/...", "/users/42/", "/", "id=42", true},
		{"/users/:id/...", "/users/42/hello/", "/hello/", "id=42", true},
		{"/:name.txt", "/a.txt", "", "name=a", true},
		{"/:name.txt", "/a.md", "", "", false},
		{"/:name.txt", "/.txt", "", "name=", true},
		{"/:name.txt", "/a.b.txt", "", "", false},
		{"/:a.:b", "/x.", "", "", false},
		{"/:a.:b/...", "/x./y", "/y", "a=x,b=", true},
		{"/:a/b", "/x//b", "", "", false},
		{"/:a.:b", "/x.y.z", "", "a=x,b=y.z", true},
		{"/:a.:b", "/x", "", "", false},
		{"/a.b", "/a.b", "", "", true},
		{"/a%20b/...", "/a%20b/c%2Fd", "/c%2Fd", "", true},
		{"/...", "/1/2/3", "/1/2/3", "", true},
		{"/:id/x", "/7/y", "", "", false},
		{"/1/:two/3", "/1/2/3", "", "two=2", true},
		{"/1/:two/...", "/1/2/3", "/3", "two=2", true},
		{"/1/:two/...", "/1/2", "", "two=2", true},
		{"/1/:two/...", "/1", "", "", false},
		{"/:a/:b", "/x/y", "", "a=x,b=y", true},
		{"/base/:path_segment/...", "/base/p/rest", "/rest", "path_segment=p", true},
	} {
		p, err := ParseRoute(c.route)
		if err != nil {
			t.Fatal(err)
		}
		params, rest, ok := p.Match(c.path)
		var got []string
		for _, k := range slices.Sorted(maps.Keys(params)) {
			got = append(got, k+"="+params[k])
		}
		if ok != c.want || rest != c.rest || strings.Join(got, ",") != c.params {
			t.Errorf("%s on %s: %v, rest %q, params %v", c.route, c.path, ok, rest, got)
		}
	}
	for bad, want := range map[string]string{
		"/.../a": "is not its last segment", "/*/a": "is not its last segment", "/...a": "begins with a wildcard", "/**": "begins with a wildcard", "/a/*.css": "begins with a wildcard",
		"/:": "a parameter without a name", "/:a/:a": "the parameter :a twice", "/:a.:a": "the parameter :a twice",
	} {
		if p, err := ParseRoute(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseRoute(%q) = %v, %v", bad, p, err)
		}
	}
}

func TestFilesMayBeginWithAByteOrderMark(t *testing.T) {
	t.Parallel()
	if _, err := ParseRuntimeConfig("c.toml", []byte("\ufeffstate_dir = \"a\"\n")); err != nil {
		t.Error(err)
	}
	_, err := Parse("spin.toml", []byte("\ufeffspin_manifest_version = 2\nx = 1\n[application]\nname = \"a\"\n"))
	if err == nil || !strings.HasPrefix(err.Error(), "spin.toml:2:1: x: unknown key") {
		t.Error(err)
	}
}

func TestMoreSpecificRoutesAreTriedFirst(t *testing.T) {
	t.Parallel()
	for _, order := range [][]string{
		{"/", "/..."},
		{"/a", "/a/...", "/:x", "/..."},
		{"/a/b", "/a/:x", "/a/...", "/:x/b", "/:x/:y", "/:x/...", "/..."},
		{"/a.b", "/a.:y", "/:x.b", "/:x.b/...", "/:x.:y", "/:x.:y/...", "/:x", "/:x/...", "/..."},
		{"/:x/b", "/:x/b/...", "/:x.:y/...", "/:x/..."},
	} {
		for i := range order {
			for j := range order {
				p, _ := ParseRoute(order[i])
				q, _ := ParseRoute(order[j])
				if got := p.Compare(q); (got < 0) != (i < j) && i != j {
					t.Errorf("%s before %s: Compare = %d", order[i], order[j], got)
				}
			}
		}
	}
}

func TestTemplatesExpand(t *testing.T) {
	t.Parallel()
	lookup := func(name string) (string, error) {
		if name == "missing" {
			return "", errors.New("there is none")
		}
		return "<" + name + ">", nil
	}
	for in, want := range map[string]string{
		"": "", "plain": "plain", "{{a}}": "<a>", "x {{ a_b }} y {{c}}": "x <a_b> y <c>", "{ {{ a }} }": "{ <a> }",
		"{{ a1_b2 }}{{ a1_b2 }}": "<a1_b2><a1_b2>", "a }} b": "a }} b", "{{a}}}": "<a>}", "{{\ta\n}}": "<a>", "ä{{ a }}ö": "ä<a>ö",
	} {
		tmpl, err := ParseTemplate(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if got, err := tmpl.Expand(lookup); got != want || err != nil {
			t.Errorf("%q expands to %q, %v", in, got, err)
		}
		names := slices.Collect(tmpl.Variables())
		if strings.Count(want, "<") != len(names) {
			t.Errorf("%q has the variables %q", in, names)
		}
	}
	for bad, want := range map[string]string{
		"{{": "has {{ without }}", "{{ a": "has {{ without }}", "{{ a }} {{ b": "has {{ without }}",
		"{{}}": "is no variable's name", "{{ A }}": "is no variable's name", "{{ a b }}": "is no variable's name",
		"{{ 1a }}": "is no variable's name", "{{ a-b }}": "is no variable's name", "{{ a__b }}": "is no variable's name",
		"{{ _a }}": "is no variable's name", "{{ a_ }}": "is no variable's name", "{{ {{ a }} }}": "is no variable's name",
	} {
		if _, err := ParseTemplate(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseTemplate(%q): %v", bad, err)
		}
	}
	tmpl, err := ParseTemplate("{{ a }}{{ missing }}")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := tmpl.Expand(lookup); err == nil || got != "" {
		t.Errorf("a variable that is missing: %q, %v", got, err)
	}
}

func TestNamesOfVariablesAreSnakeCase(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a", "abc", "a1b2c3", "a_1", "a_1_b_3"} {
		if !IsVariableName(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{"", "aX", "1bc", "_x", "x.y", "x_", "a__b", "x-y", "ä"} {
		if IsVariableName(bad) {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestOldHostsAreConvertedAsSpinConvertsThem(t *testing.T) {
	t.Parallel()
	const databases = "redis://*:* mysql://*:* postgres://*:*"
	for keys, want := range map[string]string{
		``:                                 databases,
		`allowed_outbound_hosts = []`:      "",
		`allowed_http_hosts = ["a.com"]`:   databases + " http://a.com https://a.com",
		`allowed_http_hosts = ["a.com:1"]`: databases + " http://a.com:1 https://a.com:1",
		`allowed_http_hosts = ["http://a.com/", "[::1]:8001", "localhost:3001"]`: databases +
			" http://a.com https://a.com http://[::1]:8001 https://[::1]:8001 http://localhost:3001 https://localhost:3001",
		`allowed_http_hosts = ["a.com:80", "https://b.com:443", "http://c.com:443/"]`: databases +
			" http://a.com https://a.com http://b.com https://b.com http://c.com:443 https://c.com:443",
		`allowed_http_hosts = ["self"]`:                                              databases + " http://self",
		`allowed_http_hosts = ["a.com", "insecure:allow-all"]`:                       databases + " http://*:* https://*:* http://self",
		"allowed_http_hosts = [\"a.com\"]\nallowed_outbound_hosts = [\"tcp://x:1\"]": "tcp://x:1 http://a.com https://a.com",
	} {
		m, err := Parse("spin.toml", []byte("spin_manifest_version = \"1\"\nname = \"a\"\ntrigger = { type = \"fake\" }\n"+
			"[[component]]\nid = \"a\"\nsource = \"a.wasm\"\ntrigger = {}\n"+keys))
		if err != nil {
			t.Errorf("%s: %v", keys, err)
			continue
		}
		hosts, err := m.OutboundHosts(&m.Components[0])
		var got []string
		for _, h := range hosts {
			got = append(got, h.Value)
			if _, err := ParseAllowedHost(h.Value); err != nil {
				t.Error(err)
			}
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v, %v", keys, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		if a, err := txtar.ParseFile(file); err == nil {
			f.Add(a.Files[0].Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse("spin.toml", data)
		if err == nil && m.Version != 1 && m.Version != 2 {
			t.Fatalf("no error and version %d", m.Version)
		}
	})
}

func FuzzParseRuntimeConfig(f *testing.F) {
	files, _ := filepath.Glob("testdata/runtime/*.txtar")
	for _, file := range files {
		if a, err := txtar.ParseFile(file); err == nil {
			f.Add(a.Files[0].Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := ParseRuntimeConfig("runtime-config.toml", data); c == nil && err == nil {
			t.Fatal("neither a configuration nor an error")
		}
	})
}

func FuzzParseAllowedHost(f *testing.F) {
	f.Add("https://example.com:8000..9000")
	f.Add("*://*:*")
	f.Add("http://[::1]")
	f.Fuzz(func(t *testing.T, s string) {
		if h, err := ParseAllowedHost(s); err == nil {
			h.Allows("http", "example.com", 80)
		}
	})
}
