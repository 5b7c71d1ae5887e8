package pack

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/internal/canonjson"
)

// What a host must understand of a locked application.
const (
	mustAppRequirements       = "host_requirements"
	mustComponentRequirements = "component_host_requirements"
	serviceChaining           = "local_service_chaining"
	required                  = "required"
)

// lock is the locked application of app without its components' content, which
// the packer fills in.
func (app App) lock(o Options) (*LockedApp, error) {
	locked := &LockedApp{
		Metadata:  app.metadata(),
		Variables: map[string]LockedVariable{},
		Triggers:  app.lockTriggers(),
	}
	for name, v := range app.Variables {
		locked.Variables[name] = LockedVariable{
			Description: pointer(v.Description), Default: v.Default, Secret: v.Secret,
		}
	}
	for _, c := range app.Components {
		lc := c.lock(o)
		locked.Components = append(locked.Components, lc)
		if len(lc.HostRequirements) > 0 && len(locked.MustUnderstand) == 0 {
			locked.MustUnderstand = []string{mustComponentRequirements}
			locked.Version = 1
		}
	}
	return locked, app.check()
}

func pointer(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (app App) metadata() map[string]any {
	var m canonjson.Object
	m.Set("authors", app.Authors)
	m.Set("description", app.Description)
	m.Set("name", app.Name)
	m.Set("profile", app.Profile)
	m.Set("version", app.Version)
	out := map[string]any{}
	for _, f := range m {
		out[f.Name] = f.Value
	}
	globals := app.Globals
	if globals == nil {
		globals = map[string]any{}
	}
	out["triggers"] = globals
	if kinds := app.triggerTypes(); len(kinds) == 1 {
		// What hosts looked at before there were several types.
		single := map[string]any{}
		if table, ok := globals[kinds[0]].(map[string]any); ok {
			maps.Copy(single, table)
		}
		single["type"] = kinds[0]
		out["trigger"] = single
	}
	return out
}

func (app App) triggerTypes() []string {
	var kinds []string
	for _, t := range app.Triggers {
		if !slices.Contains(kinds, t.Type) {
			kinds = append(kinds, t.Type)
		}
	}
	return kinds
}

// lockTriggers puts triggers of one type together and gives every one an ID, by
// Spin's rule: COMPONENT-TYPE-trigger where that is free, else TYPE-triggerN.
func (app App) lockTriggers() []LockedTrigger {
	taken := map[string]bool{}
	for _, t := range app.Triggers {
		taken[t.ID] = true
	}
	kinds := app.triggerTypes()
	triggers := slices.SortedStableFunc(slices.Values(app.Triggers), func(a, b Trigger) int {
		return slices.Index(kinds, a.Type) - slices.Index(kinds, b.Type)
	})
	counters := map[string]int{}
	locked := make([]LockedTrigger, 0, len(app.Triggers))
	for _, t := range triggers {
		config := map[string]any{}
		maps.Copy(config, t.Config)
		if t.Component != "" {
			config["component"] = t.Component
		}
		id := t.ID
		if natural := t.Component + "-" + t.Type + "-trigger"; id == "" && t.Component != "" &&
			!taken[natural] {
			id = natural
		}
		for id == "" || t.ID == "" && taken[id] {
			counters[t.Type]++
			id = fmt.Sprintf("%s-trigger%d", t.Type, counters[t.Type])
		}
		taken[id] = true
		locked = append(locked, LockedTrigger{ID: id, Type: t.Type, Config: config})
	}
	return locked
}

func (c Component) lock(o Options) LockedComponent {
	lc := LockedComponent{
		ID: c.ID, Metadata: map[string]any{},
		Environment: c.Environment, Variables: c.Variables,
	}
	set := func(key string, list []string) {
		if len(list) > 0 {
			lc.Metadata[key] = list
		}
	}
	set("allowed_outbound_hosts", c.AllowedOutboundHosts)
	set("key_value_stores", c.KeyValueStores)
	set("databases", c.SQLiteDatabases)
	set("ai_models", c.AIModels)
	if c.Description != "" {
		lc.Metadata["description"] = c.Description
	}
	if o.KeepBuild && c.Build != nil {
		lc.Metadata["build"] = c.Build
	}
	if c.chains() {
		lc.HostRequirements = map[string]any{serviceChaining: required}
	}
	return lc
}

// chains reports whether the component calls others of its application.
func (c Component) chains() bool {
	for _, host := range c.AllowedOutboundHosts {
		_, name, found := strings.Cut(host, "://")
		if !found {
			continue
		}
		name, _, _ = strings.Cut(name, "/")
		name, _, _ = strings.Cut(name, ":")
		if strings.HasSuffix(name, ".spin.internal") {
			return true
		}
	}
	return false
}

func (d Dependency) inherit() json.RawMessage {
	if d.InheritAll {
		return json.RawMessage(`"All"`)
	}
	if len(d.Inherit) == 0 {
		return nil
	}
	data, err := canonjson.Marshal(canonjson.Object{{Name: "Some", Value: d.Inherit}})
	if err != nil {
		return nil
	}
	return data
}

// check refuses an application that no host could load.
func (app App) check() error {
	if app.Name == "" {
		return fmt.Errorf("the application has no name")
	}
	ids := map[string]bool{}
	for _, c := range app.Components {
		if ids[c.ID] {
			return fmt.Errorf("two components are called %q", c.ID)
		}
		ids[c.ID] = true
	}
	for _, t := range app.Triggers {
		if t.Component != "" && !ids[t.Component] {
			return fmt.Errorf("a trigger names component %q, which does not exist", t.Component)
		}
	}
	return nil
}
