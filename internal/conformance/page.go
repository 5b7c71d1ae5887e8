package conformance

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

const (
	beginMark = "<!-- begin %s -->\n"
	endMark   = "<!-- end %s -->\n"
)

// putSection compares the named section of the page with text. With write it
// puts text there instead; a section that is new goes to its place in the
// alphabet. Packages are tested in parallel, so the page is locked meanwhile.
func putSection(page, name, text string, write bool) error {
	f, err := os.OpenFile(page, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := lock(f); err != nil {
		return err
	}
	data, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	want := fmt.Sprintf(beginMark, name) + text + fmt.Sprintf(endMark, name)
	head, sections := splitPage(string(data))
	i, found := slices.BinarySearchFunc(sections, name, func(s section, n string) int { return strings.Compare(s.name, n) })
	switch {
	case found && sections[i].text == want:
		return nil
	case !write:
		return fmt.Errorf("%s: the section %q is not what this run found; go test -update rewrites it\n%s", page, name, text)
	case found:
		sections[i].text = want
	default:
		sections = slices.Insert(sections, i, section{name, want})
	}
	parts := []string{head}
	for _, s := range sections {
		parts = append(parts, s.text)
	}
	return os.WriteFile(page, []byte(strings.Join(parts, "\n")), 0o644)
}

type section struct{ name, text string }

// splitPage cuts the page into what stands before the first section, and the
// sections, sorted by name.
func splitPage(page string) (head string, sections []section) {
	head, rest, found := strings.Cut(page, "<!-- begin ")
	for found {
		name, _, _ := strings.Cut(rest, " -->")
		end := fmt.Sprintf(endMark, name)
		body, after, _ := strings.Cut(rest, end)
		sections = append(sections, section{name, "<!-- begin " + body + end})
		_, rest, found = strings.Cut(after, "<!-- begin ")
	}
	slices.SortFunc(sections, func(a, b section) int { return strings.Compare(a.name, b.name) })
	return strings.TrimRight(head, "\n") + "\n", sections
}
