package wit

import "strings"

// PackageName is the id of a package: namespace:name@version. Names are
// comparable.
type PackageName struct {
	Namespace string
	Name      string
	Version   Version // "" for none
}

// String is the name as it stands in WIT.
func (n PackageName) String() string {
	s := n.Namespace + ":" + n.Name
	if n.Version != "" {
		s += "@" + string(n.Version)
	}
	return s
}

// ID is the full name of an interface or world of the package, such as
// wasi:io/poll@0.2.3.
func (n PackageName) ID(name string) string {
	return n.id(name, string(n.Version))
}

// CanonicalID is [PackageName.ID] with the version cut down to its
// compatibility track, such as wasi:io/poll@0.2.
func (n PackageName) CanonicalID(name string) string {
	if n.Version == "" {
		return n.id(name, "")
	}
	track, _ := n.Version.Track()
	return n.id(name, track)
}

func (n PackageName) id(name, version string) string {
	var b strings.Builder
	b.Grow(len(n.Namespace) + len(n.Name) + len(name) + len(version) + 3)
	b.WriteString(n.Namespace)
	b.WriteByte(':')
	b.WriteString(n.Name)
	b.WriteByte('/')
	b.WriteString(name)
	if version != "" {
		b.WriteByte('@')
		b.WriteString(version)
	}
	return b.String()
}

// InterfaceName is the full name of an interface, or "" for one written inside
// a world.
func (r *Resolve) InterfaceName(id InterfaceID) string {
	i := r.Interfaces[id]
	if i.Name == "" || i.Package == NoPackage {
		return ""
	}
	return r.Packages[i.Package].Name.ID(i.Name)
}

// WorldName is the full name of a world, such as wasi:cli/command@0.2.3.
func (r *Resolve) WorldName(id WorldID) string {
	w := r.Worlds[id]
	if w.Package == NoPackage {
		return w.Name
	}
	return r.Packages[w.Package].Name.ID(w.Name)
}

// KeyName is the name under which a component imports or exports the key.
func (r *Resolve) KeyName(key WorldKey) string {
	if key.IsInterface() {
		return r.InterfaceName(key.Interface)
	}
	return key.Name
}

// CanonicalKeyName is [Resolve.KeyName] with the version of an interface cut
// down to its compatibility track.
func (r *Resolve) CanonicalKeyName(key WorldKey) string {
	if !key.IsInterface() {
		return key.Name
	}
	i := r.Interfaces[key.Interface]
	return r.Packages[i.Package].Name.CanonicalID(i.Name)
}

// Implements gives the named interface that an import or export under a plain
// name implements, as in "import a: wasi:io/poll".
func (r *Resolve) Implements(key WorldKey, item WorldItem) (InterfaceID, bool) {
	i, ok := item.(*InterfaceItem)
	if !ok || key.IsInterface() || r.Interfaces[i.ID].Name == "" {
		return NoInterface, false
	}
	return i.ID, true
}

// ItemStability is the gate of an import or export.
func (r *Resolve) ItemStability(item WorldItem) Stability {
	switch item := item.(type) {
	case *InterfaceItem:
		return item.Stability
	case *Function:
		return item.Stability
	case *TypeItem:
		return r.Types[item.ID].Stability
	}
	return Stability{}
}

// ItemExternalID is the external id of an import or export.
func (r *Resolve) ItemExternalID(item WorldItem) ExternalID {
	switch item := item.(type) {
	case *InterfaceItem:
		return item.ExternalID
	case *Function:
		return item.ExternalID
	case *TypeItem:
		return r.Types[item.ID].ExternalID
	}
	return ExternalID{}
}

// IsShorthandConstructor reports whether f is a constructor that gives its own
// resource, so that WIT writes no result.
func (r *Resolve) IsShorthandConstructor(f *Function) bool {
	id, ok := f.Result.ID()
	if f.Kind != Constructor || !ok {
		return false
	}
	h, ok := r.Types[id].Kind.(Handle)
	return ok && !h.Borrow && h.Resource == f.Resource
}
