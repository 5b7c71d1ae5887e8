package core_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/binary"
)

// addSeeds adds modules of the specification's suite, every few hundredth.
func addSeeds(f *testing.F, step int) {
	f.Helper()
	i := 0
	for m := range suiteModules(f) {
		if i++; i%step == 0 && len(m.data) < 1<<10 {
			f.Add(m.data)
		}
	}
}

// FuzzDecode checks that decoding fails with an error at a place of the input
// or gives a module whose parts lie in it, alike from memory and from a file in
// which the module lies somewhere.
func FuzzDecode(f *testing.F) {
	addSeeds(f, 100)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := core.Parse(data)
		const shift = 3
		padded := append(make([]byte, shift), data...)
		moved, movedErr := core.NewModule(file{bytes.NewReader(padded)}, shift, int64(len(data)))
		if (err == nil) != (movedErr == nil) {
			t.Fatalf("in memory %v, in a file %v", err, movedErr)
		}
		if err != nil {
			e, ok := errors.AsType[*core.Error](err)
			if !ok || e.Offset < 0 || e.Offset > int64(len(data)) || e.Missing < 0 {
				t.Fatalf("error without a place in the input: %#v", err)
			}
			return
		}
		checkRanges(t, m, data)
		if len(m.Sections) != len(moved.Sections) || m.NumBodies() != moved.NumBodies() {
			t.Fatal("the moved module is another")
		}
		readAll(t, m)
	})
}

func checkRanges(t *testing.T, m *core.Module, data []byte) {
	t.Helper()
	check := func(r core.Range) {
		if r.Off < 0 || r.Len < 0 || r.End() > int64(len(data)) {
			t.Fatalf("range %+v of %d bytes", r, len(data))
		}
	}
	for _, s := range m.Sections {
		check(s.Content)
	}
	for _, r := range m.Bodies() {
		check(r)
	}
	for _, d := range m.Data {
		check(d.Content)
		if _, err := io.Copy(io.Discard, m.Open(d.Content)); err != nil {
			t.Fatal(err)
		}
	}
}

// readAll decodes what is decoded on demand: errors are fine, panics are not.
func readAll(t *testing.T, m *core.Module) {
	t.Helper()
	_, _ = m.Names()
	_, _ = m.Producers()
	_, _, _ = m.Dylink()
	_, _ = m.TargetFeatures()
	m.FuncName(1)
	for _, e := range m.Elements {
		items := 0
		for _, err := range m.ElementFuncs(e) {
			if items++; err != nil {
				t.Fatal(err)
			}
		}
		for _, err := range m.ElementExprs(e) {
			if items++; err != nil {
				t.Fatal(err)
			}
		}
		if items != e.Count {
			t.Fatalf("%d items of %d", items, e.Count)
		}
	}
}

// FuzzValidate checks that validation does not depend on the number of workers,
// and that what few features allow, all features allow.
func FuzzValidate(f *testing.F) {
	addSeeds(f, 50)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := core.NewModule(binary.Data(data), 0, int64(len(data)))
		if err != nil {
			return
		}
		one := m.Validate(t.Context(), core.Options{Workers: 1})
		four := m.Validate(t.Context(), core.Options{Workers: 4})
		if text(one) != text(four) {
			t.Fatalf("one worker: %v\nfour workers: %v", one, four)
		}
		all := m.Validate(t.Context(), core.Options{Features: core.AllFeatures})
		if one == nil && all != nil {
			t.Fatalf("valid with the default features, but with all: %v", all)
		}
	})
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
