package artifact

import (
	"io/fs"
	"strings"
)

// SafePath reports whether name is a relative path with slashes that means the
// same file inside a folder on every system: no empty, "." or ".." element, no
// backslash, colon or control character.
func SafePath(name string) bool {
	if name == "." || !fs.ValidPath(name) {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r < 0x20 || r == 0x7f || r == '\\' || r == ':'
	})
}
