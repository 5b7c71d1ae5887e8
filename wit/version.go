package wit

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Version is a semantic version (semver 2.0.0) in its canonical text, such as
// 0.2.0-rc-2023-11-10. The zero value "" is no version. Versions are
// comparable; == is equality of all parts, build metadata included.
type Version string

// VersionParts are the parts of a [Version].
type VersionParts struct {
	Major, Minor, Patch uint64
	Pre                 string // after "-", or ""
	Build               string // after "+", or ""
}

// ParseVersion checks that s is a semantic version.
func ParseVersion(s string) (Version, error) {
	if _, err := splitVersion(s); err != nil {
		return "", fmt.Errorf("invalid version %q: %w", s, err)
	}
	return Version(s), nil
}

// Parts takes the version apart. They are zero for "" and for text that is no
// version.
func (v Version) Parts() VersionParts {
	p, err := splitVersion(string(v))
	if err != nil {
		return VersionParts{}
	}
	return p
}

func splitVersion(s string) (p VersionParts, err error) {
	rest, build, hasBuild := strings.Cut(s, "+")
	core, pre, hasPre := strings.Cut(rest, "-")
	major, rest, _ := strings.Cut(core, ".")
	minor, patch, ok := strings.Cut(rest, ".")
	if !ok {
		return p, errors.New("want three numbers, as in 1.2.3")
	}
	if p.Major, err = versionNumber(major); err != nil {
		return p, err
	}
	if p.Minor, err = versionNumber(minor); err != nil {
		return p, err
	}
	if p.Patch, err = versionNumber(patch); err != nil {
		return p, err
	}
	if hasPre {
		if err := checkIdentifiers(pre, "pre-release", false); err != nil {
			return p, err
		}
	}
	if hasBuild {
		if err := checkIdentifiers(build, "build", true); err != nil {
			return p, err
		}
	}
	p.Pre, p.Build = pre, build
	return p, nil
}

func versionNumber(s string) (uint64, error) {
	switch {
	case s == "":
		return 0, errors.New("a number is missing")
	case !isDigits(s):
		return 0, fmt.Errorf("%q is no number", s)
	case len(s) > 1 && s[0] == '0':
		return 0, fmt.Errorf("the number %q begins with a zero", s)
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the number %s does not fit 64 bits", s)
	}
	return n, nil
}

func checkIdentifiers(s, what string, zeros bool) error {
	for id := range strings.SplitSeq(s, ".") {
		if id == "" {
			return fmt.Errorf("an empty %s identifier", what)
		}
		for i := range len(id) {
			if !isAlphanumeric(id[i]) && id[i] != '-' {
				return fmt.Errorf("%q does not belong in a %s identifier", id[i], what)
			}
		}
		if !zeros && len(id) > 1 && id[0] == '0' && isDigits(id) {
			return fmt.Errorf("the %s number %q begins with a zero", what, id)
		}
	}
	return nil
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// Compare orders versions by semver precedence and, where that is equal, by
// build metadata; "" comes first.
func (v Version) Compare(w Version) int {
	if v == w {
		return 0
	}
	if v == "" || w == "" {
		return cmp.Compare(v, w)
	}
	a, b := v.Parts(), w.Parts()
	return cmp.Or(
		cmp.Compare(a.Major, b.Major), cmp.Compare(a.Minor, b.Minor), cmp.Compare(a.Patch, b.Patch),
		comparePre(a.Pre, b.Pre), compareIdentifiers(a.Build, b.Build),
	)
}

// comparePre orders pre-releases; a release comes after them all.
func comparePre(a, b string) int {
	if a == "" || b == "" {
		return cmp.Compare(b, a)
	}
	return compareIdentifiers(a, b)
}

func compareIdentifiers(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		if c := compareIdentifier(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(a, b)
}

// compareIdentifier orders numbers by value and before words.
func compareIdentifier(a, b string) int {
	x, y := isDigits(a), isDigits(b)
	switch {
	case x && y:
		m, n := strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(m), len(n)), cmp.Compare(m, n), cmp.Compare(len(a), len(b)))
	case x:
		return -1
	case y:
		return 1
	}
	return cmp.Compare(a, b)
}

// Track splits the version into its semver-compatible track, which is the
// canonical version that the component model puts into import names, and the
// rest: "1" and ".2.3"; "0.2" and ".6"; "0.0.3" and ""; a pre-release is a
// track of its own. Versions are compatible when their tracks are equal.
func (v Version) Track() (track, suffix string) {
	p := v.Parts()
	n := strings.IndexByte(string(v), '+')
	if n < 0 {
		n = len(v)
	}
	switch {
	case p.Pre != "":
	case p.Major != 0:
		n = strings.IndexByte(string(v), '.')
	case p.Minor != 0:
		n = strings.LastIndexByte(string(v[:n]), '.')
	}
	return string(v[:n]), string(v[n:])
}

// Compatible reports whether v and w are on the same track. No version is
// compatible with no version alone.
func (v Version) Compatible(w Version) bool {
	a, _ := v.Track()
	b, _ := w.Track()
	return a == b
}
