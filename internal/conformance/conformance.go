// Package conformance runs the public test suites of the project's corpus and
// keeps docs/conformance.md true: each suite owns one section of that page, the
// section is computed from the verdicts of the run, and a run whose section
// differs from the page fails, unless the -update flag rewrites it.
//
//	s := conformance.Start(t, "wit-resolve", "WIT packages resolve or are refused as wasm-tools does")
//	for _, c := range conformance.Cases(t, "wit-resolve") {
//		s.Check(c.Name, judge(c)) // nil is agreement
//	}
//	s.Finish()
package conformance

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files and docs/conformance.md from this run")

// Update reports whether the run rewrites expectations (the -update flag).
func Update() bool { return *update }

// Root is the top of the repository: the nearest parent folder with the
// module's LICENSE file and docs folder.
func Root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "docs", "conformance.md")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("no folder above holds docs/conformance.md")
		}
		dir = parent
	}
}

// Shared is the folder of shared data: $EDGELINT_CORPUS/.. or ../shared beside
// the repository. Without it the test is skipped with a message that says so;
// in CI it fails.
func Shared(tb testing.TB) string {
	tb.Helper()
	dir := filepath.Join(Root(tb), "..", "shared")
	if corpus := os.Getenv("EDGELINT_CORPUS"); corpus != "" {
		dir = filepath.Dir(filepath.Clean(corpus))
	}
	if _, err := os.Stat(filepath.Join(dir, "corpus", "manifest.tsv")); err != nil {
		if os.Getenv("CI") != "" {
			tb.Fatalf("the conformance corpus is not at %s/corpus and $EDGELINT_CORPUS does not name it; CI must have it", dir)
		}
		tb.Skipf("the conformance corpus is not at %s/corpus: set EDGELINT_CORPUS to its folder to run this suite", dir)
	}
	return dir
}

// Case is one line of the corpus manifest.
type Case struct {
	Name   string // stable name, with slashes
	Kind   string // wast, wit-resolve, ...
	Counts map[string]string
	Fields map[string]string // every column by its heading
	Dir    string            // folder of the case
}

// Cases lists the corpus cases of one kind, in manifest order.
func Cases(tb testing.TB, kind string) []Case {
	tb.Helper()
	corpus := filepath.Join(Shared(tb), "corpus")
	f, err := os.Open(filepath.Join(corpus, "manifest.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var heads []string
	var cases []Case
	for sc := bufio.NewScanner(f); sc.Scan(); {
		cols := strings.Split(sc.Text(), "\t")
		if heads == nil {
			heads = cols
			continue
		}
		c := Case{Fields: map[string]string{}, Counts: map[string]string{}}
		for i, h := range heads {
			if i < len(cols) {
				c.Fields[h] = cols[i]
			}
		}
		c.Name, c.Kind = c.Fields["name"], c.Fields["kind"]
		if c.Kind != kind {
			continue
		}
		for _, kv := range strings.FieldsFunc(c.Fields["counts"], func(r rune) bool { return r == ';' || r == ' ' }) {
			k, v, _ := strings.Cut(kv, "=")
			c.Counts[k] = v
		}
		c.Dir = filepath.Join(corpus, folderOf(kind), strings.ReplaceAll(c.Name, "/", "--"))
		cases = append(cases, c)
	}
	if len(cases) == 0 {
		tb.Fatalf("the corpus manifest has no case of kind %q", kind)
	}
	return cases
}

func folderOf(kind string) string {
	switch kind {
	case "wast":
		return "spec"
	case "cabi", "wasip3":
		return kind
	}
	return "wit"
}

// Suite collects the verdicts of one suite.
type Suite struct {
	tb         testing.TB
	name       string
	about      string
	exceptions map[string]string
	used       map[string]bool
	groups     map[string]*tally
}

type tally struct{ agree, except int }

// Start opens a suite. name is the section of docs/conformance.md; about is the
// sentence below its heading. Cases that may differ are listed with their reason
// in the package's testdata/NAME.exceptions, one "case<TAB>reason" a line; an
// exception that no longer differs fails the suite.
func Start(tb testing.TB, name, about string) *Suite {
	tb.Helper()
	s := &Suite{
		tb: tb, name: name, about: about,
		exceptions: map[string]string{}, used: map[string]bool{}, groups: map[string]*tally{},
	}
	data, err := os.ReadFile(filepath.Join("testdata", name+".exceptions"))
	if err != nil && !os.IsNotExist(err) {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		c, reason, ok := strings.Cut(line, "\t")
		if !ok || strings.TrimSpace(reason) == "" {
			tb.Fatalf("testdata/%s.exceptions: %q has no reason", name, c)
		}
		s.exceptions[c] = strings.TrimSpace(reason)
	}
	return s
}

// Check records the verdict on one case: nil means agreement. Cases are grouped
// in the report by the text before the first slash of their name.
func (s *Suite) Check(name string, err error) {
	s.tb.Helper()
	group, _, _ := strings.Cut(name, "/")
	t := s.groups[group]
	if t == nil {
		t = &tally{}
		s.groups[group] = t
	}
	reason, excepted := s.exceptions[name]
	switch {
	case err == nil && excepted:
		s.used[name] = true
		s.tb.Errorf("%s: listed as an exception (%s) but agrees: delete the line", name, reason)
	case err == nil:
		t.agree++
	case excepted:
		s.used[name] = true
		t.except++
	default:
		t.except++
		s.tb.Errorf("%s: %v", name, err)
	}
}

// Finish checks the suite's section of docs/conformance.md against this run.
func (s *Suite) Finish() {
	s.tb.Helper()
	for name := range s.exceptions {
		if !s.used[name] {
			s.tb.Errorf("testdata/%s.exceptions names %q, which the suite does not run", s.name, name)
		}
	}
	page := filepath.Join(Root(s.tb), "docs", "conformance.md")
	if err := putSection(page, s.name, s.section(), *update); err != nil {
		s.tb.Error(err)
	}
}

func (s *Suite) section() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s\n\n| group | agree | exceptions |\n| --- | ---: | ---: |\n", s.name, s.about)
	var total tally
	groups := make([]string, 0, len(s.groups))
	for g, t := range s.groups {
		groups = append(groups, g)
		total.agree += t.agree
		total.except += t.except
	}
	slices.Sort(groups)
	for _, g := range groups {
		fmt.Fprintf(&b, "| %s | %d | %d |\n", g, s.groups[g].agree, s.groups[g].except)
	}
	if len(groups) > 1 {
		fmt.Fprintf(&b, "| all | %d | %d |\n", total.agree, total.except)
	}
	names := make([]string, 0, len(s.exceptions))
	for n := range s.exceptions {
		names = append(names, n)
	}
	slices.Sort(names)
	if len(names) > 0 {
		b.WriteString("\n")
	}
	for _, n := range names {
		fmt.Fprintf(&b, "- `%s`: %s\n", n, s.exceptions[n])
	}
	return b.String()
}

// Built is the path of a component that testdata/build.py built, by its name in
// testdata/apps.tsv. If it has not been built the test is skipped with a message
// that says so; in CI it fails.
func Built(tb testing.TB, name string) string {
	tb.Helper()
	path := filepath.Join(Root(tb), "testdata", "built", name+".wasm")
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			tb.Fatalf("%s is not built; CI must have it: python3 testdata/build.py", path)
		}
		tb.Skipf("%s is not built: run python3 testdata/build.py apps %s", path, name)
	}
	return path
}
