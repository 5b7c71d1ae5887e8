package binary

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// file hides that its bytes lie in memory.
type file struct{ io.ReaderAt }

func TestSourceHandsOutMemoryWithoutCopying(t *testing.T) {
	t.Parallel()
	data := Data("0123456789")
	got, err := NewSource(data, 2, 6).Bytes(4, 3)
	if err != nil || string(got) != "456" || &got[0] != &data[4] {
		t.Errorf("Bytes = %q, %v; want the input's own bytes 456", got, err)
	}
	read, err := NewSource(file{data}, 2, 6).Bytes(4, 3)
	if err != nil || string(read) != "456" {
		t.Errorf("Bytes of a file = %q, %v; want 456", read, err)
	}
}

func TestSourceRefusesBytesOutside(t *testing.T) {
	t.Parallel()
	for _, r := range []io.ReaderAt{Data("0123456789"), file{Data("0123456789")}} {
		s := NewSource(r, 2, 6)
		for _, c := range [][2]int64{{1, 2}, {7, 2}, {9, 0}, {4, -1}, {4, 1 << 62}, {-1, 1}} {
			if got, err := s.Bytes(c[0], c[1]); err == nil {
				t.Errorf("Bytes(%d, %d) = %q, want an error", c[0], c[1], got)
			}
			if s.Section(c[0], c[1]) != nil {
				t.Errorf("Section(%d, %d) exists", c[0], c[1])
			}
		}
		if _, err := s.Part(3, 6); err == nil {
			t.Error("a part must lie inside of the source")
		}
		for _, c := range [][2]int64{{1, -1}, {1 << 62, 1 << 62}} {
			if _, err := NewWindows(NewSource(r, c[0], c[1])).Reader(c[0], 8); err == nil {
				t.Errorf("a window of a source at %d of %d bytes", c[0], c[1])
			}
		}
	}
}

func TestSourceShorterThanItsSizeIsAnError(t *testing.T) {
	t.Parallel()
	for _, r := range []io.ReaderAt{Data("0123"), file{Data("0123")}} {
		_, err := NewSource(r, 0, 1<<40).Bytes(2, 1<<39)
		if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "(at offset") {
			t.Errorf("%T: %v", r, err)
		}
	}
}

func TestWindowsCoverTheSource(t *testing.T) {
	t.Parallel()
	data := Data(bytes.Repeat([]byte("0123456789abcdef"), 3*windowSize/16))
	for _, r := range []io.ReaderAt{data, file{data}} {
		end := int64(len(data)) - 1
		w := NewWindows(NewSource(r, 1, end-1))
		for off := int64(1); off < end; off += 1001 {
			r, err := w.Reader(off, 40)
			if err != nil {
				t.Fatal(err)
			}
			n := int(min(40, end-off))
			if got := r.Bytes(n); !bytes.Equal(got, data[off:off+int64(n)]) {
				t.Fatalf("%T at %d: %q", r, off, got)
			}
		}
	}
}
