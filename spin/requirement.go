package spin

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/edgelint/edgelint/wit"
)

// Requirement says which versions of a package will do, as Cargo reads it: "1.2"
// is any version compatible with 1.2.0, ">=1.2, <1.5" both of these, "=1.2.3" that
// one, "*" every release. A pre-release will do only if the requirement names a
// pre-release of the same three numbers. The zero value matches nothing.
type Requirement struct {
	all  bool
	list []comparator
}

// maxComparators bounds the comparators of one requirement; it is Cargo's limit.
const maxComparators = 32

// comparator is one part of a requirement: an operator and as many numbers as were
// given.
type comparator struct {
	op      string
	numbers []uint64 // major, minor, patch
	pre     string
}

// operators are those of comparators, the longer ones first. A comparator without
// one is of the caret.
var operators = []string{">=", "<=", "=", ">", "<", "~", "^"}

// wildcard is the operator of what Cargo writes as "1.*".
const wildcard = "*"

// ParseRequirement reads a requirement.
func ParseRequirement(s string) (Requirement, error) {
	if s = strings.TrimSpace(s); isWildcard(s) {
		return Requirement{all: true}, nil
	}
	var r Requirement
	for part := range strings.SplitSeq(s, ",") {
		if len(r.list) == maxComparators {
			return Requirement{}, fmt.Errorf("a requirement has at most %d parts", maxComparators)
		}
		c, err := parseComparator(strings.TrimSpace(part))
		if err != nil {
			return Requirement{}, fmt.Errorf("%q is no requirement such as \"1.2\" or \">=1.2, <1.5\": %w", s, err)
		}
		r.list = append(r.list, c)
	}
	return r, nil
}

// Exactly requires one version, whatever its build metadata.
func Exactly(v wit.Version) Requirement {
	p := v.Parts()
	return Requirement{list: []comparator{{"=", []uint64{p.Major, p.Minor, p.Patch}, p.Pre}}}
}

func isWildcard(s string) bool { return s == "*" || s == "x" || s == "X" }

func parseComparator(s string) (comparator, error) {
	c := comparator{op: "^"}
	i := slices.IndexFunc(operators, func(op string) bool { return strings.HasPrefix(s, op) })
	if i >= 0 {
		c.op = operators[i]
		s = strings.TrimSpace(s[len(c.op):])
	}
	core, _, _ := strings.Cut(s, "+")
	core, _, _ = strings.Cut(core, "-")
	numbers := strings.Split(core, ".")
	if len(numbers) > 3 {
		return c, errors.New("a version has three numbers")
	}
	if len(numbers) == 3 && !isWildcard(numbers[1]) && !isWildcard(numbers[2]) {
		v, err := wit.ParseVersion(s)
		if err != nil {
			return c, err
		}
		p := v.Parts()
		c.numbers, c.pre = []uint64{p.Major, p.Minor, p.Patch}, p.Pre
		return c, nil
	}
	if core != s {
		return c, errors.New("a pre-release or build comes after three numbers")
	}
	err := c.readPartial(numbers, i < 0)
	return c, err
}

// readPartial takes up numbers of which some are missing or wildcards.
func (c *comparator) readPartial(numbers []string, plain bool) error {
	for k, text := range numbers {
		if isWildcard(text) && k > 0 {
			if plain {
				c.op = wildcard
			}
			if slices.ContainsFunc(numbers[k:], func(rest string) bool { return !isWildcard(rest) }) {
				return errors.New("a number comes after a wildcard")
			}
			return nil
		}
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil || text != strconv.FormatUint(n, 10) {
			return fmt.Errorf("%q is no number of a version", text)
		}
		c.numbers = append(c.numbers, n)
	}
	return nil
}

// Match reports whether a version will do. Text that is no version will not.
func (r Requirement) Match(v wit.Version) bool {
	if _, err := wit.ParseVersion(string(v)); err != nil {
		return false
	}
	p := v.Parts()
	if r.all {
		return p.Pre == ""
	}
	numbers := []uint64{p.Major, p.Minor, p.Patch}
	named := p.Pre == ""
	for _, c := range r.list {
		if !c.match(numbers, p.Pre) {
			return false
		}
		named = named || c.pre != "" && slices.Equal(c.numbers, numbers)
	}
	return named && len(r.list) > 0
}

func (c comparator) match(numbers []uint64, pre string) bool {
	switch c.op {
	case "^":
		return c.compatible(numbers, pre, 1)
	case "~":
		return c.compatible(numbers, pre, 2) && (pre == "" || !c.partial())
	}
	order := c.order(numbers, pre)
	if order == 0 && c.partial() && pre != "" {
		return false
	}
	switch c.op {
	case ">":
		return order > 0
	case "<":
		return order < 0
	case ">=":
		return order >= 0
	case "<=":
		return order <= 0
	}
	return order == 0
}

// compatible reports whether a version is not before the comparator's and has the
// first of its numbers: all up to the first that is not zero for the caret, given
// by fixed 1; two for the tilde.
func (c comparator) compatible(numbers []uint64, pre string, fixed int) bool {
	if fixed == 1 {
		for fixed < len(c.numbers) && c.numbers[fixed-1] == 0 {
			fixed++
		}
	}
	fixed = min(fixed, len(c.numbers))
	return c.order(numbers, pre) >= 0 && slices.Equal(numbers[:fixed], c.numbers[:fixed])
}

// partial reports whether not all three numbers are given.
func (c comparator) partial() bool { return len(c.numbers) < 3 }

// order compares a version with the comparator's as far as that is given.
func (c comparator) order(numbers []uint64, pre string) int {
	order := slices.Compare(numbers[:len(c.numbers)], c.numbers)
	if order == 0 && !c.partial() {
		return comparePre(pre, c.pre)
	}
	return order
}

// comparePre orders pre-releases of the same three numbers; a release comes last.
func comparePre(a, b string) int {
	if a == "" || b == "" {
		return cmp.Compare(b, a)
	}
	return wit.Version("0.0.0-" + a).Compare(wit.Version("0.0.0-" + b))
}
