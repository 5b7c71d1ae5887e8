package wit

import (
	"fmt"
	"testing"
)

func TestOrderedKeepsOrderAcrossItsIndexThreshold(t *testing.T) {
	t.Parallel()
	var m Ordered[string, int]
	const n = 3 * indexFrom
	for i := range n {
		if !m.Set(fmt.Sprint("k", i), i) {
			t.Fatalf("k%d is not new", i)
		}
	}
	if m.Set("k3", 33) {
		t.Fatal("k3 is new when set again")
	}
	m.Retain(func(_ string, v int) bool { return v%3 == 0 })
	want := 0
	for k, v := range m.All() {
		if k != fmt.Sprint("k", want) || m.Index(k) < 0 {
			t.Fatalf("entry %s, want k%d", k, want)
		}
		if got, _ := m.Get(k); got != v {
			t.Fatalf("Get(%s) = %d, All gave %d", k, got, v)
		}
		want += 3
	}
	if m.Has("k1") || m.Len() != n/3 {
		t.Fatalf("after Retain: %d entries, k1 present: %v", m.Len(), m.Has("k1"))
	}
}
