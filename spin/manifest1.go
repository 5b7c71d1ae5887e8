package spin

// manifest1 decodes a manifest of version 1 into the form of version 2.
func (d *decoder) manifest1(m *Manifest, root *value) {
	ignore := func(*value, string) {}
	kind := "http"
	d.required(root, "", "name", "trigger")
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
			if base := v.table.vals["base"]; base != nil && kind == "http" {
				d.basePath(base, join(path, "base"))
			}
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
	c := Component{Pos: v.pos, unnamed: true}
	var trigger *value
	d.required(v, path, "id", "source", "trigger")
	d.table(v, path, fields{
		"id": func(v *value, path string) {
			if c.ID = kebabOf(d.text(v, path)); !isKebab(c.ID) {
				d.fail(v.pos, path, kebabRule)
			}
		},
		"source":                 into(&c.Source, d.source),
		"description":            into(&c.Description, d.text),
		"config":                 into(&c.Variables, d.stringMap),
		"environment":            into(&c.Environment, d.stringMap),
		"files":                  into(&c.Files, d.files),
		"exclude_files":          into(&c.ExcludeFiles, d.strings),
		"allowed_outbound_hosts": into(&c.AllowedOutboundHosts, d.strings),
		"allowed_http_hosts":     into(&c.AllowedHTTPHosts, d.strings),
		"key_value_stores":       into(&c.KeyValueStores, d.labels),
		"sqlite_databases":       into(&c.SQLiteDatabases, d.labels),
		"ai_models":              into(&c.AIModels, d.strings),
		"build":                  into(&c.Build, d.build),
		"trigger":                func(v *value, _ string) { trigger = v },
	})
	m.Components = append(m.Components, c)
	if trigger == nil || !d.isTable(trigger, path+".trigger") {
		return
	}
	t := Trigger{
		Pos: trigger.pos, Type: kind, ID: "trigger-" + c.ID, Component: String{c.ID, v.pos}, Config: map[string]any{},
	}
	for _, key := range trigger.table.keys {
		t.Config[key] = plain(trigger.table.vals[key])
	}
	d.triggerConfig1(&t, trigger, path+".trigger")
	m.Triggers = append(m.Triggers, t)
}

// triggerConfig1 checks what HTTP and Redis triggers know of; the component is the
// one they are in.
func (d *decoder) triggerConfig1(t *Trigger, v *value, path string) {
	inside := &table{vals: map[string]*value{"component": v}}
	for _, key := range v.table.keys {
		inside.set(key, v.table.vals[key])
	}
	d.triggerConfig(t, &value{pos: v.pos, table: inside}, path)
}
