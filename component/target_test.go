package component_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/wit"
)

func TestTargetsAgreeWithWasmTools(t *testing.T) {
	s := conformance.Start(t, "targets-table",
		"Components against worlds: the verdict, strict and semver-compatible, of wasm-tools component targets.")
	worlds := map[string]world{}
	for _, line := range targetLines(t) {
		w, ok := worlds[line.world]
		if !ok {
			w = dataWorld(t, line.world)
			worlds[line.world] = w
		}
		file := componentFile(t, line.component)
		s.Check(line.component+" "+line.world, judgeTarget(file, w, line.strict, line.semver))
	}
	s.Finish()
}

func TestTargetsOfUpstreamAgree(t *testing.T) {
	s := conformance.Start(t, "targets", "wasm-tools' own cases of targeting, strict and semver-compatible.")
	for _, c := range conformance.Cases(t, "targets") {
		set, pkg, err := wit.Load(os.DirFS(c.Dir), "test.wit", wit.Options{})
		if err != nil {
			s.Check(c.Name, err)
			continue
		}
		id, _ := set.Packages[pkg].Worlds.Get(c.Counts["world"])
		file := filepath.Join(c.Dir, "test.wasm")
		s.Check(c.Name, judgeTarget(file, world{set, id}, c.Counts["expect"], c.Counts["expect_semver"]))
	}
	s.Finish()
}

func TestTargetsOfRealApps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ app, world, strict, semver string }{
		{"guide-p2.wasm", "spin:up/http-trigger@3.4.0", "pass", "pass"},
		{"guide-p3.wasm", "spin:up/http-trigger@4.1.0", "fail", "pass"},
		{"guide-p2.wasm", "wasi:http/proxy@0.2.0", "fail", "fail"},
		{"guide-p3.wasm", "wasi:http/service@0.3.0", "fail", "fail"},
	} {
		if err := judgeTarget(fixture(t, c.app), dataWorld(t, c.world), c.strict, c.semver); err != nil {
			t.Errorf("%s against %s: %v", c.app, c.world, err)
		}
	}
}

func TestNeedsNameTheModulesThatImport(t *testing.T) {
	t.Parallel()
	for app, want := range map[string]string{
		"guide-p2.wasm": "libc.so",
		"guide-p3.wasm": "libc.so libcomponentize_py_bindings.so",
	} {
		f, err := component.Open(fixture(t, app))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		names := f.ModuleNames(f.Root)
		var got []string
		for _, need := range f.Root.Needs("wasi:sockets/tcp@0.2.9") {
			got = append(got, names[need.Index])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: wasi:sockets/tcp is needed by %q, want %s", app, got, want)
		}
		if none := f.Root.Needs("wasi:sockets/tcp@0.3.0"); len(none) > 0 {
			t.Errorf("%s: %s needs another version", app, none[0].Module.Path)
		}
	}
}

func TestWorldsFitThemselves(t *testing.T) {
	t.Parallel()
	for _, p := range conformance.Packages(t) {
		f, err := component.Open(p.Encoded)
		if err != nil {
			t.Fatal(err)
		}
		set, _, err := component.DecodePackage(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for id := range set.Worlds {
			for _, opts := range []wit.TargetOptions{
				{}, {SemverCompatible: true}, {SemverCompatible: true, Linked: true},
			} {
				if found := wit.Target(set, wit.WorldID(id), set, wit.WorldID(id), opts); len(found) > 0 {
					t.Errorf("%s: %s does not fit itself (%+v): %v", p.Dir, set.Worlds[id].Name, opts, found[0])
				}
			}
		}
	}
}

func TestImportsThatWITCannotExpressAreMismatches(t *testing.T) {
	t.Parallel()
	// (component (import "a:b/c" (func)) (import "m" (core module)))
	f, err := component.Parse([]byte("\x00asm\x0d\x00\x01\x00" +
		"\x07\x05\x01\x40\x00\x01\x00" + "\x0a\x0a\x01\x00\x05a:b/c\x01\x00" +
		"\x03\x03\x01\x50\x00" + "\x0a\x07\x01\x00\x01m\x00\x11\x00"))
	if err != nil {
		t.Fatal(err)
	}
	set, id, err := f.World()
	if err != nil {
		t.Fatal(err)
	}
	if n := set.Worlds[id].Imports.Len(); n != 0 {
		t.Errorf("the world has %d imports", n)
	}
	found := fmt.Sprint(f.Root.NotInWIT())
	want := "[import a:b/c is a func, which no world can offer" +
		" import m is a core module, which no world can offer]"
	if found != want {
		t.Errorf("not in WIT: %s", found)
	}
}

type targetLine struct{ component, world, strict, semver string }

func targetLines(t *testing.T) (lines []targetLine) {
	f, err := os.Open(filepath.Join(conformance.Shared(t), "corpus", "targets.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Scan() // the headings
	for sc.Scan() {
		c := strings.Split(sc.Text(), "\t")
		lines = append(lines, targetLine{c[0], c[1], c[2], c[3]})
	}
	return lines
}

// componentFile finds the component of a corpus case.
func componentFile(t *testing.T, name string) string {
	kind, rest, _ := strings.Cut(name, "/")
	dir := filepath.Join(conformance.Shared(t), "corpus", kind, strings.ReplaceAll(name, "/", "--"))
	if kind == "wit-comp" {
		dir = filepath.Join(conformance.Shared(t), "corpus", "wit", strings.ReplaceAll(name, "/", "--"))
		rest = "component"
	}
	return filepath.Join(dir, rest+".wasm")
}

type world struct {
	set *wit.Resolve
	id  wit.WorldID
}

// dataWorld gives a world of the data folder.
func dataWorld(t *testing.T, name string) world {
	t.Helper()
	parsed, ok := wit.ParseInterfaceName(name)
	if !ok {
		t.Fatalf("%q is no world", name)
	}
	p := parsed.Package
	file := fmt.Sprintf("%s--%s--%s.wasm", p.Namespace, p.Name, p.Version)
	f, err := component.Open(filepath.Join(conformance.Shared(t), "wit", "_encoded", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	set, pkg, err := component.DecodePackage(f)
	if err != nil {
		t.Fatal(err)
	}
	id, ok := set.Packages[pkg].Worlds.Get(parsed.Interface)
	if !ok {
		t.Fatalf("there is no world %s", name)
	}
	return world{set, id}
}

func judgeTarget(file string, w world, strict, semver string) error {
	f, err := component.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, errs := component.Check(f, component.CheckOptions{Features: component.AllFeatures})
	if len(errs) > 0 {
		return errs[0]
	}
	for _, mode := range []struct {
		want string
		opts wit.TargetOptions
	}{{strict, wit.TargetOptions{}}, {semver, wit.TargetOptions{SemverCompatible: true}}} {
		found, err := info.Target(f, w.set, w.id, mode.opts)
		if err != nil {
			return err
		}
		verdict := "pass"
		if len(found) > 0 {
			verdict = "fail"
		}
		if verdict != mode.want {
			return fmt.Errorf("%+v: %s, want %s: %+v", mode.opts, verdict, mode.want, found)
		}
	}
	return nil
}
