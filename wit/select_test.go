package wit_test

import (
	"strings"
	"testing"

	"github.com/edgelint/edgelint/wit"
)

func TestSelectWorldTakesWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	const src = `package a:main;
world one {}
package b:dep@1.0.0 { world w {} }
package c:dep@1.0.0 { world w {} world v {} }
package c:dep@2.0.0 { world w {} }
package d:dep { interface i {} }
`
	r, main, err := wit.Parse("a.wit", src, wit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ main, name, want, problem string }{
		{"a:main", "", "a:main/one", ""},
		{"a:main", "one", "a:main/one", ""},
		{"a:main", "onee", "", "did you mean `one`?"},
		{"a:main", "b:dep/w", "b:dep/w@1.0.0", ""},
		{"a:main", "b:dep/w@1.0.0", "b:dep/w@1.0.0", ""},
		{"a:main", "b:dep/w@1.1.0", "", "other versions are: `b:dep@1.0.0`"},
		{"a:main", "c:dep/w", "", "in several versions, name one: `c:dep@1.0.0`, `c:dep@2.0.0`"},
		{"a:main", "c:dep/w@2.0.0", "c:dep/w@2.0.0", ""},
		{"a:main", "x:y/z", "", "the package `x:y` is not here"},
		{"a:main", "x:y", "", "is no name of a world"},
		{"a:main", "b:dep/w@one", "", "is no name of a world"},
		{"c:dep@1.0.0", "", "", "several worlds, name one: w, v"},
		{"d:dep", "", "", "has no world"},
	} {
		id := main
		for name, pkg := range r.PackageNames.All() {
			if name.String() == c.main {
				id = pkg
			}
		}
		world, err := r.SelectWorld(id, c.name)
		switch {
		case c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)):
			t.Errorf("SelectWorld(%s, %q): %v, want an error with %q", c.main, c.name, err, c.problem)
		case c.problem == "" && err != nil:
			t.Errorf("SelectWorld(%s, %q): %v", c.main, c.name, err)
		case c.problem == "" && r.WorldName(world) != c.want:
			t.Errorf("SelectWorld(%s, %q) = %s, want %s", c.main, c.name, r.WorldName(world), c.want)
		}
	}
}
