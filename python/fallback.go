package python

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/python/heap"
)

// StringFacts is what the strings in a memory tell, when its objects cannot be
// read. Each list is sorted.
type StringFacts struct {
	// Files are guest paths of Python sources: "/0/app.py".
	Files []string
	// Distributions are names and versions of installed packages, as their
	// folders have it: "spin_sdk-5.0.0".
	Distributions []string
}

// scanStrings is the last resort: the bytes of the memory.
func scanStrings(img *heap.Image, h *heap.Heap, why error) *Snapshot {
	s := &Snapshot{Tier: TierStrings, Strings: &StringFacts{}}
	if h != nil {
		s.Python = h.Version()
	}
	s.Strings.Files = collect(img.Mem, ".py", guestPath)
	s.Strings.Distributions = collect(img.Mem, ".dist-info", distInfo)
	reason := "the heap is damaged"
	if errors.Is(why, heap.ErrVersion) {
		reason = fmt.Sprintf("the layout of CPython %s is unknown", s.Python)
	}
	s.gap(reason + ": only the strings in the image were read")
	for _, name := range s.Strings.Distributions {
		if d, ok := distributionOf(name + ".dist-info"); ok {
			s.Distributions = append(s.Distributions, d)
		}
	}
	return s
}

// collect gathers the names that end in suffix, cut out by trim from the
// printable bytes before it.
func collect(mem []byte, suffix string, trim func(text string) string) []string {
	const most = 256 // bytes of a name
	found := map[string]bool{}
	for at := 0; len(found) < maxStringFacts; {
		i := bytes.Index(mem[at:], []byte(suffix))
		if i < 0 {
			break
		}
		end := at + i
		start := end
		for start > 0 && end-start < most && isNameByte(mem[start-1]) {
			start--
		}
		if name := trim(string(mem[start:end])); name != "" {
			found[name] = true
		}
		at = end + len(suffix)
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("/._-+!", c) >= 0
}

// guestPath keeps "/N/..." of the bytes before ".py".
func guestPath(text string) string {
	for i := 0; i < len(text); i++ {
		if text[i] != '/' {
			continue
		}
		if entry, top, ok := entryOf(text[i:]); ok && top != "" && len(entry) <= 4 {
			return text[i:] + ".py"
		}
	}
	return ""
}

// distInfo keeps "name-1.2.3" of the bytes before ".dist-info".
func distInfo(text string) string {
	text = text[strings.LastIndexByte(text, '/')+1:]
	if _, ok := distributionOf(text + ".dist-info"); !ok {
		return ""
	}
	return text
}
