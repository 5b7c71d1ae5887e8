package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"path/filepath"
	"strconv"

	"github.com/edgelint/edgelint/lint"
)

// fingerprints tell the findings of a report apart, in its order, and are the same
// for the same findings of another run: they depend on neither lines nor offsets.
func fingerprints(findings []lint.Finding) []string {
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
func fingerprint(f lint.Finding, n int) string {
	h := sha256.New()
	key := f.Key
	if key == "" {
		key = f.Message
	}
	for _, part := range []string{f.Rule.ID, fileOf(f), f.Path, key, strconv.Itoa(n)} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// fileOf is the file that a finding is in, with slashes: the source file, or else
// the artifact.
func fileOf(f lint.Finding) string {
	name := f.Artifact
	if f.Source != nil {
		name = f.Source.File
	}
	return path.Clean(filepath.ToSlash(name))
}

// lineOf is the line that a finding is in; the first, where there are none.
func lineOf(f lint.Finding) int {
	if f.Source != nil && f.Source.Line > 0 {
		return f.Source.Line
	}
	return 1
}

// explanation is all that there is to say about a finding besides its message: a
// line each.
func explanation(f lint.Finding) []string {
	var lines []string
	if f.Path != "" {
		lines = append(lines, "at "+f.Path)
	}
	for _, r := range f.Related {
		lines = append(lines, positionText(&r.Position)+": "+r.Message)
	}
	lines = append(lines, f.Details...)
	if f.Help != "" {
		lines = append(lines, "help: "+f.Help)
	}
	return lines
}

// ruleText is a rule's ID with its name.
func ruleText(r *lint.Rule) string { return r.ID + "[" + r.Name + "]" }
