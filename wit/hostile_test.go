package wit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/edgelint/edgelint/wit"
)

// TestHostileTextIsBounded reads text that would exhaust a careless reader.
// Every case must end soon; problem is what must be said, if anything.
func TestHostileTextIsBounded(t *testing.T) {
	t.Parallel()
	const n = 20_000
	in := func(s string) string { return "package a:b; interface i { " + s + " }" }
	aliases := chain(n, "type t%d = t%d;\n")
	handles := numbered(n, "f-%d: func(a: borrow<t19999>);\n")
	for _, c := range []struct{ name, src, problem string }{
		{"nested comments", "package a:b; " + strings.Repeat("/*", n), "is not closed"},
		{"closed comments", "package a:b; " + strings.Repeat("/*", n) + strings.Repeat("*/", n), ""},
		{"nested types", in("type t = " + strings.Repeat("list<", n)), "types nest deeper"},
		{"nested packages", strings.Repeat("package a:b { ", n), "packages nest deeper"},
		{"nested braces", "package a:b; interface i " + strings.Repeat("{", n), "expected"},
		{"brackets", in("f: func" + strings.Repeat("(", n)), "expected"},
		{"many errors", in(strings.Repeat("f: fnc();\n", n)), "expected"},
		{"attributes", in(strings.Repeat("@since(version = 1.0.0) ", n) + "f: func();"), "twice"},
		{"long name", in(strings.Repeat("a-", n) + "a: func();"), ""},
		{"many items", in(numbered(n, "f-%d: func(a: list<u8>);\n")), ""},
		{"many names at once", in("use j.{" + numbered(n, "t%d, ") + "};"), "no interface or world"},
		{"many params", in("f: func(" + numbered(n, "a%d: u8,") + ");"), ""},
		{"alias chain", in("type t0 = u8; " + aliases), ""},
		{"aliases of a resource", in("resource t0; " + aliases + handles), ""},
		{"type cycle", in("type t0 = t19999; " + aliases), "contains itself"},
		{
			"interface chain",
			"package a:b; interface i0 { type t = u8; } " + chain(n, "interface i%d { use i%d.{t}; }\n"),
			"depend on each other in a chain",
		},
		{
			"world chain",
			"package a:b; world w0 { import f: func(); } " + chain(500, "world w%d { include w%d; }\n"),
			"",
		},
		{
			"package chain",
			"package a:b; package a:p2999 { world w {} } " +
				chain(3000, "package a:p%[2]d { world w { include a:p%[1]d/w; } }\n"),
			"depend on each other in a chain",
		},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			_, _, err := wit.Parse("a.wit", c.src, wit.Options{AllFeatures: true})
			switch {
			case c.problem == "" && err != nil:
				t.Errorf("Parse: %.300v", err)
			case c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)):
				t.Errorf("Parse: %.300v, want an error with %q", err, c.problem)
			}
		})
	}
}

// numbered repeats a line with the numbers below n.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// chain repeats a line with each number below n and the one before it.
func chain(n int, format string) string {
	var b strings.Builder
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, format, i, i-1)
	}
	return b.String()
}

// What includes copy is not bounded by the length of the text, but by limits.
func TestIncludesThatMultiplyAreBounded(t *testing.T) {
	t.Parallel()
	const n = 500
	src := "package a:b; world base { resource r { " + numbered(n, "m%d: func();\n") + "} }\n" +
		"world w { " + numbered(n, "include base with { r as r%d }\n") + "}"
	_, _, err := wit.Parse("a.wit", src, wit.Options{})
	if err == nil || !strings.Contains(err.Error(), "imports and exports together") {
		t.Errorf("Parse: %.300v", err)
	}
}
