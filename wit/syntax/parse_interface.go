package syntax

func (p *parser) interfaceDecl(docs Comments, attrs []Attribute) Item {
	p.expect(kwInterface)
	i := &Interface{Docs: docs, Attributes: attrs, Name: p.ident("the name of the interface")}
	p.interfaceBody(i)
	return i
}

func (p *parser) interfaceBody(i *Interface) {
	p.block("interface", func() {
		docs := p.docs()
		attrs := p.attributes()
		switch p.peek() {
		case kwUse:
			i.Items = append(i.Items, p.use(attrs))
		case ident, explicitIdent:
			f := &Func{Docs: docs, Attributes: attrs, Name: p.ident("")}
			p.expect(colon)
			p.function(f)
			p.expect(semicolon)
			i.Items = append(i.Items, f)
		default:
			if t := p.typeDecl(docs, attrs); t != nil {
				i.Items = append(i.Items, t)
				return
			}
			p.unexpected("a type, a function or `use`", "")
		}
	})
}

func (p *parser) use(attrs []Attribute) *Use {
	p.expect(kwUse)
	u := &Use{Attributes: attrs, Path: p.path()}
	if p.peek() == semicolon {
		p.unexpected("`.` and the types to use, as in `use path.{a, b}`", "")
		return u
	}
	p.expect(period)
	p.list(lbrace, wrapOpen, rbrace, func(Comments) {
		n := UseName{Name: p.ident("the name of a type")}
		if p.eat(kwAs) {
			n.As = p.ident("a name after `as`")
		}
		u.Names = append(u.Names, n)
	})
	p.expect(semicolon)
	return u
}

// function takes a function's type into f: async, func or an accessor, the
// parameters and the result.
func (p *parser) function(f *Func) {
	f.Async = p.eat(kwAsync)
	switch {
	case !f.Async && p.accessorAhead(0):
		f.Accessor = Getter
		if p.text(p.toks[p.i]) == "set" {
			f.Accessor = Setter
		}
		f.Keyword = p.tokenSpan(p.next())
	default:
		f.Keyword = p.tokenSpan(p.expect(kwFunc))
	}
	p.signature(f)
}

// accessorAhead reports "get(" or "set(" n tokens on.
func (p *parser) accessorAhead(n int) bool {
	if p.ahead(n) != ident || p.ahead(n+1) != lparen {
		return false
	}
	word := p.text(p.toks[p.i+n])
	return word == "get" || word == "set"
}

func (p *parser) signature(f *Func) {
	p.list(lparen, wrapOpen, rparen, func(docs Comments) {
		m := Member{Docs: docs, Name: p.ident("the name of a parameter")}
		p.expect(colon)
		m.Type = p.typ(0)
		f.Params = append(f.Params, m)
	})
	if !p.eat(arrow) {
		return
	}
	if p.peek() == lparen {
		p.unexpected("a type", "leave `-> ()` out, and return several values as a tuple or record")
		return
	}
	f.Result = p.typ(0)
}

// typeDecl takes the declaration of a type, or gives nil and takes nothing when
// there is none.
func (p *parser) typeDecl(docs Comments, attrs []Attribute) *TypeDecl {
	t := &TypeDecl{Docs: docs, Attributes: attrs}
	switch p.peek() {
	case kwType:
		p.next()
		t.Name = p.ident("the name of the type")
		p.expect(equals)
		t.Alias = p.typ(0)
		p.expect(semicolon)
	case kwRecord:
		t.Kind = RecordDecl
		p.members(t, p.field)
	case kwVariant:
		t.Kind = VariantDecl
		p.members(t, p.payload)
	case kwEnum:
		t.Kind = EnumDecl
		p.members(t, func(*Member) {})
	case kwFlags:
		t.Kind = FlagsDecl
		p.members(t, func(*Member) {})
	case kwResource:
		t.Kind = ResourceDecl
		p.resource(t)
	default:
		return nil
	}
	return t
}

func (p *parser) members(t *TypeDecl, rest func(*Member)) {
	p.next()
	t.Name = p.ident("the name of the type")
	p.list(lbrace, listOpen, rbrace, func(docs Comments) {
		m := Member{Docs: docs, Name: p.ident("a name or `}`")}
		rest(&m)
		t.Members = append(t.Members, m)
	})
	if p.peek() == semicolon {
		p.unexpected("no `;` after `}`", "remove it")
	}
}

func (p *parser) field(m *Member) {
	p.expect(colon)
	m.Type = p.typ(0)
}

func (p *parser) payload(m *Member) {
	if p.eat(lparen) {
		m.Type = p.typ(0)
		p.expect(rparen)
	}
}

func (p *parser) resource(t *TypeDecl) {
	p.next()
	t.Name = p.ident("the name of the resource")
	if p.eat(semicolon) {
		return
	}
	if p.peek() != lbrace {
		p.unexpected("`;` or `{`", "")
		return
	}
	p.block("resource", func() {
		f := &Func{Docs: p.docs(), Attributes: p.attributes()}
		switch p.peek() {
		case kwConstructor:
			f.Constructor = true
			f.Keyword = p.tokenSpan(p.next())
			f.Name = Ident{Name: "constructor", Span: f.Keyword}
			p.signature(f)
		case ident, explicitIdent:
			f.Name = p.ident("")
			p.expect(colon)
			f.Static = p.eat(kwStatic)
			p.function(f)
		default:
			p.unexpected("`constructor` or the name of a method", "")
		}
		p.expect(semicolon)
		if !p.failed {
			t.Funcs = append(t.Funcs, f)
		}
	})
}
