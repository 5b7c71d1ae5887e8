package syntax

func (p *parser) worldDecl(docs Comments, attrs []Attribute) Item {
	p.expect(kwWorld)
	w := &World{Docs: docs, Attributes: attrs, Name: p.ident("the name of the world")}
	p.block("world", func() {
		docs := p.docs()
		attrs := p.attributes()
		switch p.peek() {
		case kwImport, kwExport:
			w.Items = append(w.Items, p.extern(docs, attrs))
		case kwUse:
			w.Items = append(w.Items, p.use(attrs))
		case kwInclude:
			w.Items = append(w.Items, p.include(attrs))
		default:
			if t := p.typeDecl(docs, attrs); t != nil {
				w.Items = append(w.Items, t)
				return
			}
			p.unexpected("`import`, `export`, `include`, `use` or a type", "")
		}
	})
	return w
}

func (p *parser) extern(docs Comments, attrs []Attribute) *Extern {
	e := &Extern{Docs: docs, Attributes: attrs, Export: p.next().kind == kwExport}
	if p.ahead(1) != colon || p.ahead(2) == ident && p.ahead(3) == slash ||
		p.ahead(2) == explicitIdent && p.ahead(3) == slash {
		e.Path = p.externPath()
		return e
	}
	e.Name = p.ident("a name")
	p.expect(colon)
	switch {
	case p.peek() == kwInterface:
		p.next()
		e.Interface = &Interface{}
		p.interfaceBody(e.Interface)
	case p.peek() == kwFunc, p.peek() == kwAsync, p.accessorAhead(0):
		e.Func = &Func{Name: e.Name}
		p.function(e.Func)
		p.expect(semicolon)
	default:
		e.Path = p.externPath()
	}
	return e
}

func (p *parser) externPath() *Path {
	path := p.path()
	p.expect(semicolon)
	return &path
}

func (p *parser) include(attrs []Attribute) *Include {
	p.expect(kwInclude)
	inc := &Include{Attributes: attrs, Path: p.path()}
	if !p.eat(kwWith) {
		p.expect(semicolon)
		return inc
	}
	p.list(lbrace, listOpen, rbrace, func(Comments) {
		n := UseName{Name: p.ident("a name of the included world")}
		p.expect(kwAs)
		n.As = p.ident("a name after `as`")
		inc.Names = append(inc.Names, n)
	})
	return inc
}
