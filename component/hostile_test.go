package component_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
)

// smallComponents are components of the corpus with sections of every kind.
func smallComponents(tb testing.TB) map[string][]byte {
	tb.Helper()
	out := map[string][]byte{}
	for _, c := range conformance.Cases(tb, "component-wit")[:12] {
		data, err := os.ReadFile(filepath.Join(c.Dir, "component.wasm"))
		if err != nil {
			tb.Fatal(err)
		}
		out[c.Name] = data
	}
	return out
}

func TestTruncationAtEveryByteIsAnErrorOrAShorterComponent(t *testing.T) {
	t.Parallel()
	for name, data := range smallComponents(t) {
		whole, err := component.Parse(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		boundary := map[int64]bool{8: true}
		for _, s := range whole.Root.Sections {
			boundary[s.Body.End()] = true
		}
		for n := range int64(len(data)) {
			_, err := component.Parse(data[:n])
			if boundary[n] {
				if err != nil {
					t.Errorf("%s cut at section end 0x%x: %v", name, n, err)
				}
				continue
			}
			var e *component.Error
			if !errors.As(err, &e) {
				t.Errorf("%s cut at 0x%x: %v, want a *component.Error", name, n, err)
			} else if n > 0 && e.Missing <= 0 {
				t.Errorf("%s cut at 0x%x: %v does not say how much is missing", name, n, err)
			}
		}
	}
}

// zeros is a reader of zeros behind a head.
type zeros struct{ head string }

func (z zeros) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	if off < int64(len(z.head)) {
		copy(p, z.head[off:])
	}
	return len(p), nil
}

func TestHugeClaimsCostNoMemory(t *testing.T) {
	const size = 100 << 20
	for name, r := range map[string]io.ReaderAt{
		"zeros":                     zeros{},
		"component of zeros":        zeros{preamble},
		"vector of 4 billion types": zeros{preamble + "\x07\x05\xff\xff\xff\xff\x0f"},
		"record of 4 billion":       zeros{preamble + "\x07\x07\x01\x72\xff\xff\xff\xff\x0f"},
		"instance args":             zeros{preamble + "\x02\x08\x01\x00\x00\xff\xff\xff\xff\x0f"},
		"module of zeros":           zeros{preamble + "\x01\x80\x80\x80\x20\x00asm\x01\x00\x00\x00"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f, err := component.NewFile(r, size)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: opened %v", name, f.Root)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
			t.Errorf("%s: %d bytes allocated (%v)", name, got, err)
		}
	}
}

func TestNestingIsBounded(t *testing.T) {
	t.Parallel()
	nested := []byte(preamble)
	for range component.MaxComponents + 1 {
		section := append([]byte{0x04}, leb(len(nested))...)
		nested = append([]byte(preamble), append(section, nested...)...)
	}
	if _, err := component.Parse(nested); err == nil {
		t.Error("components nested beyond the limit were accepted")
	}
	body := []byte{0x42, 0x00}
	for range component.MaxNesting + 1 {
		body = append([]byte{0x42, 0x01, 0x01}, body...)
	}
	body = append([]byte{0x01}, body...)
	types := append([]byte(preamble+"\x07"), append(leb(len(body)), body...)...)
	if _, err := component.Parse(types); err == nil {
		t.Error("types nested beyond the limit were accepted")
	}
}

func leb(n int) []byte {
	var out []byte
	for ; n >= 0x80; n >>= 7 {
		out = append(out, byte(n)|0x80)
	}
	return append(out, byte(n))
}

func TestReadersThatFailGiveTheirError(t *testing.T) {
	t.Parallel()
	_, err := component.NewFile(failing{}, 100)
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v does not wrap the reader's", err)
	}
}

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }

func FuzzParse(f *testing.F) {
	f.Add([]byte(preamble))
	f.Add([]byte(preamble + "\x05\x03\x01\x01\x00" + "\x0b\x09\x01\x00\x03a:b\x05\x00\x00"))
	f.Add([]byte(preamble + "\x07\x05\x01\x42\x01\x01\x7f" + "\x08\x02\x01\x05"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := component.Parse(data)
		if err != nil || file.Root == nil {
			return
		}
		for _, c := range file.Root.Components {
			if c.Parent != file.Root {
				t.Fatal("a nested component must know its parent")
			}
		}
		if _, err := file.Names(file.Root); err != nil {
			t.Skip() // names may be damaged; reading them must not panic
		}
		for sort := range component.NumSorts {
			for _, d := range file.Root.Space(sort) {
				if d.Kind == component.DefInvalid {
					t.Fatal("an index without a definition")
				}
			}
		}
	})
}
