package syntax

import (
	"fmt"
	"slices"
)

// Parser reads WIT files one after the other and uses its memory again. The zero
// value is ready.
type Parser struct {
	tokens []token
}

// Parse adds a file to sources and reads it; see [Parser.Parse]. The file is nil
// if it is too large for sources.
func Parse(sources *Sources, name, src string) (*File, error) {
	base, err := sources.Add(name, src)
	if err != nil {
		return nil, ErrorList{{Location: Location{File: name}, Message: err.Error()}}
	}
	return new(Parser).Parse(sources, base, name, src)
}

// Parse reads a file that is among sources already, at base. It goes on after
// errors: the file is then what could be read, and the error is an [ErrorList]
// in the order of the text.
func (r *Parser) Parse(sources *Sources, base Pos, name, src string) (*File, error) {
	p := parser{sources: sources, file: &File{Name: name, src: src, base: base}}
	l := lexer{src: src, tokens: r.tokens[:0], fail: func(start, end int, message, help string) {
		p.report(p.file.span(start, end), message, help)
	}}
	l.lex()
	p.toks, p.file.comments = l.tokens, l.comments
	r.tokens = l.tokens
	p.parseFile()
	slices.SortStableFunc(p.errs, func(a, b *Error) int { return int(a.Span.Start - b.Span.Start) })
	return p.file, p.errs.Err()
}

// parser is a recursive descent over the tokens of a file. After an error it is
// failed: it then sees nothing but the end of the file, so that every loop ends,
// until the enclosing list of items recovers.
type parser struct {
	sources *Sources
	file    *File
	toks    []token
	i       int // the next token
	failed  bool
	braces  int // open braces
	errs    ErrorList
}

// report notes an error without failing.
func (p *parser) report(sp Span, message, help string) {
	if len(p.errs) < MaxErrors {
		p.errs = append(p.errs, p.sources.NewError(sp, message, help))
	}
}

// fail notes an error and stops parsing until the next recovery.
func (p *parser) fail(sp Span, message, help string) {
	if !p.failed {
		p.failed = true
		p.report(sp, message, help)
	}
}

// unexpected fails at the next token. What the lexer has reported is not worth
// another error. Nor is the end of the file after others: an earlier one may have
// swallowed what is missing.
func (p *parser) unexpected(wanted, help string) {
	t := p.toks[p.i]
	if t.kind == invalid || t.kind == eof && len(p.errs) > 0 {
		p.failed = true
		return
	}
	found := t.kind.String()
	if t.kind == ident || t.kind == explicitIdent || t.kind == integer {
		found = "`" + p.text(t) + "`"
	}
	p.fail(p.tokenSpan(t), fmt.Sprintf("expected %s, found %s", wanted, found), help)
}

func (p *parser) text(t token) string    { return p.file.src[t.start:t.end] }
func (p *parser) tokenSpan(t token) Span { return p.file.span(int(t.start), int(t.end)) }

// peek is the kind of the next token, ahead that of the one n further on.
func (p *parser) peek() kind { return p.ahead(0) }

func (p *parser) ahead(n int) kind {
	if p.failed || p.i+n >= len(p.toks) {
		return eof
	}
	return p.toks[p.i+n].kind
}

// next takes a token.
func (p *parser) next() token {
	t := p.toks[p.i]
	if p.failed || t.kind == eof {
		return t
	}
	p.i++
	switch t.kind {
	case lbrace:
		p.braces++
	case rbrace:
		p.braces--
	}
	return t
}

// eat takes a token if it is of the kind.
func (p *parser) eat(k kind) bool {
	if p.peek() != k || k == eof {
		return false
	}
	p.next()
	return true
}

// expect takes a token that must be of the kind.
func (p *parser) expect(k kind) token {
	if p.peek() != k {
		p.unexpected(k.String(), "")
		return token{}
	}
	return p.next()
}

// expectMarked is expect, with a word to the formatter.
func (p *parser) expectMarked(k kind, m mark) {
	if p.peek() == k && !p.failed {
		p.toks[p.i].mark = m
	}
	p.expect(k)
}

// docs are the comments before the next token.
func (p *parser) docs() Comments {
	n := p.toks[p.i].comments
	first := int32(0)
	if p.i > 0 {
		first = p.toks[p.i-1].comments
	}
	return Comments{file: p.file, first: first, count: n - first}
}

// ident takes an identifier.
func (p *parser) ident(wanted string) Ident {
	k := p.peek()
	if k != ident && k != explicitIdent {
		help := ""
		if k > firstKeyword && k != kwUnderscore {
			help = "write %" + kindNames[k] + " to use the keyword as a name"
		}
		p.unexpected(wanted, help)
		return Ident{}
	}
	t := p.next()
	id := Ident{Name: p.text(t), Span: p.tokenSpan(t)}
	if k == explicitIdent {
		id.Name = id.Name[1:]
	}
	if !plainIdent(id.Name) {
		if problem := CheckIdent(id.Name); problem != "" {
			p.fail(id.Span, problem, "")
		}
	}
	return id
}

// plainIdent reports identifiers that are plainly right, for speed.
func plainIdent(name string) bool {
	last := byte('-')
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z':
		case c == '-' && last != '-':
		default:
			return false
		}
		last = c
	}
	return last != '-'
}

// recover ends the failed state in front of the next item of a block that was
// entered at the given number of open braces: after the semicolon or closing
// brace of the item that failed, or before a brace that closes the block.
func (p *parser) recover(braces int) {
	if !p.failed {
		return
	}
	p.failed = false
	for p.peek() != eof {
		switch k := p.peek(); {
		case k == rbrace && p.braces <= braces:
			return
		case k == semicolon && p.braces <= braces, k == rbrace && p.braces == braces+1:
			p.next()
			return
		}
		p.next()
	}
}

// list takes the elements between open and end, which commas separate. Comments
// before an element are its docs.
func (p *parser) list(open kind, m mark, end kind, element func(docs Comments)) {
	p.expectMarked(open, m)
	for !p.failed {
		docs := p.docs()
		if p.eat(end) {
			return
		}
		element(docs)
		if !p.eat(comma) {
			if p.peek() != end {
				p.unexpected(fmt.Sprintf("`,` or %s", end), "")
				return
			}
			p.next()
			return
		}
	}
}

// version takes the text after an at sign. What it takes has the tokens of a
// semantic version; whether it is one is not for the parser to say.
func (p *parser) version() Version {
	first := p.i
	p.expect(integer)
	for range 2 {
		p.expect(period)
		p.expect(integer)
	}
	for _, prefix := range []kind{minus, plus} {
		if p.eat(prefix) {
			p.versionIdentifiers()
		}
	}
	if p.failed {
		return Version{}
	}
	for i := first + 1; i < p.i; i++ {
		p.toks[i].mark = inVersion
		if p.toks[i].start != p.toks[i-1].end {
			p.fail(p.tokenSpan(p.toks[i]), "a version has no spaces", "")
		}
	}
	start, end := p.toks[first].start, p.toks[p.i-1].end
	return Version{p.file.src[start:end], p.file.span(int(start), int(end))}
}

// versionIdentifiers takes what may follow the dash or plus of a version. A
// period belongs to it only if more of the version follows: in
// "use a:b/c@1.0.0-rc.{d}" it does not.
func (p *parser) versionIdentifiers() {
	inVersion := func(k kind) bool { return k == ident || k == integer || k == minus }
	if !inVersion(p.peek()) {
		p.unexpected("the rest of a version", "")
	}
	for {
		switch {
		case inVersion(p.peek()):
			p.next()
		case p.peek() == period && inVersion(p.ahead(1)):
			p.next()
			p.next()
		default:
			return
		}
	}
}
