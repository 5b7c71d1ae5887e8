package source

import "strings"

// readImport reads `a.b as c, d`.
func (s *Statement) readImport(tokens []token) {
	for len(tokens) > 0 {
		module, n := dotted(tokens)
		if module == "" {
			return
		}
		s.Modules = append(s.Modules, module)
		target, _, _ := strings.Cut(module, ".")
		tokens = tokens[n:]
		if len(tokens) > 1 && isWord(tokens[0], "as") {
			target, tokens = tokens[1].text, tokens[2:]
		}
		s.Targets = append(s.Targets, target)
		if len(tokens) == 0 || !isOp(tokens[0], ",") {
			return
		}
		tokens = tokens[1:]
	}
}

// readFrom reads `..a import (b as c, d)`.
func (s *Statement) readFrom(tokens []token) {
	module := ""
	for len(tokens) > 0 && (isOp(tokens[0], ".") || isOp(tokens[0], "...")) {
		module += tokens[0].text
		tokens = tokens[1:]
	}
	if len(tokens) > 0 && !isWord(tokens[0], "import") {
		name, n := dotted(tokens)
		module += name
		tokens = tokens[n:]
	}
	if len(tokens) == 0 || !isWord(tokens[0], "import") {
		return
	}
	s.Modules = []string{module}
	tokens = tokens[1:]
	for i, t := range tokens {
		if t.kind != tokenName || t.text == "as" || i+1 < len(tokens) && isWord(tokens[i+1], "as") {
			continue
		}
		s.Targets = append(s.Targets, t.text)
	}
}

// readDefinition reads the name that def or class binds.
func (s *Statement) readDefinition(tokens []token) {
	for i, t := range tokens {
		if (isWord(t, "def") || isWord(t, "class")) && i+1 < len(tokens) {
			s.Targets = []string{tokens[i+1].text}
			s.Keyword = t.text
			return
		}
	}
}

// readTargets reads the names before the equals signs of an assignment.
func (s *Statement) readTargets(tokens []token) {
	depth, start := 0, 0
	for i, t := range tokens {
		switch {
		case t.kind != tokenOp:
		case strings.Contains("([{", t.text):
			depth++
		case strings.Contains(")]}", t.text):
			depth--
		case t.text == "=" && depth == 0:
			s.targetsOf(tokens[start:i])
			start = i + 1
		}
	}
}

// targetsOf reads `a`, `a: int` or `a, b`.
func (s *Statement) targetsOf(tokens []token) {
	if colon := indexOp(tokens, ":"); colon >= 0 {
		tokens = tokens[:colon]
	}
	for i, t := range tokens {
		before := i > 0 && !isOp(tokens[i-1], ",") && !isOp(tokens[i-1], "(") && !isOp(tokens[i-1], "*")
		after := i+1 < len(tokens) && !isOp(tokens[i+1], ",") && !isOp(tokens[i+1], ")")
		if t.kind == tokenName && !before && !after {
			s.Targets = append(s.Targets, t.text)
		}
	}
}

// dotted reads a dotted name and the number of its tokens.
func dotted(tokens []token) (string, int) {
	if len(tokens) == 0 || tokens[0].kind != tokenName {
		return "", 0
	}
	var b strings.Builder
	b.WriteString(tokens[0].text)
	n := 1
	for n+1 < len(tokens) && isOp(tokens[n], ".") && tokens[n+1].kind == tokenName {
		b.WriteString("." + tokens[n+1].text)
		n += 2
	}
	return b.String(), n
}

// names finds the dotted names of an expression, but for those in a lambda: it
// does not run now.
func names(tokens []token) []Name {
	var out []Name
	var calls []bool // for each open bracket: does it hold arguments?
	lambda := -1     // depth at which a lambda began
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		switch {
		case t.kind == tokenOp && strings.Contains("([{", t.text):
			calls = append(calls, t.text == "(" && i > 0 && endsOperand(tokens[i-1]))
		case t.kind == tokenOp && strings.Contains(")]}", t.text):
			calls = calls[:max(0, len(calls)-1)]
			if len(calls) < lambda {
				lambda = -1
			}
		case isOp(t, ",") && len(calls) == lambda:
			lambda = -1
		case isWord(t, "lambda") && lambda < 0:
			lambda = len(calls)
		case t.kind == tokenName && lambda < 0 && !keywords[t.text] && (i == 0 || !isOp(tokens[i-1], ".")):
			name, n := dotted(tokens[i:])
			next := i + n
			called := next < len(tokens) && isOp(tokens[next], "(")
			inCall := len(calls) > 0 && calls[len(calls)-1]
			keyword := inCall && next < len(tokens) && isOp(tokens[next], "=")
			if !keyword {
				out = append(out, Name{name, t.line, t.col, called, inCall})
			}
			i = next - 1
		}
	}
	return out
}

// endsOperand reports whether a bracket after the token is a call.
func endsOperand(t token) bool {
	return t.kind == tokenName && !keywords[t.text] && t.text != "in" && t.text != "and" && t.text != "or" ||
		t.kind == tokenOp && (t.text == ")" || t.text == "]")
}
