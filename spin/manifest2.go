package spin

// manifest2 decodes a manifest of version 2.
func (d *decoder) manifest2(m *Manifest, root *value) {
	ignore := func(*value, string) {}
	d.required(root, "", "application")
	d.table(root, "", fields{
		"spin_manifest_version": ignore,
		"application":           func(v *value, path string) { d.application(m, v, path) },
		"variables":             func(v *value, path string) { m.Variables = d.variables(v, path) },
		"trigger":               func(v *value, path string) { d.triggers(m, v, path) },
		"component":             func(v *value, path string) { d.components(m, v, path) },
	})
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
				if v.table == nil {
					d.fail(v.pos, key, "expected a table, found "+v.kind())
					return
				}
				m.TriggerConfig[name], _ = plain(v).(map[string]any)
			})
		},
		"tool": func(*value, string) {},
	})
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
			d.table(e, path, fields{
				"id":       func(v *value, path string) { t.Name = d.string(v, path).Value },
				"registry": func(v *value, path string) { d.string(v, path) },
				"http":     func(v *value, path string) { t.Name = d.string(v, path).Value },
				"path":     func(v *value, path string) { t.Name = d.string(v, path).Value },
			})
		}
		out = append(out, t)
	}
	return out
}

func (d *decoder) variables(v *value, path string) []Variable {
	var out []Variable
	d.each(v, path, func(name string, v *value, key string) {
		x := Variable{Name: name, Pos: v.pos}
		if !isSnake(name) {
			d.fail(v.pos, key, "a variable's name is lower-case words joined by _, as in api_token")
		}
		d.table(v, key, fields{
			"description": func(v *value, path string) { x.Description = d.string(v, path).Value },
			"required":    into(&x.Required, d.bool),
			"secret":      into(&x.Secret, d.bool),
			"default": func(v *value, path string) {
				s := d.string(v, path)
				x.Default = &s
			},
		})
		if x.Required == (x.Default != nil) {
			d.fail(v.pos, key, "a variable is either required = true or has a default")
		}
		out = append(out, x)
	})
	return out
}

func (d *decoder) triggers(m *Manifest, v *value, path string) {
	d.each(v, path, func(kind string, v *value, key string) {
		if v.array == nil {
			d.fail(v.pos, key, "expected [["+key+"]], found "+v.kind())
			return
		}
		for _, e := range v.array {
			if e.table == nil {
				d.fail(e.pos, key, "expected a table, found "+e.kind())
				continue
			}
			m.Triggers = append(m.Triggers, d.trigger(m, kind, e, key))
		}
	})
}

// trigger decodes one trigger. What its type knows of is the type's business, so
// unknown keys are no faults here.
func (d *decoder) trigger(m *Manifest, kind string, v *value, path string) Trigger {
	t := Trigger{Pos: v.pos, Type: kind, Config: map[string]any{}}
	for _, key := range v.table.keys {
		e, full := v.table.vals[key], join(path, key)
		switch key {
		case "id":
			t.ID = d.string(e, full).Value
		case "component":
			t.Component = d.triggerComponent(m, kind, e, full)
		case "components":
		case "dependencies":
			t.Dependencies, t.DependenciesPos = plain(e), e.pos
		default:
			t.Config[key] = plain(e)
		}
	}
	if kind == "http" {
		d.httpTrigger(&t, v, path)
	} else if t.Component.Value == "" && v.table.vals["components"] == nil {
		d.fail(v.pos, path, "the key component is missing")
	}
	return t
}

// triggerComponent is a component's id, or a component written in its place.
func (d *decoder) triggerComponent(m *Manifest, kind string, v *value, path string) String {
	if v.table == nil {
		return d.string(v, path)
	}
	c := d.component(kind+"-component", v, path)
	m.Components = append(m.Components, c)
	return String{c.ID, v.pos}
}

func (d *decoder) httpTrigger(t *Trigger, v *value, path string) {
	if r := v.table.vals["route"]; r != nil {
		t.Route = d.route(r, join(path, "route"))
	}
	static := v.table.vals["static_response"]
	if static != nil {
		t.StaticResponse = d.staticResponse(static, join(path, "static_response"))
	}
	if (static != nil) == (t.Component.Value != "") {
		d.fail(v.pos, path, "an HTTP trigger has a component or a static_response")
	}
}

func (d *decoder) route(v *value, path string) Route {
	r := Route{Pos: v.pos}
	if v.table == nil {
		r.Pattern = d.string(v, path).Value
		if _, err := ParseRoute(r.Pattern); err != nil {
			d.fail(v.pos, path, err.Error())
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
		"body":    func(v *value, path string) { s.Body = d.string(v, path).Value },
	})
	return s
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
		"description":            func(v *value, path string) { c.Description = d.string(v, path).Value },
		"variables":              into(&c.Variables, d.stringMap),
		"environment":            into(&c.Environment, d.stringMap),
		"files":                  into(&c.Files, d.files),
		"exclude_files":          into(&c.ExcludeFiles, d.strings),
		"allowed_outbound_hosts": into(&c.AllowedOutboundHosts, d.strings),
		"allowed_http_hosts":     into(&c.AllowedHTTPHosts, d.strings),
		"key_value_stores":       into(&c.KeyValueStores, d.strings),
		"sqlite_databases":       into(&c.SQLiteDatabases, d.strings),
		"ai_models":              into(&c.AIModels, d.strings),
		"targets":                into(&c.Targets, d.targets),
		"build":                  into(&c.Build, d.build),
		"dependencies":           into(&c.Dependencies, d.dependencies),
		"tool":                   func(v *value, _ string) { c.Tool, _ = plain(v).(map[string]any) },
		"profile": func(v *value, path string) {
			d.each(v, path, func(name string, v *value, key string) {
				c.Profiles = append(c.Profiles, d.profile(name, v, key))
			})
		},

		"dependencies_inherit_configuration": into(&c.InheritConfiguration, d.bool),
	})
	return c
}

func (d *decoder) source(v *value, path string) Source {
	s := Source{Pos: v.pos}
	if v.table == nil {
		s.Path = d.string(v, path).Value
		return s
	}
	text := func(dst *string) func(*value, string) {
		return func(v *value, path string) { *dst = d.string(v, path).Value }
	}
	d.table(v, path, fields{
		"url": text(&s.URL), "digest": text(&s.Digest), "registry": text(&s.Registry),
		"package": text(&s.Package), "version": text(&s.Version),
	})
	switch {
	case s.URL != "" && s.Digest == "":
		d.fail(v.pos, path, "a source with a url needs its digest")
	case s.URL == "" && (s.Package == "" || s.Version == ""):
		d.fail(v.pos, path, "a source is a path, a url with a digest, or a package with a version")
	}
	return s
}

func (d *decoder) files(v *value, path string) []Files {
	if v.array == nil {
		d.fail(v.pos, path, "expected an array, found "+v.kind())
	}
	var out []Files
	for _, e := range v.array {
		f := Files{Pos: e.pos}
		if e.table == nil {
			f.Pattern = d.string(e, path).Value
		} else {
			d.required(e, path, "source", "destination")
			d.table(e, path, fields{
				"source":      func(v *value, path string) { f.Source = d.string(v, path).Value },
				"destination": func(v *value, path string) { f.Destination = d.string(v, path).Value },
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
		"workdir": func(v *value, path string) { b.Workdir = d.string(v, path).Value },
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

func (d *decoder) profile(name string, v *value, path string) Profile {
	p := Profile{Name: name, Pos: v.pos}
	d.table(v, path, fields{
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
	return p
}

func (d *decoder) dependencies(v *value, path string) []Dependency {
	var out []Dependency
	d.each(v, path, func(name string, v *value, _ string) {
		out = append(out, Dependency{Pos: v.pos, Selector: name, Spec: plain(v)})
	})
	return out
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
