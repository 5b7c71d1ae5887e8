package component_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/wit"
)

func TestWorldsPrintAsWasmToolsPrintsThem(t *testing.T) {
	s := conformance.Start(t, "component-wit",
		"The world of a component is the one that wasm-tools finds, as WIT text and as JSON.")
	for _, c := range conformance.Cases(t, "component-wit") {
		s.Check(c.Name, compareWorld(filepath.Join(c.Dir, "component.wasm"), filepath.Join(c.Dir, "component")))
	}
	s.Finish()
}

func TestWorldsOfRealApps(t *testing.T) {
	for _, name := range []string{"guide-p2", "guide-p3"} {
		golden := filepath.Join("testdata", name)
		if conformance.Update() {
			updateWorld(t, fixture(t, name+".wasm"), golden+".wit")
		}
		if err := compareWorld(fixture(t, name+".wasm"), golden); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func updateWorld(t *testing.T, wasm, golden string) {
	t.Helper()
	tool, err := exec.LookPath("wasm-tools")
	if err != nil {
		t.Logf("%s is left as it is: there is no wasm-tools to print it", golden)
		return
	}
	text, err := exec.Command(tool, "component", "wit", wasm).Output()
	if err == nil {
		err = os.WriteFile(golden, text, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkWorld(b *testing.B) {
	for _, name := range []string{"guide-p2.wasm", "guide-p3.wasm"} {
		b.Run(name, func(b *testing.B) {
			f, err := component.Open(fixture(b, name))
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			info, errs := component.Check(f, component.CheckOptions{Features: component.AllFeatures})
			if len(errs) > 0 {
				b.Fatal(errs)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := info.World(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// compareWorld compares the world of a component with golden files.
func compareWorld(wasm, golden string) error {
	f, err := component.Open(wasm)
	if err != nil {
		return err
	}
	defer f.Close()
	r, world, err := f.World()
	if err != nil {
		return err
	}
	return compareGolden(r, r.Worlds[world].Package, golden)
}

// compareGolden compares a package with the files golden.wit and, if there is
// one, golden.json.
func compareGolden(r *wit.Resolve, pkg wit.PackageID, golden string) error {
	want, err := os.ReadFile(golden + ".wit")
	if err != nil {
		return err
	}
	var got bytes.Buffer
	if err := wit.Print(&got, r, pkg, wit.PrintOptions{}); err != nil {
		return err
	}
	if err := sameText(got.String(), string(want)); err != nil {
		return err
	}
	want, err = os.ReadFile(golden + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	got.Reset()
	if err := wit.WriteJSON(&got, r); err != nil {
		return err
	}
	return sameText(indented(got.Bytes()), indented(want))
}

// indented is JSON laid out a value a line.
func indented(data []byte) string {
	var b bytes.Buffer
	if err := json.Indent(&b, data, "", " "); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

// sameText is nil for equal texts, and else tells the first line that differs.
func sameText(got, want string) error {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			return fmt.Errorf("line %d: the text ends, want %q", i+1, w[i])
		case i >= len(w):
			return fmt.Errorf("line %d: %q, want the end", i+1, g[i])
		case g[i] != w[i]:
			return fmt.Errorf("line %d: %q, want %q", i+1, g[i], w[i])
		}
	}
	return nil
}
