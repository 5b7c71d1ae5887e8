package platform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/wit"
)

// Gap is a package of which a platform lacks interfaces that a component
// imports.
type Gap struct {
	Package    wit.PackageName
	Interfaces []string // names without package, in the order of the imports
	// Nearest is the version of the package that the platform has in its place,
	// "" if it has none.
	Nearest wit.Version
}

// String is the gap in a line: "wasi:clocks@0.3.0 (types, monotonic-clock)".
func (g Gap) String() string {
	return fmt.Sprintf("%s (%s)", g.Package, strings.Join(g.Interfaces, ", "))
}

// Gaps collects the missing imports by package, in the order of the imports.
func (v *Verdict) Gaps() []Gap {
	var gaps []Gap
	for _, m := range v.Mismatches {
		name, ok := wit.ParseInterfaceName(m.Name)
		if m.Kind != wit.MissingImport || !ok {
			continue
		}
		i := slices.IndexFunc(gaps, func(g Gap) bool { return g.Package == name.Package })
		if i < 0 {
			i = len(gaps)
			gaps = append(gaps, Gap{Package: name.Package})
		}
		gaps[i].Interfaces = append(gaps[i].Interfaces, name.Interface)
		if near, ok := wit.ParseInterfaceName(m.Counterpart); ok {
			gaps[i].Nearest = near.Package.Version
		}
	}
	return gaps
}

// Reason says in one line why the component does not run, the weightiest reason
// first: the handler, then imports, then types. It is "" if it runs.
func (v *Verdict) Reason() string {
	if v.Runs() {
		return ""
	}
	var parts []string
	if len(v.Rivals) > 0 {
		parts = append(parts, "it exports several handlers: "+strings.Join(v.Rivals, ", "))
	}
	types := 0
	for _, m := range v.Mismatches {
		switch m.Kind {
		case wit.MissingExport:
			parts = append(parts, v.handlerReason(m))
		case wit.NotInWIT:
			parts = append(parts, m.String())
		case wit.MissingImport:
			if _, ok := wit.ParseInterfaceName(m.Name); !ok {
				parts = append(parts, "it lacks "+m.Name)
			}
		default:
			types++
		}
	}
	if gaps := v.Gaps(); len(gaps) > 0 {
		parts = append(parts, "it lacks "+gapNames(gaps))
	}
	if types > 0 {
		parts = append(parts, fmt.Sprintf("functions and types that differ: %d", types))
	}
	return strings.Join(parts, "; ")
}

// handlerReason names the handler that is missing; without the last number if
// any version of its track would do.
func (v *Verdict) handlerReason(m wit.Mismatch) string {
	name := m.Name
	for _, h := range v.Profile.Handlers {
		if parsed, ok := wit.ParseInterfaceName(h.Name); ok && h.Track && h.Name == m.Name {
			name = parsed.Package.CanonicalID(parsed.Interface)
		}
	}
	if m.Counterpart == "" {
		return "it calls " + name
	}
	return "it calls " + name + ", not " + m.Counterpart
}

// mostGaps is how many packages a reason names.
const mostGaps = 3

// gapNames lists packages; single interfaces go by their full names.
func gapNames(gaps []Gap) string {
	var names []string
	for _, g := range gaps {
		if rest := len(gaps) - mostGaps; len(names) == mostGaps && rest > 0 {
			names = append(names, fmt.Sprintf("and %d more", rest))
			break
		}
		if len(g.Interfaces) == 1 {
			names = append(names, g.Package.ID(g.Interfaces[0]))
		} else {
			names = append(names, g.Package.String())
		}
	}
	return strings.Join(names, ", ")
}

// Summary names profiles in a line, following releases of one host as a range:
// "spin@3.4 to 4.1, containerd-shim-spin@0.24".
func Summary(profiles []*Profile) string {
	order := map[string]int{}
	for i, p := range All() {
		order[p.Name] = i
	}
	var parts []string
	for i := 0; i < len(profiles); {
		first, last := profiles[i], profiles[i]
		for i++; i < len(profiles); i++ {
			next := profiles[i]
			if next.Host() != first.Host() || order[next.Name] != order[last.Name]+1 {
				break
			}
			last = next
		}
		part := first.Name
		if last != first {
			part += " to " + last.Version()
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// Best gives the verdict that is nearest to running, of several the last; nil if
// there are none.
func Best(verdicts []*Verdict) *Verdict {
	var best *Verdict
	for _, v := range verdicts {
		if best == nil || compareVerdicts(v, best) <= 0 {
			best = v
		}
	}
	return best
}

// compareVerdicts puts the better one first. A handler that is called counts for
// more than any number of imports.
func compareVerdicts(a, b *Verdict) int {
	rank := func(v *Verdict) int {
		switch {
		case v.Runs():
			return 0
		case v.Handler.Name != "":
			return 1
		}
		return 2
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(a.Mismatches), len(b.Mismatches)))
}
