package wit

import "github.com/edgelint/edgelint/wit/syntax"

// unresolved is a package in which names are looked up as far as the package
// itself goes. Its arenas begin with stand-ins for what other packages define.
type unresolved struct {
	name       PackageName
	nameSpan   Span
	docs       Docs
	worlds     []*World
	interfaces []*Interface
	types      []*TypeDef

	foreign           Ordered[PackageName, *foreignPackage]
	foreignInterfaces []foreignItem // the first of interfaces
	foreignWorlds     []foreignItem // the first of worlds
	foreignTypes      int           // how many of types come first as Unknown

	// resources are the foreign types that must turn out to be resources.
	resources []requiredResource
}

// foreignPackage is another package that is referred to.
type foreignPackage struct {
	span  Span // where first
	items map[string]itemRef
}

// foreignItem is an interface or world of another package.
type foreignItem struct {
	pkg         PackageName
	pkgSpan     Span
	name        string
	span        Span
	stabilities []Stability // of the statements that refer to it
}

type requiredResource struct {
	id   TypeID
	span Span
}

// itemRef is an interface or world of a package's arenas.
type itemRef struct {
	id    int32
	world bool
}

// builder makes an unresolved package of the files of a package.
type builder struct {
	*reporter
	pkg   *unresolved
	files []fileScope
	file  int // the file whose names are in scope
	// items are the interfaces and worlds of all files of the package.
	items map[string]itemRef
	// foreign finds what a path to another package refers to.
	foreign map[*syntax.PackageName]itemRef
	// anonymous and tuples find the types without name that exist already.
	anonymous map[anonymousKey]TypeID
	tuples    map[string]TypeID
	// resourceOf is, for each type, the type at the end of its aliases.
	roots []TypeID
	// scope is the types that can be named; funcs what else has a name there.
	scope *Ordered[string, TypeID]
	funcs map[string]bool
}

// fileScope is a file's declarations, and the names it gives to interfaces and
// worlds.
type fileScope struct {
	items []syntax.Item
	names map[string]itemRef // id -1 for one that stands for nothing
}

func newBuilder(r *reporter) *builder {
	return &builder{
		reporter: r, pkg: &unresolved{},
		items: map[string]itemRef{}, foreign: map[*syntax.PackageName]itemRef{},
		anonymous: map[anonymousKey]TypeID{}, tuples: map[string]TypeID{},
	}
}

// addFile adds a file of the package and gives the packages nested in it.
func (b *builder) addFile(f *syntax.File) (nested []*syntax.PackageBlock) {
	if f.Package != nil {
		b.addHeader(f.Package)
	}
	var items []syntax.Item
	for _, item := range f.Items {
		if block, ok := item.(*syntax.PackageBlock); ok {
			nested = append(nested, block)
		} else {
			items = append(items, item)
		}
	}
	b.files = append(b.files, fileScope{items: items})
	return nested
}

// addBlock makes a nested package the content.
func (b *builder) addBlock(block *syntax.PackageBlock) {
	b.addHeader(block.Package)
	var items []syntax.Item
	for _, item := range block.Items {
		if inner, ok := item.(*syntax.PackageBlock); ok {
			b.report(inner.Package.Span, "a package within a package within a package is not allowed",
				"put it at the top of the file")
			continue
		}
		items = append(items, item)
	}
	b.files = append(b.files, fileScope{items: items})
}

// addHeader notes the package's name. Several files may say it, if they agree.
func (b *builder) addHeader(n *syntax.PackageName) {
	name := b.packageName(n)
	if prev := b.pkg.name; prev.Name != "" && prev != name {
		b.report(n.Span, "the package is `"+name.String()+"` here, but `"+prev.String()+"` in another file",
			"all files of a folder are one package")
		return
	}
	b.pkg.name, b.pkg.nameSpan = name, n.Span
	docs := docsOf(n.Docs)
	if !docs.Present {
		return
	}
	if b.pkg.docs.Present {
		b.report(n.Docs.Span(), "the package is documented in another file, too",
			"keep comments before `package` in one file")
	}
	b.pkg.docs = docs
}

func (b *builder) packageName(n *syntax.PackageName) PackageName {
	name := PackageName{Namespace: n.Namespace.Name, Name: n.Name.Name}
	if n.Version.Text != "" {
		name.Version = b.version(n.Version)
	}
	return name
}

func (b *builder) version(v syntax.Version) Version {
	version, err := ParseVersion(v.Text)
	if err != nil {
		b.report(v.Span, err.Error(), "")
		return Version(v.Text)
	}
	return version
}

func docsOf(c syntax.Comments) Docs {
	text, ok := c.Text()
	return Docs{Text: text, Present: ok}
}

func (b *builder) addInterface(sp Span) InterfaceID {
	b.pkg.interfaces = append(b.pkg.interfaces, &Interface{Package: NoPackage, Span: sp})
	return InterfaceID(len(b.pkg.interfaces) - 1)
}

func (b *builder) addWorld(sp Span) WorldID {
	b.pkg.worlds = append(b.pkg.worlds, &World{Package: NoPackage, Span: sp})
	return WorldID(len(b.pkg.worlds) - 1)
}

func (b *builder) addType(t *TypeDef) TypeID {
	id := TypeID(len(b.pkg.types))
	b.pkg.types = append(b.pkg.types, t)
	root := id
	if alias, ok := t.Kind.(Alias); ok {
		if target, ok := alias.Target.ID(); ok {
			root = b.roots[target]
		}
	}
	b.roots = append(b.roots, root)
	return id
}

// build looks up every name of the package.
func (b *builder) build() *unresolved {
	b.findForeignItems()
	order := b.declareItems()
	if order == nil {
		return b.pkg
	}
	b.scopeFiles()
	b.findForeignTypes()
	for _, d := range order {
		if i, ok := d.item.(*syntax.Interface); ok {
			b.file = d.file
			b.interfaceItems(InterfaceID(d.ref.id), i)
		}
	}
	for _, d := range order {
		if w, ok := d.item.(*syntax.World); ok {
			b.file = d.file
			b.worldItems(WorldID(d.ref.id), w)
		}
	}
	return b.pkg
}
