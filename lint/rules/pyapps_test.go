package rules

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/lint"
)

// kindRules names the rule of each kind in the fixtures' expected.tsv.
var kindRules = map[string]*lint.Rule{
	"socket": rawSocket, "name-lookup": nameLookup, "thread": startsThread, "process": startsProcess,
	"signal": usesSignals, "multiprocessing": multiprocessing, "late-import": lateImport,
	"missing-stdlib": missingStdlib, "hidden-import": hiddenImport, "codec": codecNotLoaded,
	"http-client": httpClient, "fs": fileAccess, "metadata": metadata, "frozen-env": frozenEnv,
	"frozen-time": frozenTime, "frozen-random": frozenRandom, "frozen-handle": frozenHandle,
	"secret": secretConstant, "state": moduleState, "asyncio": eventLoop, "exit": exits,
	"dynamic-code": dynamicCode, "dynamic-import": computedImport, "blocking": blocking, "debugger": debugLeftover,
	"missing-attribute": missingAttribute, "indirect-import": indirectImport,
	"development-module": debugModule, "large-constant": largeConstant,
}

// expectation is a line of expected.tsv.
type expectation struct {
	rule  *lint.Rule
	place string // "app.py:12"
	reach string // handler, unreached, caught, build
}

// severity is what the finding must have: the rule's own where a request gets
// there, one less where none does, a note where the failure is caught.
func (e expectation) severity() lint.Severity {
	switch e.reach {
	case "unreached":
		return max(lint.Note, e.rule.Severity-1)
	case "caught":
		return lint.Note
	}
	return e.rule.Severity
}

func (e expectation) String() string {
	return fmt.Sprintf("%s %s[%s] %s", e.place, e.rule.ID, e.rule.Name, e.severity())
}

func expectations(t *testing.T, dir, generation string) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		return nil
	}
	var want []string
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n")[1:] {
		f := strings.Split(line, "\t")
		rule := kindRules[f[0]]
		if rule == nil {
			t.Fatalf("%s: no rule of kind %q", dir, f[0])
		}
		if f[4] == "both" || f[4] == generation {
			want = append(want, expectation{rule, f[1] + ":" + f[2], f[3]}.String())
		}
	}
	slices.Sort(want)
	return want
}

// unmarkedApps are the apps without an expected.tsv that are judged, too, without
// what tells their generation. Further fixtures are for other tests, and may do on
// purpose what rules report.
var unmarkedApps = []string{
	"behave", "cli", "external-lib", "guide", "kv", "llm", "matrix-math", "mqtt", "mysql", "outgoing", "postgres",
	"proxy", "redis", "redis-trigger", "sqlite", "streaming", "truth", "variables",
}

var generationSuffix = regexp.MustCompile(`-p[23](-old|-rc)?$`)

// apps are the built apps of apps.tsv that are judged: a folder with app.wasm and
// the sources it is of.
func apps(t *testing.T) []string {
	t.Helper()
	built := filepath.Dir(conformance.Built(t, "clean-p2"))
	list, err := os.ReadFile(filepath.Join(conformance.Root(t), "testdata", "apps.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n")[1:] {
		name, _, _ := strings.Cut(line, "\t")
		dir := filepath.Join(built, strings.TrimSuffix(name, ".full"))
		_, unmarked := os.Stat(filepath.Join(dir, "expected.tsv"))
		if unmarked != nil && !slices.Contains(unmarkedApps, generationSuffix.ReplaceAllString(filepath.Base(dir), "")) {
			continue
		}
		if wasm := filepath.Join(dir, "app.wasm"); exists(wasm) {
			found = append(found, wasm)
		}
	}
	return found
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func lintApp(t *testing.T, wasm, sources string) []lint.Finding {
	t.Helper()
	opts := lint.Options{Select: []string{"EL04", "EL06", largeConstant.ID}, PythonSource: sources}
	report, err := lint.Run(context.Background(), []lint.Source{lint.Path(wasm)}, All(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return report.Findings
}

// TestAppsHaveTheFindingsPlantedInThem judges every app of the fixtures, built
// by the real toolchains of both generations: each planted mistake must be
// found on its line with its severity, and nothing above a note besides.
func TestAppsHaveTheFindingsPlantedInThem(t *testing.T) {
	t.Parallel()
	suite := conformance.Start(t, "python-apps", "mistakes planted in Python apps are found, on their lines, and nothing else is")
	for _, wasm := range apps(t) {
		dir := filepath.Dir(wasm)
		name := filepath.Base(dir)
		generation, group := "p2", "WASI 0.2, "
		if strings.Contains(name, "-p3") {
			generation, group = "p3", "WASI 0.3, "
		}
		want := expectations(t, dir, generation)
		if len(want) > 0 {
			group += "mistakes planted"
		} else {
			group += "no mistakes"
		}
		suite.Check(group+"/"+name, compare(want, lintApp(t, wasm, ""), dir))
	}
	suite.Finish()
}

// TestFindingsInFunctionsNeedNoSources judges apps without the sources beside
// them: only what ran at build loses its line.
func TestFindingsInFunctionsNeedNoSources(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"socket-p2", "state-p3", "late-import-p2", "hidden-import-p3", "process-p3"} {
		dir := strings.TrimSuffix(conformance.Built(t, name), ".wasm")
		want := expectations(t, dir, name[len(name)-2:])
		if len(want) == 0 {
			t.Fatalf("%s expects nothing", name)
		}
		findings := lintApp(t, filepath.Join(dir, "app.wasm"), t.TempDir())
		for _, f := range findings {
			if f.Source != nil && f.Excerpt != nil {
				t.Errorf("%s: an excerpt without a source: %+v", name, f)
			}
		}
		if err := compare(want, findings, ""); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// compare says which expectations have no finding, and which findings nobody
// expects. Notes beyond those expected are no fault.
func compare(want []string, findings []lint.Finding, dir string) error {
	missing := map[string]bool{}
	for _, w := range want {
		missing[w] = true
	}
	var wrong []string
	for _, f := range findings {
		place := f.Artifact
		if f.Source != nil {
			rel, err := filepath.Rel(dir, f.Source.File)
			if err != nil {
				rel = f.Source.File
			}
			place = fmt.Sprintf("%s:%d", rel, f.Source.Line)
		}
		got := fmt.Sprintf("%s %s[%s] %s", place, f.Rule.ID, f.Rule.Name, f.Severity)
		if missing[got] {
			delete(missing, got)
			continue
		}
		if f.Severity > lint.Note && f.Rule.ID != nativeBeside.ID && f.Rule.ID != oldSDK.ID {
			wrong = append(wrong, "unexpected: "+got+": "+f.Message)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(missing)) {
		wrong = append(wrong, "not found: "+m)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s", strings.Join(wrong, "\n"))
	}
	return nil
}
