package source

import "strings"

// reader cuts a file into logical lines and keeps those that run on import.
type reader struct {
	file   *File
	scan   scanner
	blocks []block
}

// block is an open compound statement: lines indented deeper than it are its
// body.
type block struct {
	indent int
	skip   bool   // the body does not run on import
	class  string // dotted name of the class around the body
}

func (r *reader) read() {
	var line []token
	for {
		t := r.scan.next()
		if t.kind == tokenNewline || t.kind == tokenEnd {
			if len(line) > 0 {
				r.logical(line)
				line = line[:0]
			}
			if t.kind == tokenEnd {
				return
			}
			continue
		}
		line = append(line, t)
	}
}

// logical handles one logical line.
func (r *reader) logical(line []token) {
	indent := line[0].col
	for len(r.blocks) > 0 && r.blocks[len(r.blocks)-1].indent >= indent {
		r.blocks = r.blocks[:len(r.blocks)-1]
	}
	around := block{}
	if len(r.blocks) > 0 {
		around = r.blocks[len(r.blocks)-1]
	}
	head, body := splitHead(line)
	inner := block{indent: indent, skip: around.skip, class: around.class}
	switch {
	case body == nil:
		r.simple(line, around)
		return
	case isWord(head[0], "def"), isWord(head[0], "async") && len(head) > 1 && isWord(head[1], "def"):
		inner.skip = true
	case isWord(head[0], "class") && len(head) > 1:
		inner.class = strings.TrimPrefix(around.class+"."+head[1].text, ".")
	case neverTrue(head):
		inner.skip = true
	}
	r.add(head, around)
	if len(body) > 0 {
		r.simple(body, inner)
	}
	r.blocks = append(r.blocks, inner)
}

// simple handles statements that semicolons separate.
func (r *reader) simple(line []token, around block) {
	for len(line) > 0 {
		end := indexOp(line, ";")
		if end < 0 {
			end = len(line)
		}
		if end > 0 {
			r.add(line[:end], around)
		}
		line = line[min(end+1, len(line)):]
	}
}

func (r *reader) add(tokens []token, around block) {
	if around.skip || len(tokens) == 0 {
		return
	}
	last := tokens[len(tokens)-1]
	s := Statement{
		Line: tokens[0].line, EndLine: last.line + strings.Count(last.text, "\n"), Class: around.class,
	}
	if tokens[0].kind == tokenName && keywords[tokens[0].text] {
		s.Keyword = tokens[0].text
	}
	switch s.Keyword {
	case "import":
		s.readImport(tokens[1:])
	case "from":
		s.readFrom(tokens[1:])
	case "def", "class", "async":
		s.readDefinition(tokens)
	default:
		s.readTargets(tokens)
		s.Names = names(tokens)
	}
	r.file.Statements = append(r.file.Statements, s)
}

// keywords are the words that begin a statement and are no names.
var keywords = map[string]bool{
	"import": true, "from": true, "def": true, "class": true, "async": true, "if": true, "elif": true, "else": true,
	"for": true, "while": true, "try": true, "except": true, "finally": true, "with": true, "return": true,
	"raise": true, "assert": true, "del": true, "global": true, "nonlocal": true, "pass": true, "break": true,
	"continue": true, "await": true, "yield": true, "lambda": true, "not": true,
}

// splitHead splits a compound statement at its colon; body is nil if the line
// is no compound statement.
func splitHead(line []token) (head, body []token) {
	switch first := line[0]; {
	case first.kind != tokenName:
		return line, nil
	case first.text == "match" || first.text == "case":
		if !isOp(line[len(line)-1], ":") {
			return line, nil
		}
	case !compound[first.text]:
		return line, nil
	}
	depth, lambdas := 0, 0
	for i, t := range line {
		switch {
		case t.kind == tokenOp && strings.Contains("([{", t.text):
			depth++
		case t.kind == tokenOp && strings.Contains(")]}", t.text):
			depth--
		case isWord(t, "lambda"):
			lambdas++
		case isOp(t, ":") && depth == 0 && lambdas > 0:
			lambdas--
		case isOp(t, ":") && depth == 0:
			return line[:i], append([]token{}, line[i+1:]...)
		}
	}
	return line, nil
}

var compound = map[string]bool{
	"def": true, "class": true, "async": true, "if": true, "elif": true, "else": true, "for": true, "while": true,
	"try": true, "except": true, "finally": true, "with": true,
}

// neverTrue tells `if __name__ == "__main__"` and `if TYPE_CHECKING`.
func neverTrue(head []token) bool {
	if !isWord(head[0], "if") {
		return false
	}
	for _, t := range head[1:] {
		if isWord(t, "__name__") || isWord(t, "TYPE_CHECKING") {
			return true
		}
	}
	return false
}

func isWord(t token, word string) bool { return t.kind == tokenName && t.text == word }

func isOp(t token, op string) bool { return t.kind == tokenOp && t.text == op }

func indexOp(tokens []token, op string) int {
	for i, t := range tokens {
		if isOp(t, op) {
			return i
		}
	}
	return -1
}
