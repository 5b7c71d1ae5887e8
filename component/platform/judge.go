package platform

import (
	"slices"
	"strings"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/wit"
)

// Verdict says whether a component runs on a platform, and what to know if it
// does.
type Verdict struct {
	Profile *Profile
	// Handler is the export of the component that the host calls; its Name is
	// the component's. It is the zero value if there is none.
	Handler Handler
	// Mismatches are why the host cannot run the component: imports that it does
	// not offer, types that differ, a handler that is missing.
	Mismatches []wit.Mismatch
	// Rivals are the handlers among which the host cannot choose, if it takes
	// only components that have one.
	Rivals []string
	// Conditions are what must be true besides, of the manifest or the command
	// line.
	Conditions []string
	// Refusals are those that concern interfaces which the component imports;
	// they name these. An import does not mean that it is used: language runtimes
	// import much that a program never calls.
	Refusals []Refusal
	// Unchecked are imports and exports that were matched by name alone, since
	// their types are not known here.
	Unchecked []string
}

// Runs reports whether the host can instantiate the component and call it,
// provided that the Conditions hold.
func (v *Verdict) Runs() bool { return len(v.Mismatches) == 0 && len(v.Rivals) == 0 }

// Supply leaves out what is said against imports that by reports to be supplied by
// something else than the host, such as another component. A nil by leaves all.
func (v *Verdict) Supply(by func(imported string) bool) {
	if by != nil {
		v.Mismatches = slices.DeleteFunc(v.Mismatches, func(m wit.Mismatch) bool { return !m.Export && by(m.Name) })
	}
}

// Judge tells whether a component runs on a platform. The Info is that of the
// file.
func Judge(f *component.File, info *component.Info, p *Profile) (*Verdict, error) {
	verdicts, err := judge(f, info, []*Profile{p})
	if err != nil {
		return nil, err
	}
	return verdicts[0], nil
}

// JudgeAll judges a component for every platform, in the order of [All].
func JudgeAll(f *component.File, info *component.Info) ([]*Verdict, error) {
	return judge(f, info, All())
}

func judge(f *component.File, info *component.Info, profiles []*Profile) ([]*Verdict, error) {
	own, id, err := info.World(f)
	if err != nil {
		return nil, err
	}
	verdicts := make([]*Verdict, len(profiles))
	for i, p := range profiles {
		v, err := JudgeWorld(own, id, p)
		if err != nil {
			return nil, err
		}
		v.Mismatches = append(f.Root.NotInWIT(), v.Mismatches...)
		verdicts[i] = v
	}
	return verdicts, nil
}

// JudgeWorld tells whether components of a world run on a platform.
func JudgeWorld(own *wit.Resolve, id wit.WorldID, p *Profile) (*Verdict, error) {
	c, err := loadCatalog()
	if err != nil {
		return nil, err
	}
	v := &Verdict{Profile: p}
	imports := interfaceNames(own, &own.Worlds[id].Imports)
	exports := interfaceNames(own, &own.Worlds[id].Exports)
	called := v.chooseHandler(exports)
	v.consider(imports)
	if p.isUntyped(called) {
		v.Unchecked = append(v.Unchecked, v.Handler.Name)
		called = ""
	}
	set, world, err := c.world(p, called)
	if err != nil {
		return nil, err
	}
	opts := wit.TargetOptions{SemverCompatible: p.Linking == Semver, Linked: true}
	for _, m := range wit.Target(own, id, set, world, opts) {
		if m.Kind == wit.MissingImport && p.isUntyped(m.Name) {
			v.Unchecked = append(v.Unchecked, m.Name)
			continue
		}
		v.Mismatches = append(v.Mismatches, m)
	}
	if v.Handler.Name == "" {
		v.Mismatches = append(v.Mismatches, missingHandler(p, exports))
	}
	return v, nil
}

// Calls reports whether the platform calls an export of a component, whatever the
// component imports.
func (p *Profile) Calls(c *component.Component) bool {
	var exports []wit.InterfaceName
	for _, e := range c.Exports {
		if name, ok := wit.ParseInterfaceName(e.Name.Name); ok {
			exports = append(exports, name)
		}
	}
	return (&Verdict{Profile: p}).chooseHandler(exports) != ""
}

func interfaceNames(r *wit.Resolve, items *wit.Ordered[wit.WorldKey, wit.WorldItem]) []wit.InterfaceName {
	var names []wit.InterfaceName
	for key := range items.Keys() {
		if name, ok := wit.ParseInterfaceName(r.KeyName(key)); ok && key.IsInterface() {
			names = append(names, name)
		}
	}
	return names
}

// chooseHandler finds the export that the host calls, and gives the name by
// which the host knows it.
func (v *Verdict) chooseHandler(exports []wit.InterfaceName) (called string) {
	var rivals []string
	for _, h := range v.Profile.Handlers {
		for _, export := range exports {
			if !h.calls(export) || slices.Contains(rivals, export.String()) {
				continue
			}
			if v.Handler.Name == "" {
				called = h.Name
				v.Handler = h
				v.Handler.Name = export.String()
			}
			if h.Trigger == v.Handler.Trigger {
				rivals = append(rivals, export.String())
			}
		}
	}
	if len(rivals) > 1 && v.Profile.OneHandler {
		v.Rivals = rivals
	}
	if v.Handler.Condition != "" {
		v.Conditions = append(v.Conditions, v.Handler.Condition)
	}
	return called
}

// calls reports whether the host calls an export as this handler.
func (h Handler) calls(export wit.InterfaceName) bool {
	if h.Name == export.String() {
		return true
	}
	own, ok := wit.ParseInterfaceName(h.Name)
	return ok && h.Track && own.Unversioned() == export.Unversioned() &&
		own.Package.Version.Compatible(export.Package.Version)
}

// consider collects the conditions and refusals that concern the imports.
func (v *Verdict) consider(imports []wit.InterfaceName) {
	for _, name := range imports {
		for i := range v.Profile.offers {
			o := &v.Profile.offers[i]
			if o.condition != "" && o.matches(name) && !slices.Contains(v.Conditions, o.condition) {
				v.Conditions = append(v.Conditions, o.condition)
			}
		}
	}
	imported := map[string]bool{}
	for _, name := range imports {
		imported[name.Unversioned()] = true
	}
	for _, r := range v.Profile.Refusals {
		all := r.Interfaces
		r.Interfaces = nil
		for _, name := range all {
			if imported[name] {
				r.Interfaces = append(r.Interfaces, name)
			}
		}
		if len(r.Interfaces) > 0 {
			v.Refusals = append(v.Refusals, r)
		}
	}
}

func (p *Profile) isUntyped(name string) bool {
	parsed, ok := wit.ParseInterfaceName(name)
	return ok && slices.ContainsFunc(p.untyped, func(pattern string) bool {
		return matchPattern(pattern, parsed)
	})
}

// missingHandler is the mismatch of a component that the host has nothing to
// call of. It names the handler nearest to what the component exports.
func missingHandler(p *Profile, exports []wit.InterfaceName) wit.Mismatch {
	m := wit.Mismatch{Kind: wit.MissingExport, Export: true, Name: p.Handlers[0].Name, Target: "interface"}
	for _, h := range p.Handlers {
		name, _, _ := strings.Cut(h.Name, "@")
		for _, export := range exports {
			if export.Unversioned() == name {
				m.Name, m.Counterpart = h.Name, export.String()
				return m
			}
		}
	}
	return m
}
