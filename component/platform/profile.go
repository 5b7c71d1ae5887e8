package platform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/internal/spelling"
	"github.com/edgelint/edgelint/wit"
)

// Profile is what one release of a host, or a host for one world, offers.
type Profile struct {
	// Name is what [Lookup] finds it by: "spin@4.0", "wasi:http/proxy@0.2.0".
	Name string
	// Title is its name for people: "Spin 4.0".
	Title string
	// Preview marks a host that has not been released.
	Preview bool
	// Handlers are the exports that the host calls; a component needs one. The
	// preferred one comes first.
	Handlers []Handler
	// OneHandler tells that the host refuses a component with several handlers
	// of one trigger.
	OneHandler bool
	// Linking is how the host matches the imports of a component.
	Linking Linking
	// Refusals are what the host offers but does not, or not always, do.
	Refusals []Refusal
	// Notes are further facts to know before deploying there.
	Notes []string

	offers []offer
	// untyped are tracks that the host has but whose types are not known here,
	// such as "wasi:*@0.3.0-rc-2026-01-06": matched by name alone.
	untyped []string
}

// Handler is an export that a host calls.
type Handler struct {
	// Name is the full name of the interface.
	Name string
	// Track tells that any version on the track of Name's is called.
	Track bool
	// Trigger is the event that it handles: "http", "redis", "command".
	Trigger string
	// Condition is what else must be true for the host to call it, "" for
	// nothing.
	Condition string
}

// Linking is how a host matches imports with what it offers.
type Linking uint8

// The ways of linking.
const (
	Semver Linking = iota // the exact name, else the highest version of the track
	Exact                 // the exact name alone
)

// String is "semver" or "exact".
func (l Linking) String() string {
	if l == Exact {
		return "exact"
	}
	return "semver"
}

// Refusal is something that a host offers, so that components can be
// instantiated, but does not do when it is called.
type Refusal struct {
	// Interfaces are names without version, such as "wasi:sockets/tcp".
	Interfaces []string
	// What is refused, and how that shows.
	What string
	// Remedy is what can be done about it, "" for nothing.
	Remedy string
}

// offer is a group of interfaces that a host links.
type offer struct {
	// pattern is "ns:pkg@version", "ns:*@version", "ns:pkg/interface@version",
	// or the same without version.
	pattern   string
	except    []string // interfaces of the group that the host lacks
	condition string   // what must be true for the host to link it, or ""
}

// matches reports whether the offer includes an interface.
func (o offer) matches(name wit.InterfaceName) bool {
	return matchPattern(o.pattern, name) && !slices.Contains(o.except, name.Interface)
}

func matchPattern(pattern string, name wit.InterfaceName) bool {
	pattern, version, _ := strings.Cut(pattern, "@")
	pkg, iface, single := strings.Cut(pattern, "/")
	namespace, pkgName, _ := strings.Cut(pkg, ":")
	return version == string(name.Package.Version) && namespace == name.Package.Namespace &&
		(pkgName == "*" || pkgName == name.Package.Name) && (!single || iface == name.Interface)
}

// Host is the name without version: "spin", "wasi:http/proxy".
func (p *Profile) Host() string {
	host, _, _ := strings.Cut(p.Name, "@")
	return host
}

// Version is the version in the name: "4.0".
func (p *Profile) Version() string {
	_, version, _ := strings.Cut(p.Name, "@")
	return version
}

// All lists the profiles: hosts by release, then the worlds of WASI.
func All() []*Profile { return slices.Concat(spinProfiles(), shimProfiles(), wasiProfiles()) }

// Lookup finds a profile by its name. The name of a host or world alone means
// its newest release; a patch release means its minor release, as in
// "spin@4.0.2". The error for an unknown name tells the nearest known one.
func Lookup(name string) (*Profile, error) {
	all := All()
	host, version, versioned := strings.Cut(name, "@")
	var newest *Profile
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = p.Name
		h, v := p.Host(), p.Version()
		switch {
		case p.Name == name:
			return p, nil
		case h == host && versioned && strings.HasPrefix(version, v+".") && !strings.Contains(h, ":"):
			return p, nil
		case h == host && !p.Preview && (!versioned || strings.HasPrefix(v, version+".")):
			newest = p
		}
	}
	if newest != nil {
		return newest, nil
	}
	return nil, unknownProfile(name, host, names)
}

func unknownProfile(name, host string, names []string) error {
	if near := spelling.Nearest(name, names); near != "" {
		return fmt.Errorf("unknown target %q: did you mean %q?", name, near)
	}
	var versions, hosts []string
	for _, n := range names {
		h, v, _ := strings.Cut(n, "@")
		if h == host {
			versions = append(versions, v)
		}
		if !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	if len(versions) > 0 {
		return fmt.Errorf("unknown target %q: of %s, known are %s", name, host, strings.Join(versions, ", "))
	}
	if near := spelling.Nearest(host, hosts); near != "" {
		return fmt.Errorf("unknown target %q: did you mean %q?", name, near)
	}
	return fmt.Errorf("unknown target %q: known are %s", name, strings.Join(hosts, ", "))
}
