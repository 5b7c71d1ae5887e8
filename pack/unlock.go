package pack

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Places of what a pulled application consists of, relative to its spin.toml.
const (
	// ManifestName is the manifest.
	ManifestName = "spin.toml"
	filesFolder  = "files"
)

// WasmPath is where Manifest expects the binary of a component.
func WasmPath(component string) string { return component + ".wasm" }

// DependencyPath is where Manifest expects the binary of the nth dependency of a
// component, by name, from 1.
func DependencyPath(component string, n int) string {
	return fmt.Sprintf("%s.dependency%d.wasm", component, n)
}

// FilePath is where Manifest expects a file of a component.
func FilePath(component, path string) string { return filesFolder + "/" + component + "/" + path }

// DependencyNames lists the names of a component's dependencies, sorted.
func (c LockedComponent) DependencyNames() []string {
	return slices.Sorted(maps.Keys(c.Dependencies))
}

// Manifest is a spin.toml that describes the application again, with its content
// at WasmPath, DependencyPath and FilePath. Packed again it gives the same
// locked application.
func (a *LockedApp) Manifest() ([]byte, error) {
	var b tomlWriter
	b.line("spin_manifest_version = 2")
	b.table("application")
	b.set("name", a.Meta("name"))
	for _, key := range []string{"version", "description"} {
		if s := a.Meta(key); s != "" {
			b.set(key, s)
		}
	}
	if authors := a.Metadata["authors"]; authors != nil {
		b.set("authors", authors)
	}
	globals, _ := a.Metadata["triggers"].(map[string]any)
	for _, kind := range slices.Sorted(maps.Keys(globals)) {
		b.table("application", "trigger", kind)
		b.setAll(globals[kind])
	}
	if len(a.Variables) > 0 {
		b.table("variables")
		for _, name := range slices.Sorted(maps.Keys(a.Variables)) {
			b.set(name, a.Variables[name].toml())
		}
	}
	for _, t := range a.Triggers {
		b.line("\n[[trigger." + tomlKey(t.Type) + "]]")
		b.set("id", t.ID)
		b.setAll(t.Config)
	}
	for _, c := range a.Components {
		c.writeTOML(&b)
	}
	return []byte(strings.TrimPrefix(b.out.String(), "\n")), b.err
}

func (v LockedVariable) toml() map[string]any {
	m := map[string]any{}
	if v.Description != nil {
		m["description"] = *v.Description
	}
	if v.Default != nil {
		m["default"] = *v.Default
	} else {
		m["required"] = true
	}
	if v.Secret {
		m["secret"] = true
	}
	return m
}

func (c LockedComponent) writeTOML(b *tomlWriter) {
	b.table("component", c.ID)
	b.set("source", WasmPath(c.ID))
	for _, m := range [][2]string{
		{"description", "description"},
		{"allowed_outbound_hosts", "allowed_outbound_hosts"},
		{"key_value_stores", "key_value_stores"},
		{"databases", "sqlite_databases"},
		{"ai_models", "ai_models"},
		{"build", "build"},
	} {
		if v := c.Metadata[m[0]]; v != nil {
			b.set(m[1], v)
		}
	}
	if len(c.Files) > 0 {
		b.set("files", []any{map[string]any{"source": filesFolder + "/" + c.ID, "destination": "/"}})
	}
	if len(c.Environment) > 0 {
		b.table("component", c.ID, "environment")
		b.setAll(anyMap(c.Environment))
	}
	if len(c.Variables) > 0 {
		b.table("component", c.ID, "variables")
		b.setAll(anyMap(c.Variables))
	}
	if len(c.Dependencies) > 0 {
		b.table("component", c.ID, "dependencies")
		for i, name := range c.DependencyNames() {
			b.set(name, c.Dependencies[name].toml(DependencyPath(c.ID, i+1)))
		}
	}
}

func (d LockedDependency) toml(path string) map[string]any {
	m := map[string]any{"path": path}
	if d.Export != nil {
		m["export"] = *d.Export
	}
	var some struct{ Some []any }
	switch {
	case string(d.Inherit) == `"All"`:
		m["inherit_configuration"] = true
	case json.Unmarshal(d.Inherit, &some) == nil && len(some.Some) > 0:
		m["inherit_configuration"] = some.Some
	}
	return m
}

func anyMap(m map[string]string) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// tomlWriter writes TOML; the first error stays.
type tomlWriter struct {
	out strings.Builder
	err error
}

func (b *tomlWriter) line(s string) { b.out.WriteString(s + "\n") }

func (b *tomlWriter) table(path ...string) {
	keys := make([]string, len(path))
	for i, p := range path {
		keys[i] = tomlKey(p)
	}
	b.line("\n[" + strings.Join(keys, ".") + "]")
}

func (b *tomlWriter) set(key string, value any) {
	text, err := tomlValue(value)
	if err != nil && b.err == nil {
		b.err = fmt.Errorf("%s: %w", key, err)
	}
	b.line(tomlKey(key) + " = " + text)
}

func (b *tomlWriter) setAll(table any) {
	m, _ := table.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(m)) {
		b.set(key, m[key])
	}
}

func tomlKey(s string) string {
	bare := s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
	if bare {
		return s
	}
	return tomlString(s)
}

// tomlString is a basic string.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// tomlValue writes what a locked application holds: JSON's values but null.
func tomlValue(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return tomlString(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case json.Number:
		return v.String(), nil
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			text, err := tomlValue(e)
			if err != nil {
				return "", err
			}
			parts[i] = text
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	case map[string]any:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			text, err := tomlValue(v[key])
			if err != nil {
				return "", fmt.Errorf("%s: %w", key, err)
			}
			parts = append(parts, tomlKey(key)+" = "+text)
		}
		return "{ " + strings.Join(parts, ", ") + " }", nil
	}
	return "", fmt.Errorf("a %T has no TOML form", value)
}
