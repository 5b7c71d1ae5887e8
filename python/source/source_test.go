package source

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/edgelint/edgelint/internal/conformance"
)

// TestStatements prints what is read from each source of testdata: one line a
// statement.
func TestStatements(t *testing.T) {
	t.Parallel()
	conformance.Golden(t, "testdata/*.txtar", func(_ *testing.T, a *txtar.Archive) *txtar.Archive {
		a.Files[1].Data = []byte(describe(Parse(a.Files[0].Name, a.Files[0].Data)))
		return a
	})
}

func describe(f *File) string {
	var b strings.Builder
	for _, s := range f.Statements {
		fmt.Fprintf(&b, "%d-%d", s.Line, s.EndLine)
		if s.Class != "" {
			fmt.Fprintf(&b, " class=%s", s.Class)
		}
		if s.Keyword != "" {
			fmt.Fprintf(&b, " %s", s.Keyword)
		}
		if len(s.Modules) > 0 {
			fmt.Fprintf(&b, " modules=%s", strings.Join(s.Modules, ","))
		}
		if len(s.Targets) > 0 {
			fmt.Fprintf(&b, " binds=%s", strings.Join(s.Targets, ","))
		}
		for _, n := range s.Names {
			fmt.Fprintf(&b, " %d:%d:%s", n.Line, n.Col, n.Dotted)
			if n.Called {
				b.WriteString("()")
			}
			if n.Argument {
				b.WriteString("^")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestBindingFindsTheLastAssignment(t *testing.T) {
	t.Parallel()
	f := Parse("app.py", []byte("a = 1\nclass C:\n    a = 2\n\n    class D:\n        b: int = 3\na = 4\n"))
	for name, want := range map[string]int{"a": 7, "C.a": 3, "C.D.b": 6, "C": 2, "b": 0, "D.b": 0} {
		if got := f.Binding(name); got != want {
			t.Errorf("%s is bound on line %d, want %d", name, got, want)
		}
	}
	if f.Line(3) != "    a = 2" || f.Line(0) != "" || f.Line(99) != "" {
		t.Error("lines are off")
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, path := range files {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ar.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file := Parse("x.py", text)
		last := 0
		for _, s := range file.Statements {
			if s.Line < last || s.EndLine < s.Line {
				t.Fatalf("statement out of place: %+v after line %d", s, last)
			}
			last = s.Line
			for _, n := range s.Names {
				if n.Dotted == "" || n.Line < s.Line || n.Col < 1 {
					t.Fatalf("name out of place: %+v in %+v", n, s)
				}
			}
		}
	})
}
