package rules

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/edgelint/edgelint/lint"
)

// traceback is a Python traceback as it was printed.
type traceback struct {
	message string // "ValueError: no"
	place   *lint.Position
	lines   []string // the whole, from its first line on
}

const tracebackHead = "Traceback (most recent call last):"

var frameLine = regexp.MustCompile(`^\s*File "([^"]+)", line (\d+), in `)

// libraryPrefixes are the guest paths of code that is not the user's.
var libraryPrefixes = []string{"/python/", "/world/", "/bundled/", "<frozen "}

// lastTraceback finds the last traceback in what a component printed. Its place is
// the innermost frame of the user's own code.
func lastTraceback(stderr string) (tb traceback, ok bool) {
	i := strings.LastIndex(stderr, tracebackHead)
	if i < 0 {
		return tb, false
	}
	for line := range strings.Lines(stderr[i:]) {
		line = strings.TrimRight(line, "\r\n")
		tb.lines = append(tb.lines, line)
		if m := frameLine.FindStringSubmatch(line); m != nil {
			tb.frame(m[1], m[2])
			continue
		}
		if len(tb.lines) > 1 && line != "" && line[0] != ' ' {
			tb.message = line
			return tb, true
		}
	}
	return tb, false
}

func (tb *traceback) frame(file, line string) {
	for _, p := range libraryPrefixes {
		if strings.HasPrefix(file, p) {
			return
		}
	}
	if n, err := strconv.Atoi(line); err == nil {
		tb.place = &lint.Position{File: file, Line: n}
	}
}
