package wit

// worldBody writes a world's items: interfaces, then types with the functions
// of resources, then functions, then exports. Within each the order stays. It
// is the order of the binary form, since functions of a resource need not be
// neighbours in the model.
func (p *printer) worldBody(id WorldID) {
	outer := p.items
	p.items = false
	w := p.r.Worlds[id]
	var types []TypeID
	var funcs []*Function
	methods := map[TypeID][]*Function{}
	for key, item := range w.Imports.All() {
		switch item := item.(type) {
		case *TypeItem:
			types = append(types, item.ID)
		case *Function:
			if item.Kind != Freestanding {
				methods[item.Resource] = append(methods[item.Resource], item)
			} else {
				funcs = append(funcs, item)
			}
		case *InterfaceItem:
			p.interfaceItem("import ", key, item, w.Package)
			p.items = true
		}
	}
	p.types(WorldOwner(id), w.Package, types, methods)
	for _, f := range funcs {
		p.functionItem("import ", f)
		p.items = true
	}
	if w.Exports.Len() > 0 {
		p.item()
	}
	for key, item := range w.Exports.All() {
		switch item := item.(type) {
		case *InterfaceItem:
			p.interfaceItem("export ", key, item, w.Package)
		case *Function:
			p.functionItem("export ", item)
		case *TypeItem:
			p.fail("world %q exports the type %q, which WIT cannot say", w.Name, key.Name)
		}
	}
	p.items = outer
}

func (p *printer) functionItem(keyword string, f *Function) {
	p.docs(f.Docs)
	p.stability(f.Stability)
	p.externalID(f.ExternalID)
	p.write(keyword)
	p.name(f.ItemName())
	p.write(": ")
	p.signature(f)
	p.end()
}

func (p *printer) interfaceItem(keyword string, key WorldKey, item *InterfaceItem, pkg PackageID) {
	i := p.r.Interfaces[item.ID]
	switch {
	case item.Docs.Present:
		p.docs(item.Docs)
	case !key.IsInterface():
		p.docs(i.Docs)
	}
	p.stability(item.Stability)
	p.externalID(item.ExternalID)
	p.write(keyword)
	if !key.IsInterface() {
		p.name(key.Name)
		p.write(": ")
		if i.Name == "" {
			p.write("interface")
			p.open()
			p.interfaceBody(item.ID)
			p.close()
			return
		}
	}
	p.path(item.ID, pkg)
	p.end()
}

// path writes the name of an interface as seen from package pkg.
func (p *printer) path(id InterfaceID, pkg PackageID) {
	i := p.r.Interfaces[id]
	if i.Name == "" {
		p.fail("an interface without a name is referred to")
		return
	}
	if i.Package == pkg {
		p.name(i.Name)
		return
	}
	n := p.r.Packages[i.Package].Name
	p.name(n.Namespace)
	p.write(":")
	p.name(n.Name)
	p.write("/")
	p.name(i.Name)
	p.version(n.Version)
}

func (p *printer) interfaceBody(id InterfaceID) {
	outer := p.items
	p.items = false
	i := p.r.Interfaces[id]
	var funcs []*Function
	methods := map[TypeID][]*Function{}
	for f := range i.Functions.Values() {
		if f.Kind != Freestanding {
			methods[f.Resource] = append(methods[f.Resource], f)
		} else {
			funcs = append(funcs, f)
		}
	}
	p.types(InterfaceOwner(id), i.Package, i.Types.vals, methods)
	for _, f := range funcs {
		p.item()
		p.docs(f.Docs)
		p.stability(f.Stability)
		p.externalID(f.ExternalID)
		p.name(f.ItemName())
		p.write(": ")
		p.signature(f)
		p.end()
	}
	p.items = outer
}

// signature writes a function without its name and without "static".
func (p *printer) signature(f *Function) {
	if f.Async {
		p.write("async ")
	}
	switch {
	case f.Kind == Constructor:
		p.write("constructor(")
	case f.Accessor == Getter:
		p.write("get(")
	case f.Accessor == Setter:
		p.write("set(")
	default:
		p.write("func(")
	}
	params := f.Params
	if f.Kind == Method && len(params) > 0 {
		params = params[1:]
	}
	for i, param := range params {
		if i > 0 {
			p.write(", ")
		}
		p.name(param.Name)
		p.write(": ")
		p.typeName(param.Type, 0)
	}
	p.write(")")
	if f.Result != None && !p.r.IsShorthandConstructor(f) {
		p.write(" -> ")
		p.typeName(f.Result, 0)
	}
}
