package syntax_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/wit/syntax"
)

func Example() {
	const text = `package example:shop@1.0.0;

interface cart {
  /// What is in it.
  items: func() -> list<string>;
}
`
	var sources syntax.Sources
	file, err := syntax.Parse(&sources, "shop.wit", text)
	if err != nil {
		fmt.Println(err)
		return
	}
	cart := file.Items[0].(*syntax.Interface)
	items := cart.Items[0].(*syntax.Func)
	where, _ := sources.Locate(items.Name.Span.Start)
	docs, _ := items.Docs.Text()
	fmt.Println(where, items.Name.Name, docs)
	// Output: shop.wit:5:3 items What is in it.
}

func ExampleFormat() {
	out, err := syntax.Format("a.wit", []byte("interface a{f:func( x:u8 );// why\n}"))
	fmt.Printf("%s%v", out, err)
	// Output:
	// interface a {
	//   f: func(x: u8); // why
	// }
	// <nil>
}

func parseDocs(t *testing.T, comments string) (string, bool) {
	t.Helper()
	f, err := syntax.Parse(new(syntax.Sources), "a.wit", comments+"interface i {}")
	if err != nil {
		t.Fatal(err)
	}
	return f.Items[0].(*syntax.Interface).Docs.Text()
}

func TestCommentsBecomeDocs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ comments, want string }{
		{"/// one\n", "one"},
		{"// plain comments count\n", "plain comments count"},
		{"///   deep\n/// less\n///     deeper\n", "  deep\nless\n    deeper"},
		{"/// one\n///\n/// two\n", "one\n\ntwo"},
		{"/// one\n\n\n/// two\n", "one\ntwo"},
		{"/** block */", "block"},
		{"/** several\n  lines\r\n*/", "several\n  lines"},
		{"/* not stripped */", "* not stripped */"},
		{"/**/", ""},
		{"///\n", ""},
		{"//// four\n", "four"},
		{"///\ttab\n", "\ttab"},
		{"/// trailing  \t\n", "trailing"},
		{"/* a /* nested */ comment */", "* a /* nested */ comment */"},
	} {
		if got, ok := parseDocs(t, c.comments); got != c.want || !ok {
			t.Errorf("the docs of %q are %q (%v), want %q", c.comments, got, ok, c.want)
		}
	}
	if got, ok := parseDocs(t, ""); got != "" || ok {
		t.Errorf("there are docs %q (%v) without comments", got, ok)
	}
}

func TestParseGivesWhatItCouldRead(t *testing.T) {
	t.Parallel()
	f, err := syntax.Parse(new(syntax.Sources), "a.wit", "interface a { f: fnc(); g: func(); }\nworld { "+
		"}\ninterface b {}")
	list, ok := errors.AsType[syntax.ErrorList](err)
	if !ok || len(list) != 2 {
		t.Fatalf("Parse: %v, want two errors", err)
	}
	var names []string
	for _, item := range f.Items {
		if i, ok := item.(*syntax.Interface); ok {
			names = append(names, fmt.Sprint(i.Name.Name, len(i.Items)))
		}
	}
	if got := strings.Join(names, " "); got != "a2 b0" {
		t.Errorf("the interfaces read are %s, want a2 b0", got)
	}
}

func TestParseBoundsItsErrors(t *testing.T) {
	t.Parallel()
	_, err := syntax.Parse(new(syntax.Sources), "a.wit", strings.Repeat("interface & {}\n", 10*syntax.MaxErrors))
	if list, _ := errors.AsType[syntax.ErrorList](err); len(list) != syntax.MaxErrors {
		t.Errorf("%d errors, want %d", len(list), syntax.MaxErrors)
	}
}

func TestSourcesRefuseWhatHasNoPositions(t *testing.T) {
	t.Parallel()
	_, err := syntax.Parse(new(syntax.Sources), "a.wit", strings.Repeat(" ", syntax.MaxFileSize+1))
	if err == nil || !strings.Contains(err.Error(), "a.wit: ") {
		t.Errorf("a file larger than MaxFileSize: %v", err)
	}
}

func TestSourcesLocateEveryPlace(t *testing.T) {
	t.Parallel()
	var s syntax.Sources
	texts := []string{"", "one\n\ntwo", "x"}
	for i, text := range texts {
		base, err := s.Add(fmt.Sprint("f", i), text)
		if err != nil {
			t.Fatal(err)
		}
		for off := range len(text) + 1 {
			before := text[:off]
			want := fmt.Sprintf("f%d:%d:%d", i, 1+strings.Count(before, "\n"), off-strings.LastIndex(before, "\n"))
			if loc, ok := s.Locate(base + syntax.Pos(off)); !ok || loc.String() != want {
				t.Errorf("byte %d of f%d is at %s (%v), want %s", off, i, loc, ok, want)
			}
		}
	}
	if loc, ok := s.Locate(0); ok {
		t.Errorf("the zero position is at %s", loc)
	}
	if loc, ok := s.Locate(syntax.Pos(s.Len() + 5)); ok {
		t.Errorf("a place behind all files is at %s", loc)
	}
}
