package component

import "fmt"

// Instances and instantiation (Explainer.md, "Instance Definitions").

func (s *scope) instance(in *Instance) *InstanceType {
	if in.Inline {
		s.Instantiations = append(s.Instantiations, nil)
		return s.bag(in)
	}
	how, t := s.instantiate(in)
	s.Instantiations = append(s.Instantiations, how)
	return t
}

// bag is an instance made of other definitions' entities.
func (s *scope) bag(in *Instance) *InstanceType {
	ns := newExterns("export", len(in.Exports))
	outer := s.w
	s.w = lightest
	for i := range in.Exports {
		x := &in.Exports[i]
		s.item = item{"export", x.Name.Name}
		e := s.entityAt(x.Sort, x.Index, in.Off)
		if v, ok := e.(*ValueItem); ok && v.Type.HasBorrow() {
			s.fail(in.Off, ruleValueType, "the type of an exported value cannot hold a borrow")
		}
		s.addName(&ns, &x.Name, e, in.Off)
	}
	t := &InstanceType{Exports: ns.items(), w: s.w, resource: itemsHaveResources(ns.types)}
	s.w = outer
	return t
}

// instantiate checks the arguments of an instantiation, and derives the instance's
// type: the component's exports with the resources supplied and made.
func (s *scope) instantiate(in *Instance) (*Instantiation, *InstanceType) {
	c := lookup(s, s.Components, SortComponent, in.Component, in.Off)
	args, known := s.args(in)
	if c == nil {
		return nil, nil
	}
	t := &InstanceType{w: lightest, resource: c.resource}
	for _, e := range c.Exports.types {
		if !s.addWeight(&t.w, e, in.Off) {
			return nil, nil
		}
	}
	sub, err := s.open(func(name string) (Entity, bool) {
		e, ok := args[name]
		return e, ok
	}, c.Imports, c.imported, "import")
	if err != nil {
		if known {
			s.failErr(in.Off, ruleTypeChecking, fmt.Errorf("component %d cannot be instantiated: %w",
				in.Component, err))
		}
		return nil, nil
	}
	for _, p := range c.fresh {
		r := &Resource{Name: p.resource.Name, Origin: p.resource}
		sub.resources[p.resource] = r
		s.ownFresh(r)
	}
	t.Exports, _ = sub.items(c.Exports, false)
	return &Instantiation{Component: c, Resources: sub.resources}, t
}

// args collects the arguments by name; known is false if some cannot be told.
func (s *scope) args(in *Instance) (args map[string]Entity, known bool) {
	args, known = make(map[string]Entity, len(in.Args)), true
	for _, a := range in.Args {
		s.item = item{"argument", a.Name}
		e := s.entityAt(a.Sort, a.Index, in.Off)
		known = known && e != nil
		if _, ok := args[a.Name]; ok {
			s.fail(in.Off, ruleInstance, "the argument %q is given twice", a.Name)
			continue
		}
		args[a.Name] = e
	}
	s.item = item{}
	return args, known
}
