package core_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/conformance"
)

// suiteModule is a module of the specification's test suite.
type suiteModule struct {
	name    string // with the proposal, or "core", in front
	verdict string // valid, invalid or malformed
	data    []byte
}

// features are those that the script of the module was written for.
func (m suiteModule) features() core.Features {
	switch proposal, _, _ := strings.Cut(m.name, "/"); proposal {
	case "threads":
		return core.WASM1 | core.Threads // a fork of the specification's first version
	case "custom-descriptors", "custom-page-sizes":
		return core.AllFeatures
	}
	return core.DefaultFeatures
}

// suiteModules are the modules of testdata/corespec.
func suiteModules(tb testing.TB) iter.Seq[suiteModule] {
	tb.Helper()
	return func(yield func(suiteModule) bool) {
		f, err := os.Open(filepath.Join(conformance.Root(tb), "testdata", "corespec", "suite.tar.gz"))
		if err != nil {
			tb.Fatal(err)
		}
		defer f.Close()
		zip, err := gzip.NewReader(f)
		if err != nil {
			tb.Fatal(err)
		}
		for archive := tar.NewReader(zip); ; {
			h, err := archive.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				tb.Fatal(err)
			}
			data, err := io.ReadAll(archive)
			if err != nil {
				tb.Fatal(err)
			}
			name, isProposal := strings.CutPrefix(h.Name, "proposals/")
			if !isProposal {
				name = "core/" + name
			}
			parts := strings.Split(name, ".")
			if !yield(suiteModule{name: name, verdict: parts[len(parts)-2], data: data}) {
				return
			}
		}
	}
}

func TestCoreSpecificationSuite(t *testing.T) {
	t.Parallel()
	s := conformance.Start(t, "core-spec",
		"Modules of the core specification's test suite are decoded and validated, or refused, as it demands")
	for m := range suiteModules(t) {
		s.Check(m.name, judge(t, m))
	}
	s.Finish()
}

// judge is nil if the package's verdict on a module is the suite's. Whether a
// module is malformed or invalid is not told apart: both are refusals.
func judge(t *testing.T, m suiteModule) error {
	err := validate(t, m.data, m.features())
	switch {
	case m.verdict == "valid" && err != nil:
		return fmt.Errorf("refused: %w", err)
	case m.verdict != "valid" && err == nil:
		return fmt.Errorf("accepted, but it is %s", m.verdict)
	}
	return nil
}

func validate(t testing.TB, data []byte, features core.Features) error {
	t.Helper()
	m, err := core.Parse(data)
	if err != nil {
		return err
	}
	return m.Validate(t.Context(), core.Options{Features: features, Workers: 1})
}
