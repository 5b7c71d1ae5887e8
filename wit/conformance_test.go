package wit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/wit"
)

// corpusInput is the WIT of a case: the folder or file beside the expectations.
func corpusInput(c conformance.Case) (string, error) {
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasSuffix(e.Name(), ".wit") &&
			e.Name() != "print.wit" && e.Name() != "decoded.wit" {
			return e.Name(), nil
		}
	}
	return "", fmt.Errorf("no input in %s", c.Dir)
}

func TestResolveAgreesWithWasmTools(t *testing.T) {
	s := conformance.Start(t, "wit-resolve",
		"WIT packages resolve to wasm-tools' JSON and print, or are refused as it refuses them.")
	for _, c := range conformance.Cases(t, "wit-resolve") {
		s.Check(c.Name, checkResolve(c))
	}
	s.Finish()
}

func checkResolve(c conformance.Case) error {
	input, err := corpusInput(c)
	if err != nil {
		return err
	}
	r, pkg, err := wit.Load(os.DirFS(c.Dir), input, wit.Options{Features: []string{"active"}})
	if c.Counts["expect"] == "fail" {
		var list wit.ErrorList
		if !errors.As(err, &list) {
			return fmt.Errorf("it must be refused with an ErrorList; got %v", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	var print bytes.Buffer
	if err := wit.Print(&print, r, pkg, wit.PrintOptions{}); err != nil {
		return err
	}
	if err := sameFile(c.Dir, "print.wit", print.Bytes()); err != nil {
		return err
	}
	var js bytes.Buffer
	if err := wit.WriteJSON(&js, r); err != nil {
		return err
	}
	return sameJSON(c.Dir, "resolve.json", js.Bytes())
}

func sameFile(dir, name string, got []byte) error {
	want, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	if !bytes.Equal(want, got) {
		return fmt.Errorf("%s differs: %s", name, firstDifference(string(want), string(got)))
	}
	return nil
}

// sameJSON compares but for white space.
func sameJSON(dir, name string, got []byte) error {
	want, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	var a, b bytes.Buffer
	if err := json.Compact(&a, want); err != nil {
		return err
	}
	if err := json.Compact(&b, got); err != nil {
		return err
	}
	if a.String() != b.String() {
		return fmt.Errorf("%s differs: %s", name, firstDifference(a.String(), b.String()))
	}
	return nil
}

func firstDifference(want, got string) string {
	n := 0
	for n < len(want) && n < len(got) && want[n] == got[n] {
		n++
	}
	cut := func(s string) string { return s[max(0, n-60):min(len(s), n+60)] }
	return fmt.Sprintf("at byte %d: want ...%q, got ...%q", n, cut(want), cut(got))
}

func TestMergeAgreesWithWasmTools(t *testing.T) {
	s := conformance.Start(t, "wit-merge",
		"Two package sets merge to what wasm-tools makes of them, or are refused as it refuses them.")
	for _, c := range conformance.Cases(t, "wit-merge") {
		s.Check(c.Name, checkMerge(c))
	}
	s.Finish()
}

func checkMerge(c conformance.Case) error {
	from, _, err := wit.Load(os.DirFS(c.Dir), "from", wit.Options{})
	if err != nil {
		return err
	}
	into, _, err := wit.Load(os.DirFS(c.Dir), "into", wit.Options{})
	if err != nil {
		return err
	}
	_, err = wit.Merge(into, from)
	if c.Counts["expect"] == "fail" {
		if err == nil {
			return errors.New("it must be refused, but was merged")
		}
		return nil
	}
	if err != nil {
		return err
	}
	for id, pkg := range into.Packages {
		var print bytes.Buffer
		if err := wit.Print(&print, into, wit.PackageID(id), wit.PrintOptions{Single: true}); err != nil {
			return err
		}
		if err := sameFile(filepath.Join(c.Dir, "merge"), pkg.Name.Name+".wit", print.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func TestPublishedPackagesPrintAsTheyRead(t *testing.T) {
	s := conformance.Start(t, "wit-packages",
		"Published packages (WASI, Spin) resolve, print, and the print reads back to the same print.")
	all := conformance.Packages(t)
	for _, p := range all {
		s.Check(p.Dir, checkPackage(conformance.PackageTree(t, p, all)))
	}
	s.Finish()
}

// checkPackage prints a package and reads the print back. Packages may then
// come in another order, as with wasm-tools: worlds are printed with all they
// import, so the order in which other packages are met is not the same.
func checkPackage(tree fs.FS) error {
	opts := wit.Options{AllFeatures: true}
	r, pkg, err := wit.Load(tree, ".", opts)
	if err != nil {
		return err
	}
	var print bytes.Buffer
	if err := wit.Print(&print, r, pkg, wit.PrintOptions{}); err != nil {
		return err
	}
	again, _, err := wit.Parse("print.wit", print.String(), opts)
	if err != nil {
		return err
	}
	if len(again.Packages) != len(r.Packages) {
		return fmt.Errorf("%d packages print as %d", len(r.Packages), len(again.Packages))
	}
	for id, pkg := range r.Packages {
		other, ok := again.PackageNames.Get(pkg.Name)
		if !ok {
			return fmt.Errorf("the print has no package %s", pkg.Name)
		}
		var first, second bytes.Buffer
		if err := wit.Print(&first, r, wit.PackageID(id), wit.PrintOptions{Single: true}); err != nil {
			return err
		}
		if err := wit.Print(&second, again, other, wit.PrintOptions{Single: true}); err != nil {
			return err
		}
		if first.String() != second.String() {
			return fmt.Errorf("%s: %s", pkg.Name, firstDifference(first.String(), second.String()))
		}
	}
	return nil
}
