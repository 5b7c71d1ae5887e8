package binary

import (
	"bytes"
	"math"
	"testing"
)

func TestAppendedIntegersReadBack(t *testing.T) {
	t.Parallel()
	for _, v := range []uint32{0, 1, 0x7f, 0x80, 0x3fff, 0x4000, math.MaxUint32} {
		r := NewReader(AppendU32(nil, v), 0)
		if got := r.U32(); got != v || r.Err() != nil || r.More() {
			t.Errorf("%d reads back as %d (%v)", v, got, r.Err())
		}
	}
	for _, v := range []int64{0, -1, 0x3f, 0x40, -0x40, -0x41, math.MaxUint32, math.MinInt64, math.MaxInt64} {
		r := NewReader(AppendS64(nil, v), 0)
		if got := r.S64(); got != v || r.Err() != nil || r.More() {
			t.Errorf("%d reads back as %d (%v)", v, got, r.Err())
		}
	}
}

func TestSectionsCarryTheSizeOfAllTheirParts(t *testing.T) {
	t.Parallel()
	got := AppendCustom(nil, "ab", []byte("xyz"))
	if want := []byte("\x00\x06\x02abxyz"); !bytes.Equal(got, want) {
		t.Errorf("custom section is % x, want % x", got, want)
	}
}
