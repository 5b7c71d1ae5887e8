package wit

import "strings"

// strongName is the form of a component's import or export name in which equal
// names are not "strongly unique" (component model, Explainer.md, "Name
// Uniqueness"): lower case without hyphens, only [constructor] and [set] of the
// markers kept, and a member named like its resource taken for the resource.
func strongName(name string) string {
	constructor, set := false, false
	for strings.HasPrefix(name, "[") {
		marker, rest, ok := strings.Cut(name, "]")
		if !ok {
			break
		}
		constructor = constructor || marker == "[constructor"
		set = set || marker == "[set"
		name = rest
	}
	name = foldLabel(name)
	if resource, member, ok := strings.Cut(name, "."); ok && resource == member {
		return resource
	}
	switch {
	case constructor:
		return "[constructor]" + name
	case set:
		return "[set]" + name
	}
	return name
}

// foldLabel is a label without hyphens in lower case.
func foldLabel(s string) string {
	for i := range len(s) {
		if s[i] == '-' || s[i] >= 'A' && s[i] <= 'Z' {
			return strings.ReplaceAll(strings.ToLower(s), "-", "")
		}
	}
	return s
}

// strongNames are the names of one scope: an interface, or the imports or
// exports of a world.
type strongNames map[string]string // strong name to name

// define adds a name; if it is not strongly unique it gives the one it clashes
// with.
func (n strongNames) define(name string) (clash string, ok bool) {
	key := strongName(name)
	if prev, taken := n[key]; taken {
		return prev, false
	}
	n[key] = name
	return "", true
}

// define adds a name to a scope and reports a clash.
func (b *builder) define(names strongNames, name string, sp Span) bool {
	clash, ok := names.define(name)
	switch {
	case ok:
	case clash == name:
		b.report(sp, "`"+name+"` is defined twice", "")
	default:
		b.report(sp, "the name `"+name+"` clashes with `"+clash+"`",
			"names must differ in more than hyphens, case and kind")
	}
	return ok
}

// placeSetters moves every setter that stands before its getter behind it, as
// the binary form wants them. name gives the function's name, or "" for what is
// no function.
func placeSetters[K comparable, V any](m *Ordered[K, V], accessor func(V) (Accessor, string)) {
	getters := map[string]bool{}
	early := false
	for v := range m.Values() {
		switch a, name := accessor(v); a {
		case Getter:
			getters[name] = true
		case Setter:
			early = early || !getters[getterOf(name)]
		}
	}
	if !early {
		return
	}
	moved := map[string]int{} // getter to the setter that waits for it
	seen := map[string]bool{}
	var out Ordered[K, V]
	for i, v := range m.vals {
		a, name := accessor(v)
		if a == Setter && !seen[getterOf(name)] && getters[getterOf(name)] {
			moved[getterOf(name)] = i
			continue
		}
		out.Set(m.keys[i], v)
		if a == Getter {
			seen[name] = true
			if j, ok := moved[name]; ok {
				out.Set(m.keys[j], m.vals[j])
			}
		}
	}
	*m = out
}

func functionAccessor(f *Function) (Accessor, string) { return f.Accessor, f.Name }

func itemAccessor(item WorldItem) (Accessor, string) {
	if f, ok := item.(*Function); ok {
		return f.Accessor, f.Name
	}
	return NoAccessor, ""
}

// getterOf is the name of the getter that belongs to a setter.
func getterOf(setter string) string { return strings.Replace(setter, "[set]", "[get]", 1) }
