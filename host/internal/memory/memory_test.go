package memory

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"runtime"
	"testing"
)

const testSize = 4 << 20

// newImage makes an image with some content in every other page.
func newImage(tb testing.TB, t *Tracker) *Image {
	tb.Helper()
	img, err := t.NewImage(testSize, func(b []byte) error {
		for page := 0; page < len(b); page += 2 * pageSize {
			b[page+page/pageSize%pageSize] = byte(page/pageSize) | 1
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { img.Close() })
	return img
}

func newMemory(tb testing.TB, img *Image) (*Memory, []byte) {
	tb.Helper()
	m, err := img.Map(1 << 30)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(m.Free)
	b := m.Reallocate(testSize)
	if !bytes.Equal(b, img.content()) {
		tb.Fatal("a new memory is not its image")
	}
	return m, b
}

// trackers are all ways to find changed pages that work here.
func trackers(tb testing.TB) map[string]*Tracker {
	best := NewTracker()
	tb.Cleanup(func() { best.Close() })
	all := map[string]*Tracker{"compare": {}}
	if best.Exact() {
		all["exact"] = best
	}
	return all
}

func TestLinuxTellsWhichPagesWereWritten(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux does")
	}
	tracker := NewTracker()
	defer tracker.Close()
	if !tracker.Exact() {
		t.Skip("this system has no /proc/self/pagemap that can be used")
	}
}

func TestResetUndoesEveryWrite(t *testing.T) {
	t.Parallel()
	for name, tracker := range trackers(t) {
		t.Run(name, func(t *testing.T) {
			img := newImage(t, tracker)
			m, b := newMemory(t, img)
			rng := rand.New(rand.NewPCG(1, 2))
			for round := range 20 {
				for range rng.IntN(2000) {
					b[rng.IntN(len(b))] = byte(rng.Uint32())
				}
				n, err := m.Reset()
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(b, img.content()) {
					t.Fatalf("round %d: the memory is not its image after a reset of %d pages", round, n)
				}
			}
			clear(b)
			for i := range b {
				b[i]--
			}
			if _, err := m.Reset(); err != nil || !bytes.Equal(b, img.content()) {
				t.Errorf("a memory that was written all over is not its image after a reset: %v", err)
			}
		})
	}
}

func TestResetGoesBackToWhatWasKept(t *testing.T) {
	t.Parallel()
	for name, tracker := range trackers(t) {
		t.Run(name, func(t *testing.T) {
			m, b := newMemory(t, newImage(t, tracker))
			b[0], b[70_000], b[testSize-1] = 11, 22, 33
			if err := m.Keep(); err != nil {
				t.Fatal(err)
			}
			kept := bytes.Clone(b)
			for range 3 {
				b[0], b[1], b[70_000], b[200_000] = 1, 2, 3, 4
				if _, err := m.Reset(); err != nil || !bytes.Equal(b, kept) {
					t.Fatalf("the memory is not what was kept: %v", err)
				}
			}
		})
	}
}

func TestMemoriesOfOneImageAreApart(t *testing.T) {
	t.Parallel()
	img := newImage(t, NewTracker())
	_, one := newMemory(t, img)
	for i := range one {
		one[i] = 0xff
	}
	newMemory(t, img) // is the image still
}

func TestGrownMemoryIsZeroAndCannotBeReset(t *testing.T) {
	t.Parallel()
	m, b := newMemory(t, newImage(t, NewTracker()))
	b[5] = 99
	b = m.Reallocate(testSize + 65536)
	if len(b) != testSize+65536 || b[5] != 99 || bytes.Count(b[testSize:], []byte{0}) != 65536 {
		t.Error("growing changed the memory, or gave other than zeros")
	}
	b[len(b)-1] = 1
	if _, err := m.Reset(); !errors.Is(err, ErrGrown) {
		t.Errorf("reset of a grown memory: %v", err)
	}
	if m.Reallocate(1<<30+65536) != nil {
		t.Error("the memory grew beyond its maximum")
	}
}

func BenchmarkReset(b *testing.B) {
	for name, tracker := range trackers(b) {
		b.Run(name, func(b *testing.B) {
			m, mem := newMemory(b, newImage(b, tracker))
			b.ReportAllocs()
			for b.Loop() {
				for page := range 256 {
					mem[page*3*pageSize]++
				}
				if _, err := m.Reset(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
