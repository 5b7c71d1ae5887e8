package edgepack

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/edgelint/edgelint/internal/cli"
	"github.com/edgelint/edgelint/internal/pull"
	"github.com/edgelint/edgelint/oci"
	"github.com/edgelint/edgelint/pack"
	"github.com/edgelint/edgelint/pack/artifact"
)

// description is what inspect tells of an artifact.
type description struct {
	Reference   string            `json:"reference"`
	Digest      string            `json:"digest"`
	MediaType   string            `json:"mediaType"`
	Format      string            `json:"format"` // spin, wasm or other
	Size        int64             `json:"size"`   // of all layers
	Annotations map[string]string `json:"annotations,omitempty"`
	Layers      []layerInfo       `json:"layers"`
	Imports     []string          `json:"imports,omitempty"`
	Exports     []string          `json:"exports,omitempty"`
	App         *appInfo          `json:"app,omitempty"`
	Referrers   []referrerInfo    `json:"referrers,omitempty"`
}

type layerInfo struct {
	Digest    string `json:"digest"`
	MediaType string `json:"mediaType"`
	Size      int64  `json:"size"`
	Title     string `json:"title,omitempty"`
}

type appInfo struct {
	Name       string          `json:"name"`
	Version    string          `json:"version,omitempty"`
	Triggers   []triggerInfo   `json:"triggers"`
	Variables  []variableInfo  `json:"variables,omitempty"`
	Components []componentInfo `json:"components"`
}

type triggerInfo struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	Component string `json:"component,omitempty"`
	Route     string `json:"route,omitempty"`
}

type variableInfo struct {
	Name     string `json:"name"`
	Required bool   `json:"required"`
	Secret   bool   `json:"secret"`
}

type componentInfo struct {
	ID                   string   `json:"id"`
	Digest               string   `json:"digest"`
	Size                 int64    `json:"size"`
	Files                int      `json:"files"`
	AllowedOutboundHosts []string `json:"allowedOutboundHosts,omitempty"`
	KeyValueStores       []string `json:"keyValueStores,omitempty"`
	SQLiteDatabases      []string `json:"sqliteDatabases,omitempty"`
	AIModels             []string `json:"aiModels,omitempty"`
}

type referrerInfo struct {
	Digest       string `json:"digest"`
	ArtifactType string `json:"artifactType"`
	Predicate    string `json:"predicateType,omitempty"`
}

func (c *Command) inspectVerb() cli.Verb {
	var flags registryFlags
	var output string
	return cli.Verb{
		Name: "inspect", Args: "REF", Summary: "tell what an artifact holds, without fetching its components",
		MinArgs: 1, MaxArgs: 1,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringVar(&output, "output", "text", "print as `FORMAT`: text or json")
			flags.define(fs)
		},
		Run: func(ctx context.Context, args []string) error {
			if err := (&resultFlags{output: output}).check(); err != nil {
				return err
			}
			at, err := c.open(&flags, args[0], nil)
			if err != nil {
				return err
			}
			defer at.close()
			d, err := describe(ctx, at)
			if err != nil {
				return err
			}
			text := d.text()
			if output == "json" {
				if text, err = jsonText(d); err != nil {
					return err
				}
			}
			_, err = io.WriteString(c.Stdout, text)
			return err
		},
	}
}

func describe(ctx context.Context, at *artifactAt) (*description, error) {
	d, data, err := at.source.Manifest(ctx, at.Wanted())
	if err != nil {
		return nil, err
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	if err != nil {
		return nil, err
	}
	out := &description{
		Reference: at.Pinned(d.Digest.String()), Digest: d.Digest.String(), MediaType: d.MediaType,
		Format: cmp.Or(string(pull.FormatOf(m)), "other"), Annotations: m.Annotations, Layers: []layerInfo{},
	}
	for _, l := range m.Layers {
		out.Size += l.Size
		out.Layers = append(
			out.Layers,
			layerInfo{l.Digest.String(), l.MediaType, l.Size, l.Annotations[artifact.AnnotationTitle]},
		)
	}
	if err := out.content(ctx, at.source, m); err != nil {
		return nil, err
	}
	referrers, err := at.source.Referrers(ctx, d, "")
	if err != nil {
		return nil, err
	}
	for _, r := range referrers {
		out.Referrers = append(out.Referrers, referrerInfo{
			r.Digest.String(), r.ArtifactType, r.Annotations["dev.sigstore.bundle.predicateType"],
		})
	}
	return out, nil
}

// content adds what the config or the locked application says.
func (d *description) content(ctx context.Context, src oci.Source, m artifact.Manifest) error {
	if d.Format == formatSpin {
		app, err := pull.LockedApp(ctx, src, m)
		if err != nil {
			return err
		}
		d.App = appOf(app, m)
		return nil
	}
	if m.Config.MediaType != artifact.TypeWasmConfig {
		return nil
	}
	data, err := oci.ReadBlob(ctx, src, m.Config, artifact.MaxConfigSize)
	if err != nil {
		return err
	}
	names, err := pack.ParseCNCF(data)
	if err != nil || names == nil {
		return err
	}
	d.Imports, d.Exports = names.Imports, names.Exports
	return nil
}

func appOf(app *pack.LockedApp, m artifact.Manifest) *appInfo {
	out := &appInfo{
		Name: app.Meta("name"), Version: app.Meta("version"), Triggers: []triggerInfo{},
		Components: []componentInfo{},
	}
	for _, t := range app.Triggers {
		route, _ := t.Config["route"].(string)
		out.Triggers = append(out.Triggers, triggerInfo{t.ID, t.Type, t.Component(), route})
	}
	for _, name := range slices.Sorted(maps.Keys(app.Variables)) {
		v := app.Variables[name]
		out.Variables = append(out.Variables, variableInfo{name, v.Default == nil, v.Secret})
	}
	for _, c := range app.Components {
		out.Components = append(out.Components, componentInfo{
			ID: c.ID, Digest: c.Source.Digest.String(),
			Size: layerSize(m, c.Source.Digest), Files: len(c.Files),
			AllowedOutboundHosts: c.Strings("allowed_outbound_hosts"),
			KeyValueStores:       c.Strings("key_value_stores"),
			SQLiteDatabases:      c.Strings("databases"),
			AIModels:             c.Strings("ai_models"),
		})
	}
	return out
}

func layerSize(m artifact.Manifest, d artifact.Digest) int64 {
	for _, l := range m.Layers {
		if l.Digest == d {
			return l.Size
		}
	}
	return 0
}

// textWriter writes indented lines of untrusted words.
type textWriter struct{ strings.Builder }

func (w *textWriter) line(indent int, format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = plain(s)
		}
	}
	fmt.Fprintf(w, strings.Repeat("  ", indent)+format+"\n", args...)
}

// plain takes out what a terminal would obey.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return '\ufffd'
		}
		return r
	}, s)
}

func (d *description) text() string {
	w := &textWriter{}
	w.line(0, "%s", d.Reference)
	w.line(0, "format: %s, %s, layers: %d", d.Format, size(d.Size), len(d.Layers))
	for _, key := range slices.Sorted(maps.Keys(d.Annotations)) {
		w.line(0, "annotation: %s=%s", key, d.Annotations[key])
	}
	if d.App != nil {
		d.App.text(w)
	}
	for _, l := range d.Layers {
		w.line(0, "layer: %s %s %s %s", l.Digest, size(l.Size), l.MediaType, l.Title)
	}
	for _, name := range d.Exports {
		w.line(0, "export: %s", name)
	}
	for _, name := range d.Imports {
		w.line(0, "import: %s", name)
	}
	for _, r := range d.Referrers {
		w.line(0, "referrer: %s %s %s", r.Digest, r.ArtifactType, r.Predicate)
	}
	return strings.ReplaceAll(w.String(), " \n", "\n")
}

func (a *appInfo) text(w *textWriter) {
	w.line(0, "application: %s %s", a.Name, a.Version)
	for _, t := range a.Triggers {
		w.line(0, "trigger: %s %s -> %s", t.Type, cmp.Or(t.Route, t.ID), t.Component)
	}
	for _, v := range a.Variables {
		kind := "has a default"
		if v.Required {
			kind = "required"
		}
		if v.Secret {
			kind += ", secret"
		}
		w.line(0, "variable: %s (%s)", v.Name, kind)
	}
	for _, c := range a.Components {
		w.line(0, "component: %s, %s, files: %d", c.ID, size(c.Size), c.Files)
		for _, list := range []struct {
			name   string
			values []string
		}{
			{"outbound hosts", c.AllowedOutboundHosts},
			{"key-value stores", c.KeyValueStores},
			{"SQLite databases", c.SQLiteDatabases},
			{"AI models", c.AIModels},
		} {
			if len(list.values) > 0 {
				w.line(1, "%s: %s", list.name, strings.Join(list.values, ", "))
			}
		}
	}
}
