package syntax

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/edgelint/edgelint/internal/conformance"
)

// Each archive of testdata/format holds in.wit, and out.wit as it is formatted.
func TestFormatGolden(t *testing.T) {
	t.Parallel()
	conformance.Golden(t, "testdata/format/*.txtar", func(t *testing.T, a *txtar.Archive) *txtar.Archive {
		in := section(t, a, "in.wit")
		out, err := Format("in.wit", in.Data)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkFormatted(string(in.Data), string(out)); err != nil {
			t.Fatal(err)
		}
		section(t, a, "out.wit").Data = out
		return a
	})
}

func section(t *testing.T, a *txtar.Archive, name string) *txtar.File {
	t.Helper()
	for i := range a.Files {
		if a.Files[i].Name == name {
			return &a.Files[i]
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name})
	return &a.Files[len(a.Files)-1]
}

// checkFormatted checks what formatting promises: the same words and comments in
// the same order, and nothing to do the second time.
func checkFormatted(in, out string) error {
	before, after := words(in), words(out)
	for i := range max(len(before), len(after)) {
		if i >= len(before) || i >= len(after) || before[i] != after[i] {
			return fmt.Errorf("word %d: formatting makes %q of %q", i, nth(after, i), nth(before, i))
		}
	}
	again, err := Format("out.wit", []byte(out))
	if err != nil {
		return fmt.Errorf("the formatted text does not parse: %w", err)
	}
	if string(again) != out {
		return fmt.Errorf("formatting again changes the text:\n%s", cmp.Diff(out, string(again)))
	}
	return nil
}

func nth(words []string, i int) string {
	if i < len(words) {
		return words[i]
	}
	return "the end"
}

// words are the tokens and comments of a text, but for commas before closing
// brackets.
func words(src string) []string {
	var parser Parser
	f, _ := parser.Parse(new(Sources), 1, "", src)
	var out []string
	comment := 0
	for i, t := range parser.tokens {
		for ; comment < int(t.comments); comment++ {
			out = append(out, f.commentSource(f.comments[comment]))
		}
		if t.kind == comma {
			next := parser.tokens[i+1]
			if closes(next) {
				continue
			}
		}
		out = append(out, f.src[t.start:t.end])
	}
	return out
}

func TestFormatKeepsPublishedText(t *testing.T) {
	s := conformance.Start(t, "wit-format",
		"Published packages and the corpus's WIT files keep every word and comment when formatted, and "+
			"formatting again changes nothing.")
	root := conformance.Shared(t)
	for _, dir := range []string{"wit", "corpus"} {
		err := fs.WalkDir(os.DirFS(root), dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".wit") {
				return err
			}
			data, err := os.ReadFile(filepath.Join(root, name))
			if err != nil {
				return err
			}
			out, err := Format(name, data)
			if _, refused := err.(ErrorList); refused && dir == "corpus" {
				return nil // the corpus has files that must not parse
			}
			if err == nil {
				err = checkFormatted(string(data), string(out))
			}
			s.Check(name, err)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.Finish()
}

func FuzzFormat(f *testing.F) {
	f.Add("package a:b;")
	f.Add("interface i { /* x */ f: func(a: u8, // y\n b: list<u8, 4>,) -> result<_, string>; }")
	f.Add("world w { import a: b; include a:b/c@1.0.0-rc.1 with { a as b } @since(version = 1.0.0) " +
		"export c: async func(); }")
	f.Add("interface i { use a.{b, c as d}; resource r { constructor(); a: static func(); } flags f { " +
		"a, /* b */ } }")
	f.Add(`world w { @external-id("\u{1f600}\41") import p: get() -> u8; }`)
	f.Add("package a:b { /**/ interface %type { type t = future<stream>; } }\r\n")
	f.Fuzz(func(t *testing.T, src string) {
		out, err := Format("in.wit", []byte(src))
		if err != nil {
			return
		}
		if err := checkFormatted(src, string(out)); err != nil {
			t.Fatal(err)
		}
	})
}
