package spin

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/edgelint/edgelint/internal/servicetest"
)

func newTestRedisStore(t *testing.T) *store {
	t.Helper()
	s, err := newRedisStore(servicetest.Redis(t) + "/3")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	return &store{s}
}

func TestRedisStoreKeepsWhatIsSet(t *testing.T) {
	t.Parallel()
	s, ctx := newTestRedisStore(t), t.Context()
	keepsWhatIsSet(t, s)
	var want []string
	for i := range 3 * scanCount {
		want = append(want, fmt.Sprintf("key %05d", i))
		if err := s.set(ctx, want[i], nil); err != nil {
			t.Fatal(err)
		}
	}
	if keys, err := s.keys(ctx); err != nil || !slices.Equal(keys, append([]string{"b"}, want...)) {
		t.Errorf("%d keys, %v", len(keys), err)
	}
}

func TestRedisStoreIncrementsAndSwapsLoseNothing(t *testing.T) {
	t.Parallel()
	s, ctx := newTestRedisStore(t), t.Context()
	const workers, times = 16, 25
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range times {
				if _, err := s.increment(ctx, "n", 1); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() { // append a byte if nothing changed in between
			for n := 0; n < times; {
				old, ok, err := s.get(ctx, "text")
				if ok && old == nil {
					old = []byte{}
				}
				done, err2 := s.swap(ctx, "text", old, append(slices.Clone(old), 'x'))
				if err != nil || err2 != nil {
					t.Error(err, err2)
					return
				}
				if done {
					n++
				}
			}
		})
	}
	wg.Wait()
	if raw, _, err := s.get(ctx, "n"); string(raw) != "400" || err != nil {
		t.Errorf("the sum is kept as %q, %v", raw, err)
	}
	if text, _, err := s.get(ctx, "text"); len(text) != workers*times || err != nil {
		t.Errorf("%d swaps are left, %v", len(text), err)
	}
	if _, err := s.increment(ctx, "text", 1); err == nil {
		t.Error("a text was incremented")
	}
}

func TestRedisStoreSaysThatTheServerIsGone(t *testing.T) {
	t.Parallel()
	s, err := newRedisStore("redis://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if err := (&store{s}).set(t.Context(), "a", nil); err == nil {
		t.Error("nobody listens, and a key was set")
	}
	if s.String() != "Redis at 127.0.0.1:1" {
		t.Error(s)
	}
}
