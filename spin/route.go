package spin

import (
	"fmt"
	"strings"
)

// Pattern is a route's pattern: segments that match exactly, ":name" segments
// that match any one, and a final "..." that matches the rest.
type Pattern struct {
	segments []string
	wildcard bool
}

// ParseRoute parses the pattern of an HTTP route.
func ParseRoute(s string) (Pattern, error) {
	if !strings.HasPrefix(s, "/") {
		return Pattern{}, fmt.Errorf("the route %q does not begin with /", s)
	}
	var p Pattern
	seen := map[string]bool{}
	parts := strings.Split(strings.Trim(s, "/"), "/")
	for i, part := range parts {
		name, isParam := strings.CutPrefix(part, ":")
		switch {
		case part == "" && len(parts) == 1:
		case part == "":
			return Pattern{}, fmt.Errorf("the route %q has an empty segment", s)
		case part == "..." && i == len(parts)-1:
			p.wildcard = true
		case strings.HasPrefix(part, "..."):
			return Pattern{}, fmt.Errorf("the wildcard ... of the route %q is not its last segment", s)
		case isParam && name == "":
			return Pattern{}, fmt.Errorf("the route %q has a parameter without a name", s)
		case isParam && seen[name]:
			return Pattern{}, fmt.Errorf("the route %q has the parameter :%s twice", s, name)
		default:
			seen[name] = isParam
			p.segments = append(p.segments, part)
		}
	}
	return p, nil
}

// Match matches a request path. It gives the values of the parameters by name,
// and the rest of the path that the wildcard matched, with its leading slash.
func (p Pattern) Match(path string) (params map[string]string, rest string, ok bool) {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	trailing := len(parts) > 0 && parts[len(parts)-1] == ""
	if trailing {
		parts = parts[:len(parts)-1]
	}
	if len(parts) < len(p.segments) || len(parts) > len(p.segments) && !p.wildcard {
		return nil, "", false
	}
	params = map[string]string{}
	for i, seg := range p.segments {
		if name, isParam := strings.CutPrefix(seg, ":"); isParam {
			params[name] = parts[i]
		} else if seg != parts[i] {
			return nil, "", false
		}
	}
	if tail := parts[len(p.segments):]; len(tail) > 0 {
		rest = "/" + strings.Join(tail, "/")
	}
	if trailing {
		rest += "/"
	}
	return params, rest, true
}

// Compare orders patterns by how specific they are: negative if p is tried before
// q. An exact segment comes before a parameter, that before the wildcard.
func (p Pattern) Compare(q Pattern) int {
	for i := 0; i < len(p.segments) || i < len(q.segments); i++ {
		if a, b := p.rank(i), q.rank(i); a != b {
			return a - b
		}
	}
	return p.rank(len(p.segments)) - q.rank(len(q.segments))
}

// rank is how specific a segment is: 0 exact, 1 parameter, 2 end, 3 wildcard.
func (p Pattern) rank(i int) int {
	switch {
	case i < len(p.segments) && strings.HasPrefix(p.segments[i], ":"):
		return 1
	case i < len(p.segments):
		return 0
	case p.wildcard:
		return 3
	}
	return 2
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
