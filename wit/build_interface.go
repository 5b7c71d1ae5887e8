package wit

import (
	"github.com/edgelint/edgelint/wit/syntax"
)

// interfaceItems fills an interface.
func (b *builder) interfaceItems(id InterfaceID, decl *syntax.Interface) {
	i := b.pkg.interfaces[id]
	i.Docs = docsOf(decl.Docs)
	i.Stability, _ = b.attributes(decl.Attributes)
	outerScope, outerFuncs := b.scope, b.funcs
	b.scope, b.funcs = &i.Types, map[string]bool{}

	var uses []*syntax.Use
	var decls []*syntax.TypeDecl
	for _, item := range decl.Items {
		switch item := item.(type) {
		case *syntax.Use:
			uses = append(uses, item)
		case *syntax.TypeDecl:
			decls = append(decls, item)
		}
	}
	b.typeDefs(InterfaceOwner(id), uses, decls)
	names := strongNames{}
	for name, t := range i.Types.All() {
		b.define(names, name, b.pkg.types[t].Span)
	}
	for _, item := range decl.Items {
		switch item := item.(type) {
		case *syntax.Func:
			b.funcs[item.Name.Name] = true
			b.addFunction(i, names, b.function(item, item.Docs, item.Attributes))
		case *syntax.TypeDecl:
			for _, f := range item.Funcs {
				b.addFunction(i, names, b.resourceFunction(item.Name, f))
			}
		}
	}
	b.checkSetters(i)
	placeSetters(&i.Functions, functionAccessor)
	b.scope, b.funcs = outerScope, outerFuncs
}

func (b *builder) addFunction(i *Interface, names strongNames, f *Function) {
	if b.define(names, f.Name, f.Span) {
		i.Functions.Set(f.Name, f)
	}
}

// checkSetters reports setters without a getter.
func (b *builder) checkSetters(i *Interface) {
	for f := range i.Functions.Values() {
		if f.Accessor == Setter && !i.Functions.Has(getterOf(f.Name)) {
			b.report(f.Span, "the setter `"+f.Name+"` has no getter `"+getterOf(f.Name)+"`", "")
		}
	}
}

var accessorMarks = [...]string{NoAccessor: "", Getter: "[get]", Setter: "[set]"}

// function is a function that hangs on no resource.
func (b *builder) function(f *syntax.Func, docs syntax.Comments, attrs []syntax.Attribute) *Function {
	out := &Function{
		Name:     accessorMarks[f.Accessor] + f.Name.Name,
		Accessor: Accessor(f.Accessor), Async: f.Async, Resource: NoType, Span: f.Name.Span,
	}
	b.fillFunction(out, f, docs, attrs)
	return out
}

// resourceFunction is a method, static function or constructor.
func (b *builder) resourceFunction(resource syntax.Ident, f *syntax.Func) *Function {
	id, _ := b.scope.Get(resource.Name)
	out := &Function{Accessor: Accessor(f.Accessor), Async: f.Async, Resource: id, Span: f.Name.Span}
	mark := accessorMarks[f.Accessor]
	switch {
	case f.Constructor:
		out.Kind, out.Name = Constructor, "[constructor]"+resource.Name
	case f.Static:
		out.Kind, out.Name = Static, "[static]"+mark+resource.Name+"."+f.Name.Name
	default:
		out.Kind, out.Name = Method, "[method]"+mark+resource.Name+"."+f.Name.Name
	}
	b.fillFunction(out, f, f.Docs, f.Attributes)
	return out
}

func (b *builder) fillFunction(
	out *Function, f *syntax.Func, docs syntax.Comments, attrs []syntax.Attribute,
) {
	out.Docs = docsOf(docs)
	out.Stability, out.ExternalID = b.attributes(attrs)
	b.params(out, f)
	b.result(out, f)
}

func (b *builder) params(out *Function, f *syntax.Func) {
	out.Params = make([]Param, 0, len(f.Params)+1)
	if out.Kind == Method {
		self := b.anonymousType(Handle{out.Resource, true}, Stability{}, f.Keyword).Type()
		out.Params = append(out.Params, Param{"self", self, f.Keyword})
	}
	switch {
	case out.Accessor == Getter && len(f.Params) > 0:
		b.report(f.Params[0].Name.Span, "a getter has no parameters", "")
	case out.Accessor == Setter && len(f.Params) > 1:
		b.report(f.Params[1].Name.Span, "a setter has one parameter", "")
	case out.Accessor == Setter && len(f.Params) == 0:
		b.report(f.Keyword, "a setter has one parameter", "")
	}
	seen := map[string]bool{"self": out.Kind == Method}
	for _, p := range f.Params {
		key := foldLabel(p.Name.Name)
		if seen[key] {
			b.report(p.Name.Span, "the parameter `"+p.Name.Name+"` is defined twice", "")
		}
		seen[key] = true
		out.Params = append(out.Params, Param{p.Name.Name, b.typ(p.Type, Stability{}), p.Name.Span})
	}
}

func (b *builder) result(out *Function, f *syntax.Func) {
	out.Result = b.typ(f.Result, Stability{})
	switch {
	case out.Kind == Constructor && f.Result == nil:
		out.Result = out.Resource.Type()
	case out.Kind == Constructor && out.Result != None:
		b.constructorResult(out, f)
	case out.Accessor == Getter && f.Result == nil:
		b.report(f.Keyword, "a getter gives a value", "add `-> type`")
	case out.Accessor == Setter && out.Result != None:
		if r, ok := b.resultKind(out.Result); !ok || r.Ok != None {
			b.report(f.Result.Span, "a setter gives nothing or a `result` without a first type",
				"write `result` or `result<_, error>`")
		}
	}
}

// constructorResult checks that a constructor gives result<r> or result<r, e>.
func (b *builder) constructorResult(out *Function, f *syntax.Func) {
	r, ok := b.resultKind(out.Result)
	if !ok {
		b.report(f.Result.Span, "a constructor gives its resource, or a `result` of it",
			"leave the type out, or write `-> result<resource, error>`")
		return
	}
	sp, unknown := f.Result.Span, false
	if f.Result.Kind == syntax.ResultType && f.Result.Args[0] != nil {
		sp, unknown = f.Result.Args[0].Span, r.Ok == None
	}
	if unknown || r.Ok == out.Resource.Type() {
		return
	}
	b.report(sp, "the first type of a constructor's `result` must be the resource itself", "")
}

func (b *builder) resultKind(t Type) (Result, bool) {
	id, ok := t.ID()
	if !ok {
		return Result{}, false
	}
	r, ok := b.pkg.types[id].Kind.(Result)
	return r, ok
}
