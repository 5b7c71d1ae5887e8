package bind

import (
	"cmp"
	"strconv"
	"strings"
)

// trackOf is an interface's name with its version cut after the first part that
// is not zero ("wasi:io/poll@0.2.3" is on track "wasi:io/poll@0.2"), and whether
// the name is on a track at all: names without a version, pre-releases and 0.0.x
// stand for themselves only.
func trackOf(name string) (string, bool) {
	base, version, ok := strings.Cut(name, "@")
	if !ok {
		return "", false
	}
	version, _, _ = strings.Cut(version, "+")
	parts := strings.Split(version, ".")
	if len(parts) != 3 || strings.Contains(version, "-") {
		return "", false
	}
	switch {
	case parts[0] != "0":
		return base + "@" + parts[0], true
	case parts[1] != "0":
		return base + "@0." + parts[1], true
	}
	return "", false
}

// newer compares the versions of two names on one track.
func newer(a, b string) bool {
	pa, pb := numbers(a), numbers(b)
	for i := range pa {
		if c := cmp.Compare(pa[i], pb[i]); c != 0 {
			return c > 0
		}
	}
	return false
}

func numbers(name string) (n [3]uint64) {
	_, version, _ := strings.Cut(name, "@")
	version, _, _ = strings.Cut(version, "+")
	for i, p := range strings.SplitN(version, ".", 3) {
		n[i], _ = strconv.ParseUint(p, 10, 64)
	}
	return n
}
