package wit_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/edgelint/edgelint/wit"
)

// FuzzParse resolves any text: what resolves must print, and the print must
// resolve to what prints the same; what does not must say why, with its place.
func FuzzParse(f *testing.F) {
	f.Add("package a:b@1.0.0; interface i { resource r { constructor(x: list<u8>); m: async func() -> " +
		"own<r>; } }")
	f.Add("package a:b; interface i { type t = u8; } interface j { use i.{t as u}; f: func(x: " +
		"option<u>) -> tuple<u, u>; }")
	f.Add("package a:b; interface i { type t = u8; } world w { use i.{t}; import i; export j: interface " +
		"{ f: func(); } export k: i; }")
	f.Add("package a:b; world v { import f: func(); resource r { m: func(); } } world w { include v " +
		"with { f as g, r as s } }")
	f.Add("package a:b@0.1.0; interface i { @unstable(feature = x) f: func(); @since(version = 0.1.0) " +
		"@deprecated(version = 0.1.0) g: func(); }")
	f.Add("package a:b; use c:d/e@1.0.0; world w { import e; } package c:d@1.0.0 { interface e { f: " +
		"func(m: map<string, u8>, s: stream<u8>, l: list<u8, 4>) -> future; } }")
	f.Add("package a:b; interface i { p: get() -> u8; p: set(x: u8) -> result<_, error-context>; flags " +
		"g { x, y } variant v { a(g), b } enum e { c } record r { d: borrow<s> } resource s; }")
	f.Add("package a:b; interface i { use j.{t}; } interface j { use i.{t}; type a = list<a>; }")
	f.Fuzz(func(t *testing.T, src string) {
		opts := wit.Options{AllFeatures: true}
		r, pkg, err := wit.Parse("in.wit", src, opts)
		if err != nil {
			list, ok := errors.AsType[wit.ErrorList](err)
			if !ok || len(list) == 0 || list.Detail() == "" {
				t.Fatalf("%v is no list of errors", err)
			}
			return
		}
		var first, second bytes.Buffer
		if err := wit.Print(&first, r, pkg, wit.PrintOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := wit.WriteJSON(&second, r); err != nil {
			t.Fatal(err)
		}
		again, pkg, err := wit.Parse("print.wit", first.String(), opts)
		if err != nil {
			t.Fatalf("the print does not resolve: %v\n%s", err, &first)
		}
		first.Reset()
		second.Reset()
		same, _ := r.PackageNames.Get(again.Packages[pkg].Name)
		if err := wit.Print(&first, r, same, wit.PrintOptions{Single: true}); err != nil {
			t.Fatal(err)
		}
		if err := wit.Print(&second, again, pkg, wit.PrintOptions{Single: true}); err != nil {
			t.Fatal(err)
		}
		if first.String() != second.String() {
			t.Fatalf("the print prints differently: %s", firstDifference(first.String(), second.String()))
		}
	})
}
