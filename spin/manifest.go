package spin

import (
	"cmp"
	"fmt"
)

// Manifest is a Spin application. Lists are in file order.
type Manifest struct {
	// Version is the manifest's version: 1 or 2.
	Version int
	// Pos is the place of the version key.
	Pos Position

	Name        String
	AppVersion  String
	Description String
	Authors     []String
	Targets     []Target
	// TriggerConfig is the application-wide table of each trigger type, as
	// plain values: strings, int64, float64, bool, []any and map[string]any.
	TriggerConfig map[string]map[string]any
	Variables     []Variable
	Triggers      []Trigger
	// Components are all components, also those that are written in the place
	// of their id.
	Components []Component

	// Warnings are of what Spin reads, but warns of: deprecated keys and the like.
	Warnings ErrorList
}

// Target is an environment that the application is meant for.
type Target struct {
	Pos Position
	// Name is the environment's id, URL or path, as written.
	Name string
}

// Variable is an application variable. It is required, or has a default.
type Variable struct {
	Name        string
	Pos         Position
	Description string
	Required    bool
	Default     *String // nil without a default
	Secret      bool
}

// Trigger is one trigger of the application.
type Trigger struct {
	Pos  Position
	Type string // "http", "redis", ...
	// ID is the one that the manifest gives, or else the one that Spin does.
	ID string
	// Component is the id of the component it calls, "" with a StaticResponse.
	Component String
	// Components are further components, by their roles.
	Components []TriggerComponents
	// Config is what the trigger's table holds besides id and components, as
	// plain values.
	Config map[string]any
	// Dependencies are the components the trigger composes with its own, such
	// as middleware: for each role the outermost first.
	Dependencies []Dependency
	// DependenciesPos is the place of that key.
	DependenciesPos Position
	// Route is the route of an HTTP trigger.
	Route Route
	// StaticResponse answers without a component.
	StaticResponse *StaticResponse
}

// TriggerComponents are the ids of the components that a trigger has for a role.
type TriggerComponents struct {
	Role string
	IDs  []String
}

// Route is the route of an HTTP trigger: a pattern, or private.
type Route struct {
	Pos     Position
	Pattern string // "" if private or not given
	Private bool
}

// StaticResponse is a response that needs no component.
type StaticResponse struct {
	StatusCode int
	Headers    []Entry
	Body       string
}

// Component is one component of the application.
type Component struct {
	ID          string
	Pos         Position
	Source      Source
	Description string
	// Variables are the component's variables with their templates.
	Variables   []Entry
	Environment []Entry
	Files       []Files
	// ExcludeFiles are patterns of files that Files leaves out.
	ExcludeFiles         []String
	AllowedOutboundHosts []String
	// AllowedHTTPHosts is the deprecated form of AllowedOutboundHosts.
	AllowedHTTPHosts []String
	KeyValueStores   []String
	SQLiteDatabases  []String
	AIModels         []String
	Targets          []Target
	Build            *Build // nil without a build table
	Dependencies     []Dependency
	// InheritConfiguration grants the component's permissions to its dependencies.
	InheritConfiguration bool
	// Profiles override parts of it, see [Manifest.UseProfile].
	Profiles []Profile
	// Tool is the component's table for other tools, as plain values.
	Tool map[string]any

	unnamed bool // there is no table named by ID
}

// Table says where the component's keys stand: in its table, or in the line of what
// is one in triggers and in manifests of version 1. If key is not "" it is where the
// keys of that table inside of it stand.
func (c *Component) Table(key string) string {
	switch {
	case c.unnamed && key != "":
		return fmt.Sprintf("%s of the component in line %d", key, c.Pos.Line)
	case c.unnamed:
		return fmt.Sprintf("the component in line %d", c.Pos.Line)
	}
	return "[component." + join(c.ID, key) + "]"
}

// Source is where a component's binary comes from: a path, a URL with a digest,
// or a package of a registry.
type Source struct {
	Pos                        Position
	Path                       string
	URL, Digest                string
	Registry, Package, Version string
	// Requirement says which versions of the package will do, in place of Version,
	// where a dependency is one: see [ParseRequirement].
	Requirement string
}

// Name is the source as messages call it: its path, its URL, or its package with the
// version.
func (s Source) Name() string {
	if s.Package == "" {
		return cmp.Or(s.URL, s.Path)
	}
	return s.Package + "@" + cmp.Or(s.Version, s.Requirement)
}

// Files is a pattern of files to mount, or a folder and where to mount it.
type Files struct {
	Pos                 Position
	Pattern             string
	Source, Destination string
}

// Build is how a component is built.
type Build struct {
	Pos      Position
	Commands []String
	Workdir  string
	Watch    []String
}

// Profile is what a profile puts in place of parts of a component.
type Profile struct {
	Name string
	Pos  Position
	// Source replaces the component's; nil keeps it.
	Source *Source
	// Environment and Dependencies are added to the component's, over entries of
	// the same name.
	Environment  []Entry
	Dependencies []Dependency
	// Commands replace those of the component's build; nil keeps them.
	Commands []String
}

// Component finds the component of an id.
func (m *Manifest) Component(id string) (*Component, bool) {
	for i := range m.Components {
		if m.Components[i].ID == id {
			return &m.Components[i], true
		}
	}
	return nil, false
}

// TriggerTypes are the types of the application's triggers, in file order, each
// once.
func (m *Manifest) TriggerTypes() []string {
	var types []string
	seen := map[string]bool{}
	for _, t := range m.Triggers {
		if !seen[t.Type] {
			seen[t.Type] = true
			types = append(types, t.Type)
		}
	}
	return types
}

// Parse reads a manifest of version 1 or 2. The error is an [ErrorList]; with it
// comes what could be read.
func Parse(file string, data []byte) (*Manifest, error) {
	t, err := parseTOML(file, data)
	if err != nil {
		return nil, ErrorList{err}
	}
	d := &decoder{file: file}
	m := &Manifest{TriggerConfig: map[string]map[string]any{}}
	root := &value{pos: Position{file, 1, 1}, table: t}
	switch version, pos := manifestVersion(t); version {
	case 1:
		m.Version, m.Pos = 1, pos
		d.manifest1(m, root)
	case 2:
		m.Version, m.Pos = 2, pos
		d.manifest2(m, root)
	default:
		d.fail(pos, "spin_manifest_version", "expected the number 2 (or \"1\", a text, in old manifests); is this a spin.toml?")
		sortErrors(d.errs)
		return nil, d.errs
	}
	d.check(m)
	sortErrors(d.warnings)
	m.Warnings = d.warnings
	if len(d.errs) > 0 {
		sortErrors(d.errs)
		return m, d.errs
	}
	return m, nil
}

// manifestVersion is the version that a manifest says it has, 0 for none known.
func manifestVersion(t *table) (int, Position) {
	for _, key := range []string{"spin_manifest_version", "spin_version"} {
		v := t.vals[key]
		if v == nil {
			continue
		}
		switch v.scalar {
		case int64(2):
			return 2, v.pos
		case "1":
			return 1, v.pos
		}
		return 0, v.pos
	}
	return 0, Position{Line: 1, Col: 1}
}
