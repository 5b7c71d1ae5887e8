package syntax

import "fmt"

func (p *parser) parseFile() {
	if p.headerAhead() {
		docs := p.docs()
		p.expect(kwPackage)
		p.file.Package = p.packageName(docs)
		p.expect(semicolon)
		p.recover(0)
	}
	for p.peek() != eof {
		if p.peek() == rbrace {
			p.strayBrace()
			continue
		}
		if item := p.item(0); item != nil {
			p.file.Items = append(p.file.Items, item)
		}
		p.recover(0)
	}
}

// strayBrace takes a closing brace that closes nothing. After another error it
// is not worth one.
func (p *parser) strayBrace() {
	if len(p.errs) == 0 {
		p.report(p.tokenSpan(p.toks[p.i]), "expected a declaration, found `}`, which closes nothing", "")
	}
	p.next()
	p.braces = 0
}

// headerAhead tells "package a:b;" from "package a:b { }", which is an item.
func (p *parser) headerAhead() bool {
	if p.peek() != kwPackage {
		return false
	}
	for n := 1; ; n++ {
		switch p.ahead(n) {
		case lbrace:
			return false
		case semicolon, rbrace, eof:
			return true
		}
	}
}

func (p *parser) item(depth int) Item {
	docs := p.docs()
	attrs := p.attributes()
	switch p.peek() {
	case kwInterface:
		return p.interfaceDecl(docs, attrs)
	case kwWorld:
		return p.worldDecl(docs, attrs)
	case kwUse:
		return p.topUse(attrs)
	case kwPackage:
		return p.packageBlock(docs, attrs, depth)
	}
	p.unexpected("`interface`, `world`, `use` or `package`", "")
	return nil
}

func (p *parser) packageName(docs Comments) *PackageName {
	n := &PackageName{Docs: docs, Namespace: p.ident("a package name such as wasi:http")}
	p.expectMarked(colon, pathColon)
	n.Name = p.ident("the name of a package after its namespace")
	n.Version = p.optVersion()
	n.Span = Span{n.Namespace.Span.Start, n.Name.Span.End}
	if n.Version.Text != "" {
		n.Span.End = n.Version.Span.End
	}
	return n
}

func (p *parser) optVersion() Version {
	if !p.eat(at) {
		return Version{}
	}
	return p.version()
}

func (p *parser) packageBlock(docs Comments, attrs []Attribute, depth int) Item {
	kw := p.tokenSpan(p.next())
	if len(attrs) > 0 {
		p.fail(attrs[0].Name.Span, "a package has no attributes", "put them on its interfaces and worlds")
		return nil
	}
	if depth >= MaxPackageDepth {
		p.fail(kw, fmt.Sprintf("packages nest deeper than %d", MaxPackageDepth), "")
		return nil
	}
	b := &PackageBlock{Package: p.packageName(docs)}
	p.block("package", func() {
		if item := p.item(depth + 1); item != nil {
			b.Items = append(b.Items, item)
		}
	})
	return b
}

// block takes the items between braces. When an item fails, the block goes on
// with the next one.
func (p *parser) block(what string, item func()) {
	open := p.toks[p.i]
	p.expectMarked(lbrace, blockOpen)
	braces := p.braces
	for !p.failed && !p.eat(rbrace) {
		if p.peek() == eof {
			p.unexpected("`}`", fmt.Sprintf("the `{` of this %s is at line %d", what, p.line(open)))
			return
		}
		if p.strayHeader(what) {
			p.fail(p.tokenSpan(p.toks[p.i]), fmt.Sprintf("expected an item of this %s, found %s", what, p.peek()),
				fmt.Sprintf("is the `}` missing that closes the `{` of line %d?", p.line(open)))
			p.failed = false
			p.braces--
			return
		}
		item()
		p.recover(braces)
	}
}

func (p *parser) line(t token) int {
	loc, _ := p.sources.Locate(p.file.base + Pos(t.start))
	return loc.Line
}

// strayHeader reports a declaration that cannot stand in the block, which
// therefore was meant to have ended.
func (p *parser) strayHeader(what string) bool {
	if what == "package" {
		return false
	}
	k := p.peek()
	return (k == kwInterface || k == kwWorld || k == kwPackage) && p.ahead(1) == ident
}

func (p *parser) topUse(attrs []Attribute) Item {
	u := &TopUse{Attributes: attrs, Span: p.tokenSpan(p.next()), Path: p.path()}
	if p.eat(kwAs) {
		u.As = p.ident("a name after `as`")
	}
	p.expect(semicolon)
	return u
}

func (p *parser) path() Path {
	id := p.ident("the name of an interface or world")
	if p.peek() != colon {
		return Path{Name: id}
	}
	p.expectMarked(colon, pathColon)
	pkg := &PackageName{Namespace: id, Name: p.ident("the name of a package after its namespace")}
	pkg.Span = Span{id.Span.Start, pkg.Name.Span.End}
	p.expect(slash)
	name := p.ident("the name of an interface or world")
	pkg.Version = p.optVersion()
	return Path{Package: pkg, Name: name}
}

func (p *parser) attributes() []Attribute {
	var attrs []Attribute
	for p.eat(at) {
		attrs = append(attrs, p.attribute())
	}
	return attrs
}

func (p *parser) attribute() Attribute {
	a := Attribute{Name: p.ident("the name of an attribute")}
	if p.failed {
		return a
	}
	switch a.Name.Name {
	case "since", "deprecated":
		p.attributeKey("version")
		v := p.version()
		a.Value, a.Span = v.Text, v.Span
	case "unstable":
		p.attributeKey("feature")
		feature := p.ident("the name of a feature")
		a.Value, a.Span = feature.Name, feature.Span
	case "external-id":
		p.expect(lparen)
		a.Value, a.Span = p.stringValue()
	default:
		p.fail(a.Name.Span, fmt.Sprintf("unknown attribute `%s`", a.Name.Name),
			"known are @since, @unstable, @deprecated and @external-id")
	}
	p.expectMarked(rparen, attributeClose)
	return a
}

// attributeKey takes "(key =".
func (p *parser) attributeKey(key string) {
	p.expect(lparen)
	if p.peek() != ident || p.text(p.toks[p.i]) != key {
		p.unexpected("`"+key+"`", "")
		return
	}
	p.next()
	p.expect(equals)
}

func (p *parser) stringValue() (string, Span) {
	t := p.expect(stringLit)
	if p.failed {
		return "", Span{}
	}
	value, off, problem := unquote(p.text(t))
	if problem != "" {
		p.fail(p.file.span(int(t.start)+off, int(t.start)+off+1), problem, "")
	}
	return value, p.tokenSpan(t)
}
