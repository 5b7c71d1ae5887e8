package bytecodealliance_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bca "go.bytecodealliance.org/wit"
	"go.bytecodealliance.org/wit/ordered"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/wit"
	"github.com/edgelint/edgelint/wit/bytecodealliance"
)

// TestSetsAreThoseOfTheirLoader has go.bytecodealliance.org read packages by
// itself, which runs the wasm-tools that it embeds, and compares the outcome with
// ours in every part.
func TestSetsAreThoseOfTheirLoader(t *testing.T) {
	dirs := map[string]string{"every kind": "testdata/kinds"}
	all := conformance.Packages(t)
	for _, name := range []string{"wasi/http/0.2.3", "fermyon/spin/2.0.0", "wasi/keyvalue/0.2.0-draft2"} {
		i := slices.IndexFunc(all, func(p conformance.Package) bool { return p.Dir == name })
		if i < 0 {
			t.Fatalf("no package %s", name)
		}
		dir := filepath.Join(t.TempDir(), "wit")
		if err := os.CopyFS(dir, conformance.PackageTree(t, all[i], all)); err != nil {
			t.Fatal(err)
		}
		dirs[name] = dir
	}
	for name, dir := range dirs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := bca.LoadWIT(dir)
			if err != nil {
				t.Fatal(err)
			}
			got, err := bytecodealliance.Resolve(load(t, os.DirFS(dir)))
			if err != nil {
				t.Fatal(err)
			}
			compareLines(t, dump(got), dump(want))
		})
	}
}

func load(t *testing.T, fsys fs.FS) *wit.Resolve {
	t.Helper()
	set, _, err := wit.Load(fsys, ".", wit.Options{AllFeatures: true})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func compareLines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("line %d differs:\n%s\nwant\n%s", i, at(g, i), at(w, i))
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

func TestWhatTheOtherModelLacksIsAnError(t *testing.T) {
	t.Parallel()
	for item, want := range map[string]string{
		"f: async func();":              "no async functions",
		"f: func() -> map<string, u8>;": "kind map",
		"type t = list<u8, 4>;":         "kind fixed-length list",
	} {
		set, _, err := wit.Parse("a.wit", "package a:b;\ninterface i { "+item+" }", wit.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bytecodealliance.Resolve(set); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", item, err, want)
		}
	}
}

// dump writes a set line by line, with references as indices.
func dump(r *bca.Resolve) string {
	d := &dumper{r: r}
	for i, p := range r.Packages {
		d.line("package %d %s docs %q", i, p.Name.String(), p.Docs.Contents)
		each(p.Interfaces, func(name string, v *bca.Interface) {
			d.line("  interface %s %d", name, slices.Index(r.Interfaces, v))
		})
		each(p.Worlds, func(name string, v *bca.World) { d.line("  world %s %d", name, slices.Index(r.Worlds, v)) })
	}
	for i, v := range r.Interfaces {
		d.line("interface %d %s of %d %s docs %q", i, text(v.Name), slices.Index(r.Packages, v.Package),
			stability(v.Stability), v.Docs.Contents)
		each(v.TypeDefs, func(name string, t *bca.TypeDef) { d.line("  type %s %s", name, d.typ(t)) })
		each(v.Functions, func(name string, f *bca.Function) { d.line("  func %s %s", name, d.function(f)) })
	}
	for i, w := range r.Worlds {
		d.line("world %d %s of %d %s docs %q", i, w.Name, slices.Index(r.Packages, w.Package),
			stability(w.Stability), w.Docs.Contents)
		each(w.Imports, func(name string, item bca.WorldItem) { d.line("  import %s %s", name, d.item(item)) })
		each(w.Exports, func(name string, item bca.WorldItem) { d.line("  export %s %s", name, d.item(item)) })
	}
	for i, t := range r.TypeDefs {
		d.line("type %d %s owner %s %s docs %q: %s", i, text(t.Name), d.owner(t.Owner), stability(t.Stability),
			t.Docs.Contents, d.kind(t.Kind))
	}
	return d.b.String()
}

func each[V any](m ordered.Map[string, V], f func(string, V)) {
	m.All()(func(name string, v V) bool {
		f(name, v)
		return true
	})
}

type dumper struct {
	r *bca.Resolve
	b strings.Builder
}

func (d *dumper) line(format string, args ...any) { fmt.Fprintf(&d.b, format+"\n", args...) }

func text(s *string) string {
	if s == nil {
		return "(none)"
	}
	return *s
}

func stability(s bca.Stability) string {
	switch s := s.(type) {
	case *bca.Stable:
		return fmt.Sprintf("since %s deprecated %v", s.Since, s.Deprecated)
	case *bca.Unstable:
		return fmt.Sprintf("unstable %s deprecated %v", s.Feature, s.Deprecated)
	}
	return "-"
}

func (d *dumper) owner(o bca.TypeOwner) string {
	switch o := o.(type) {
	case *bca.Interface:
		return fmt.Sprintf("interface %d", slices.Index(d.r.Interfaces, o))
	case *bca.World:
		return fmt.Sprintf("world %d", slices.Index(d.r.Worlds, o))
	}
	return "none"
}

func (d *dumper) item(item bca.WorldItem) string {
	switch item := item.(type) {
	case *bca.InterfaceRef:
		id := slices.Index(d.r.Interfaces, item.Interface)
		return fmt.Sprintf("interface %d %s", id, stability(item.Stability))
	case *bca.TypeDef:
		return d.typ(item)
	case *bca.Function:
		return d.function(item)
	}
	return fmt.Sprintf("%T", item)
}

func (d *dumper) function(f *bca.Function) string {
	s := fmt.Sprintf("%s %T %s docs %q", f.Name, f.Kind, stability(f.Stability), f.Docs.Contents)
	if t := f.Type(); t != nil {
		s += " of " + d.typ(t)
	}
	for _, p := range f.Params {
		s += " " + p.Name + ": " + d.typ(p.Type)
	}
	for _, p := range f.Results {
		s += " -> " + p.Name + " " + d.typ(p.Type)
	}
	return s
}

func (d *dumper) typ(t bca.Type) string {
	switch t := t.(type) {
	case nil:
		return "none"
	case *bca.TypeDef:
		return fmt.Sprintf("type %d", slices.Index(d.r.TypeDefs, t))
	}
	return fmt.Sprintf("%T", t)
}

func (d *dumper) kind(k bca.TypeDefKind) string {
	switch k := k.(type) {
	case *bca.Record:
		return join("record", k.Fields, func(f bca.Field) string {
			return fmt.Sprintf("%s: %s docs %q", f.Name, d.typ(f.Type), f.Docs.Contents)
		})
	case *bca.Variant:
		return join("variant", k.Cases, func(c bca.Case) string {
			return fmt.Sprintf("%s: %s docs %q", c.Name, d.typ(c.Type), c.Docs.Contents)
		})
	case *bca.Enum:
		return join("enum", k.Cases, func(c bca.EnumCase) string { return c.Name + c.Docs.Contents })
	case *bca.Flags:
		return join("flags", k.Flags, func(f bca.Flag) string { return f.Name + f.Docs.Contents })
	case *bca.Tuple:
		return join("tuple", k.Types, d.typ)
	case *bca.Option:
		return "option " + d.typ(k.Type)
	case *bca.Result:
		return "result " + d.typ(k.OK) + " " + d.typ(k.Err)
	case *bca.List:
		return "list " + d.typ(k.Type)
	case *bca.Future:
		return "future " + d.typ(k.Type)
	case *bca.Stream:
		return "stream " + d.typ(k.Type)
	case *bca.Own:
		return "own " + d.typ(k.Type)
	case *bca.Borrow:
		return "borrow " + d.typ(k.Type)
	case bca.Type:
		return "alias " + d.typ(k)
	}
	return fmt.Sprintf("%T", k)
}

func join[T any](kind string, parts []T, show func(T) string) string {
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = show(p)
	}
	return kind + " " + strings.Join(texts, ", ")
}
