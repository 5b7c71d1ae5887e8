package component

import (
	"fmt"
	"strings"

	"github.com/edgelint/edgelint/wit"
)

// Names of imports and exports (Explainer.md, "Import and Export Definitions").

// The annotations of plain names.
const (
	annotConstructor = "[constructor]"
	annotMethod      = "[method]"
	annotStatic      = "[static]"
	annotGet         = "[get]"
	annotSet         = "[set]"
)

// externName is a parsed name: a plain name, or that of an interface.
type externName struct {
	text        string
	iface       bool
	annotation  string // annotConstructor, annotMethod, annotStatic or ""
	accessor    string // annotGet, annotSet or ""
	unannotated string // "a", "a.b", or the whole name of an interface
}

// resource is the resource that an annotated name belongs to, else "".
func (n externName) resource() string {
	if n.annotation == "" {
		return ""
	}
	r, _, _ := strings.Cut(n.unannotated, ".")
	return r
}

// key is equal for names that are not strongly unique (Explainer.md, "Name
// Uniqueness").
func (n externName) key() string {
	if n.iface {
		name, version, versioned := strings.Cut(n.text, "@")
		if versioned {
			return canonicalLabel(name) + "@" + version
		}
		return canonicalLabel(name)
	}
	lower := canonicalLabel(n.unannotated)
	if r, f, ok := strings.Cut(lower, "."); ok && r == f {
		return r
	}
	switch {
	case n.annotation == annotConstructor:
		return annotConstructor + lower
	case n.accessor == annotSet:
		return annotSet + lower
	}
	return lower
}

// canonicalLabel is a label in lower case without hyphens, as far as labels are
// compared.
func canonicalLabel(s string) string {
	for i := range len(s) {
		if s[i] == '-' || s[i] >= 'A' && s[i] <= 'Z' {
			return strings.ReplaceAll(strings.ToLower(s), "-", "")
		}
	}
	return s
}

// isLabel tells whether s is words of letters and digits joined by hyphens, each
// all lower or all upper case; the first begins with a letter.
func isLabel(s string) bool {
	var lower, upper, letterFirst bool
	start := 0 // of the word
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' && !upper:
			lower = true
			letterFirst = letterFirst || i == 0
		case c >= 'A' && c <= 'Z' && !lower:
			upper = true
			letterFirst = letterFirst || i == 0
		case c >= '0' && c <= '9':
		case c == '-' && i > start:
			lower, upper, start = false, false, i+1
		default:
			return false
		}
	}
	return letterFirst && start < len(s)
}

// parseExternName parses a name by the grammar, the versions of interfaces
// excepted.
func parseExternName(s string, features Features) (externName, error) {
	if strings.Contains(s, ":") {
		return externName{text: s, iface: true, unannotated: s}, checkInterfaceName(s, features)
	}
	n, rest := externName{text: s}, s
	n.annotation, rest = cutAny(rest, annotConstructor, annotMethod, annotStatic)
	n.accessor, rest = cutAny(rest, annotGet, annotSet)
	n.unannotated = rest
	if n.accessor != "" && features&FeatureAccessors == 0 {
		return n, fmt.Errorf("%s names take the proposal %s, which is not enabled", n.accessor,
			FeatureAccessors)
	}
	if n.annotation == annotConstructor && n.accessor != "" {
		return n, fmt.Errorf("a %s cannot be a %s", n.annotation, n.accessor)
	}
	if n.annotation == annotMethod || n.annotation == annotStatic {
		resource, function, ok := strings.Cut(rest, ".")
		if !ok {
			return n, fmt.Errorf("%s names have the form resource.function", n.annotation)
		}
		if !isLabel(resource) {
			return n, notLabel(resource)
		}
		rest = function
	}
	if !isLabel(rest) {
		return n, notLabel(rest)
	}
	return n, nil
}

func notLabel(s string) error {
	if s == "" {
		return fmt.Errorf("a name cannot be empty")
	}
	return fmt.Errorf("%q is not in kebab case: words of lower or of upper case letters and digits, "+
		"joined by hyphens", s)
}

// cutAny cuts the first of the prefixes that s has.
func cutAny(s string, prefixes ...string) (prefix, rest string) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return p, rest
		}
	}
	return "", s
}

// checkInterfaceName checks a name of the form ns:pkg/interface, up to its
// version.
func checkInterfaceName(s string, features Features) error {
	s, _, _ = strings.Cut(s, "@")
	pkg, path, ok := strings.Cut(s, "/")
	if !ok {
		return fmt.Errorf("an interface is missing after the package %q", s)
	}
	parts, interfaces := strings.Split(pkg, ":"), strings.Split(path, "/")
	if (len(parts) > 2 || len(interfaces) > 1) && features&FeatureNestedNames == 0 {
		return fmt.Errorf("%q takes the proposal %s, which is not enabled", s, FeatureNestedNames)
	}
	if len(parts) < 2 {
		return fmt.Errorf("%q lacks a namespace", s)
	}
	for _, p := range parts {
		if !isLabel(p) {
			return notLabel(p)
		}
		if p != strings.ToLower(p) {
			return fmt.Errorf("%q is not lower case, as namespaces and packages must be", p)
		}
	}
	for _, i := range interfaces {
		if !isLabel(i) {
			return notLabel(i)
		}
	}
	return nil
}

// checkVersion checks the version of an interface name: a whole one, or, with a
// suffix, the canonical version of the two together (Explainer.md, "Canonical
// Interface Name").
func checkVersion(iface, suffix string, hasSuffix bool) error {
	_, version, versioned := strings.Cut(iface, "@")
	switch {
	case !versioned && hasSuffix:
		return fmt.Errorf("a version suffix takes a version in the name")
	case !versioned:
		return nil
	}
	v, err := wit.ParseVersion(version + suffix)
	if err != nil {
		return err
	}
	if !hasSuffix {
		return nil
	}
	if track, rest := v.Track(); track != version || rest != suffix {
		return fmt.Errorf("%q is not the canonical version of %q, which is %q", version, version+suffix,
			track)
	}
	return nil
}

// full is the name with its version whole.
func (n ExternName) full() string {
	if n.Attributes&AttrVersionSuffix != 0 && strings.Contains(n.Name, "@") {
		return n.Name + n.VersionSuffix
	}
	return n.Name
}
