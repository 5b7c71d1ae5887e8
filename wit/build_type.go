package wit

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/edgelint/edgelint/internal/spelling"
	"github.com/edgelint/edgelint/wit/syntax"
)

// anonymousKey identifies the structure of a type without name, tuples aside.
type anonymousKey struct {
	kind string
	a, b Type
	n    uint32
}

// typeDefs defines the types of an interface or world: first those it uses,
// then its own, each after those it refers to.
func (b *builder) typeDefs(owner Owner, uses []*syntax.Use, decls []*syntax.TypeDecl) {
	for _, u := range uses {
		b.useTypes(owner, u)
	}
	index := make(map[string]int, len(decls))
	for i, d := range decls {
		if _, ok := index[d.Name.Name]; ok || b.scope.Has(d.Name.Name) {
			b.report(d.Name.Span, "the type `"+d.Name.Name+"` is defined twice", "")
			continue
		}
		index[d.Name.Name] = i
	}
	edges := make([][]dependency, len(decls))
	for i, d := range decls {
		c := typeDeps{index: index}
		c.decl(d)
		edges[i] = c.deps
	}
	order, cycle := toposort(edges)
	if cycle != nil {
		name := func(i int) string { return decls[i].Name.Name }
		b.report(cycle[0].span, "a type contains itself: "+cyclePath(cycle, name), "")
		b.placeholders(owner, index, order)
	}
	for _, i := range order {
		d := decls[i]
		if index[d.Name.Name] != i {
			continue
		}
		st, external := b.attributes(d.Attributes)
		b.scope.Set(d.Name.Name, b.addType(&TypeDef{
			Name: d.Name.Name, Kind: b.declKind(d, st), Owner: owner, Docs: docsOf(d.Docs), Stability: st,
			ExternalID: external, Span: d.Name.Span,
		}))
	}
}

// placeholders defines the types that a cycle holds up, so that uses of them are
// no further errors.
func (b *builder) placeholders(owner Owner, index map[string]int, order []int) {
	sorted := make(map[int]bool, len(order))
	for _, i := range order {
		sorted[i] = true
	}
	for name, i := range index {
		if !sorted[i] {
			b.scope.Set(name, b.addType(&TypeDef{Name: name, Kind: Alias{None}, Owner: owner}))
		}
	}
}

// typeDeps collects the types of an interface or world that a type refers to.
type typeDeps struct {
	index map[string]int
	deps  []dependency
}

func (c *typeDeps) decl(d *syntax.TypeDecl) {
	c.typ(d.Alias)
	for i := range d.Members {
		c.typ(d.Members[i].Type)
	}
}

func (c *typeDeps) typ(t *syntax.Type) {
	if t == nil {
		return
	}
	if t.Name != "" {
		if to, ok := c.index[t.Name]; ok {
			c.deps = append(c.deps, dependency{to, t.Span})
		}
	}
	for _, arg := range t.Args {
		c.typ(arg)
	}
}

// useTypes brings the types of a use statement into scope.
func (b *builder) useTypes(owner Owner, u *syntax.Use) {
	from, found := b.findInterface(&u.Path)
	st, external := b.attributes(u.Attributes)
	for _, n := range u.Names {
		target, local := NoType, n.Local()
		if found {
			target = b.usedType(from, n.Name)
		}
		if b.scope.Has(local.Name) {
			b.report(local.Span, "the type `"+local.Name+"` is defined twice", "use it `as` another name")
			continue
		}
		b.scope.Set(local.Name, b.addType(&TypeDef{
			Name: local.Name, Kind: Alias{target.Type()}, Owner: owner, Stability: st, ExternalID: external,
			Span: n.Name.Span,
		}))
	}
}

func (b *builder) usedType(from InterfaceID, name syntax.Ident) TypeID {
	i := b.pkg.interfaces[from]
	if id, ok := i.Types.Get(name.Name); ok {
		return id
	}
	if i.Functions.Has(name.Name) {
		b.report(name.Span, "`"+name.Name+"` is a function, and only types can be used", "")
		return NoType
	}
	var names []string
	for n := range i.Types.Keys() {
		names = append(names, n)
	}
	b.report(name.Span, fmt.Sprintf("the interface `%s` has no type `%s`", i.Name, name.Name),
		didYouMean(name.Name, names))
	return NoType
}

// declKind is the structure of a declared type.
func (b *builder) declKind(d *syntax.TypeDecl, st Stability) Kind {
	switch d.Kind {
	case syntax.AliasDecl:
		return b.structure(d.Alias, st)
	case syntax.ResourceDecl:
		return Resource{}
	}
	what := declNames[d.Kind]
	if len(d.Members) == 0 {
		b.report(d.Name.Span, fmt.Sprintf("the %s `%s` is empty", what.decl, d.Name.Name),
			"it needs at least one "+what.member)
	}
	b.uniqueMembers(d.Members, what.member)
	switch d.Kind {
	case syntax.RecordDecl:
		k := Record{Fields: make([]Field, len(d.Members))}
		for i, m := range d.Members {
			k.Fields[i] = Field{m.Name.Name, b.typ(m.Type, st), docsOf(m.Docs), m.Name.Span}
		}
		return k
	case syntax.VariantDecl:
		k := Variant{Cases: make([]Case, len(d.Members))}
		for i, m := range d.Members {
			k.Cases[i] = Case{m.Name.Name, b.typ(m.Type, st), docsOf(m.Docs), m.Name.Span}
		}
		return k
	case syntax.EnumDecl:
		k := Enum{Cases: make([]EnumCase, len(d.Members))}
		for i, m := range d.Members {
			k.Cases[i] = EnumCase{m.Name.Name, docsOf(m.Docs), m.Name.Span}
		}
		return k
	}
	if len(d.Members) > MaxFlags {
		b.report(d.Members[MaxFlags].Name.Span, fmt.Sprintf("flags have at most %d members", MaxFlags), "")
	}
	k := Flags{Flags: make([]Flag, len(d.Members))}
	for i, m := range d.Members {
		k.Flags[i] = Flag{m.Name.Name, docsOf(m.Docs), m.Name.Span}
	}
	return k
}

var declNames = map[syntax.DeclKind]struct{ decl, member string }{
	syntax.RecordDecl: {"record", "field"}, syntax.VariantDecl: {"variant", "case"},
	syntax.EnumDecl: {"enum", "case"}, syntax.FlagsDecl: {"set of flags", "flag"},
}

// uniqueMembers checks that names differ in more than hyphens and case.
func (b *builder) uniqueMembers(members []syntax.Member, what string) {
	seen := make(map[string]string, len(members))
	for _, m := range members {
		key := foldLabel(m.Name.Name)
		prev, taken := seen[key]
		switch {
		case !taken:
			seen[key] = m.Name.Name
		case prev == m.Name.Name:
			b.report(m.Name.Span, fmt.Sprintf("the %s `%s` is defined twice", what, prev), "")
		default:
			b.report(m.Name.Span, fmt.Sprintf("the %s `%s` clashes with `%s`", what, m.Name.Name, prev),
				"names must differ in more than hyphens and case")
		}
	}
}

// typ is a use of a type. Types without name are made once each.
func (b *builder) typ(t *syntax.Type, st Stability) Type {
	if t == nil {
		return None
	}
	if primitive := primitives[t.Kind]; primitive != None {
		return primitive
	}
	k := b.structure(t, st)
	switch k := k.(type) {
	case Alias:
		return k.Target
	case Handle:
		if !k.Borrow {
			return k.Resource.Type() // own<r> is r, where it has no name
		}
	}
	return b.anonymousType(k, st, t.Span).Type()
}

var primitives = [...]Type{
	syntax.BoolType: Bool, syntax.U8Type: U8, syntax.U16Type: U16, syntax.U32Type: U32, syntax.U64Type: U64,
	syntax.S8Type: S8, syntax.S16Type: S16, syntax.S32Type: S32, syntax.S64Type: S64, syntax.F32Type: F32,
	syntax.F64Type: F64, syntax.CharType: Char, syntax.StringType: String,
	syntax.ErrorContextType: ErrorContext, syntax.BorrowType: None,
}

// structure is the kind of a type that has no declaration of its own.
func (b *builder) structure(t *syntax.Type, st Stability) Kind {
	if primitive := primitives[t.Kind]; primitive != None {
		return Alias{primitive}
	}
	switch t.Kind {
	case syntax.NamedType:
		return Alias{b.namedType(t).Type()}
	case syntax.OwnType, syntax.BorrowType:
		return Handle{b.resource(t), t.Kind == syntax.BorrowType}
	case syntax.TupleType:
		if len(t.Args) == 0 {
			b.report(t.Span, "a tuple needs at least one type", "")
		}
		k := Tuple{make([]Type, len(t.Args))}
		for i, arg := range t.Args {
			k.Types[i] = b.typ(arg, st)
		}
		return k
	case syntax.MapType:
		k := Map{b.typ(t.Args[0], st), b.typ(t.Args[1], st)}
		if k.Key != None && !isMapKey(k.Key) {
			b.report(t.Args[0].Span, "this type cannot be the key of a map",
				"keys are bool, integers, char and string")
		}
		return k
	case syntax.ResultType:
		ok := b.typ(t.Args[0], st)
		return Result{ok, b.typ(t.Args[1], st)}
	}
	elem := b.typ(t.Args[0], st)
	switch t.Kind {
	case syntax.ListType:
		return List{elem}
	case syntax.FixedListType:
		return FixedList{elem, t.Len}
	case syntax.OptionType:
		return Option{elem}
	case syntax.FutureType:
		return Future{elem}
	}
	return Stream{elem}
}

func isMapKey(t Type) bool { return t.IsPrimitive() && t != F32 && t != F64 && t != ErrorContext }

func (b *builder) namedType(t *syntax.Type) TypeID {
	if id, ok := b.scope.Get(t.Name); ok {
		return id
	}
	if b.funcs[t.Name] {
		b.report(t.Span, "`"+t.Name+"` is a function, a type is wanted here", "")
		return NoType
	}
	help := ""
	switch t.Name {
	case "float32":
		help = "the type is called `f32` now"
	case "float64":
		help = "the type is called `f64` now"
	default:
		names := slices.Clone(typeWords)
		for n := range b.scope.Keys() {
			names = append(names, n)
		}
		help = didYouMean(t.Name, names)
	}
	b.report(t.Span, "no type `"+t.Name+"`", help)
	return NoType
}

// typeWords are the names of types that the language has.
var typeWords = []string{
	"bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string", "list",
	"option", "result", "tuple", "map", "future", "stream", "error-context",
}

// resource is the resource that a handle refers to, by whatever name.
func (b *builder) resource(t *syntax.Type) TypeID {
	id := b.namedType(t)
	if id == NoType {
		return id
	}
	root := b.roots[id]
	switch b.pkg.types[root].Kind.(type) {
	case Resource:
	case Unknown:
		b.pkg.resources = append(b.pkg.resources, requiredResource{root, t.Span})
	default:
		if alias, ok := b.pkg.types[root].Kind.(Alias); !ok || alias.Target != None {
			b.report(t.Span, "`"+t.Name+"` is no resource, and only resources have handles", "")
		}
	}
	return id
}

// anonymousType is the one type without name that has the structure. It
// inherits the gate of what it is made of, unless it has one from the type it
// is part of.
func (b *builder) anonymousType(k Kind, st Stability, sp Span) TypeID {
	tuple, isTuple := k.(Tuple)
	var key anonymousKey
	var tupleKey string
	if isTuple {
		tupleKey = keyOf(tuple)
		if id, ok := b.tuples[tupleKey]; ok {
			return id
		}
	} else {
		key = structureKey(k)
		if id, ok := b.anonymous[key]; ok {
			return id
		}
	}
	id := b.addType(&TypeDef{Kind: k, Stability: b.inherited(k, st), Span: sp})
	if isTuple {
		b.tuples[tupleKey] = id
	} else {
		b.anonymous[key] = id
	}
	return id
}

func keyOf(t Tuple) string {
	key := make([]byte, 0, 4*len(t.Types))
	for _, elem := range t.Types {
		key = binary.LittleEndian.AppendUint32(key, uint32(elem))
	}
	return string(key)
}

func structureKey(k Kind) anonymousKey {
	switch k := k.(type) {
	case Handle:
		return anonymousKey{kind: "borrow", a: k.Resource.Type()}
	case List:
		return anonymousKey{kind: "list", a: k.Elem}
	case FixedList:
		return anonymousKey{kind: "fixed", a: k.Elem, n: k.Len}
	case Map:
		return anonymousKey{kind: "map", a: k.Key, b: k.Value}
	case Option:
		return anonymousKey{kind: "option", a: k.Elem}
	case Result:
		return anonymousKey{kind: "result", a: k.Ok, b: k.Err}
	case Future:
		return anonymousKey{kind: "future", a: k.Elem}
	case Stream:
		return anonymousKey{kind: "stream", a: k.Elem}
	}
	panic("wit: a named kind of type has no structure key") // our own mistake: such kinds have declarations
}

// inherited is the gate of a type without name: that of the first part which
// has one.
func (b *builder) inherited(k Kind, st Stability) Stability {
	if !st.IsUnknown() {
		return st
	}
	eachType(k, func(part Type) bool {
		if id, ok := part.ID(); ok {
			st = b.pkg.types[id].Stability
		}
		return st.IsUnknown()
	})
	return st
}

// didYouMean is the help for a mistyped name.
func didYouMean(name string, candidates []string) string {
	if near := spelling.Nearest(name, candidates); near != "" {
		return "did you mean `" + near + "`?"
	}
	return ""
}
