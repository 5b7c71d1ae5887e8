package wit_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/wit"
)

func mustParse(t *testing.T, src string) (*wit.Resolve, wit.PackageID) {
	t.Helper()
	r, pkg, err := wit.Parse("a.wit", src, wit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r, pkg
}

func printed(t *testing.T, r *wit.Resolve, pkg wit.PackageID, opts wit.PrintOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := wit.Print(&b, r, pkg, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const twoVersions = `package a:b;
world w {
  import x:y/uses@0.2.1;
  import x:y/types@0.2.3;
  import x:y/types@0.3.0;
  import label: x:y/types@0.2.1;
  export x:y/uses@0.2.3;
}
package x:y@0.2.1 {
  interface types { resource r { m: func(a: u8); } }
  interface uses { use types.{r}; f: func(a: borrow<r>); }
}
package x:y@0.2.3 {
  interface types { resource r { m: func(a: u8); n: func(); } type extra = u8; }
  interface uses { use types.{r}; f: func(a: borrow<r>); g: func(); }
}
package x:y@0.3.0 {
  interface types { resource r; }
}
`

func TestMergeImportsKeepsTheLatestOfATrack(t *testing.T) {
	t.Parallel()
	r, pkg := mustParse(t, twoVersions)
	world, err := r.SelectWorld(pkg, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.MergeImports(world); err != nil {
		t.Fatal(err)
	}
	const want = `package a:b;

world w {
  import x:y/types@0.2.3;
  import x:y/uses@0.2.1;
  import x:y/types@0.3.0;
  import label: x:y/types@0.2.1;

  export x:y/uses@0.2.3;
}
`
	if got := printed(t, r, pkg, wit.PrintOptions{Single: true}); got != want {
		t.Errorf("after MergeImports:\n%s\nwant:\n%s", got, want)
	}
	if got := printed(t, r, pkg, wit.PrintOptions{}); !strings.Contains(got, "use types@0.2.3.{r}") &&
		!strings.Contains(got, "use x:y/types@0.2.3.{r}") {
		t.Errorf("the kept older interface does not use the newer one:\n%s", got)
	}
}

func TestMergeImportsRefusesVersionsThatAreNotCompatible(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, latest, problem string }{
		{"type gone", "type t = u8;", "", "it has no type `t`"},
		{"parameter renamed", "f: func(a: u8);", "f: func(b: u8);", "a parameter is called `a` in one and " +
			"`b` in the other"},
		{"parameter added", "f: func();", "f: func(b: u8);", "one has 0 parameters, the other 1"},
		{"result changed", "f: func() -> u8;", "f: func() -> u16;", "the types of the result differ"},
		{"result dropped", "f: func() -> u8;", "f: func();", "one gives a result"},
		{"became async", "f: func();", "f: async func();", "one is of another kind"},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			r, pkg := mustParse(t, "package a:b; world w { import x:y/i@1.0.0; import x:y/i@1.1.0; }\n"+
				"package x:y@1.0.0 { interface i { "+c.old+" } }\npackage x:y@1.1.0 { interface i { "+c.latest+" } }")
			before := printed(t, r, pkg, wit.PrintOptions{})
			world, _ := r.SelectWorld(pkg, "")
			err := r.MergeImports(world)
			if err == nil || !strings.Contains(err.Error(), c.problem) {
				t.Errorf("MergeImports: %v, want an error with %q", err, c.problem)
			}
			if after := printed(t, r, pkg, wit.PrintOptions{}); after != before {
				t.Errorf("a refused MergeImports has changed the world:\n%s", after)
			}
		})
	}
}

func TestMergeRefusesWhatDiffers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, into, from, problem string }{
		{
			"function", "interface i { f: func(a: u8); }", "interface i { f: func(a: u16); }",
			"the interface `a:b/i@1.0.0`: the function `f`: the types of the parameter `a` differ",
		},
		{
			"gate", "@since(version = 0.1.0) interface i {}", "@since(version = 0.2.0) interface i {}",
			"the interface `i` is gated in two ways",
		},
		{
			"world item", "world w { import f: func(); }", "world w { import f: interface {} }",
			"the world `a:b/w@1.0.0`: the import `f`: one is of another kind than the other",
		},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			into, _ := mustParse(t, "package a:b@1.0.0; "+c.into)
			from, _ := mustParse(t, "package a:b@1.0.0; "+c.from)
			if _, err := wit.Merge(into, from); err == nil || !strings.Contains(err.Error(), c.problem) {
				t.Errorf("Merge: %v, want an error with %q", err, c.problem)
			}
		})
	}
}

func TestMergeMovesPositions(t *testing.T) {
	t.Parallel()
	into, _ := mustParse(t, "package a:b;\ninterface i { type t = u8; }")
	const src = "package c:d;\n\ninterface j { record r { a: u8 } f: func(); }"
	from, _, err := wit.Parse("b.wit", src, wit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ids, err := wit.Merge(into, from)
	if err != nil {
		t.Fatal(err)
	}
	j := into.Interfaces[ids.Interfaces[0]]
	f, _ := j.Functions.Get("f")
	r, _ := j.Types.Get("r")
	field := into.Types[r].Kind.(wit.Record).Fields[0]
	for what, c := range map[string]struct {
		span wit.Span
		want string
	}{
		"interface": {j.Span, "b.wit:3:11"},
		"function":  {f.Span, "b.wit:3:34"},
		"type":      {into.Types[r].Span, "b.wit:3:22"},
		"field":     {field.Span, "b.wit:3:26"},
	} {
		if loc, _ := into.Sources.Locate(c.span.Start); loc.String() != c.want {
			t.Errorf("the %s is at %s, want %s", what, loc, c.want)
		}
	}
}
