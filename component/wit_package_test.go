package component_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/wit"
)

func TestPackagesEncodeToTheBytesOfWasmTools(t *testing.T) {
	s := conformance.Start(t, "wit-packages-encode",
		"Published packages (WASI, Spin) encode to the bytes of wasm-tools component wit --wasm --all-features.")
	all := conformance.Packages(t)
	for _, p := range all {
		r, pkg, err := wit.Load(conformance.PackageTree(t, p, all), ".", wit.Options{AllFeatures: true})
		if err == nil {
			err = compareEncoded(r, pkg, p.Encoded)
		}
		s.Check(p.Dir, err)
	}
	s.Finish()
}

func TestPackagesRoundTrip(t *testing.T) {
	s := conformance.Start(t, "wit-encode",
		"WIT text encodes to wasm-tools' bytes; these decode to its text and JSON, and encode to the same again.")
	for _, c := range conformance.Cases(t, "wit-encode") {
		s.Check(c.Name, roundTrip(c))
	}
	s.Finish()
}

func roundTrip(c conformance.Case) error {
	input := strings.TrimPrefix(c.Name, "wit-iface/")
	if _, err := os.Stat(filepath.Join(c.Dir, input)); err != nil {
		input += ".wit"
	}
	r, pkg, err := wit.Load(os.DirFS(c.Dir), input, wit.Options{})
	if err != nil {
		return err
	}
	file := filepath.Join(c.Dir, "package.wasm")
	if err := compareEncoded(r, pkg, file); err != nil {
		return err
	}
	return decodePackage(file, filepath.Join(c.Dir, "decoded"))
}

// compareEncoded encodes a package and compares it with a file, whose last
// section names the tool that wrote it.
func compareEncoded(r *wit.Resolve, pkg wit.PackageID, file string) error {
	want, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	f, err := component.Parse(want)
	if err != nil {
		return err
	}
	if last := f.Root.Customs[len(f.Root.Customs)-1]; last.Name == "producers" {
		before := f.Root.Customs[len(f.Root.Customs)-2]
		want = want[:before.Body.End()]
	}
	got, err := component.EncodePackage(r, pkg)
	if err != nil {
		return err
	}
	return sameBytes(got, want)
}

func TestPublishedPackagesDecode(t *testing.T) {
	t.Parallel()
	for _, p := range conformance.Packages(t) {
		if err := decodePackage(p.Encoded, ""); err != nil {
			t.Errorf("%s: %v", p.Dir, err)
		}
	}
}

// decodePackage decodes a package, compares its text and JSON with golden files,
// if these are named, and encodes it again.
func decodePackage(name, golden string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	f, err := component.Parse(data)
	if err != nil {
		return err
	}
	r, pkg, err := component.DecodePackage(f)
	if err != nil {
		return err
	}
	if golden != "" {
		if err := compareGolden(r, pkg, golden); err != nil {
			return err
		}
	}
	again, err := component.EncodePackage(r, pkg)
	if err != nil {
		return err
	}
	return sameEncoding(again, data)
}

// sameEncoding compares two binary packages but for the order of docs, which
// follows the order of items in the text that a package was encoded from.
func sameEncoding(got, want []byte) error {
	gotTypes, gotDocs, err := splitDocs(got)
	if err != nil {
		return err
	}
	wantTypes, wantDocs, err := splitDocs(want)
	if err != nil {
		return err
	}
	if err := sameBytes(gotTypes, wantTypes); err != nil {
		return err
	}
	if !reflect.DeepEqual(gotDocs, wantDocs) {
		return fmt.Errorf("docs %v, want %v", gotDocs, wantDocs)
	}
	return nil
}

// splitDocs gives the sections before the first custom section, and the docs.
func splitDocs(data []byte) (types []byte, docs any, err error) {
	f, err := component.Parse(data)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range f.Root.Customs {
		if c.Name == "package-docs" {
			body, err := f.Bytes(c.Body)
			if err != nil {
				return nil, nil, err
			}
			start := bytes.LastIndexByte(data[:c.Body.Off-int64(len("?package-docs"))], 0)
			err = json.Unmarshal(body[1:], &docs)
			return data[:start], docs, err
		}
	}
	return nil, nil, fmt.Errorf("no docs")
}

func sameBytes(got, want []byte) error {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Errorf("byte 0x%x is %02x, want %02x", i, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d bytes, want %d", len(got), len(want))
	}
	return nil
}

func FuzzDecodePackage(f *testing.F) {
	for _, name := range []string{"types", "world"} {
		data, err := os.ReadFile(filepath.Join("testdata", "package-"+name+".wasm"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := component.Parse(data)
		if err != nil {
			return
		}
		if r, world, err := file.World(); err == nil {
			checkPrintable(t, r, r.Worlds[world].Package)
		}
		r, pkg, err := component.DecodePackage(file)
		if err != nil {
			return
		}
		checkPrintable(t, r, pkg)
		again, err := component.EncodePackage(r, pkg)
		if err != nil {
			t.Fatalf("a decoded package does not encode: %v", err)
		}
		if file, err = component.Parse(again); err != nil {
			t.Fatalf("an encoded package does not parse: %v", err)
		}
		if _, _, err = component.DecodePackage(file); err != nil {
			t.Fatalf("an encoded package does not decode: %v", err)
		}
	})
}

func checkPrintable(t *testing.T, r *wit.Resolve, pkg wit.PackageID) {
	if err := wit.Print(io.Discard, r, pkg, wit.PrintOptions{}); err != nil {
		t.Logf("not printable: %v", err)
	}
}
