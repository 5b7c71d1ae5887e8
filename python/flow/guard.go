package flow

import (
	"github.com/edgelint/edgelint/python"
	bc "github.com/edgelint/edgelint/python/bytecode"
)

// Guard is what stands around a place and keeps a failure there from getting
// out of the function.
type Guard struct {
	// Catches are the names of the exceptions that handlers around the place
	// catch, as written, the innermost first; "*" catches all.
	Catches []string

	asked bool
}

// Asked reports that the function tests whether the attribute is there, with
// hasattr, or gives getattr a default.
func (g Guard) Asked() bool { return g.asked }

// Caught reports whether an exception of one of the names is caught. The names
// are those of the exception and of its bases.
func (g Guard) Caught(names ...string) bool {
	for _, c := range g.Catches {
		if c == "*" || c == "Exception" || c == "BaseException" {
			return true
		}
		for _, n := range names {
			if c == n {
				return true
			}
		}
	}
	return false
}

// guards knows the exception handlers of a code object.
type guards struct {
	handlers []bc.Handler
	catches  map[int][]string // what a handler catches, by its offset
}

// newGuards reads the handlers of a code object; classes gives the names of
// the exceptions that a global name stands for.
func newGuards(c *python.Code, classes func(global string) []string) *guards {
	g := &guards{handlers: c.Handlers()}
	if len(g.handlers) > 0 {
		g.catches = caughtNames(c, classes)
	}
	return g
}

// at is the guard of the instruction at an offset. A handler that does not
// catch passes the exception on to the one around itself.
func (g *guards) at(offset int) Guard {
	if len(g.handlers) == 0 {
		return Guard{}
	}
	at, inner := offset, Guard{}
	for range maxGuards {
		i := g.innermost(at)
		if i < 0 {
			break
		}
		h := &g.handlers[i]
		inner.Catches = append(inner.Catches, g.catches[h.Target]...)
		if h.Target <= at && h.Start <= h.Target && h.Target < h.End {
			break
		}
		at = h.Target
	}
	return inner
}

// innermost is the index of the entry that covers an offset, or -1. Entries do
// not overlap.
func (g *guards) innermost(offset int) int {
	for i, h := range g.handlers {
		if h.Start <= offset && offset < h.End {
			return i
		}
	}
	return -1
}

// suppress notes that a with statement's subject is contextlib.suppress(...).
func (g *guards) suppress(in bc.Instr, subject value) {
	for _, n := range subject {
		if n.path != "contextlib.suppress" {
			continue
		}
		var names []string
		for _, a := range n.items {
			for _, e := range a {
				names = append(names, e.attr)
			}
		}
		if i := g.innermost(in.Next); i >= 0 {
			g.catches[g.handlers[i].Target] = names
		}
	}
}

// caughtNames reads the clauses of every handler: the names between
// PUSH_EXC_INFO or the last failed clause and CHECK_EXC_MATCH.
func caughtNames(c *python.Code, classes func(string) []string) map[int][]string {
	targets := map[int]bool{}
	for _, h := range c.Handlers() {
		targets[h.Target] = true
	}
	out := map[int][]string{}
	var clause []string
	current, afterPush := -1, false
	names := c.Object.Names()
	for in := range c.Instructions() {
		if targets[in.Start] {
			current, clause, afterPush = in.Start, nil, false
		}
		if current < 0 {
			continue
		}
		switch in.Op {
		case bc.PushExcInfo:
			afterPush = true
			continue
		case bc.LoadGlobal, bc.LoadName:
			i, _ := in.NameIndex()
			clause = append(clause, classes(names.Elem(i).Text())...)
		case bc.LoadAttr:
			i, _ := in.NameIndex()
			clause = append(clause, names.Elem(i).Text())
		case bc.BuildTuple, bc.BuildList, bc.ListExtend, bc.CallIntrinsic1, bc.Nop, bc.NotTaken, bc.Cache:
		case bc.CheckExcMatch:
			out[current] = append(out[current], clause...)
			clause = nil
		case bc.PopJumpIfFalse:
		case bc.PopTop:
			if afterPush {
				out[current] = append(out[current], "*")
			}
			clause = nil
		default:
			clause = nil
		}
		afterPush = false
	}
	return out
}
