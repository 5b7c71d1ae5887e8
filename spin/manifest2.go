package spin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/wit"
)

// manifest2 decodes a manifest of version 2.
func (d *decoder) manifest2(m *Manifest, root *value) {
	ignore := func(*value, string) {}
	d.required(root, "", "application")
	if root.table.vals["trigger"] == nil {
		d.warn(root.pos, "", "the application has no trigger, so nothing calls its components; Spin refuses it")
	}
	var inline []inlineComponent
	d.table(root, "", fields{
		"spin_manifest_version": ignore,
		"application":           func(v *value, path string) { d.application(m, v, path) },
		"variables":             into(&m.Variables, d.variables),
		"trigger":               func(v *value, path string) { inline = d.triggers(m, v, path) },
		"component":             func(v *value, path string) { d.components(m, v, path) },
	})
	m.nameTriggers()
	m.moveInline(inline)
}

func (d *decoder) application(m *Manifest, v *value, path string) {
	d.required(v, path, "name")
	d.table(v, path, fields{
		"name":        into(&m.Name, d.string),
		"version":     into(&m.AppVersion, d.string),
		"description": into(&m.Description, d.string),
		"authors":     into(&m.Authors, d.strings),
		"targets":     into(&m.Targets, d.targets),
		"trigger": func(v *value, path string) {
			d.each(v, path, func(name string, v *value, key string) {
				if !d.isTable(v, key) {
					return
				}
				m.TriggerConfig[name], _ = plain(v).(map[string]any)
				if name == "http" {
					d.keys(v.table, key, fields{"base": d.basePath})
				}
			})
		},
		"tool": func(*value, string) {},
	})
}

// basePath reads the former common path of HTTP triggers: Spin refuses any but "/".
func (d *decoder) basePath(v *value, path string) {
	if d.text(v, path) == "/" {
		d.warnAs(KindDeprecated, v.pos, path, "deprecated: delete it, / is what there is without it")
		return
	}
	d.fail(v.pos, path, "this is no longer served: write it before each trigger's route")
}

func (d *decoder) targets(v *value, path string) []Target {
	if v.array == nil {
		d.fail(v.pos, path, "expected an array, found "+v.kind())
	}
	var out []Target
	for _, e := range v.array {
		t := Target{Pos: e.pos}
		if s, ok := e.scalar.(string); ok {
			t.Name = s
		} else {
			d.table(e, path, fields{"url": into(&t.Name, d.text), "path": into(&t.Name, d.text)})
			if e.table != nil && len(e.table.keys) != 1 {
				d.fail(e.pos, path, "a target is an id, { url = \"...\" } or { path = \"...\" }")
			}
		}
		out = append(out, t)
	}
	return out
}

func (d *decoder) variables(v *value, path string) []Variable {
	var out []Variable
	d.each(v, path, func(name string, v *value, key string) {
		x := Variable{Name: name, Pos: v.pos}
		d.declared(name, v.pos, key)
		d.table(v, key, fields{
			"description": into(&x.Description, d.text),
			"required":    into(&x.Required, d.bool),
			"secret":      into(&x.Secret, d.bool),
			"default":     into(&x.Default, d.optionalString),
		})
		if v.table != nil && x.Required == (x.Default != nil) {
			d.fail(v.pos, key, "a variable is either required = true or has a default")
		}
		out = append(out, x)
	})
	return out
}

func (d *decoder) triggers(m *Manifest, v *value, path string) []inlineComponent {
	d.each(v, path, func(kind string, v *value, key string) {
		if v.array == nil {
			d.fail(v.pos, key, "expected [["+key+"]], found "+v.kind())
			return
		}
		for _, e := range v.array {
			if d.isTable(e, key) {
				m.Triggers = append(m.Triggers, d.trigger(kind, e, key))
			}
		}
	})
	// Only now do the triggers stay where they are in memory.
	var inline []inlineComponent
	i := 0
	d.each(v, path, func(_ string, v *value, key string) {
		for _, e := range v.array {
			if e.table == nil {
				continue
			}
			inline = append(inline, d.inline(m, i, e.table, key)...)
			i++
		}
	})
	return inline
}

// inline decodes the components that are written in a trigger.
func (d *decoder) inline(m *Manifest, trigger int, table *table, path string) []inlineComponent {
	var out []inlineComponent
	add := func(v *value, path string, id *String) {
		if v.table != nil {
			out = append(out, inlineComponent{trigger, id, d.component("", v, path)})
		}
	}
	t := &m.Triggers[trigger]
	if v := table.vals["component"]; v != nil {
		add(v, join(path, "component"), &t.Component)
	}
	if all := table.vals["components"]; all != nil && all.table != nil {
		for i, role := range all.table.keys {
			list, key := oneOrMany(all.table.vals[role]), join(join(path, "components"), role)
			for j, v := range list {
				add(v, key, &t.Components[i].IDs[j])
			}
		}
	}
	return out
}

func oneOrMany(v *value) []*value {
	if v.array != nil {
		return v.array
	}
	return []*value{v}
}

// trigger decodes one trigger. What its type knows of is the type's business, so
// unknown keys are no faults here.
func (d *decoder) trigger(kind string, v *value, path string) Trigger {
	t := Trigger{Pos: v.pos, Type: kind, Config: map[string]any{}}
	for _, key := range v.table.keys {
		e, full := v.table.vals[key], join(path, key)
		switch key {
		case "id":
			t.ID = d.text(e, full)
		case "component":
			t.Component = d.componentID(e, full)
		case "components":
			d.each(e, full, func(role string, v *value, key string) {
				c := TriggerComponents{Role: role}
				for _, v := range oneOrMany(v) {
					c.IDs = append(c.IDs, d.componentID(v, key))
				}
				t.Components = append(t.Components, c)
			})
		case "dependencies":
			t.Dependencies, t.DependenciesPos = d.triggerDependencies(e, full), e.pos
		default:
			t.Config[key] = plain(e)
		}
	}
	d.triggerConfig(&t, v, path)
	return t
}

// componentID is the id of a component; that of a component in its place is not
// known yet.
func (d *decoder) componentID(v *value, path string) String {
	if v.table != nil {
		return String{"", v.pos}
	}
	id := d.string(v, path)
	if id.Value != "" && !isKebab(id.Value) {
		d.fail(v.pos, path, kebabRule)
	}
	return id
}

func (d *decoder) triggerDependencies(v *value, path string) []Dependency {
	var out []Dependency
	d.each(v, path, func(role string, v *value, key string) {
		if v.array == nil {
			d.fail(v.pos, key, "expected an array, found "+v.kind())
		}
		for _, e := range v.array {
			if e.table == nil {
				d.fail(e.pos, key, "expected a table such as { path = \"...\" }, found "+e.kind())
				continue
			}
			dep := d.dependency(e, key)
			dep.Selector = role
			if dep.Export != "" {
				d.fail(e.pos, key, "a dependency of a trigger has no export")
			}
			if dep.Version != "" {
				d.required(e, key, "package")
			}
			out = append(out, dep)
		}
	})
	return out
}

// triggerConfig checks what the types of triggers that Spin has know of.
func (d *decoder) triggerConfig(t *Trigger, v *value, path string) {
	own := func(*value, string) {}
	known := fields{"id": own, "component": own, "components": own, "dependencies": own}
	switch t.Type {
	case "http":
		d.httpTrigger(t, v, path, known)
	case "redis":
		known["channel"] = func(v *value, path string) { d.string(v, path) }
		known["address"] = known["channel"]
		d.keys(v.table, path, known)
		d.required(v, path, "channel", "component")
	}
}

func (d *decoder) httpTrigger(t *Trigger, v *value, path string, known fields) {
	known["route"] = into(&t.Route, d.route)
	known["static_response"] = into(&t.StaticResponse, d.staticResponse)
	known["executor"] = func(v *value, path string) {
		argument := func(v *value, path string) { d.string(v, path) }
		kind := d.variant(v, path, map[string]fields{
			"http": {}, "spin": {}, "wagi": {"argv": argument, "entrypoint": argument},
		})
		if kind == "wagi" {
			d.warnAs(KindDeprecated, v.pos, path, "deprecated: Wagi is not served; build the component for wasi:http")
		}
	}
	d.keys(v.table, path, known)
	d.required(v, path, "route")
	if IsReservedRoute(t.Route.Pattern) {
		d.warnAs(KindRoute, t.Route.Pos, join(path, "route"),
			"the host answers all below "+ReservedRoutes+" itself, so nothing gets here")
	}
	if (t.StaticResponse != nil) == (v.table.vals["component"] != nil) {
		d.fail(v.pos, path, "an HTTP trigger has a component or a static_response")
	}
}

func (d *decoder) route(v *value, path string) Route {
	r := Route{Pos: v.pos}
	if v.table == nil {
		r.Pattern = d.text(v, path)
		if _, err := ParseRoute(r.Pattern); err != nil {
			d.failAs(KindRoute, v.pos, path, err.Error())
		} else if doubt := routeDoubt(r.Pattern); doubt != "" {
			d.warn(v.pos, path, doubt)
		}
		return r
	}
	d.table(v, path, fields{"private": into(&r.Private, d.bool)})
	if !r.Private {
		d.fail(v.pos, path, "expected a pattern such as \"/api/...\", or { private = true }")
	}
	return r
}

func (d *decoder) staticResponse(v *value, path string) *StaticResponse {
	s := &StaticResponse{StatusCode: 200}
	d.table(v, path, fields{
		"status_code": func(v *value, path string) {
			s.StatusCode = int(d.int(v, path))
			if s.StatusCode < 100 || s.StatusCode > 599 {
				d.fail(v.pos, path, "a status code lies between 100 and 599")
			}
		},
		"headers": into(&s.Headers, d.stringMap),
		"body":    into(&s.Body, d.text),
	})
	for _, h := range s.Headers {
		if !isHeader(h.Name, h.Value.Value) {
			d.fail(h.Value.Pos, join(path, "headers."+h.Name), "the name or value is none that a header of HTTP can have")
		}
	}
	return s
}

// isHeader reports whether a header can have a name and value (RFC 9110, sections
// 5.1 and 5.5).
func isHeader(name, value string) bool {
	isMark := func(r rune) bool { return strings.ContainsRune("!#$%&'*+-.^_`|~", r) }
	bad := func(r rune) bool { return !isMark(r) && (r > 0x7e || !isAlphanumeric(string(r))) }
	control := func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
	return name != "" && !strings.ContainsFunc(name, bad) && !strings.ContainsFunc(value, control)
}

func (d *decoder) components(m *Manifest, v *value, path string) {
	d.each(v, path, func(id string, v *value, key string) {
		if !isKebab(id) {
			d.fail(v.pos, key, kebabRule)
		}
		m.Components = append(m.Components, d.component(id, v, key))
	})
}

func (d *decoder) component(id string, v *value, path string) Component {
	c := Component{ID: id, Pos: v.pos}
	d.required(v, path, "source")
	d.table(v, path, fields{
		"source":                 into(&c.Source, d.source),
		"description":            into(&c.Description, d.text),
		"variables":              into(&c.Variables, d.stringMap),
		"environment":            into(&c.Environment, d.stringMap),
		"files":                  into(&c.Files, d.files),
		"exclude_files":          into(&c.ExcludeFiles, d.strings),
		"allowed_outbound_hosts": into(&c.AllowedOutboundHosts, d.strings),
		"allowed_http_hosts":     into(&c.AllowedHTTPHosts, d.strings),
		"key_value_stores":       into(&c.KeyValueStores, d.labels),
		"sqlite_databases":       into(&c.SQLiteDatabases, d.labels),
		"ai_models":              into(&c.AIModels, d.strings),
		"targets":                into(&c.Targets, d.targets),
		"build":                  into(&c.Build, d.build),
		"dependencies":           into(&c.Dependencies, d.dependencies),
		"tool":                   func(v *value, _ string) { c.Tool, _ = plain(v).(map[string]any) },
		"profile":                into(&c.Profiles, d.profiles),

		"dependencies_inherit_configuration": into(&c.InheritConfiguration, d.bool),
	})
	given := func(dep Dependency) bool { return dep.InheritGiven }
	if level := v.table; level != nil && level.vals["dependencies_inherit_configuration"] != nil &&
		slices.ContainsFunc(c.Dependencies, given) {
		d.fail(level.vals["dependencies_inherit_configuration"].pos, join(path, "dependencies_inherit_configuration"),
			"the dependencies have inherit_configuration of their own; say it here or there")
	}
	return c
}

func (d *decoder) profiles(v *value, path string) []Profile {
	var out []Profile
	d.each(v, path, func(name string, v *value, key string) {
		p := Profile{Name: name, Pos: v.pos}
		d.table(v, key, fields{
			"source": func(v *value, path string) {
				s := d.source(v, path)
				p.Source = &s
			},
			"environment":  into(&p.Environment, d.stringMap),
			"dependencies": into(&p.Dependencies, d.dependencies),
			"build": func(v *value, path string) {
				d.required(v, path, "command")
				d.table(v, path, fields{"command": into(&p.Commands, d.commands)})
			},
		})
		out = append(out, p)
	})
	return out
}

func (d *decoder) source(v *value, path string) Source {
	s := Source{Pos: v.pos}
	if v.table == nil {
		if s.Path = d.text(v, path); isURL(s.Path) {
			d.fail(v.pos, path, fmt.Sprintf("a binary of the web has its digest: write { url = %q, digest = \"sha256:...\" }", s.Path))
		}
		return s
	}
	d.table(v, path, fields{
		"url": into(&s.URL, d.text), "digest": into(&s.Digest, d.text), "registry": into(&s.Registry, d.text),
		"package": into(&s.Package, d.text), "version": into(&s.Version, d.text),
	})
	switch {
	case s.URL != "" && s.Digest == "":
		d.fail(v.pos, path, "a source with a url needs its digest")
	case s.URL != "" && !isDigest(s.Digest):
		d.fail(v.table.vals["digest"].pos, join(path, "digest"), "a digest is sha256: and 64 hexadecimal digits")
	case s.URL == "" && (s.Package == "" || s.Version == ""):
		d.fail(v.pos, path, "a source is a path, a url with a digest, or a package with a version")
	case s.URL != "" && (s.Registry != "" || s.Package != "" || s.Version != ""):
		d.fail(v.pos, path, "a source is a url or a package, not both")
	case s.Package != "":
		d.checkPackage(s.Package, v.table.vals["package"].pos, join(path, "package"))
		if _, err := wit.ParseVersion(s.Version); err != nil {
			d.fail(v.table.vals["version"].pos, join(path, "version"), err.Error())
		}
	}
	return s
}

func isURL(s string) bool { return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") }

func isDigest(s string) bool {
	digits, ok := strings.CutPrefix(s, "sha256:")
	return ok && len(digits) == 64 && strings.Trim(digits, "0123456789abcdefABCDEF") == ""
}

func (d *decoder) files(v *value, path string) []Files {
	if v.array == nil {
		d.fail(v.pos, path, "expected an array, found "+v.kind())
	}
	var out []Files
	for _, e := range v.array {
		f := Files{Pos: e.pos}
		if e.table == nil {
			f.Pattern = d.text(e, path)
			if f.Pattern == "*" || f.Pattern == "**/*" {
				d.warn(e.pos, path, "this mounts all of the application's folder; write ./"+f.Pattern+" if that is meant")
			}
		} else {
			d.required(e, path, "source", "destination")
			d.table(e, path, fields{
				"source": into(&f.Source, d.text), "destination": into(&f.Destination, d.text),
			})
		}
		out = append(out, f)
	}
	return out
}

func (d *decoder) build(v *value, path string) *Build {
	b := &Build{Pos: v.pos}
	d.required(v, path, "command")
	d.table(v, path, fields{
		"command": into(&b.Commands, d.commands),
		"workdir": into(&b.Workdir, d.text),
		"watch":   into(&b.Watch, d.strings),
	})
	return b
}

// commands decodes one command or a list of them.
func (d *decoder) commands(v *value, path string) []String {
	if v.array != nil {
		return d.strings(v, path)
	}
	return []String{d.string(v, path)}
}

// plain is a value without its places.
func plain(v *value) any {
	switch {
	case v.table != nil:
		m := make(map[string]any, len(v.table.keys))
		for k, e := range v.table.vals {
			m[k] = plain(e)
		}
		return m
	case v.array != nil:
		a := make([]any, len(v.array))
		for i, e := range v.array {
			a[i] = plain(e)
		}
		return a
	}
	if date, ok := v.scalar.(tomlDate); ok {
		return string(date)
	}
	return v.scalar
}
