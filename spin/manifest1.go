package spin

// manifest1 decodes a manifest of version 1 into the form of version 2.
func (d *decoder) manifest1(m *Manifest, root *value) {
	ignore := func(*value, string) {}
	kind := "http"
	d.required(root, "", "name", "version")
	d.table(root, "", fields{
		"spin_version":          ignore,
		"spin_manifest_version": ignore,
		"name":                  into(&m.Name, d.string),
		"version":               into(&m.AppVersion, d.string),
		"description":           into(&m.Description, d.string),
		"authors":               into(&m.Authors, d.strings),
		"variables":             into(&m.Variables, d.variables),
		"trigger": func(v *value, path string) {
			if v.table == nil || v.table.vals["type"] == nil {
				d.fail(v.pos, path, "expected a table with a type, as in { type = \"http\" }")
				return
			}
			kind = d.string(v.table.vals["type"], join(path, "type")).Value
			config, _ := plain(v).(map[string]any)
			delete(config, "type")
			if len(config) > 0 {
				m.TriggerConfig[kind] = config
			}
		},
		"component": ignore,
	})
	list := root.table.vals["component"]
	if list == nil {
		return
	}
	if list.array == nil {
		d.fail(list.pos, "component", "expected [[component]], found "+list.kind())
		return
	}
	for _, v := range list.array {
		d.component1(m, kind, v)
	}
}

// component1 decodes a component of version 1 with the trigger inside it.
func (d *decoder) component1(m *Manifest, kind string, v *value) {
	const path = "component"
	c := Component{Pos: v.pos}
	var trigger *value
	d.required(v, path, "id", "source", "trigger")
	d.table(v, path, fields{
		"id":                     func(v *value, path string) { c.ID = d.string(v, path).Value },
		"source":                 into(&c.Source, d.source),
		"description":            func(v *value, path string) { c.Description = d.string(v, path).Value },
		"config":                 into(&c.Variables, d.stringMap),
		"environment":            into(&c.Environment, d.stringMap),
		"files":                  into(&c.Files, d.files),
		"exclude_files":          into(&c.ExcludeFiles, d.strings),
		"allowed_outbound_hosts": into(&c.AllowedOutboundHosts, d.strings),
		"allowed_http_hosts":     into(&c.AllowedHTTPHosts, d.strings),
		"key_value_stores":       into(&c.KeyValueStores, d.strings),
		"sqlite_databases":       into(&c.SQLiteDatabases, d.strings),
		"ai_models":              into(&c.AIModels, d.strings),
		"build":                  into(&c.Build, d.build),
		"trigger":                func(v *value, _ string) { trigger = v },
	})
	m.Components = append(m.Components, c)
	if trigger == nil || trigger.table == nil {
		return
	}
	t := Trigger{Pos: trigger.pos, Type: kind, Component: String{c.ID, v.pos}, Config: map[string]any{}}
	for _, key := range trigger.table.keys {
		t.Config[key] = plain(trigger.table.vals[key])
	}
	if r := trigger.table.vals["route"]; r != nil && kind == "http" {
		t.Route = d.route(r, "component.trigger.route")
	}
	m.Triggers = append(m.Triggers, t)
}
