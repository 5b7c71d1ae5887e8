package bytecode_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/edgelint/edgelint/python/bytecode"
)

// dump is what testdata/dump.py has an interpreter say about its own code.
type dump struct {
	Python       []int
	Codes        []codeDump
	StackEffects map[string]int
}

type codeDump struct {
	QualName       string
	FirstLine      int
	Units          hexBytes
	Specialized    bool
	LineTable      hexBytes
	ExceptionTable hexBytes
	Instructions   [][]any
	Positions      [][]*int
	Handlers       [][]any
}

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	*h = raw
	return err
}

func readDump(tb testing.TB, version string) dump {
	tb.Helper()
	raw, err := os.ReadFile("testdata/" + version + ".json")
	if err != nil {
		tb.Fatal(err)
	}
	var d dump
	if err := json.Unmarshal(raw, &d); err != nil {
		tb.Fatal(err)
	}
	return d
}

func TestInstructionsAreThoseOfDis(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.12", "3.14"} {
		d := readDump(t, version)
		table, ok := bytecode.ForVersion(d.Python[0], d.Python[1])
		if !ok {
			t.Fatalf("no table for %v", d.Python)
		}
		for _, c := range d.Codes {
			i := 0
			for in := range table.Instructions(c.Units) {
				if i == len(c.Instructions) {
					t.Errorf("%s %s: more instructions than dis has: %v", version, c.QualName, in)
					break
				}
				checkInstruction(t, version+" "+c.QualName, in, c.Instructions[i])
				i++
			}
			if i < len(c.Instructions) {
				t.Errorf("%s %s: %d instructions, dis has %d", version, c.QualName, i, len(c.Instructions))
			}
		}
	}
}

func checkInstruction(t *testing.T, where string, in bytecode.Instr, want []any) {
	t.Helper()
	offset, name, arg, jump := want[0].(float64), want[1].(string), want[2].(float64), want[3].(float64)
	if in.Pos != int(offset) || in.Op.String() != name || float64(in.Arg) != arg && arg != 0 {
		t.Errorf("%s: %v %v at %d, dis has %s %v at %v", where, in.Op, in.Arg, in.Pos, name, arg, offset)
	}
	to, jumps := in.Target()
	if in.Op == bytecode.EndAsyncFor { // its argument leads back to the SEND, it does not jump
		return
	}
	if jumps != (jump >= 0) || jumps && to != int(jump) {
		t.Errorf("%s: %v at %d jumps to %d (%v), dis says %v", where, in.Op, in.Pos, to, jumps, jump)
	}
}

func TestPositionsAreThoseOfTheInterpreter(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.12", "3.14"} {
		for _, c := range readDump(t, version).Codes {
			lines := bytecode.Lines(c.LineTable, c.FirstLine)
			for unit, want := range c.Positions {
				p := lines.At(2 * unit)
				got := [4]int{p.Line, p.EndLine, p.Col, p.EndCol}
				if got != plain(want) {
					t.Fatalf("%s %s unit %d: %v, co_positions has %v", version, c.QualName, unit, got, plain(want))
				}
			}
		}
	}
}

// plain turns None into our signs of the unknown.
func plain(p []*int) [4]int {
	out := [4]int{0, 0, -1, -1}
	for i, v := range p {
		if v != nil {
			out[i] = *v
		}
	}
	return out
}

func TestHandlersAreThoseOfTheInterpreter(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.12", "3.14"} {
		for _, c := range readDump(t, version).Codes {
			got := bytecode.Handlers(c.ExceptionTable)
			if len(got) != len(c.Handlers) {
				t.Errorf("%s %s: %d handlers, want %d", version, c.QualName, len(got), len(c.Handlers))
				continue
			}
			for i, w := range c.Handlers {
				want := bytecode.Handler{
					Start: int(w[0].(float64)), End: int(w[1].(float64)), Target: int(w[2].(float64)),
					Depth: int(w[3].(float64)), LastI: w[4].(bool),
				}
				if got[i] != want {
					t.Errorf("%s %s handler %d: %+v, want %+v", version, c.QualName, i, got[i], want)
				}
			}
		}
	}
}

func TestSampleHasSpecializedAndExtendedInstructions(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"3.12", "3.14"} {
		d := readDump(t, version)
		table, _ := bytecode.ForVersion(d.Python[0], d.Python[1])
		extended, specialized := false, false
		for _, c := range d.Codes {
			specialized = specialized || c.Specialized
			for in := range table.Instructions(c.Units) {
				extended = extended || in.Start != in.Pos
			}
		}
		if !extended || !specialized {
			t.Errorf("%s: the sample has EXTENDED_ARG: %v, specialized code: %v", version, extended, specialized)
		}
	}
}

func TestOtherVersionsHaveNoTable(t *testing.T) {
	t.Parallel()
	for _, v := range [][2]int{{3, 11}, {3, 13}, {3, 15}, {2, 12}, {0, 0}} {
		if table, ok := bytecode.ForVersion(v[0], v[1]); ok {
			t.Errorf("%d.%d has the table of 3.%d", v[0], v[1], table.Minor())
		}
	}
}

func FuzzTables(f *testing.F) {
	for _, version := range []string{"3.12", "3.14"} {
		for _, c := range readDump(f, version).Codes[:4] {
			f.Add([]byte(c.Units), []byte(c.LineTable), []byte(c.ExceptionTable))
		}
	}
	f.Fuzz(func(t *testing.T, units, lines, exceptions []byte) {
		for _, minor := range []int{12, 14} {
			table, _ := bytecode.ForVersion(3, minor)
			last := 0
			for in := range table.Instructions(units) {
				if in.Start < last || in.Pos < in.Start || in.Next <= in.Pos || in.Pos >= len(units) {
					t.Fatalf("instruction out of place: %+v after %d", in, last)
				}
				last = in.Next
				if to, ok := in.Target(); ok && to < 0 {
					t.Fatalf("jump to %d", to)
				}
			}
		}
		end := 0
		for _, p := range bytecode.Lines(lines, 1) {
			if p.Start != end || p.End <= p.Start {
				t.Fatalf("position out of place: %+v after %d", p, end)
			}
			end = p.End
		}
		for _, h := range bytecode.Handlers(exceptions) {
			if h.Start < 0 || h.End < h.Start || h.Target < 0 {
				t.Fatalf("handler out of place: %+v", h)
			}
		}
	})
}
