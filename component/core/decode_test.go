package core_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/binary"
	"github.com/edgelint/edgelint/internal/conformance"
)

// file is a reader that does not hand out its bytes.
type file struct{ io.ReaderAt }

// smallModule is a module of a real component, with every usual section.
func smallModule(t testing.TB) []byte {
	t.Helper()
	for _, e := range corpusModules(t) {
		if e.len > 16<<10 {
			return e.data[e.off : e.off+e.len]
		}
	}
	t.Fatal("no module of more than 16 KiB in the corpus")
	return nil
}

// view is what tests compare of a module.
type view struct {
	Sections []core.Section
	Types    []core.SubType
	Groups   []core.Group
	Imports  []core.Import
	Funcs    []uint32
	Tables   []core.Table
	Memories []core.Memory
	Globals  []core.Global
	Tags     []core.Tag
	Exports  []core.Export
	Start    uint32
	Elements []core.Element
	Data     []core.Data
	Bodies   []core.Range
}

func viewOf(m *core.Module) view {
	v := view{
		m.Sections, m.Types, m.Groups, m.Imports, m.Funcs, m.Tables, m.Memories, m.Globals, m.Tags, m.Exports,
		m.Start, m.Elements, m.Data, nil,
	}
	for _, r := range m.Bodies() {
		v.Bodies = append(v.Bodies, r)
	}
	return v
}

func TestModulesDecodeAlikeFromMemoryAndFiles(t *testing.T) {
	t.Parallel()
	for _, e := range corpusModules(t)[:12] {
		memory, err := core.NewModule(binary.Data(e.data), e.off, e.len)
		if err != nil {
			t.Fatal(err)
		}
		read, err := core.NewModule(file{bytes.NewReader(e.data)}, e.off, e.len)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(viewOf(memory), viewOf(read)); diff != "" {
			t.Errorf("%s at 0x%x (-memory +file)\n%s", e.file, e.off, diff)
		}
		if err := read.Validate(t.Context(), core.Options{}); err != nil {
			t.Errorf("%s at 0x%x: %v", e.file, e.off, err)
		}
	}
}

func TestRangesAreThoseOfTheFile(t *testing.T) {
	t.Parallel()
	data := []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x05\x03\x01\x00\x01" +
		"\x0a\x05\x01\x03\x00\x01\x0b" + "\x0b\x08\x01\x00\x41\x05\x0b\x02hi" + "\x00\x03\x01xy")
	m, err := core.NewModule(binary.Data(append([]byte("junk"), data...)), 4, int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	read := func(r core.Range) string {
		b, err := m.Bytes(r)
		if err != nil {
			t.Fatal(err)
		}
		streamed, err := io.ReadAll(m.Open(r))
		if err != nil || !bytes.Equal(b, streamed) {
			t.Errorf("Open gives %q, %v; Bytes %q", streamed, err, b)
		}
		return string(b)
	}
	if got := read(m.Body(0)); got != "\x00\x01\x0b" {
		t.Errorf("body %q", got)
	}
	if got := read(m.Data[0].Content); got != "hi" {
		t.Errorf("data %q", got)
	}
	if s := m.Data[0].Start; s.Op != core.ConstI32 || s.Value != 5 || read(s.Range) != "\x41\x05\x0b" {
		t.Errorf("offset of the data %+v", s)
	}
	if got := slices.Collect(m.Custom("x")); len(got) != 1 || read(got[0].Content) != "y" {
		t.Errorf("custom section %+v", got)
	}
	if f, ok := m.FuncType(0); !ok || len(f.Params) != 0 {
		t.Errorf("type of function 0: %v, %t", f, ok)
	}
	if _, ok := m.FuncType(1); ok {
		t.Error("there is no function 1")
	}
}

// TestCutModulesSayWhatIsMissing cuts a module at every byte of its first part
// and at many places of the rest.
func TestCutModulesSayWhatIsMissing(t *testing.T) {
	t.Parallel()
	data := smallModule(t)
	whole, err := core.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	boundaries := map[int64]bool{8: true}
	for _, s := range whole.Sections {
		boundaries[s.Content.End()] = true
	}
	for n := int64(0); n < int64(len(data)); n += 1 + n/300 {
		for _, r := range []io.ReaderAt{binary.Data(data), file{bytes.NewReader(data)}} {
			_, err := core.NewModule(r, 0, n)
			e, ok := errors.AsType[*core.Error](err)
			if !ok {
				if boundaries[n] && err == nil {
					continue // the sections up to here can be a module
				}
				t.Fatalf("cut at %d: error %v", n, err)
			}
			if e.Offset > n || e.Missing < 0 || e.Missing > int64(len(data))-n {
				t.Errorf("cut at %d: offset %d, %d missing: %v", n, e.Offset, e.Missing, err)
			}
			if !boundaries[n] && e.Missing == 0 {
				t.Errorf("cut at %d: nothing is missing: %v", n, err)
			}
		}
	}
}

func TestTruncatedSectionsSayHowMuch(t *testing.T) {
	t.Parallel()
	_, err := core.Parse([]byte("\x00asm\x01\x00\x00\x00\x0a\x80\x08\x01\x03"))
	const want = "truncated: the code section claims 1024 bytes but 2 remain (at offset 0x8)"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if e, ok := errors.AsType[*core.Error](err); !ok || e.Missing != 1022 {
		t.Errorf("missing: %+v", e)
	}
}

// TestClaimedCountsCostNothing gives modules whose counts and lengths are as
// large as they can be.
func TestClaimedCountsCostNothing(t *testing.T) {
	const budget = 8 << 20 // for both readers: four times the file each
	room := strings.Repeat("\xff", 1<<20)
	for id := byte(0); id <= 13; id++ {
		for _, count := range []string{"\xff\xff\xff\xff\x0f", "\xc0\x84\x3d", "\xff\xff\x3f"} {
			section := count + room
			data := binary.AppendSection([]byte(preamble), id, []byte(section))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for _, r := range []io.ReaderAt{binary.Data(data), file{bytes.NewReader(data)}} {
				if m, err := core.NewModule(r, 0, int64(len(data))); err == nil && id != 0 {
					t.Errorf("section %d with count %x: accepted with %d sections", id, count, len(m.Sections))
				}
			}
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > uint64(budget) {
				t.Errorf("section %d with count %x: %d bytes allocated for %d", id, count, used, len(data))
			}
		}
	}
}

// TestDecodeErrors runs testdata/decode.txtar: NAME.hex is a module, NAME.want
// the error.
func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	conformance.Golden(t, "testdata/decode.txtar", decodeErrors)
}

func decodeErrors(t *testing.T, archive *txtar.Archive) *txtar.Archive {
	t.Helper()
	got := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		name, ok := strings.CutSuffix(f.Name, ".hex")
		if !ok {
			continue
		}
		want := "no error"
		if _, err := core.Parse(fromHex(t, f.Data)); err != nil {
			want = err.Error()
		}
		got.Files = append(got.Files, f, txtar.File{Name: name + ".want", Data: []byte(want + "\n")})
	}
	return got
}
