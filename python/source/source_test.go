package source

import (
	"fmt"
	"os"
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
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test cases", err)
	}
	for _, path := range files {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		in, want := ar.Files[0], ar.Files[1]
		got := describe(Parse(in.Name, in.Data))
		if conformance.Update() {
			ar.Files[1].Data = []byte(got)
			if err := os.WriteFile(path, txtar.Format(ar), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got != string(want.Data) {
			t.Errorf("%s: got\n%swant\n%s", path, got, want.Data)
		}
	}
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
