package spin

import (
	"bytes"
	"database/sql"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/edgelint/edgelint/spin"
)

const storesManifest = `spin_manifest_version = 2
[application]
name = "test"
[component.one]
source = "app.wasm"
key_value_stores = ["default"]
sqlite_databases = ["default"]
[component.two]
source = "app.wasm"
`

// newApp opens an application; it is closed when the test ends.
func newApp(t *testing.T, manifest string, cfg Config) *App {
	t.Helper()
	m, err := spin.Parse("spin.toml", []byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	a, err := NewApp(t.Context(), m, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// grantsOf is what a component of an application is granted.
func grantsOf(t *testing.T, a *App, id string) *grants {
	t.Helper()
	c, ok := a.manifest.Component(id)
	if !ok {
		t.Fatalf("no component %s", id)
	}
	return &grants{app: a, component: c}
}

func newStore(t *testing.T, cfg Config) *store {
	t.Helper()
	s, ok := grantsOf(t, newApp(t, storesManifest, cfg), "one").openStore("default")
	if !ok {
		t.Fatal("the store is not granted")
	}
	return s
}

func TestStoreKeepsWhatIsSet(t *testing.T) {
	t.Parallel()
	keepsWhatIsSet(t, newStore(t, Config{}))
}

// keepsWhatIsSet tests a store that is empty, and leaves the key b in it.
func keepsWhatIsSet(t *testing.T, s *store) {
	t.Helper()
	ctx := t.Context()
	if _, ok, err := s.get(ctx, "a"); ok || err != nil {
		t.Fatalf("a key that was never set: %v, %v", ok, err)
	}
	for _, value := range [][]byte{[]byte("x"), nil, {0, 255}} {
		if err := s.set(ctx, "a", value); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := s.get(ctx, "a"); !ok || err != nil || !bytes.Equal(got, value) {
			t.Errorf("set %v, got %v, %v, %v", value, got, ok, err)
		}
	}
	if err := s.setMany(ctx, []pair{{"c", nil}, {"b", []byte("2")}}); err != nil {
		t.Fatal(err)
	}
	if keys, err := s.keys(ctx); err != nil || !slices.Equal(keys, []string{"a", "b", "c"}) {
		t.Errorf("keys = %v, %v", keys, err)
	}
	got, err := s.getMany(ctx, []string{"b", "none", "c"})
	if err != nil || len(got) != 2 || got[0].key != "b" || string(got[0].value) != "2" || got[1].key != "c" {
		t.Errorf("getMany = %v, %v", got, err)
	}
	if err := s.delete(ctx, "a", "c", "none"); err != nil {
		t.Fatal(err)
	}
	if keys, err := s.keys(ctx); err != nil || !slices.Equal(keys, []string{"b"}) {
		t.Errorf("keys = %v, %v", keys, err)
	}
	odd := []string{"", "b\x00", "b\x00c", "\r\n", "%", "*", "ключ", strings.Repeat("k", 1<<20)}
	for _, key := range odd {
		if ok, err := s.exists(ctx, key); ok || err != nil {
			t.Errorf("%.20q exists before it is set: %v", key, err)
		}
		if err := s.set(ctx, key, []byte(key)); err != nil {
			t.Errorf("%.20q: %v", key, err)
		}
	}
	for _, key := range odd {
		got, ok, err := s.get(ctx, key)
		exists, err2 := s.exists(ctx, key)
		if string(got) != key || !ok || !exists || err != nil || err2 != nil {
			t.Errorf("%.20q: %.20q, %v, %v, %v", key, got, ok, err, err2)
		}
	}
	if keys, err := s.keys(ctx); err != nil || len(keys) != len(odd)+1 {
		t.Errorf("%d keys, %v", len(keys), err)
	}
	if err := s.delete(ctx, odd...); err != nil {
		t.Error(err)
	}
	if keys, err := s.keys(ctx); err != nil || !slices.Equal(keys, []string{"b"}) {
		t.Errorf("keys = %.200q, %v", keys, err)
	}
	for _, err := range []error{s.setMany(ctx, nil), s.delete(ctx)} {
		if err != nil {
			t.Errorf("nothing to do: %v", err)
		}
	}
	if got, err := s.getMany(ctx, nil); len(got) != 0 || err != nil {
		t.Errorf("nothing to get: %v, %v", got, err)
	}
}

func TestStoresGiveWhatAComponentCanTake(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, ctx := newStore(t, Config{StateDir: dir}), t.Context()
	if err := s.set(ctx, "a", nil); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, storesFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE spin_key_value SET key = CAST(x'ff' AS TEXT), value = zeroblob(?)", MaxResultBytes+1); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.get(ctx, "\xff"); !errors.Is(err, errTooLarge) {
		t.Errorf("a large value: %v", err)
	}
	if _, err := s.keys(ctx); err == nil || !strings.Contains(err.Error(), "not UTF-8") {
		t.Errorf("a key that is no text: %v", err)
	}
}

func TestStoreIncrementsLoseNothing(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(t, Config{StateDir: t.TempDir()}), t.Context()
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
	}
	wg.Wait()
	if n, err := s.increment(ctx, "n", 0); n != workers*times || err != nil {
		t.Errorf("the sum is %d, %v", n, err)
	}
	if raw, _, _ := s.get(ctx, "n"); !bytes.Equal(raw, []byte{0x90, 1, 0, 0, 0, 0, 0, 0}) {
		t.Errorf("400 is kept as % x", raw)
	}
}

func TestIncrementRefusesWhatIsNoNumber(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(t, Config{}), t.Context()
	if err := s.set(ctx, "text", []byte("12")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.increment(ctx, "text", 1); err == nil {
		t.Error("a text was incremented")
	}
	if n, err := s.increment(ctx, "big", math.MaxInt64); n != math.MaxInt64 || err != nil {
		t.Fatal(n, err)
	}
	if _, err := s.increment(ctx, "big", 1); err == nil {
		t.Error("the number overflowed")
	}
	if n, err := s.increment(ctx, "big", math.MinInt64); n != -1 || err != nil {
		t.Errorf("after the failure: %d, %v", n, err)
	}
}

func TestSwapHappensOnlyIfNothingChanged(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(t, Config{}), t.Context()
	for i, c := range []struct {
		old, value []byte
		want       bool
	}{
		{[]byte("x"), []byte("1"), false},
		{nil, nil, true},
		{nil, []byte("1"), false},
		{[]byte{}, []byte("1"), true},
		{[]byte("2"), []byte("3"), false},
		{[]byte("1"), []byte("2"), true},
	} {
		if done, err := s.swap(ctx, "k", c.old, c.value); done != c.want || err != nil {
			t.Errorf("swap %d: %v, %v", i, done, err)
		}
	}
}

func TestStateHasTheFilesAndTablesOfSpin(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), ".spin")
	a := newApp(t, storesManifest, Config{StateDir: dir})
	if err := a.SetKeyValue(t.Context(), "k", []byte("v")); err != nil {
		t.Fatal(err)
	}
	if err := a.ExecuteSQL(t.Context(), "default", "CREATE TABLE a(b); INSERT INTO a VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	for file, query := range map[string]string{
		"sqlite_key_value.db": "SELECT count(*) FROM spin_key_value WHERE store='default' AND key='k' AND value=x'76'",
		"sqlite_db.db":        "SELECT count(*) FROM a WHERE b=1",
	} {
		db, err := sql.Open("sqlite", filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil || n != 1 {
			t.Errorf("%s: %d rows, %v", file, n, err)
		}
		db.Close()
	}
}

func TestUngrantedLabelsAreDeniedWithTheLineThatGrantsThem(t *testing.T) {
	t.Parallel()
	var denied []Denial
	a := newApp(t, storesManifest, Config{Denied: func(d Denial) { denied = append(denied, d) }})
	if _, ok := grantsOf(t, a, "two").openStore("default"); ok {
		t.Error("the store was opened")
	}
	if _, verr := grantsOf(t, a, "two").get(t.Context(), "message"); verr == nil || verr.Case != variableUndefined {
		t.Errorf("the variable was read: %v", verr)
	}
	want := Denial{Component: "two", Table: "[component.two]", What: `key-value store "default"`, Grant: `key_value_stores = ["default"]`}
	if len(denied) != 1 || denied[0] != want {
		t.Errorf("denials: %+v", denied)
	}
}

func BenchmarkStoreSet(b *testing.B) {
	s := &store{newSQLiteStore("default", filepath.Join(b.TempDir(), "kv.db"))}
	defer s.close()
	b.ReportAllocs()
	for b.Loop() {
		if err := s.set(b.Context(), "k", []byte("value")); err != nil {
			b.Fatal(err)
		}
	}
}
