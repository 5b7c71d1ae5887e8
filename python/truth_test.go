package python_test

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/internal/conformance"
	"github.com/edgelint/edgelint/python"
	"github.com/edgelint/edgelint/python/bytecode"
	"github.com/edgelint/edgelint/python/heap"
)

// fact is a line of truth.jsonl: what the interpreter wrote about itself while
// the component was built. testdata/apps/truth/record.py says in which form.
type fact struct {
	Kind string
	// python
	HexVersion int64
	Version    string
	Path       any // a list for python, text for listing
	Builtin    []string
	// listing
	Entries []string
	// module
	Name, Type string
	File       string
	Globals    map[string]string
	// code
	Line                                int
	QualName                            string
	Flags                               uint32
	ArgCount                            int
	Names, LocalsPlus                   []string
	Bytecode, LineTable, ExceptionTable string
	Lines                               [][]*int
	Positions                           [][]*int
	Instructions                        [][]any
}

// TestSnapshotIsWhatTheInterpreterSays compares everything that is read from a
// component with what its interpreter wrote down at build.
func TestSnapshotIsWhatTheInterpreterSays(t *testing.T) {
	t.Parallel()
	suite := conformance.Start(t, "python-truth", "the static reading of a component is what its own interpreter wrote down")
	for _, generation := range []string{"p2", "p3"} {
		dir := strings.TrimSuffix(conformance.Built(t, "truth-"+generation), ".wasm")
		s := open(t, filepath.Join("built", "truth-"+generation+".wasm"))
		truth := readTruth(t, filepath.Join(dir, "truth.jsonl"))
		version := fmt.Sprintf("CPython %d.%d ", s.Python.Major, s.Python.Minor)
		suite.Check(version+"interpreter/"+generation, comparePython(s, truth["python"][0]))
		for _, f := range truth["listing"] {
			suite.Check(fmt.Sprintf("%slistings/%s%v", version, generation, f.Path), compareListing(s, f))
		}
		for _, f := range truth["module"] {
			suite.Check(version+"modules/"+generation+"/"+f.Name, compareModule(s, f))
		}
		compareCodes(t, suite, version+"code objects/"+generation, s, truth["code"])
	}
	suite.Finish()
}

func readTruth(t *testing.T, path string) map[string][]fact {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string][]fact{}
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<26)
	for sc.Scan() {
		var v fact
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		out[v.Kind] = append(out[v.Kind], v)
	}
	if err := sc.Err(); err != nil || len(out["python"]) != 1 || len(out["code"]) == 0 {
		t.Fatalf("%s is incomplete: %v", path, err)
	}
	return out
}

// diff is an error that shows two values, nil if they are equal.
func diff(what string, got, want any) error {
	if reflect.DeepEqual(got, want) {
		return nil
	}
	return fmt.Errorf("%s: read %v, the interpreter says %v", what, got, want)
}

func comparePython(s *python.Snapshot, f fact) error {
	sys := s.Module("sys").Globals()
	hex, _ := sys.Get("hexversion").Int()
	var builtin []string
	for e := range sys.Get("builtin_module_names").Elems() {
		builtin = append(builtin, e.Text())
	}
	slices.Sort(builtin)
	path := []any{}
	for _, p := range s.Path {
		path = append(path, p)
	}
	return cmp.Or(diff("hexversion", hex, f.HexVersion), diff("version", sys.Get("version").Text(), f.Version),
		diff("sys.path", path, f.Path), diff("builtin modules", builtin, f.Builtin))
}

func compareListing(s *python.Snapshot, f fact) error {
	names, _ := s.Listing(f.Path.(string))
	if len(names) == 0 && len(f.Entries) == 0 {
		return nil
	}
	slices.Sort(f.Entries)
	return diff("entries", names, f.Entries)
}

// compareModule lets a package have more submodules than were written down:
// after the app has run, componentize-py imports the bindings that are left.
func compareModule(s *python.Snapshot, f fact) error {
	m := s.Module(f.Name)
	if m == nil {
		return fmt.Errorf("not found")
	}
	globals := map[string]string{}
	if m.Object.IsModule() {
		for k, v := range m.Globals().Items() {
			name := k.Text()
			if _, known := f.Globals[name]; known || s.Module(f.Name+"."+name) == nil {
				globals[name] = typeName(v)
			}
		}
	}
	return cmp.Or(diff("type", typeName(m.Object), f.Type), diff("file", m.File, f.File), diff("globals", globals, f.Globals))
}

func typeName(o heap.Object) string { return o.Type().ModuleName() + "." + o.Type().QualName() }

// compareCodes pairs the code objects by file, line, qualified name and
// bytecode, and compares all else.
func compareCodes(t *testing.T, suite *conformance.Suite, group string, s *python.Snapshot, facts []fact) {
	t.Helper()
	numbers := opcodeNumbers(t, fmt.Sprintf("%d.%d", s.Python.Major, s.Python.Minor))
	read := map[string][]*python.Code{}
	for _, c := range s.Codes {
		key := codeKey(c.File.Path, c.FirstLine(), c.QualName(), digest(c, numbers))
		read[key] = append(read[key], c)
	}
	counts := map[string]int{}
	for _, f := range facts {
		key := codeKey(f.File, f.Line, f.QualName, f.Bytecode)
		counts[key]++
		name := fmt.Sprintf("%s%s:%d %s #%d", group, f.File, f.Line, f.QualName, counts[key])
		suite.Check(name, compareCode(read[key], f))
	}
	written := map[string]bool{} // files; what dataclasses generate is of none
	for _, f := range facts {
		written[f.File] = !strings.HasPrefix(f.File, "<")
	}
	for _, key := range slices.Sorted(maps.Keys(read)) {
		if extra := len(read[key]) - counts[key]; extra > 0 && written[read[key][0].File.Path] {
			suite.Check(group+"/extra "+key[:strings.LastIndexByte(key, ' ')], fmt.Errorf("read %d more than the interpreter lists", extra))
		}
	}
}

func codeKey(file string, line int, qualName, digest string) string {
	return fmt.Sprintf("%s:%d %s %s", file, line, qualName, digest)
}

func compareCode(candidates []*python.Code, f fact) error {
	var first error
	for _, c := range candidates {
		err := sameCode(c, f)
		if err == nil {
			return nil
		}
		first = cmp.Or(first, err)
	}
	if first == nil {
		return fmt.Errorf("not found")
	}
	return first
}

func sameCode(c *python.Code, f fact) error {
	o := c.Object
	err := cmp.Or(
		diff("name", c.Name(), f.Name), diff("flags", o.CodeFlags(), f.Flags), diff("argcount", o.ArgCount(), f.ArgCount),
		diff("names", texts(o.Names()), f.Names), diff("line table", hex.EncodeToString(o.LineTable()), f.LineTable),
		diff("exception table", hex.EncodeToString(o.ExceptionTable()), f.ExceptionTable),
		diff("locals", sorted(texts(o.Locals())), sorted(f.LocalsPlus)), sameLines(c, f),
	)
	if err != nil || f.Instructions == nil {
		return err
	}
	return cmp.Or(samePositions(c, f), sameInstructions(c, f))
}

func texts(o heap.Object) []string {
	out := []string{}
	for e := range o.Elems() {
		out = append(out, e.Text())
	}
	return out
}

// sorted removes the second mention of variables that are cells and arguments
// at once.
func sorted(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }

// sameLines compares with co_lines: start, end, line.
func sameLines(c *python.Code, f fact) error {
	lines := c.Lines()
	for _, l := range f.Lines {
		for at := *l[0]; at < *l[1]; at += 2 {
			want := 0
			if l[2] != nil {
				want = *l[2]
			}
			if got := lines.At(at).Line; got != want {
				return fmt.Errorf("offset %d is line %d, the interpreter says %d", at, got, want)
			}
		}
	}
	return nil
}

func samePositions(c *python.Code, f fact) error {
	lines := c.Lines()
	for unit, p := range f.Positions {
		want := [4]int{0, 0, -1, -1}
		for i, v := range p {
			if v != nil {
				want[i] = *v
			}
		}
		got := lines.At(2 * unit)
		if g := [4]int{got.Line, got.EndLine, got.Col, got.EndCol}; g != want {
			return fmt.Errorf("unit %d is at %v, the interpreter says %v", unit, g, want)
		}
	}
	return nil
}

// sameInstructions compares with dis: offset, name, argument.
func sameInstructions(c *python.Code, f fact) error {
	i := 0
	for in := range c.Instructions() {
		for i < len(f.Instructions) && f.Instructions[i][1] == "EXTENDED_ARG" {
			i++
		}
		if i == len(f.Instructions) {
			return fmt.Errorf("more instructions than dis has")
		}
		w := f.Instructions[i]
		arg, _ := w[2].(float64)
		if in.Pos != int(w[0].(float64)) || in.Op.String() != w[1] || w[2] != nil && uint32(arg) != in.Arg {
			return fmt.Errorf("%v %d at %d, dis says %v", in.Op, in.Arg, in.Pos, w)
		}
		i++
	}
	return diff("number of instructions", i, len(f.Instructions))
}

// opcodeNumbers are the numbers of the plain opcodes of a version.
func opcodeNumbers(t *testing.T, version string) map[string]byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("bytecode", "gen", "opcodes.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]byte{}
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if f[0] == version && f[2] == f[3] {
			var n byte
			fmt.Sscan(f[1], &n)
			out[f[2]] = n
		}
	}
	return out
}

// digest is the SHA-256 of co_code: the units with plain opcodes and empty
// caches.
func digest(c *python.Code, numbers map[string]byte) string {
	units := slices.Clone(c.Object.CodeUnits())
	for in := range c.Instructions() {
		if in.Op != bytecode.Unknown {
			units[in.Pos] = numbers[in.Op.String()]
		}
		clear(units[in.Pos+2 : min(in.Next, len(units))])
	}
	sum := sha256.Sum256(units)
	return hex.EncodeToString(sum[:])
}
