package python_test

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/heap"
	"github.com/edgelint/edgelint/python/internal/heaptest"
)

func TestSyntheticHeapHasItsFacts(t *testing.T) {
	t.Parallel()
	for _, minor := range []int{12, 14} {
		s, err := python.FromImage(heaptest.Sample(minor))
		if err != nil {
			t.Fatal(err)
		}
		checkFacts(t, s, facts{
			file: "sample", python: s.Python.String(), sdk: "3.4.1", handler: "app.Handler", protocol: "IncomingHandler",
			methods: []string{"Handler.handle"}, leastModules: 5, leastCode: 3,
		})
		if s.Python.Minor != minor || s.Partial() {
			t.Errorf("Python %s, gaps %q", s.Python, s.Gaps)
		}
		if path, ok := s.Locate("late"); !ok || path != "/0/late.py" {
			t.Errorf("late is at %q", path)
		}
	}
}

// readAll touches every fact of a snapshot.
func readAll(t *testing.T, img *heap.Image) {
	t.Helper()
	s, err := python.FromImage(img)
	if err != nil {
		if !errors.Is(err, python.ErrNotPython) {
			t.Fatalf("unexpected error: %v", err)
		}
		return
	}
	if s.Tier == python.TierStrings && !s.Partial() {
		t.Fatal("a scan for strings calls itself complete")
	}
	for _, c := range s.Codes {
		c.Lines()
		c.Handlers()
		for range c.Instructions() {
		}
		_ = c.QualName() + c.Name()
		c.Module()
	}
	for _, m := range s.Modules {
		for k, v := range m.Globals().Items() {
			_ = k.Text() + v.QualName() + v.ModuleName()
			v.Wrapped()
			for range v.Attrs() {
			}
		}
	}
	for _, h := range s.Handlers {
		_ = h.QualName()
	}
	for _, dir := range s.Directories() {
		s.Listing(dir)
	}
}

// patch applies a damage to an image: four bytes of address, four of value.
func patch(mem, damage []byte) {
	for ; len(damage) >= 8; damage = damage[8:] {
		at := binary.LittleEndian.Uint32(damage) % uint32(len(mem)-4)
		copy(mem[at:at+4], damage[4:8])
	}
}

func FuzzDamagedHeap(f *testing.F) {
	f.Add(true, []byte{})
	f.Add(false, []byte{0, 0, 1, 0, 255, 255, 255, 255})
	f.Add(true, binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, 0x1000+88+24), 0x1000))
	f.Fuzz(func(t *testing.T, old bool, damage []byte) {
		img := heaptest.Sample(map[bool]int{true: 12, false: 14}[old])
		patch(img.Mem, damage)
		readAll(t, img)
	})
}

// TestDamagedFixtures overwrites words of real heaps with random addresses.
func TestDamagedFixtures(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, g := range guides {
		img := image(t, g.file)
		whole := slices.Clone(img.Mem)
		used := img.Symbol("_PyRuntime") &^ 0xffff // static data and heap
		for round := range 4 {
			copy(img.Mem, whole)
			for range 1 << (5 + 3*round) {
				at := used + random.Uint32N(uint32(len(img.Mem))-used-4)
				binary.LittleEndian.PutUint32(img.Mem[at&^3:], random.Uint32N(uint32(len(img.Mem))))
			}
			readAll(t, img)
		}
		for cut := len(whole); cut > 1<<20; cut /= 4 {
			readAll(t, &heap.Image{Mem: whole[:cut], Symbols: img.Symbols, Libraries: img.Libraries})
		}
	}
}
