package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"path/filepath"
	"strconv"
)

// Fingerprints tell findings apart, in their order, and are the same for the same
// findings of another run: they depend on neither lines nor offsets. Those of
// findings that are alike depend on the order.
func Fingerprints(findings []Finding) []string {
	out := make([]string, len(findings))
	seen := map[string]int{}
	for i, f := range findings {
		id := fingerprint(f, 0)
		if n := seen[id]; n > 0 {
			out[i] = fingerprint(f, n)
		} else {
			out[i] = id
		}
		seen[id]++
	}
	return out
}

// fingerprint is that of the nth of several findings that are alike.
func fingerprint(f Finding, n int) string {
	h := sha256.New()
	key := f.Key
	if key == "" {
		key = f.Message
	}
	for _, part := range []string{f.Rule.ID, f.File(), f.Path, key, strconv.Itoa(n)} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// File is the file that the finding is in, with slashes: the source file, or else
// the artifact.
func (f Finding) File() string {
	name := f.Artifact
	if f.Source != nil {
		name = f.Source.File
	}
	return path.Clean(filepath.ToSlash(name))
}
