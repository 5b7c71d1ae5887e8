package wit

import "strings"

// InterfaceName is the name under which a component imports or exports an
// interface: "wasi:http/types@0.2.0" (Explainer.md, "Import and Export
// Definitions").
type InterfaceName struct {
	Package   PackageName
	Interface string
}

// ParseInterfaceName parses the name of an interface; ok is false for plain names
// and anything else.
func ParseInterfaceName(s string) (name InterfaceName, ok bool) {
	id, version, versioned := strings.Cut(s, "@")
	if versioned {
		v, err := ParseVersion(version)
		if err != nil {
			return InterfaceName{}, false
		}
		name.Package.Version = v
	}
	pkg, iface, ok := strings.Cut(id, "/")
	if !ok || iface == "" || strings.ContainsAny(iface, "/:") {
		return InterfaceName{}, false
	}
	name.Package.Namespace, name.Package.Name, ok = strings.Cut(pkg, ":")
	name.Interface = iface
	return name, ok && name.Package.Namespace != "" && name.Package.Name != ""
}

// String is the name as it stands in a component.
func (n InterfaceName) String() string { return n.Package.ID(n.Interface) }

// Unversioned is the name without its version: "wasi:http/types".
func (n InterfaceName) Unversioned() string {
	p := n.Package
	p.Version = ""
	return p.ID(n.Interface)
}
