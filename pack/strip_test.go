package pack

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/conformance"
)

// customs lists the names of custom sections at any depth.
func customs(t *testing.T, data []byte) []string {
	t.Helper()
	f, err := component.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, faults := component.Validate(
		context.Background(), f, component.ValidateOptions{},
	); len(faults) > 0 {
		t.Error(faults)
	}
	var names []string
	module := func(m *core.Module) {
		for _, s := range m.Sections {
			if s.ID == core.SectionCustom {
				names = append(names, s.Name)
			}
		}
	}
	var walk func(c *component.Component)
	walk = func(c *component.Component) {
		for _, s := range c.Customs {
			names = append(names, s.Name)
		}
		for _, m := range c.CoreModules {
			module(m.Module)
		}
		for _, nested := range c.Components {
			walk(nested)
		}
	}
	if f.Root != nil {
		walk(f.Root)
	} else {
		module(f.Module)
	}
	return names
}

func strip(t *testing.T, data []byte) []byte {
	t.Helper()
	w, err := Strip(WasmBytes(data))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(io.NewSectionReader(w, 0, w.Size))
	if err != nil || int64(len(out)) != w.Size {
		t.Fatalf("%d of %d bytes, %v", len(out), w.Size, err)
	}
	return out
}

func TestStrippingLeavesWhatIsNotForDebuggers(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/named.wasm")
	if err != nil {
		t.Fatal(err)
	}
	if names := customs(t, data); !slices.Contains(names, ".debug_info") ||
		!slices.Contains(names, "component-name") {
		t.Fatalf("the fixture has %v", names)
	}
	out := strip(t, data)
	if names := customs(t, out); !slices.Equal(names, []string{"producers", "keep.me"}) {
		t.Errorf("%v are left", names)
	}
	if again := strip(t, out); !bytes.Equal(again, out) {
		t.Error("stripping twice is not stripping once")
	}
	w, err := Strip(WasmBytes(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(io.NewSectionReader(w, 0, w.Size), out); err != nil {
		t.Error(err)
	}
}

// TestStrippingIsWhatWasmToolsDoes compares with wasm-tools strip, told to drop
// the same sections.
func TestStrippingIsWhatWasmToolsDoes(t *testing.T) {
	t.Parallel()
	tool := wasmTools(t)
	for _, file := range []string{"named.wasm", "component.wasm"} {
		path := filepath.Join("testdata", file)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), "out.wasm")
		cmd := exec.Command(tool, "strip", "--delete", `^(name|component-name|\.debug_.*)$`, path, "-o", out)
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		want, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if got := strip(t, data); !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, wasm-tools leaves %d", file, len(got), len(want))
		}
	}
}

func wasmTools(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("wasm-tools"); err == nil {
		return path
	}
	path := filepath.Join(conformance.Root(t), ".tools", "bin", "wasm-tools")
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("wasm-tools is not installed; python3 testdata/build.py peers installs it")
		}
		t.Skip("wasm-tools is not installed; python3 testdata/build.py peers installs it")
	}
	return path
}

func TestModulesAreStrippedToo(t *testing.T) {
	t.Parallel()
	module := []byte("\x00asm\x01\x00\x00\x00\x00\x05\x04name\x00\x02\x01a")
	if out := strip(t, module); string(out[8:]) != "\x00\x02\x01a" {
		t.Errorf("%q is left", out)
	}
	if _, err := Strip(WasmBytes(module[:12])); err == nil {
		t.Error("a broken module is stripped")
	}
}

func TestAStrippedRealComponentStaysValid(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("decodes 19 MB")
	}
	fixtures := filepath.Join(conformance.Root(t), "testdata")
	data, err := os.ReadFile(filepath.Join(fixtures, "built", "hello-p2.wasm"))
	if err != nil {
		// Not built: the guide's, which was stripped by wasm-tools.
		if data, err = os.ReadFile(filepath.Join(fixtures, "guide-p2.wasm")); err != nil {
			t.Fatal(err)
		}
	}
	before := customs(t, data)
	out := strip(t, data)
	after := customs(t, out)
	if want := slices.DeleteFunc(before, droppable); !slices.Equal(after, want) {
		t.Errorf("%v are left of %v", after, before)
	}
}

func FuzzStrip(f *testing.F) {
	for _, file := range []string{"named.wasm", "component.wasm"} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := Strip(WasmBytes(data))
		if err != nil {
			return
		}
		out := make([]byte, w.Size)
		if n, err := w.ReadAt(out, 0); err != nil || int64(n) != w.Size {
			t.Fatalf("%d of %d bytes, %v", n, w.Size, err)
		}
		if _, err := component.Parse(out); err != nil {
			t.Fatalf("what is left is refused: %v", err)
		}
	})
}
