package spin

import (
	"cmp"
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
		if _, ok := ids[t.Component.Value]; !ok && t.Component.Value != "" {
			d.fail(t.Component.Pos, "trigger."+t.Type+".component", unknownName("component", t.Component.Value, names))
		}
	}
}

func (d *decoder) checkComponent(m *Manifest, c *Component) {
	path := "component." + c.ID
	for _, h := range c.AllowedOutboundHosts {
		if _, err := ParseAllowedHost(h.Value); err != nil {
			d.fail(h.Pos, path+".allowed_outbound_hosts", err.Error())
		}
	}
	var known []string
	for _, v := range m.Variables {
		known = append(known, v.Name)
	}
	for _, v := range c.Variables {
		key := path + ".variables." + v.Name
		if !isSnake(v.Name) {
			d.fail(v.Value.Pos, key, "a variable's name is lower-case words joined by _, as in api_token")
		}
		tmpl, err := ParseTemplate(v.Value.Value)
		if err != nil {
			d.fail(v.Value.Pos, key, err.Error())
			continue
		}
		for name := range tmpl.Variables() {
			if !slices.Contains(known, name) {
				d.fail(v.Value.Pos, key, unknownName("application variable", name, known))
			}
		}
	}
}

// sortErrors puts errors into file order.
func sortErrors(list ErrorList) {
	slices.SortStableFunc(list, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col), strings.Compare(a.Key, b.Key))
	})
}
