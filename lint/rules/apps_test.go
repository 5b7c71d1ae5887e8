package rules

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/lint"
)

// A comment `# lint: ID [SEVERITY], ...` in an application's files says what must
// be found on its line. Without a severity it is the rule's own.
var plantedComment = regexp.MustCompile(`# lint: (.*)$`)

// planted are the findings that the comments in a folder ask for.
func planted(t *testing.T, dir string) []string {
	t.Helper()
	var want []string
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".toml", ".py"}, filepath.Ext(name)) {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		for i, line := range strings.Split(string(data), "\n") {
			m := plantedComment.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			for item := range strings.SplitSeq(m[1], ", ") {
				want = append(want, plantedFinding(t, fmt.Sprintf("%s:%d", rel, i+1), item))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// plantedFinding is a finding at a place, from "ID" or "ID SEVERITY".
func plantedFinding(t *testing.T, place, item string) string {
	t.Helper()
	id, severity, _ := strings.Cut(item, " ")
	rule, err := lint.Find(appRules(), id)
	if err != nil {
		t.Fatal(err)
	}
	if severity == "" {
		severity = rule.Severity.String()
	}
	return fmt.Sprintf("%s %s %s", place, id, severity)
}

// appFindings are the findings of the rules about applications in a folder.
func appFindings(t *testing.T, dir string) []lint.Finding {
	t.Helper()
	report, err := lint.Run(t.Context(), []lint.Source{lint.Path(dir)}, appRules(), lint.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return report.Findings
}

// compareApp says which planted findings are missing, and which findings nobody
// planted.
func compareApp(want []string, findings []lint.Finding, dir string) error {
	open := map[string]int{}
	for _, w := range want {
		open[w]++
	}
	var wrong []string
	for _, f := range findings {
		rel, err := filepath.Rel(dir, f.Source.File)
		if err != nil {
			rel = f.Source.File
		}
		got := fmt.Sprintf("%s:%d %s %s", rel, f.Source.Line, f.Rule.ID, f.Severity)
		if open[got] > 0 {
			open[got]--
			continue
		}
		wrong = append(wrong, "unexpected: "+got+": "+f.Message)
	}
	for _, w := range slices.Sorted(maps.Keys(open)) {
		if open[w] > 0 {
			wrong = append(wrong, "not found: "+w)
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s", strings.Join(wrong, "\n"))
	}
	return nil
}

// layOut puts an archive's files into a folder and does what its comment says, a
// line each:
//
//	binary FILE FIXTURE         the file is a built component
//	part FILE COMPONENT         the file is one of the small components of package host
//	old FILE                    the file is older than any component
//	want PLACE ID [SEVERITY]    a finding in a file that the archive does not have
func layOut(t *testing.T, a *txtar.Archive) (dir string, want []string) {
	t.Helper()
	dir = t.TempDir()
	for _, f := range a.Files {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want = planted(t, dir)
	for line := range strings.Lines(string(a.Comment)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		first, rest, _ := strings.Cut(rest, " ")
		var err error
		switch word {
		case "binary":
			err = os.Symlink(conformance.Built(t, rest), filepath.Join(dir, first))
		case "part":
			part := filepath.Join(conformance.Root(t), "host", "testdata", "components", rest)
			err = os.Symlink(part, filepath.Join(dir, first))
		case "old":
			past := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
			err = os.Chtimes(filepath.Join(dir, first), past, past)
		case "want":
			want = append(want, plantedFinding(t, first, rest))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir, want
}

// TestAppsHaveTheManifestFindingsPlantedInThem judges applications with mistakes
// in their manifests, and those of the fixtures, which have none: each mistake
// must be found on its line with its severity, and nothing besides; in the
// fixtures nothing above a note.
func TestAppsHaveTheManifestFindingsPlantedInThem(t *testing.T) {
	t.Parallel()
	suite := conformance.Start(t, "spin-apps",
		"mistakes planted in the manifests of Spin applications are found, on their lines, and nothing else is")
	files, err := filepath.Glob("testdata/apps/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no applications", err)
	}
	tried := map[string]bool{}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dir, want := layOut(t, a)
		for _, w := range want {
			tried[strings.Fields(w)[1]] = true
		}
		suite.Check("mistakes planted/"+strings.TrimSuffix(filepath.Base(file), ".txtar"), compareApp(want, appFindings(t, dir), dir))
	}
	for _, wasm := range apps(t) {
		dir := filepath.Dir(wasm)
		if _, err := os.Stat(filepath.Join(dir, lint.ManifestName)); err != nil {
			continue
		}
		var findings []lint.Finding
		for _, f := range appFindings(t, dir) {
			if f.Severity > lint.Note {
				findings = append(findings, f)
			}
		}
		suite.Check("no mistakes/"+filepath.Base(dir), compareApp(nil, findings, dir))
	}
	suite.Finish()
	for _, w := range planted(t, filepath.Join(conformance.Root(t), "testdata", "apps", "grants-p2")) {
		tried[strings.Fields(w)[1]] = true
	}
	for _, r := range appRules() {
		if !tried[r.ID] {
			t.Errorf("no application is planted with %s", r.ID)
		}
	}
}

// TestCallsAreComparedWithTheManifest judges apps that use every service by names
// in their code, of which the manifest grants some.
func TestCallsAreComparedWithTheManifest(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"grants-p2", "grants-p3"} {
		t.Run(name, func(t *testing.T) {
			dir := strings.TrimSuffix(conformance.Built(t, name), ".wasm")
			if err := compareApp(planted(t, dir), appFindings(t, dir), dir); err != nil {
				t.Error(err)
			}
		})
	}
}

// FuzzManifest judges what may stand in a manifest and in the runtime
// configuration beside it.
func FuzzManifest(f *testing.F) {
	files, _ := filepath.Glob("testdata/apps/*.txtar")
	for _, file := range files {
		if a, err := txtar.ParseFile(file); err == nil {
			f.Add(a.Files[0].Data, a.Files[len(a.Files)-1].Data)
		}
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, manifest, config []byte) {
		for name, data := range map[string][]byte{"spin.toml": manifest, "runtime-config.toml": config} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		report, err := lint.Run(t.Context(), []lint.Source{lint.Path(dir)}, appRules(), lint.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range report.Findings {
			if found.Source == nil || found.Source.Line < 1 {
				t.Errorf("no place: %+v", found)
			}
		}
	})
}

func TestManifestsDoNotShowSecrets(t *testing.T) {
	t.Parallel()
	a, err := txtar.ParseFile("testdata/apps/variables.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := layOut(t, a)
	for _, f := range appFindings(t, dir) {
		if text := fmt.Sprintf("%+v %v", f, f.Excerpt); strings.Contains(text, "AKIAIOSFODNN7EXAMPLQ") || strings.Contains(text, "q8Rz1LkP0vXc7NwE3tYb") {
			t.Errorf("%s shows a secret", f.Rule.ID)
		}
	}
}

// TestCommentsInThePythonSourceSuppress puts a comment on a line of an app's source
// that has a finding.
func TestCommentsInThePythonSourceSuppress(t *testing.T) {
	t.Parallel()
	built := conformance.Built(t, "grants-p2")
	sources := strings.TrimSuffix(built, ".wasm")
	dir := t.TempDir()
	if err := os.Symlink(built, filepath.Join(dir, "app.wasm")); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(string) string{
		"spin.toml": func(s string) string { return s },
		"app.py": func(s string) string {
			s = strings.Replace(s, "# lint: EL0841", "# edgelint: ignore[database-not-granted] granted when deployed", 1)
			return strings.Replace(s, "# lint: EL0842", "# edgelint: ignore[EL0841]", 1)
		},
	} {
		data, err := os.ReadFile(filepath.Join(sources, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(change(string(data))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rules := []*lint.Rule{databaseNotGranted, modelNotGranted}
	report, err := lint.Run(t.Context(), []lint.Source{lint.Path(dir)}, rules, lint.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 1 || report.Findings[0].Rule != modelNotGranted {
		t.Errorf("findings: %+v", report.Findings)
	}
	if len(report.Suppressed) != 1 || report.Suppressed[0].Suppression.Reason != "granted when deployed" {
		t.Errorf("suppressed: %+v", report.Suppressed)
	}
}

// TestHintsNameWhatToWrite reads the hints about names that the manifest does not
// grant.
func TestHintsNameWhatToWrite(t *testing.T) {
	t.Parallel()
	const head = "spin_manifest_version = 2\n[application]\nname = \"x\"\n[[trigger.http]]\nroute = \"/...\"\n"
	const table = "component = \"c\"\n[component.c]\nsource = \"app.wasm\"\n"
	for _, c := range []struct{ name, binary, manifest, id, want string }{
		{"nothing granted", "kv-p2", head + table, "EL0840", `in [component.c]: key_value_stores = ["default"]`},
		{
			"another granted", "kv-p2", head + table + `key_value_stores = ["cache"]`, "EL0840",
			`in [component.c]: key_value_stores = ["cache", "default"]`,
		},
		{
			"misspelt", "kv-p2", head + table + `key_value_stores = ["cache", "defualt"]`, "EL0840",
			`in [component.c]: key_value_stores = ["cache", "default"]`,
		},
		{
			"in a trigger", "kv-p2", head + `component = { source = "app.wasm" }`, "EL0840",
			`in the component in line 6: key_value_stores = ["default"]`,
		},
		{
			"no variables", "variables-p2", head + table, "EL0843",
			`in [component.c.variables]: message = "{{ message }}", and in [variables]: message = { required = true }`,
		},
		{
			"a misspelt variable", "variables-p2", head + table + "variables = { mesage = \"x\" }", "EL0843",
			"in [component.c.variables]: rename mesage to message",
		},
		{
			"variables of a component in a trigger", "variables-p2",
			head + "component = { source = \"app.wasm\" }\n[variables]\nmessage = { default = \"x\" }\n", "EL0843",
			`in variables of the component in line 6: message = "{{ message }}"`,
		},
		{
			"a folder that is not mounted", "files-p2", head + table, "EL0862",
			`add "assets/**/*" to files of [component.c], or read it at top level, so that it is in the snapshot`,
		},
		{
			"a path elsewhere", "files-p2", head + table + `files = ["assets/*"]`, "EL0862",
			`add { source = ..., destination = "/etc/app/settings.json" } with its place beside spin.toml to files of [component.c], ` +
				"or read it at top level, so that it is in the snapshot",
		},
		{
			"a label without a backend", "kv-p2", head + table + `key_value_stores = ["default", "cache"]`, "EL0846",
			"add a table [key_value_store.cache] with its type to a runtime-config.toml",
		},
	} {
		dir, _ := layOut(t, &txtar.Archive{
			Comment: []byte("binary app.wasm " + c.binary + "\n"), Files: []txtar.File{{Name: "spin.toml", Data: []byte(c.manifest)}, {Name: "assets/a.txt"}},
		})
		var got []string
		for _, f := range appFindings(t, dir) {
			if f.Rule.ID == c.id {
				got = append(got, f.Help)
			}
		}
		if !slices.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
