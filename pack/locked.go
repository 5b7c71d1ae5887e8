package pack

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/edgelint/edgelint/internal/canonjson"
	"github.com/edgelint/edgelint/pack/artifact"
)

// LockedApp is the document that describes a Spin application in an artifact,
// as in spin.lock. Content in it is named by digest.
type LockedApp struct {
	// Version is 1 if there is something a host must understand, else 0.
	Version          int                       `json:"spin_lock_version"`
	MustUnderstand   []string                  `json:"must_understand"`
	Metadata         map[string]any            `json:"metadata"`
	HostRequirements map[string]any            `json:"host_requirements"`
	Variables        map[string]LockedVariable `json:"variables"`
	Triggers         []LockedTrigger           `json:"triggers"`
	Components       []LockedComponent         `json:"components"`
}

// LockedVariable is an application variable; without a Default it is required.
type LockedVariable struct {
	Description *string `json:"description"`
	Default     *string `json:"default"`
	Secret      bool    `json:"secret"`
}

// LockedTrigger is a trigger; its component is in Config.
type LockedTrigger struct {
	ID     string         `json:"id"`
	Type   string         `json:"trigger_type"`
	Config map[string]any `json:"trigger_config"`
}

// Component is the ID of the component the trigger starts, or "".
func (t LockedTrigger) Component() string {
	id, _ := t.Config["component"].(string)
	return id
}

// LockedComponent is a component and what it may use.
type LockedComponent struct {
	ID               string                      `json:"id"`
	Metadata         map[string]any              `json:"metadata"`
	Source           LockedSource                `json:"source"`
	Environment      map[string]string           `json:"env"`
	Files            []LockedFile                `json:"files"`
	Variables        map[string]string           `json:"config"`
	Dependencies     map[string]LockedDependency `json:"dependencies"`
	HostRequirements map[string]any              `json:"host_requirements"`
}

// Strings is a list of strings in the metadata, such as
// "allowed_outbound_hosts", "key_value_stores", "databases" or "ai_models".
func (c LockedComponent) Strings(key string) []string {
	list, _ := c.Metadata[key].([]any)
	var out []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// ContentRef is content: in place, by digest, or both.
type ContentRef struct {
	Inline *Base64         `json:"inline"`
	Digest artifact.Digest `json:"digest"`
}

// Base64 is content written in base64, without padding.
type Base64 []byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *Base64) UnmarshalText(text []byte) (err error) {
	*b, err = base64.RawStdEncoding.DecodeString(string(text))
	return err
}

// LockedSource is the Wasm binary of a component.
type LockedSource struct {
	ContentType string `json:"content_type"`
	ContentRef
}

// LockedFile is a file and the path the component sees it at.
type LockedFile struct {
	ContentRef
	Path string `json:"path"`
}

// LockedDependency is a component that another one imports from.
type LockedDependency struct {
	Source  LockedSource    `json:"source"`
	Export  *string         `json:"export"`
	Inherit json.RawMessage `json:"inherit"`
}

// ParseLocked reads a locked application. Paths in it are artifact.SafePath,
// digests are well formed, every component has a source by digest or in place,
// and there is nothing in it that must be understood and is not known here.
func ParseLocked(data []byte) (*LockedApp, error) {
	if len(data) > maxLockedSize {
		return nil, fmt.Errorf("locked application of %d bytes: the limit is %d", len(data), maxLockedSize)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	app := &LockedApp{Version: -1}
	if err := dec.Decode(app); err != nil {
		return nil, fmt.Errorf("locked application: %w", err)
	}
	if app.Version != 0 && app.Version != 1 {
		return nil, fmt.Errorf("locked application: spin_lock_version is %d; 0 and 1 are known", app.Version)
	}
	for _, what := range app.MustUnderstand {
		if what != mustAppRequirements && what != mustComponentRequirements {
			return nil, fmt.Errorf(
				"locked application: it must be understood as %q, which is not known here", what,
			)
		}
	}
	for i := range app.Components {
		if err := app.Components[i].check(); err != nil {
			return nil, fmt.Errorf("locked application: component %q: %w", app.Components[i].ID, err)
		}
	}
	return app, nil
}

func (c *LockedComponent) check() error {
	if c.ID == "" || !artifact.SafePath(c.ID) {
		return fmt.Errorf("an ID of letters, digits and dashes is wanted")
	}
	if err := c.Source.check(); err != nil {
		return fmt.Errorf("source: %w", err)
	}
	for name, dep := range c.Dependencies {
		if err := dep.Source.check(); err != nil {
			return fmt.Errorf("dependency %q: %w", name, err)
		}
	}
	for _, f := range c.Files {
		if !artifact.SafePath(f.Path) {
			return fmt.Errorf("file %q does not stay inside", f.Path)
		}
		if err := f.check(); err != nil {
			return fmt.Errorf("file %q: %w", f.Path, err)
		}
	}
	return nil
}

func (r ContentRef) check() error {
	if r.Digest == "" {
		if r.Inline == nil {
			return fmt.Errorf("neither inline nor digest")
		}
		return nil
	}
	if err := artifact.CheckDescriptor(artifact.Descriptor{Digest: r.Digest}); err != nil {
		return err
	}
	if r.Inline != nil && r.Digest.Algorithm().FromBytes(*r.Inline) != r.Digest {
		return fmt.Errorf("the inline content is not that of %s", r.Digest)
	}
	return nil
}

// Meta is a string of the metadata, such as "name", "version" or "description".
func (a *LockedApp) Meta(key string) string {
	s, _ := a.Metadata[key].(string)
	return s
}

// JSON is the document, compact, members in the order Spin writes them, maps
// sorted.
func (a *LockedApp) JSON() ([]byte, error) {
	var o canonjson.Object
	o = append(o, canonjson.Field{Name: "spin_lock_version", Value: a.Version})
	o.Set("must_understand", a.MustUnderstand)
	o.Set("metadata", a.Metadata)
	o.Set("host_requirements", a.HostRequirements)
	variables := map[string]any{}
	for name, v := range a.Variables {
		variables[name] = v.object()
	}
	o.Set("variables", variables)
	triggers := make([]canonjson.Object, len(a.Triggers))
	for i, t := range a.Triggers {
		triggers[i] = canonjson.Object{
			{Name: "id", Value: t.ID},
			{Name: "trigger_type", Value: t.Type},
			{Name: "trigger_config", Value: t.Config},
		}
	}
	components := make([]canonjson.Object, len(a.Components))
	for i, c := range a.Components {
		components[i] = c.object()
	}
	o = append(
		o, canonjson.Field{Name: "triggers", Value: triggers},
		canonjson.Field{Name: "components", Value: components},
	)
	data, err := canonjson.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("locked application: %w", err)
	}
	return data, nil
}

func (v LockedVariable) object() canonjson.Object {
	o := canonjson.Object{}
	if v.Description != nil {
		o = append(o, canonjson.Field{Name: "description", Value: *v.Description})
	}
	if v.Default != nil {
		o = append(o, canonjson.Field{Name: "default", Value: *v.Default})
	}
	if v.Secret {
		o = append(o, canonjson.Field{Name: "secret", Value: true})
	}
	return o
}

func (c LockedComponent) object() canonjson.Object {
	o := canonjson.Object{{Name: "id", Value: c.ID}}
	o.Set("metadata", c.Metadata)
	o = append(o, canonjson.Field{Name: "source", Value: c.Source.object()})
	o.Set("env", c.Environment)
	if len(c.Files) > 0 {
		files := make([]canonjson.Object, len(c.Files))
		for i, f := range c.Files {
			files[i] = append(f.ContentRef.object(), canonjson.Field{Name: "path", Value: f.Path})
		}
		o = append(o, canonjson.Field{Name: "files", Value: files})
	}
	o.Set("config", c.Variables)
	if len(c.Dependencies) > 0 {
		var deps canonjson.Object
		for _, name := range slices.Sorted(maps.Keys(c.Dependencies)) {
			deps = append(deps, canonjson.Field{Name: name, Value: c.Dependencies[name].object()})
		}
		o = append(o, canonjson.Field{Name: "dependencies", Value: deps})
	}
	o.Set("host_requirements", c.HostRequirements)
	return o
}

func (r ContentRef) object() canonjson.Object {
	var o canonjson.Object
	if r.Inline != nil {
		o = append(o, canonjson.Field{Name: "inline", Value: base64.RawStdEncoding.EncodeToString(*r.Inline)})
	}
	o.Set("digest", r.Digest.String())
	return o
}

func (s LockedSource) object() canonjson.Object {
	return append(canonjson.Object{{Name: "content_type", Value: s.ContentType}}, s.ContentRef.object()...)
}

func (d LockedDependency) object() canonjson.Object {
	o := canonjson.Object{{Name: "source", Value: d.Source.object()}}
	var export any
	if d.Export != nil {
		export = *d.Export
	}
	o = append(o, canonjson.Field{Name: "export", Value: export})
	if len(d.Inherit) > 0 {
		o = append(o, canonjson.Field{Name: "inherit", Value: json.Number(d.Inherit)})
	}
	return o
}
