package heap

import (
	"fmt"
	"strconv"
	"strings"
)

// versionOfHex takes sys.hexversion apart.
func versionOfHex(hex uint32) Version {
	v := Version{
		Major: int(hex >> 24),
		Minor: int(hex >> 16 & 0xff),
		Micro: int(hex >> 8 & 0xff),
	}
	serial := hex & 0xf
	switch hex >> 4 & 0xf {
	case 0xa:
		v.Suffix = fmt.Sprintf("a%d", serial)
	case 0xb:
		v.Suffix = fmt.Sprintf("b%d", serial)
	case 0xc:
		v.Suffix = fmt.Sprintf("rc%d", serial)
	}
	return v
}

// versionOfLibrary reads "libpython3.12.so"; the micro number is unknown.
func versionOfLibrary(name string) (Version, bool) {
	name, ok := strings.CutPrefix(name, "libpython")
	if !ok {
		return Version{}, false
	}
	major, rest, ok := strings.Cut(name, ".")
	if !ok {
		return Version{}, false
	}
	minor, _, _ := strings.Cut(rest, ".")
	x, err1 := strconv.Atoi(major)
	y, err2 := strconv.Atoi(minor)
	return Version{Major: x, Minor: y}, err1 == nil && err2 == nil
}

// String is the version as Python writes it, as in "3.14.0rc1".
func (v Version) String() string {
	if v.Major == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%d.%d.%d%s", v.Major, v.Minor, v.Micro, v.Suffix)
}
