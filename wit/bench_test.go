package wit_test

import (
	"bytes"
	"io"
	"io/fs"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/wit"
	"github.com/edgelint/edgelint/wit/syntax"
)

// largestPackage is the package of the shared data with the most text.
func largestPackage(b *testing.B) (tree fs.FS, size int64) {
	all := conformance.Packages(b)
	for _, p := range all {
		if p.Dir == "spin/up/4.1.0" {
			tree = conformance.PackageTree(b, p, all)
		}
	}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			info, err := d.Info()
			size += info.Size()
			return err
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return tree, size
}

func BenchmarkLoad(b *testing.B) {
	tree, size := largestPackage(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := wit.Load(tree, ".", wit.Options{AllFeatures: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrint(b *testing.B) {
	tree, _ := largestPackage(b)
	r, pkg, err := wit.Load(tree, ".", wit.Options{AllFeatures: true})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := wit.Print(io.Discard, r, pkg, wit.PrintOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFormat(b *testing.B) {
	tree, _ := largestPackage(b)
	r, pkg, err := wit.Load(tree, ".", wit.Options{AllFeatures: true})
	if err != nil {
		b.Fatal(err)
	}
	var text bytes.Buffer
	if err := wit.Print(&text, r, pkg, wit.PrintOptions{}); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := syntax.Format("a.wit", text.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}
