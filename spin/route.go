package spin

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Pattern is a route's pattern: segments that match exactly, ":name" segments
// that match any one, and a final "..." that matches the rest. In a segment such as
// ":name.txt" parameters and texts are divided by dots.
type Pattern struct {
	segments []string
	wildcard bool
}

// ReservedRoutes is the beginning of the paths that no component is asked for.
const ReservedRoutes = "/.well-known/spin/"

// IsReservedRoute reports whether no request gets to a route, for it lies below
// [ReservedRoutes].
func IsReservedRoute(route string) bool {
	return strings.HasPrefix(strings.TrimSuffix("/"+strings.TrimPrefix(route, "/"), "/"), ReservedRoutes)
}

// ParseRoute parses the pattern of an HTTP route. The first slash may be missing,
// more than one count as one, and the last segment may be "*" for "...".
func ParseRoute(s string) (Pattern, error) {
	var p Pattern
	seen := map[string]bool{}
	parts := strings.Split(strings.Trim(s, "/"), "/")
	for i, part := range parts {
		last := i == len(parts)-1
		switch {
		case part == "":
		case (part == "..." || part == "*") && last:
			p.wildcard = true
		case part == "..." || part == "*":
			return Pattern{}, fmt.Errorf("the wildcard %s of the route %q is not its last segment", part, s)
		case strings.HasPrefix(part, "...") || strings.HasPrefix(part, "*"):
			return Pattern{}, fmt.Errorf("the segment %s of the route %q begins with a wildcard: end the route in /... instead",
				part, s)
		default:
			if err := checkParams(s, part, seen); err != nil {
				return Pattern{}, err
			}
			p.segments = append(p.segments, part)
		}
	}
	return p, nil
}

// checkParams checks the parameters of a segment against those seen before.
func checkParams(route, segment string, seen map[string]bool) error {
	for _, text := range strings.Split(segment, ".") {
		name, isParam := strings.CutPrefix(text, ":")
		switch {
		case isParam && name == "":
			return fmt.Errorf("the route %q has a parameter without a name", route)
		case isParam && seen[name]:
			return fmt.Errorf("the route %q has the parameter :%s twice", route, name)
		}
		seen[name] = isParam
	}
	return nil
}

// routeDoubt says what of a route is probably not meant as Spin takes it, "" if
// there is nothing.
func routeDoubt(route string) string {
	last, isGlued := strings.CutSuffix(route, "...")
	switch {
	case isGlued && last != "" && !strings.HasSuffix(last, "/"):
		return fmt.Sprintf("%q takes that very path alone: the wildcard is a segment of its own, as in %q", route, last+"/...")
	case strings.Contains(route, "://"):
		return fmt.Sprintf("%q takes no request: a route is a path, without a host", route)
	case strings.ContainsAny(route, "?#"):
		return fmt.Sprintf("%q takes no request: a route is a path alone; write %q", route, route[:strings.IndexAny(route, "?#")])
	case strings.ContainsFunc(route, func(r rune) bool { return r <= ' ' || r > 0x7e }):
		return fmt.Sprintf("clients write the path %q as %q; so must the route", route, (&url.URL{Path: route}).EscapedPath())
	}
	for segment := range strings.SplitSeq(route, "/") {
		if n := len(segment); n > 2 && (segment[0] == '{' && segment[n-1] == '}' || segment[0] == '<' && segment[n-1] == '>') {
			return fmt.Sprintf("%q takes the text %s alone: a parameter is :%s", route, segment, segment[1:n-1])
		}
	}
	return ""
}

// Match matches a request path; slashes at its ends count as one. It gives the
// values of the parameters by name, and the rest of the path that the wildcard
// matched, with its leading slash and the path's trailing one.
func (p Pattern) Match(path string) (params map[string]string, rest string, ok bool) {
	params = map[string]string{}
	left, more := strings.Trim(path, "/"), true
	for i, seg := range p.segments {
		var part string
		if !more || i == 0 && left == "" {
			return nil, "", false
		}
		if part, left, more = strings.Cut(left, "/"); !matchSegment(seg, part, more, params) {
			return nil, "", false
		}
	}
	switch {
	case !p.wildcard:
		return params, "", !more || len(p.segments) == 0 && left == ""
	case left != "":
		rest = "/" + left
	}
	if strings.HasSuffix(path, "/") {
		rest += "/"
	}
	return params, rest, true
}

// matchSegment matches one segment, after which the path may go on with more. A
// parameter ends at the next dot if a dot follows it in the pattern. It may be empty,
// but not where the path ends.
func matchSegment(pattern, part string, more bool, params map[string]string) bool {
	if !strings.Contains(pattern, ":") {
		return pattern == part
	}
	texts := strings.Split(pattern, ".")
	for i, text := range texts {
		value := part
		if i < len(texts)-1 {
			var ok bool
			if value, part, ok = strings.Cut(part, "."); !ok {
				return false
			}
		}
		name, isParam := strings.CutPrefix(text, ":")
		atEnd := i == len(texts)-1 && !more
		switch {
		case !isParam && value != text, isParam && value == "" && atEnd:
			return false
		case isParam:
			params[name] = value
		}
	}
	return true
}

// Compare orders patterns by how specific they are: negative if p is tried before
// q. Text by text, an exact one comes before a parameter, and that before the
// wildcard; of patterns that are alike so far, the one with more dots comes first,
// then the shorter one.
func (p Pattern) Compare(q Pattern) int {
	a, dotsA := p.ranks()
	b, dotsB := q.ranks()
	n := min(len(a), len(b))
	return cmp.Or(slices.Compare(a[:n], b[:n]), dotsB-dotsA, len(a)-len(b))
}

// ranks are how specific the texts between slashes and dots are: 0 exact,
// 1 parameter, 2 wildcard. dots are those that end a parameter.
func (p Pattern) ranks() (ranks []int, dots int) {
	for _, segment := range p.segments {
		for text := range strings.SplitSeq(segment, ".") {
			rank := 0
			if strings.HasPrefix(text, ":") {
				rank = 1
				dots++
			}
			ranks = append(ranks, rank)
		}
		dots -= ranks[len(ranks)-1]
	}
	if p.wildcard {
		ranks = append(ranks, 2)
	}
	return ranks, dots
}

// String is the pattern as it is written.
func (p Pattern) String() string {
	s := "/" + strings.Join(p.segments, "/")
	if p.wildcard {
		s = strings.TrimSuffix(s, "/") + "/..."
	}
	return s
}

// IsWildcard reports whether the pattern ends in "...".
func (p Pattern) IsWildcard() bool { return p.wildcard }
