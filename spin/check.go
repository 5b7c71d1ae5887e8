package spin

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// check reports faults between the parts of a manifest.
func (d *decoder) check(m *Manifest) {
	ids := map[string]Position{}
	var names []string
	for _, c := range m.Components {
		if first, ok := ids[c.ID]; ok {
			d.fail(c.Pos, "component."+c.ID, fmt.Sprintf("the component is already defined in line %d", first.Line))
		}
		ids[c.ID] = c.Pos
		names = append(names, c.ID)
		d.checkComponent(m, &c)
	}
	for _, t := range m.Triggers {
		d.checkTrigger(m, &t, ids, names)
	}
}

// checkTrigger reports components that a trigger names and nobody defines; ids are
// those that are, and names the same in file order.
func (d *decoder) checkTrigger(m *Manifest, t *Trigger, ids map[string]Position, names []string) {
	path := "trigger." + t.Type
	check := func(id String, path string) {
		if _, ok := ids[id.Value]; !ok && id.Value != "" && isKebab(id.Value) {
			d.fail(id.Pos, path, unknownName("component", id.Value, names))
		}
	}
	check(t.Component, path+".component")
	for _, c := range t.Components {
		for _, id := range c.IDs {
			check(id, path+".components."+c.Role)
		}
	}
	for _, dep := range t.Dependencies {
		d.checkDependency(m, dep, path+".dependencies."+dep.Selector)
	}
}

// checkDependency reports a dependency on a component of the application that does
// not exist, or that has permissions, which would be lost.
func (d *decoder) checkDependency(m *Manifest, dep Dependency, path string) {
	if dep.Component == "" {
		return
	}
	c, ok := m.Component(dep.Component)
	if !ok {
		var names []string
		for _, c := range m.Components {
			names = append(names, c.ID)
		}
		d.fail(dep.Pos, path, unknownName("component", dep.Component, names))
		return
	}
	var own []string
	for _, key := range []struct {
		name string
		n    int
	}{
		{"ai_models", len(c.AIModels)},
		{"allowed_http_hosts", len(c.AllowedHTTPHosts)},
		{"allowed_outbound_hosts", len(c.AllowedOutboundHosts)},
		{"dependencies", len(c.Dependencies)},
		{"environment", len(c.Environment)},
		{"files", len(c.Files)},
		{"key_value_stores", len(c.KeyValueStores)},
		{"sqlite_databases", len(c.SQLiteDatabases)},
		{"variables", len(c.Variables)},
	} {
		if key.n > 0 {
			own = append(own, key.name)
		}
	}
	if len(own) > 0 {
		d.fail(dep.Pos, path, fmt.Sprintf("component %s cannot be a dependency, for it has %s of its own; "+
			"use inherit_configuration instead", c.ID, strings.Join(own, ", ")))
	}
}

func (d *decoder) checkComponent(m *Manifest, c *Component) {
	path := "component." + c.ID
	for _, h := range c.AllowedOutboundHosts {
		d.checkHost(m, h, path+".allowed_outbound_hosts")
	}
	d.checkOldHosts(m, c, path+".allowed_http_hosts")
	for _, e := range c.Environment {
		if t, err := ParseTemplate(e.Value.Value); err == nil && t.HasVariables() {
			d.warn(e.Value.Pos, path+".environment."+e.Name, "there are no templates in environment: the code gets "+
				"the text with its braces; declare a variable of the component for it")
		}
	}
	for _, v := range c.Variables {
		key := path + ".variables." + v.Name
		d.declared(v.Name, v.Value.Pos, key)
		tmpl, err := ParseTemplate(v.Value.Value)
		if err != nil {
			d.fail(v.Value.Pos, key, err.Error())
			continue
		}
		d.checkTemplate(m, tmpl, v.Value.Pos, key)
	}
	for _, dep := range c.Dependencies {
		d.checkDependency(m, dep, path+".dependencies."+dep.Selector)
	}
}

// checkTemplate reports variables that the application does not have.
func (d *decoder) checkTemplate(m *Manifest, tmpl Template, pos Position, key string) (ok bool) {
	var known []string
	for _, v := range m.Variables {
		known = append(known, v.Name)
	}
	ok = true
	for name := range tmpl.Variables() {
		if !slices.Contains(known, name) {
			d.failAs(KindUnknownVariable, pos, key, unknownName("application variable", name, known))
			ok = false
		}
	}
	return ok
}

// checkHost reports a host that is none, a template as far as defaults tell.
func (d *decoder) checkHost(m *Manifest, h String, path string) {
	parsed, err := ParseAllowedHost(h.Value)
	if err != nil {
		d.failAs(KindHost, h.Pos, path, err.Error())
		return
	}
	if !parsed.Template {
		return
	}
	tmpl, err := ParseTemplate(h.Value)
	if err != nil || !d.checkTemplate(m, tmpl, h.Pos, path) {
		return
	}
	text, err := tmpl.Expand(func(name string) (string, error) {
		i := slices.IndexFunc(m.Variables, func(v Variable) bool { return v.Name == name })
		if m.Variables[i].Default == nil {
			return "", errNoDefault
		}
		return m.Variables[i].Default.Value, nil
	})
	if err != nil || IsEmptyHost(text) {
		return
	}
	if _, err := ParseAllowedHost(text); err != nil {
		d.failAs(KindHost, h.Pos, path, fmt.Sprintf("%q with the variables' defaults: %v", h.Value, err))
	}
}

var errNoDefault = errors.New("the variable has no default")

// checkOldHosts reports what is wrong with allowed_http_hosts, or what to write
// instead.
func (d *decoder) checkOldHosts(m *Manifest, c *Component, path string) {
	if len(c.AllowedHTTPHosts) == 0 {
		return
	}
	ok := true
	for _, h := range c.AllowedHTTPHosts {
		if _, err := oldHost(h.Value); err != nil && !c.allowsAllHTTP() {
			d.fail(h.Pos, path, err.Error())
			ok = false
		}
	}
	hosts, err := m.OutboundHosts(c)
	if !ok || err != nil || m.Version == 1 {
		return
	}
	entries := make([]string, len(hosts))
	for i, h := range hosts {
		entries[i] = fmt.Sprintf("%q", h.Value)
	}
	d.warnAs(KindDeprecated, c.AllowedHTTPHosts[0].Pos, path,
		fmt.Sprintf("deprecated: write allowed_outbound_hosts = [%s]", strings.Join(entries, ", ")))
}

// sortErrors puts errors into file order.
func sortErrors(list ErrorList) {
	slices.SortStableFunc(list, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col), strings.Compare(a.Key, b.Key))
	})
}
