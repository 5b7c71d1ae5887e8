package core_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/binary"
	"github.com/edgelint/edgelint/internal/conformance"
)

// embedded is a core module inside of a component.
type embedded struct {
	file     string
	data     []byte // of the component
	off, len int64
}

// coreModules finds the core modules of a component, nested components included.
func coreModules(t testing.TB, file string, data []byte, r *binary.Reader) []embedded {
	t.Helper()
	var found []embedded
	r.Skip(8)
	for r.More() {
		id := r.Byte()
		part := r.Part(int64(r.U32()))
		switch id {
		case 1:
			found = append(found, embedded{file, data, part.Offset(), int64(part.Len())})
		case 4:
			found = append(found, coreModules(t, file, data, &part)...)
		}
	}
	if r.Err() != nil {
		t.Fatalf("%s: %v", file, r.Err())
	}
	return found
}

// corpusModules are the core modules of the real components of the corpus.
func corpusModules(t testing.TB) []embedded {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(conformance.Shared(t), "corpus", "wasip3", "*", "*.wasm"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no components in the corpus: %v", err)
	}
	var all []embedded
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := binary.NewReader(data, 0)
		all = append(all, coreModules(t, filepath.Base(file), data, &r)...)
	}
	return all
}

func TestRealModulesDecode(t *testing.T) {
	t.Parallel()
	for _, e := range corpusModules(t) {
		m, err := core.NewModule(binary.Data(e.data), e.off, e.len)
		if err != nil {
			t.Errorf("%s: module at 0x%x: %v", e.file, e.off, err)
			continue
		}
		if _, err := m.Names(); err != nil {
			t.Errorf("%s: module at 0x%x: %v", e.file, e.off, err)
		}
		if _, err := m.Producers(); err != nil {
			t.Errorf("%s: module at 0x%x: %v", e.file, e.off, err)
		}
		if _, _, err := m.Dylink(); err != nil {
			t.Errorf("%s: module at 0x%x: %v", e.file, e.off, err)
		}
		if _, err := m.TargetFeatures(); err != nil {
			t.Errorf("%s: module at 0x%x: %v", e.file, e.off, err)
		}
	}
}
