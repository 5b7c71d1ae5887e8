package flow

import (
	"strings"
	"testing"

	"github.com/edgelint/edgelint/python"
	bc "github.com/edgelint/edgelint/python/bytecode"
	"github.com/edgelint/edgelint/python/internal/heaptest"
)

// TestTextsBeginWithAllThatIsKnown puts texts together of a global variable, "app",
// the beginning of another text, "/v1", and what is not known.
func TestTextsBeginWithAllThatIsKnown(t *testing.T) {
	t.Parallel()
	s, err := python.FromImage(heaptest.Sample(14))
	if err != nil {
		t.Fatal(err)
	}
	globals := s.Module("app").Globals()
	known := one(&node{kind: nodeObject, obj: globals.Get("__name__")})
	number := one(&node{kind: nodeObject, obj: globals.Get("LIMIT")})
	begun := one(&node{kind: nodePrefix, prefix: "/v1"})
	long := one(&node{kind: nodePrefix, prefix: strings.Repeat("x", maxText)})
	add, text := bc.Instr{Op: bc.BinaryOp}, bc.Instr{Op: bc.BuildString, Arg: 3}
	for _, c := range []struct {
		name  string
		in    bc.Instr
		parts []value
		want  string // "" is not known
	}{
		{"known, then begun", add, []value{known, begun}, "app/v1"},
		{"known, then unknown", add, []value{known, nil}, "app"},
		{"begun, then known", add, []value{begun, known}, "/v1"},
		{"unknown, then known", add, []value{nil, known}, ""},
		{"known and an alternative", add, []value{append(known, begun...), known}, ""},
		{"a number", add, []value{number, known}, ""},
		{"another operator", bc.Instr{Op: bc.BinaryOp, Arg: 5}, []value{known, known}, ""},
		{"three known", text, []value{known, known, known}, "appappapp"},
		{"unknown in the middle", text, []value{known, nil, begun}, "app"},
		{"begun in the middle", text, []value{known, begun, known}, "app/v1"},
		{"too long", text, []value{known, long, known}, "app"},
	} {
		m := &machine{in: c.in, stack: c.parts}
		m.concatenate()
		got, _ := m.peek(1).prefix()
		if len(m.stack) != 1 || got != c.want {
			t.Errorf("%s: %q on a stack of %d, want %q", c.name, got, len(m.stack), c.want)
		}
	}
}

func TestTextsAreTheirOwnForms(t *testing.T) {
	t.Parallel()
	text := one(&node{kind: nodePrefix, prefix: "x"})
	for _, c := range []struct {
		name  string
		in    bc.Instr
		stack []value
		want  string
	}{
		{"3.14", bc.Instr{Op: bc.FormatSimple}, []value{text}, "x"},
		{"3.12", bc.Instr{Op: bc.FormatValue}, []value{text}, "x"},
		{"str()", bc.Instr{Op: bc.FormatValue, Arg: 1}, []value{text}, "x"},
		{"repr()", bc.Instr{Op: bc.FormatValue, Arg: 2}, []value{text}, ""},
		{"with a specification", bc.Instr{Op: bc.FormatValue, Arg: 4}, []value{text, nil}, ""},
		{"unknown", bc.Instr{Op: bc.FormatSimple}, []value{nil}, ""},
	} {
		m := &machine{in: c.in, stack: c.stack}
		m.format()
		got, _ := m.peek(1).prefix()
		if len(m.stack) != 1 || got != c.want {
			t.Errorf("%s: %q on a stack of %d, want %q", c.name, got, len(m.stack), c.want)
		}
	}
}
