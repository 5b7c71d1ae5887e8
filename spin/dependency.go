package spin

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Dependency is a component that another one, or a trigger, is composed with. It is
// a package of a registry if it has a Version, or else a file, a URL, or another
// component of the application.
type Dependency struct {
	Pos Position
	// Selector says which imports it satisfies: a package ("a:b", "a:b@1.0.0"),
	// an interface ("a:b/c@1.0.0") or a plain name; or a role of a trigger, such
	// as "middleware".
	Selector string

	Version, Registry, Package string
	Path                       string
	URL, Digest                string
	Component                  string
	// Export is the export that satisfies the import, "" for the one of its name.
	Export string

	// InheritAll grants it all permissions of the component that depends on it,
	// Inherit those of some keys. InheritGiven tells that the manifest says
	// something of it.
	InheritAll, InheritGiven bool
	Inherit                  []String
}

// Source is where the dependency's binary comes from, unless it is another component
// of the application.
func (d Dependency) Source() Source {
	s := Source{Pos: d.Pos, Path: d.Path, URL: d.URL, Digest: d.Digest}
	if d.Version == "" {
		return s
	}
	s.Registry, s.Package, s.Requirement = d.Registry, d.Package, d.Version
	if s.Package == "" {
		sel, _ := parseSelector(d.Selector)
		s.Package = sel.pkg
	}
	return s
}

// checkPackage reports what no package of a registry can be called.
func (d *decoder) checkPackage(name string, pos Position, path string) {
	sel, err := parseSelector(name)
	if err != nil || sel.pkg != name || name != strings.ToLower(name) {
		d.fail(pos, path, fmt.Sprintf("%q is not the name of a package in a registry, such as a:b", name))
	}
}

// checkRequirement reports what is no requirement of versions.
func (d *decoder) checkRequirement(text string, pos Position, path string) {
	if _, err := ParseRequirement(text); text != "" && err != nil {
		d.fail(pos, path, err.Error())
	}
}

// inheritable are the keys whose permissions a dependency may inherit.
var inheritable = []string{
	"ai_models", "allowed_outbound_hosts", "environment", "files", "key_value_stores", "sqlite_databases", "variables",
}

func (d *decoder) dependencies(v *value, path string) []Dependency {
	var out []Dependency
	d.each(v, path, func(name string, v *value, key string) {
		dep := d.dependency(v, key)
		dep.Selector = name
		sel, err := parseSelector(name)
		switch {
		case err != nil:
			d.fail(v.pos, key, err.Error())
		case sel.pkg == "" && dep.Package == "" && (v.table == nil || dep.Version != ""):
			d.fail(v.pos, key, "a dependency with a plain name needs its package, as in { package = \"a:b\", version = \"1.0.0\" }")
		case sel.pkg != "" && sel.iface == "" && dep.Export != "" && dep.URL == "" && dep.Component == "":
			d.fail(v.pos, key, "a dependency for a whole package has no export: name the interface, as in "+sel.pkg+"/interface")
		}
		out = append(out, dep)
	})
	d.checkDisjoint(out, path)
	return out
}

type dependencyForm struct {
	key  string
	with []string
}

// dependencyForms are the keys that tell what a dependency is, each with the others
// that belong to it.
var dependencyForms = []dependencyForm{
	{"path", nil},
	{"url", []string{"digest"}},
	{"component", nil},
	{"version", []string{"registry", "package"}},
}

// dependency decodes what comes after a selector: a version, or a table.
func (d *decoder) dependency(v *value, path string) Dependency {
	dep := Dependency{Pos: v.pos}
	if v.table == nil {
		dep.Version = d.text(v, path)
		d.checkRequirement(dep.Version, v.pos, path)
		return dep
	}
	all := map[string]*string{
		"version": &dep.Version, "registry": &dep.Registry, "package": &dep.Package, "path": &dep.Path, "url": &dep.URL,
		"digest": &dep.Digest, "component": &dep.Component, "export": &dep.Export,
	}
	fs := fields{"inherit_configuration": func(v *value, path string) { d.inherit(&dep, v, path) }}
	for key, dst := range all {
		fs[key] = into(dst, d.text)
	}
	d.keys(v.table, path, fs)
	i := slices.IndexFunc(dependencyForms, func(f dependencyForm) bool { return v.table.vals[f.key] != nil })
	if i < 0 {
		d.fail(v.pos, path, "a dependency is a version, or a table with one of version, path, url or component")
		return dep
	}
	form := dependencyForms[i]
	for key := range all {
		if v.table.vals[key] != nil && key != form.key && key != "export" && !slices.Contains(form.with, key) {
			d.fail(v.table.vals[key].pos, join(path, key), fmt.Sprintf("a dependency with a %s has no %s", form.key, key))
		}
	}
	if form.key == "url" {
		d.required(v, path, "digest")
	}
	if v := v.table.vals["version"]; v != nil {
		d.checkRequirement(dep.Version, v.pos, join(path, "version"))
	}
	if v := v.table.vals["package"]; v != nil {
		d.checkPackage(dep.Package, v.pos, join(path, "package"))
	}
	return dep
}

func (d *decoder) inherit(dep *Dependency, v *value, path string) {
	dep.InheritGiven = true
	if v.array == nil {
		dep.InheritAll = d.bool(v, path)
		return
	}
	dep.Inherit = d.strings(v, path)
	for _, key := range dep.Inherit {
		if !slices.Contains(inheritable, key.Value) {
			d.fail(key.Pos, path, unknownName("permission", key.Value, inheritable))
		}
	}
}

// selector is what a dependency satisfies.
type selector struct {
	pkg            string // "a:b", or "" for a plain name
	iface, version string // "" if not given
}

// semver is a full version, as selectors have it.
var semver = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

func parseSelector(s string) (selector, error) {
	if !strings.ContainsAny(s, ":/") {
		if !isKebab(s) {
			return selector{}, fmt.Errorf("%q is not the name of an import: words joined by -, or a package such as a:b", s)
		}
		return selector{}, nil
	}
	name, version, hasVersion := strings.Cut(s, "@")
	pkg, iface, hasIface := strings.Cut(name, "/")
	namespace, rest, ok := strings.Cut(pkg, ":")
	switch {
	case !ok || !isKebab(namespace) || !isKebab(rest) || hasIface && !isKebab(iface):
		return selector{}, fmt.Errorf("%q is not a package such as a:b or an interface such as a:b/c", s)
	case hasVersion && !semver.MatchString(version):
		return selector{}, fmt.Errorf("%q: the version after @ has three numbers, as in a:b@1.0.0", s)
	}
	return selector{pkg, iface, version}, nil
}

// compatible is the version as far as others are the same for it: of 1.2.3 only 1,
// of 0.2.3 only 0.2, and all of it before that and of a pre-release.
func compatible(version string) string {
	m := semver.FindStringSubmatch(version)
	switch {
	case m == nil || m[4] != "":
		version, _, _ = strings.Cut(version, "+")
		return version
	case m[1] != "0":
		return m[1]
	case m[2] != "0":
		return "0." + m[2]
	}
	return "0.0." + m[3]
}

// every stands for all versions, or all interfaces, in the index of selectors.
const every = "*"

// keys are what an index has a selector by: its package with its version or every one,
// and its interface or every one.
func (s selector) keys() (out []selector) {
	for _, version := range []string{compatible(s.version), every} {
		for _, iface := range []string{s.iface, every} {
			out = append(out, selector{s.pkg, iface, version})
		}
	}
	return out
}

// overlapping are the keys of what may mean the same import: the same version, or
// none; the same interface, or none.
func (s selector) overlapping() (out []selector) {
	versions, ifaces := []string{every}, []string{every}
	if s.version != "" {
		versions = []string{compatible(s.version), ""}
	}
	if s.iface != "" {
		ifaces = []string{s.iface, ""}
	}
	for _, version := range versions {
		for _, iface := range ifaces {
			out = append(out, selector{s.pkg, iface, version})
		}
	}
	return out
}

// checkDisjoint reports dependencies that may satisfy the same import as one before
// them.
func (d *decoder) checkDisjoint(list []Dependency, path string) {
	index := map[selector]*Dependency{} // the first one of a key
	for i := range list {
		dep := &list[i]
		sel, err := parseSelector(dep.Selector)
		if err != nil || sel.pkg == "" {
			continue
		}
		for _, key := range sel.overlapping() {
			if other := index[key]; other != nil {
				d.fail(dep.Pos, join(path, dep.Selector),
					fmt.Sprintf("it overlaps with %q in line %d", other.Selector, other.Pos.Line))
				break
			}
		}
		for _, key := range sel.keys() {
			if index[key] == nil {
				index[key] = dep
			}
		}
	}
}

// Fits reports whether the dependency satisfies an import, given by its name in the
// component: "a:b/c@1.0.0".
func (d Dependency) Fits(imported string) bool {
	sel, err := parseSelector(d.Selector)
	if err != nil || sel.pkg == "" {
		return err == nil && d.Selector == imported
	}
	name, version, _ := strings.Cut(imported, "@")
	pkg, iface, _ := strings.Cut(name, "/")
	return pkg == sel.pkg && (sel.iface == "" || iface == sel.iface) && (sel.version == "" || version == sel.version)
}

// Supplied reports whether one of the component's dependencies satisfies an import,
// given by its name in the component.
func (c *Component) Supplied(imported string) bool {
	return slices.ContainsFunc(c.Dependencies, func(d Dependency) bool { return d.Fits(imported) })
}

// Inherits reports whether the dependency of a component inherits what one key
// grants.
func (d Dependency) Inherits(c *Component, key string) bool {
	return d.InheritAll || c.InheritConfiguration ||
		slices.ContainsFunc(d.Inherit, func(s String) bool { return s.Value == key })
}

// Inherited is the component with only those permissions that its dependency
// inherits.
func (d Dependency) Inherited(c *Component) Component {
	out := *c
	for key, drop := range map[string]func(){
		"ai_models":              func() { out.AIModels = nil },
		"allowed_outbound_hosts": func() { out.AllowedOutboundHosts, out.AllowedHTTPHosts = nil, nil },
		"environment":            func() { out.Environment = nil },
		"files":                  func() { out.Files, out.ExcludeFiles = nil, nil },
		"key_value_stores":       func() { out.KeyValueStores = nil },
		"sqlite_databases":       func() { out.SQLiteDatabases = nil },
		"variables":              func() { out.Variables = nil },
	} {
		if !d.Inherits(c, key) {
			drop()
		}
	}
	return out
}
