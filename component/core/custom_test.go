package core_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/binary"
)

const preamble = "\x00asm\x01\x00\x00\x00"

// withCustom is an empty module with one custom section.
func withCustom(t *testing.T, name, content string) *core.Module {
	t.Helper()
	m, err := core.Parse(binary.AppendCustom([]byte(preamble), name, []byte(content)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestNamesOfEveryIndexSpace(t *testing.T) {
	t.Parallel()
	m := withCustom(t, "name", "\x00\x02\x01m"+
		"\x01\x07\x02\x00\x01f\x02\x01g"+ // functions
		"\x02\x06\x01\x00\x01\x01\x01l"+ // locals
		"\x04\x04\x01\x00\x01t"+
		"\x07\x04\x01\x03\x01v"+
		"\x09\x04\x01\x00\x01d"+
		"\x0a\x06\x01\x00\x01\x00\x01x"+ // fields
		"\x0b\x04\x01\x00\x01e"+
		"\x63\x01!") // of some later proposal
	got, err := m.Names()
	want := core.Names{
		Module: "m", Funcs: map[uint32]string{0: "f", 2: "g"}, Types: map[uint32]string{0: "t"},
		Globals: map[uint32]string{3: "v"}, Data: map[uint32]string{0: "d"}, Tags: map[uint32]string{0: "e"},
		Locals: map[uint32]map[uint32]string{0: {1: "l"}}, Fields: map[uint32]map[uint32]string{0: {0: "x"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got)\n%s", err, diff)
	}
	if m.FuncName(2) != "g" || m.FuncName(1) != "" {
		t.Errorf("functions 2 and 1 are %q and %q", m.FuncName(2), m.FuncName(1))
	}
}

func TestBadNamesNeverMakeAModuleInvalid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, content, fault string }{
		{"subsection cut", "\x01\x07\x02", "unexpected end"},
		{"order of subsections", "\x01\x01\x00\x01\x01\x00", "subsection 1 after subsection 1"},
		{"order of names", "\x01\x07\x02\x01\x01f\x01\x01g", "name of index 1 after that of 1"},
		{"order of locals", "\x02\x05\x02\x01\x00\x00\x00", "names of index 0 after those of 1"},
		{"left over", "\x01\x02\x00\x00", "unexpected bytes at the end of the name subsection 1"},
		{"not UTF-8", "\x00\x02\x01\xff", "malformed UTF-8"},
	} {
		m := withCustom(t, "name", c.content)
		if _, err := m.Names(); err == nil || !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.fault)
		}
		if err := m.Validate(t.Context(), core.Options{}); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		m.FuncName(0)
	}
}

func TestProducers(t *testing.T) {
	t.Parallel()
	m := withCustom(t, "producers", "\x02\x08language\x01\x04Rust\x00\x0cprocessed-by\x01\x05rustc\x011")
	got, err := m.Producers()
	want := core.Producers{
		Language: []core.Producer{{Name: "Rust"}}, ProcessedBy: []core.Producer{{Name: "rustc", Version: "1"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got)\n%s", err, diff)
	}
	for _, bad := range []string{"\x01\x03who\x00", "\x01\x08language\x02\x01a", "\x00\x00"} {
		if _, err := withCustom(t, "producers", bad).Producers(); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestDylinkAndTargetFeatures(t *testing.T) {
	t.Parallel()
	d, ok, err := withCustom(t, "dylink.0", "\x01\x04\x10\x04\x02\x00\x02\x08\x01\x06libc.s\x04\x01?").Dylink()
	want := core.Dylink{MemorySize: 16, MemoryAlign: 4, TableSize: 2, Needed: []string{"libc.s"}}
	if diff := cmp.Diff(want, d); diff != "" || !ok || err != nil {
		t.Errorf("dylink: %t, error %v (-want +got)\n%s", ok, err, diff)
	}
	if _, ok, err := withCustom(t, "dylink.0", "\x01\x09").Dylink(); !ok || err == nil {
		t.Error("a dylink section that is cut has no error")
	}
	if _, ok, err := withCustom(t, "other", "").Dylink(); ok || err != nil {
		t.Errorf("dylink without one: %t, %v", ok, err)
	}
	features, err := withCustom(t, "target_features", "\x01+\x04simd").TargetFeatures()
	if diff := cmp.Diff([]core.TargetFeature{{Prefix: '+', Name: "simd"}}, features); diff != "" || err != nil {
		t.Errorf("target features: error %v (-want +got)\n%s", err, diff)
	}
	if _, err := withCustom(t, "target_features", "\x01+\x05simd").TargetFeatures(); err == nil {
		t.Error("a target_features section that is cut has no error")
	}
}
