package rules

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/lint"
)

// wholeRules judge a component as a whole, or more than one line of an app.
var wholeRules = []*lint.Rule{
	missingAttribute, indirectImport, stubbedWASI, incompleteFacts, nativeExtension, nativeBeside, staleSource,
	oldSDK, debugModule, debugData, unusedDistribution, largeConstant, strayFile,
}

// TestWholeRulesFindThisAndNoMore lists all that these rules find in each of
// some fixtures: a rule is in one list, and absent from the others.
func TestWholeRulesFindThisAndNoMore(t *testing.T) {
	t.Parallel()
	for fixture, want := range map[string][]string{
		"guide-p2.stripped": nil,
		"guide-p3.stripped": nil,
		"guide-p2.full":     {"note EL0501: 18.7 MB are debugging data"},
		"hello-p2-old": {
			"note EL0501: 18.5 MB are debugging data",
			"warning EL0444: built with spin-sdk 3.1.0: requests to http://self go to a wrong address",
		},
		"hello-p3-rc": {
			"note EL0501: 0.4 MB are debugging data",
			"warning EL0444: built with spin-sdk 4.0.0: it targets a release candidate of WASI 0.3 " +
				"that few hosts serve",
		},
		"native-p3": {
			"note EL0441: /0/_answer.cpython-314-wasm32-wasi.so is linked in",
			"note EL0501: 0.4 MB are debugging data",
		},
		"native-tree-p2": {
			"note EL0501: 18.7 MB are debugging data",
			"warning EL0442: fastmath/_core.cpython-312-x86_64-linux-gnu.so is native code for another machine: " +
				"it is not in the component",
		},
		"secrets-p3": {
			"note EL0501: 0.4 MB are debugging data",
			"note EL0602: the component has the name of the file .env in it, from the folder of the build",
		},
		"leftovers-p3": {
			"error EL0405: os.getuid does not exist in this build of Python",
			"error EL0405: time.tzset does not exist in this build of Python",
			"note EL0405: os.getlogin does not exist in this build of Python",
			"note EL0446: app imports timeit, which serves development only",
			"note EL0501: 0.4 MB are debugging data",
			"note EL0502: wordlist 1.0.0 takes 0.2 MB of memory, and no request seems to use it",
			"note EL0503: app.TABLE holds 2.0 MB of data",
			"warning EL0406: email.message_from_string imports email.parser when it is called, " +
				"which is not in the component",
		},
	} {
		t.Run(fixture, func(t *testing.T) {
			got := judged(t, lint.Path(conformance.Built(t, fixture)), "", wholeRules...)
			if !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// artifactSize is the part of a message that differs between builds.
var artifactSize = regexp.MustCompile(` of [0-9.]+ MB`)

// judged are the findings of rules in an artifact, sorted, as "severity ID: message".
func judged(t *testing.T, src lint.Source, sources string, by ...*lint.Rule) []string {
	t.Helper()
	opts := lint.Options{PythonSource: sources}
	report, err := lint.Run(t.Context(), []lint.Source{src}, by, opts)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		message := artifactSize.ReplaceAllString(f.Message, "")
		got = append(got, f.Severity.String()+" "+f.Rule.ID+": "+message)
	}
	slices.Sort(got)
	return got
}

// edited is the guide's component with every occurrence of texts replaced by
// others as long: old, new, old, new.
func edited(t *testing.T, replace ...string) lint.Source {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(conformance.Root(t), "testdata", "guide-p2.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(replace); i += 2 {
		from, to := []byte(replace[i]), []byte(replace[i+1])
		if len(from) != len(to) || !bytes.Contains(data, from) {
			t.Fatalf("%q cannot become %q", from, to)
		}
		data = bytes.ReplaceAll(data, from, to)
	}
	return lint.Stream("edited", bytes.NewReader(data))
}

func TestEditedGuideIsJudgedByWhatItLacks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		replace []string
		want    string
	}{
		"another Python": {
			[]string{"libpython3.12.so", "libpython3.11.so"},
			"note EL0440: Python 3.11.0: the layout of CPython 3.11.0 is unknown: " +
				"only the strings in the image were read",
		},
		"no clocks, no random numbers": {
			[]string{"wasi:clocks/", "stub:clocks/", "wasi:random/", "stub:random/"},
			"error EL0436: datetime.datetime.now needs WASI, which this component was built without",
		},
		"no clocks": {replace: []string{"wasi:clocks/", "stub:clocks/"}},
	} {
		got := judged(t, edited(t, c.replace...), "", incompleteFacts, stubbedWASI)
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestSourceEditedAfterTheBuildIsStale(t *testing.T) {
	t.Parallel()
	root := filepath.Join(conformance.Root(t), "testdata")
	text, err := os.ReadFile(filepath.Join(root, "apps", "guide-p2", "app.py"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text, want string
	}{
		"as built": {text: string(text)},
		"moved": {
			text: "import os\n" + string(text),
			want: "warning EL0443: app.py is not what the component was built from",
		},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "app.py"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got := judged(t, lint.Path(filepath.Join(root, "guide-p2.wasm")), dir, staleSource)
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
