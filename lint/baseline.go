package lint

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// baselineVersion is the version of the files that [Baseline] reads and writes.
const baselineVersion = 1

// maxBaseline bounds a baseline's file, in bytes.
const maxBaseline = 64 << 20

// Baseline is a list of findings that are known, and do not count when they are
// found again.
type Baseline struct {
	Version  int             `json:"version"`
	Findings []BaselineEntry `json:"findings"`
}

// BaselineEntry is a known finding. The fingerprint tells which; the rest is for
// people.
type BaselineEntry struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	File        string `json:"file"`
	Message     string `json:"message"`
}

// NewBaseline is a baseline of the findings of a report, those included that a
// baseline suppressed.
func NewBaseline(r *Report) *Baseline {
	b := &Baseline{Version: baselineVersion, Findings: []BaselineEntry{}}
	all := r.countable()
	for i, id := range Fingerprints(all) {
		f := all[i]
		b.Findings = append(b.Findings, BaselineEntry{id, f.Rule.ID, f.File(), f.Message})
	}
	slices.SortFunc(b.Findings, func(x, y BaselineEntry) int {
		return strings.Compare(x.File+"\x00"+x.Rule+"\x00"+x.Fingerprint, y.File+"\x00"+y.Rule+"\x00"+y.Fingerprint)
	})
	return b
}

// ReadBaseline reads what [Baseline.Write] wrote.
func ReadBaseline(r io.Reader) (*Baseline, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBaseline+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxBaseline {
		return nil, fmt.Errorf("the baseline is longer than %d bytes", maxBaseline)
	}
	b := &Baseline{}
	if err := json.Unmarshal(data, b); err != nil {
		return nil, fmt.Errorf("the baseline is malformed: %w", err)
	}
	if b.Version != baselineVersion {
		return nil, fmt.Errorf("the baseline has version %d, not %d: write it again", b.Version, baselineVersion)
	}
	return b, nil
}

// Write writes the baseline as JSON, sorted, with a finding in a few lines.
func (b *Baseline) Write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(b)
}

// Apply suppresses the findings of a report that the baseline knows, and gives the
// number of its entries that are no longer found.
func (b *Baseline) Apply(r *Report) (gone int) {
	known := map[string]bool{}
	for _, e := range b.Findings {
		known[e.Fingerprint] = true
	}
	found := 0
	for i, id := range Fingerprints(r.Findings) {
		if known[id] {
			r.Findings[i].Suppression = &Suppression{}
			found++
		}
	}
	r.split()
	return len(known) - found
}

// countable are the findings that no comment suppresses, sorted.
func (r *Report) countable() []Finding {
	all := slices.Clone(r.Findings)
	for _, f := range r.Suppressed {
		if !f.Suppression.Inline {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, compareFindings)
	return all
}
