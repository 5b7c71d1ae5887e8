package wit_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/wit"
)

// TestTarget reads each testdata/target/*.txtar: a component's world, w of
// component.wit, and the target, w of world.wit. The mismatches stand in the file
// strict and, if semver-compatible matching gives others, in semver; in linked, if
// linking at run time gives still others. The file wasm-tools holds the verdicts of
// wasm-tools on a component built for the first world; where they are wrong, the file
// why-not says so.
func TestTarget(t *testing.T) {
	conformance.Golden(t, "testdata/target/*.txtar", targetCase)
}

func targetCase(t *testing.T, a *txtar.Archive) *txtar.Archive {
	t.Helper()
	strict := mismatches(t, a, wit.TargetOptions{})
	semver := mismatches(t, a, wit.TargetOptions{SemverCompatible: true})
	linked := mismatches(t, a, wit.TargetOptions{SemverCompatible: true, Linked: true})
	oracle := member(a, "wasm-tools")
	if conformance.Update() {
		if _, err := exec.LookPath("wasm-tools"); err == nil {
			oracle = askWasmTools(t, a)
		}
	}
	want := *a
	want.Files = []txtar.File{
		find(a, "component.wit"), find(a, "world.wit"), {Name: "strict", Data: []byte(strict)},
	}
	if semver != strict {
		want.Files = append(want.Files, txtar.File{Name: "semver", Data: []byte(semver)})
	}
	if linked != semver {
		want.Files = append(want.Files, txtar.File{Name: "linked", Data: []byte(linked)})
	}
	want.Files = append(want.Files, txtar.File{Name: "wasm-tools", Data: []byte(oracle)})
	if why := find(a, "why-not"); why.Data != nil {
		want.Files = append(want.Files, why)
	}
	agree := oracle == verdicts(strict == "", semver == "")
	if excused := find(a, "why-not").Data != nil; agree == excused {
		t.Errorf("agreement with wasm-tools: %v, excused: %v; wasm-tools says\n%s", agree, excused, oracle)
	}
	return &want
}

func find(a *txtar.Archive, name string) txtar.File {
	for _, f := range a.Files {
		if f.Name == name {
			return f
		}
	}
	return txtar.File{Name: name}
}

func member(a *txtar.Archive, name string) string { return string(find(a, name).Data) }

func verdicts(strict, semver bool) string {
	words := map[bool]string{true: "pass", false: "fail"}
	return fmt.Sprintf("strict %s, semver %s\n", words[strict], words[semver])
}

// mismatches gives the mismatches, one a line.
func mismatches(t *testing.T, a *txtar.Archive, opts wit.TargetOptions) string {
	t.Helper()
	c, cw := targetWorld(t, a, "component.wit")
	w, ww := targetWorld(t, a, "world.wit")
	var b strings.Builder
	for _, m := range wit.Target(c, cw, w, ww, opts) {
		fmt.Fprintf(&b, "%s: %s\n", m.Kind, m)
	}
	return b.String()
}

func targetWorld(t *testing.T, a *txtar.Archive, name string) (*wit.Resolve, wit.WorldID) {
	t.Helper()
	r, pkg, err := wit.Parse(name, member(a, name), wit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	id, ok := r.Packages[pkg].Worlds.Get("w")
	if !ok {
		t.Fatalf("%s has no world w", name)
	}
	return r, id
}

// askWasmTools builds a component for the one world and has wasm-tools judge it
// against the other.
func askWasmTools(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"component.wit", "world.wit"} {
		if err := os.WriteFile(filepath.Join(dir, name), find(a, name).Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) error {
		cmd := exec.Command("wasm-tools", append([]string{"component"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%v: %s", err, out)
		}
		return nil
	}
	if err := run("embed", "--dummy", "-w", "w", "component.wit", "-o", "core.wasm"); err != nil {
		t.Fatal(err)
	}
	if err := run("new", "core.wasm", "-o", "app.wasm"); err != nil {
		t.Fatal(err)
	}
	strict := run("targets", "-w", "w", "world.wit", "app.wasm")
	semver := run("targets", "--semver-compatible", "-w", "w", "world.wit", "app.wasm")
	return verdicts(strict == nil, semver == nil)
}

func TestTargetsListAllThatIsMissing(t *testing.T) {
	t.Parallel()
	var imports strings.Builder
	for i := range wit.MaxMismatches + 10 {
		fmt.Fprintf(&imports, "import fn-%d: func();\n", i)
	}
	c, pkg, err := wit.Parse("c.wit", "package a:c;\nworld w {\n"+imports.String()+"}", wit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w, empty, err := wit.Parse("w.wit", "package a:w;\nworld w {}", wit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cw, _ := c.Packages[pkg].Worlds.Get("w")
	ww, _ := w.Packages[empty].Worlds.Get("w")
	if n := len(wit.Target(c, cw, w, ww, wit.TargetOptions{})); n != wit.MaxMismatches {
		t.Errorf("%d mismatches, want as many as the limit allows: %d", n, wit.MaxMismatches)
	}
}
