package spin

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// UseProfile puts the overrides of a profile in place. Components without it stay
// as they are; it is an error if none has it.
func (m *Manifest) UseProfile(name string) error {
	known := map[string]bool{}
	for i := range m.Components {
		c := &m.Components[i]
		for _, p := range c.Profiles {
			known[p.Name] = true
			if p.Name == name {
				c.override(p)
			}
		}
	}
	if known[name] {
		return nil
	}
	if len(known) == 0 {
		return fmt.Errorf("%s: no component has the profile %q, or any", m.Pos.File, name)
	}
	return fmt.Errorf("%s: %s", m.Pos.File, unknownName("profile", name, slices.Sorted(maps.Keys(known))))
}

func (c *Component) override(p Profile) {
	if p.Source != nil {
		c.Source = *p.Source
	}
	if p.Commands != nil {
		b := Build{Pos: p.Pos}
		if c.Build != nil {
			b = *c.Build
		}
		b.Commands = p.Commands
		c.Build = &b
	}
	c.Environment = overlay(c.Environment, p.Environment, func(e Entry) string { return e.Name })
	c.Dependencies = overlay(c.Dependencies, p.Dependencies, func(d Dependency) string { return d.Selector })
}

// overlay is a list with over over it, by name.
func overlay[T any](list, over []T, name func(T) string) []T {
	out := slices.DeleteFunc(slices.Clone(list), func(x T) bool {
		return slices.ContainsFunc(over, func(o T) bool { return name(o) == name(x) })
	})
	return append(out, over...)
}

// Retain keeps only some components with those that they depend on, and the triggers
// that call them. It is an error if one does not exist, or may send requests to one
// that is not kept.
func (m *Manifest) Retain(ids []string) error {
	var known []string
	for _, c := range m.Components {
		known = append(known, c.ID)
	}
	for _, id := range ids {
		c, ok := m.Component(id)
		if !ok {
			return fmt.Errorf("%s: %s", m.Pos.File, unknownName("component", id, known))
		}
		if err := c.checkChaining(ids); err != nil {
			return err
		}
	}
	m.Triggers = slices.DeleteFunc(m.Triggers, func(t Trigger) bool { return !slices.Contains(ids, t.Component.Value) })
	kept := map[string]bool{}
	keep := func(list []Dependency) {
		for _, d := range list {
			kept[d.Component] = true
		}
	}
	for _, id := range ids {
		c, _ := m.Component(id)
		kept[id] = true
		keep(c.Dependencies)
	}
	for _, t := range m.Triggers {
		keep(t.Dependencies)
	}
	m.Components = slices.DeleteFunc(m.Components, func(c Component) bool { return !kept[c.ID] })
	return nil
}

// checkChaining is an error if the component may send requests to components that
// are not kept. What templates stand for is not known here.
func (c *Component) checkChaining(kept []string) error {
	for _, entry := range c.AllowedOutboundHosts {
		h, err := ParseAllowedHost(entry.Value)
		target, chained := strings.CutSuffix(h.Host, ".spin.internal")
		switch {
		case err != nil || !chained || slices.Contains(kept, target):
		case target == "*":
			return fmt.Errorf("%s: component %s may send requests to any other (%q), so it cannot be selected alone",
				entry.Pos, c.ID, entry.Value)
		default:
			return fmt.Errorf("%s: component %s may send requests to component %s (%q), which is not selected",
				entry.Pos, c.ID, target, entry.Value)
		}
	}
	return nil
}
