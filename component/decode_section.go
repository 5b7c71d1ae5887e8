package component

import (
	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/binary"
)

// sectionDecoder decodes the content of one section into a component, or, with c
// nil, the declarations of a component or instance type into its scope.
type sectionDecoder struct {
	*binary.Reader
	c      *Component
	scope  *Scope
	root   *Component // that the scope belongs to
	within *TypeScope // the scope, if it is that of a type
	depth  int        // how many component and instance types lie around it
}

// definitions decodes a section that holds a vector of definitions.
func (d *sectionDecoder) definitions(id SectionID) {
	var one func()
	limit := MaxIndexSpace
	switch id {
	case SectionCoreInstance:
		one = d.coreInstance
	case SectionCoreType:
		one, limit = d.coreType, MaxTypes
	case SectionInstance:
		one = d.instance
	case SectionAlias:
		one = d.alias
	case SectionType:
		one, limit = d.typeDef, MaxTypes
	case SectionCanon:
		one = d.canon
	case SectionImport:
		one = d.importDef
	case SectionExport:
		one = d.exportDef
	case SectionValue:
		one = d.value
	case SectionStart:
		d.start()
		return
	}
	for range d.Count(id.String()+" definitions", limit) {
		if one(); d.Err() != nil {
			return
		}
	}
}

// add notes a definition in file order and, but for NumSorts, in an index space.
func (d *sectionDecoder) add(sort Sort, kind DefKind, index int) {
	d.scope.Order = append(d.scope.Order, Def{kind, uint32(index)})
	if sort == NumSorts {
		return
	}
	if len(d.scope.Space(sort)) >= MaxIndexSpace {
		d.Fail(d.Offset(), "more than %d definitions of sort %s", MaxIndexSpace, sort)
		return
	}
	d.scope.define(sort, kind, index)
}

func (d *sectionDecoder) coreInstance() {
	in := CoreInstance{Off: d.Offset()}
	switch b := d.Byte(); b {
	case 0x00:
		in.Module = d.U32()
		for range d.Count("instantiation arguments", MaxInstantiationArgs) {
			arg := CoreArg{Off: d.Offset(), Name: d.Name()}
			if sort := d.Byte(); sort != 0x12 {
				d.Fail(d.Offset()-1, "core instantiation argument of sort 0x%02x, expected an instance (0x12)", sort)
			}
			arg.Instance = d.U32()
			in.Args = append(in.Args, arg)
		}
	case 0x01:
		in.Inline = true
		for range d.Count("exports", MaxInstantiationArgs) {
			e := CoreInlineExport{Off: d.Offset(), Name: d.Name()}
			e.Sort, e.Index = d.coreSort(), d.U32()
			in.Exports = append(in.Exports, e)
		}
	default:
		d.Fail(in.Off, "core instance of form 0x%02x, expected 0x00 (instantiate) or 0x01 (exports)", b)
	}
	d.add(SortCoreInstance, DefCoreInstance, len(d.c.CoreInstances))
	d.c.CoreInstances = append(d.c.CoreInstances, in)
}

// coreSort reads the sort of a core item that an instance can export.
func (d *sectionDecoder) coreSort() Sort {
	at := d.Offset()
	b := d.Byte()
	if b > 0x04 {
		d.Fail(at, "core sort 0x%02x, expected 0x00 to 0x04 (func, table, memory, global, tag)", b)
	}
	return SortCoreFunc + Sort(b)
}

func (d *sectionDecoder) instance() {
	in := Instance{Off: d.Offset()}
	switch b := d.Byte(); b {
	case 0x00:
		in.Component = d.U32()
		for range d.Count("instantiation arguments", MaxInstantiationArgs) {
			arg := Arg{Off: d.Offset(), Name: d.Name()}
			arg.Sort, arg.Index = d.externSort(), d.U32()
			in.Args = append(in.Args, arg)
		}
	case 0x01:
		in.Inline = true
		for range d.Count("exports", MaxInstantiationArgs) {
			e := InlineExport{Off: d.Offset(), Name: d.externName()}
			e.Sort, e.Index = d.externSort(), d.U32()
			in.Exports = append(in.Exports, e)
		}
	default:
		d.Fail(in.Off, "instance of form 0x%02x, expected 0x00 (instantiate) or 0x01 (exports)", b)
	}
	d.add(SortInstance, DefInstance, len(d.c.Instances))
	d.c.Instances = append(d.c.Instances, in)
}

// externSort reads the sort of an item that can be imported or exported.
func (d *sectionDecoder) externSort() Sort {
	at := d.Offset()
	switch b := d.Byte(); b {
	case 0x00:
		if kind := d.Byte(); kind != 0x11 {
			d.Fail(at+1, "core sort 0x%02x, expected a core module (0x11)", kind)
		}
		return SortCoreModule
	case 0x01, 0x02, 0x03, 0x04, 0x05:
		return SortFunc + Sort(b-1)
	default:
		d.Fail(at, "sort 0x%02x, expected 0x00 0x11 or 0x01 to 0x05", b)
		return SortFunc
	}
}

func (d *sectionDecoder) alias() {
	a := Alias{Off: d.Offset()}
	sort, coreSort := d.Byte(), byte(0)
	if sort == 0x00 {
		coreSort = d.Byte()
	}
	switch target := d.Byte(); target {
	case 0x00:
		a.Kind = AliasExport
		a.Sort = d.aliasSort(a.Off, sort, coreSort, exportSorts)
	case 0x01:
		a.Kind = AliasCoreExport
		a.Sort = d.aliasSort(a.Off, sort, coreSort, coreExportSorts)
	case 0x02:
		a.Kind = AliasOuter
		a.Sort = d.aliasSort(a.Off, sort, coreSort, outerSorts)
		a.Count, a.Index = d.U32(), d.U32()
	default:
		d.Fail(d.Offset()-1, "alias of form 0x%02x, expected 0x00 (export), 0x01 (core export) or 0x02 (outer)", target)
	}
	if a.Kind != AliasOuter {
		a.Instance, a.Name = d.U32(), d.Name()
	}
	d.add(a.Sort, DefAlias, len(d.scope.Aliases))
	d.scope.Aliases = append(d.scope.Aliases, a)
}

// The sorts that aliases of each form may have, by sort byte and core sort byte.
var (
	exportSorts = map[[2]byte]Sort{
		{0x00, 0x11}: SortCoreModule, {0x01}: SortFunc, {0x02}: SortValue, {0x03}: SortType,
		{0x04}: SortComponent, {0x05}: SortInstance,
	}
	coreExportSorts = map[[2]byte]Sort{
		{0x00, 0x00}: SortCoreFunc, {0x00, 0x01}: SortCoreTable, {0x00, 0x02}: SortCoreMemory,
		{0x00, 0x03}: SortCoreGlobal, {0x00, 0x04}: SortCoreTag,
	}
	outerSorts = map[[2]byte]Sort{
		{0x00, 0x10}: SortCoreType, {0x00, 0x11}: SortCoreModule, {0x03}: SortType, {0x04}: SortComponent,
	}
)

func (d *sectionDecoder) aliasSort(at int64, sort, coreSort byte, allowed map[[2]byte]Sort) Sort {
	s, ok := allowed[[2]byte{sort, coreSort}]
	if !ok {
		d.Fail(at, "sort 0x%02x 0x%02x cannot be aliased this way", sort, coreSort)
	}
	return s
}

func (d *sectionDecoder) importDef() {
	imp := Import{Off: d.Offset(), Name: d.externName()}
	imp.Desc = d.externDesc()
	d.add(imp.Desc.Sort, DefImport, len(d.scope.Imports))
	d.scope.Imports = append(d.scope.Imports, imp)
}

func (d *sectionDecoder) exportDef() {
	e := Export{Off: d.Offset(), Name: d.externName()}
	e.Sort, e.Index = d.externSort(), d.U32()
	if d.Flag("the presence of an export's type") {
		desc := d.externDesc()
		e.Desc = &desc
	}
	d.add(e.Sort, DefExport, len(d.scope.Exports))
	d.scope.Exports = append(d.scope.Exports, e)
}

// exportDecl reads an export declared in a component or instance type.
func (d *sectionDecoder) exportDecl() {
	e := Export{Off: d.Offset(), Name: d.externName()}
	desc := d.externDesc()
	e.Sort, e.Desc = desc.Sort, &desc
	d.add(e.Sort, DefExport, len(d.scope.Exports))
	d.scope.Exports = append(d.scope.Exports, e)
}

func (d *sectionDecoder) externName() ExternName {
	at := d.Offset()
	form := d.Byte()
	if form > 0x02 {
		d.Fail(at, "name of form 0x%02x, expected 0x00, or 0x02 for a name with attributes", form)
	}
	n := ExternName{Name: d.Name()}
	if form != 0x02 {
		return n
	}
	for range d.Count("attributes of a name", MaxNameAttributes) {
		d.nameAttribute(&n)
	}
	return n
}

func (d *sectionDecoder) nameAttribute(n *ExternName) {
	at := d.Offset()
	kind, value := d.Byte(), d.Name()
	fields := []struct {
		attr Attributes
		dst  *string
		name string
	}{
		{AttrImplements, &n.Implements, "implements"},
		{AttrVersionSuffix, &n.VersionSuffix, "versionsuffix"},
		{AttrExternalID, &n.ExternalID, "external-id"},
	}
	if int(kind) >= len(fields) {
		d.Fail(at, "unknown attribute 0x%02x of a name", kind)
		return
	}
	f := fields[kind]
	if n.Attributes&f.attr != 0 {
		d.Fail(at, "the attribute %s of the name %q is given twice", f.name, n.Name)
		return
	}
	n.Attributes |= f.attr
	*f.dst = value
}

func (d *sectionDecoder) externDesc() ExternDesc {
	desc := ExternDesc{Off: d.Offset(), Sort: d.externSort()}
	switch desc.Sort {
	case SortType:
		desc.Bound = d.bound()
		if desc.Bound == BoundEq {
			desc.Index = d.U32()
		}
	case SortValue:
		// wasm-tools, the one producer of values, writes no bound here.
		desc.Value = d.valType()
	default:
		desc.Index = d.U32()
	}
	return desc
}

func (d *sectionDecoder) bound() Bound {
	switch b := d.Byte(); b {
	case 0x00:
		return BoundEq
	case 0x01:
		return BoundSub
	default:
		d.Fail(d.Offset()-1, "bound 0x%02x, expected 0x00 (eq) or 0x01 (sub)", b)
		return BoundEq
	}
}

func (d *sectionDecoder) start() {
	s := Start{Off: d.Offset(), Func: d.U32()}
	for range d.Count("start arguments", MaxStartArgs) {
		s.Args = append(s.Args, d.U32())
	}
	at := d.Offset()
	if s.Results = d.U32(); s.Results > MaxResults {
		d.Fail(at, "%d results of a start function exceed the limit of %d", s.Results, MaxResults)
		return
	}
	d.add(NumSorts, DefStart, len(d.c.Starts))
	for range s.Results {
		d.scope.define(SortValue, DefStart, len(d.c.Starts))
	}
	d.c.Starts = append(d.c.Starts, s)
}

func (d *sectionDecoder) value() {
	v := Value{Off: d.Offset(), Type: d.valType()}
	n := d.U32()
	v.Body = Range{Off: d.Offset(), Len: int64(n)}
	d.Bytes(int(n))
	d.add(SortValue, DefValue, len(d.c.Values))
	d.c.Values = append(d.c.Values, v)
}

func (d *sectionDecoder) coreType() {
	t := CoreType{Off: d.Offset()}
	switch d.Peek() {
	case 0x00:
		// A non-final sub type carries a prefix here, as 0x50 is a module type.
		d.Byte()
		if b := d.Peek(); b != 0x50 {
			d.Fail(d.Offset(), "core type 0x00 0x%02x, expected a non-final sub type (0x00 0x50)", b)
			return
		}
		t.Rec = d.recGroup()
	case 0x50:
		d.Byte()
		t.Module = d.moduleType()
	default:
		t.Rec = d.recGroup()
	}
	index := len(d.scope.CoreTypes)
	d.scope.CoreTypes = append(d.scope.CoreTypes, t)
	if t.Rec == nil {
		d.add(SortCoreType, DefCoreType, index)
		return
	}
	d.add(NumSorts, DefCoreType, index)
	for range t.Rec.Types {
		d.scope.define(SortCoreType, DefCoreType, index)
	}
}

func (d *sectionDecoder) recGroup() *core.RecGroup {
	g := core.ReadRecType(d.Reader)
	return &g
}

func (d *sectionDecoder) moduleType() *ModuleType {
	m := &ModuleType{}
	for range d.Count("module type declarations", MaxModuleTypeDecls) {
		m.Decls = append(m.Decls, d.moduleDecl())
		if d.Err() != nil {
			break
		}
	}
	return m
}

func (d *sectionDecoder) moduleDecl() ModuleDecl {
	decl := ModuleDecl{Off: d.Offset()}
	switch b := d.Byte(); b {
	case 0x00:
		decl.Import = &core.Import{Offset: d.Offset(), Module: d.Name(), Name: d.Name(), Type: core.ReadExternType(d.Reader)}
	case 0x01:
		decl.Rec = d.recGroup()
	case 0x02:
		decl.Alias = Alias{Off: decl.Off, Kind: AliasOuter, Sort: SortCoreType}
		if sort, form := d.Byte(), d.Byte(); sort != 0x10 || form != 0x01 {
			d.Fail(decl.Off+1, "alias 0x%02x 0x%02x in a module type, expected an outer core type (0x10 0x01)", sort, form)
		}
		decl.Alias.Count, decl.Alias.Index = d.U32(), d.U32()
	case 0x03:
		decl.Export = &ModuleExport{Name: d.Name(), Type: core.ReadExternType(d.Reader)}
	default:
		d.Fail(decl.Off, "module type declaration 0x%02x, expected 0x00 to 0x03", b)
	}
	return decl
}

// typeScope reads the declarations of a component type or, without imports, of an
// instance type.
func (d *sectionDecoder) typeScope(imports bool) *TypeScope {
	if d.depth >= MaxNesting {
		d.Fail(d.Offset(), "types nested deeper than %d", MaxNesting)
		return nil
	}
	ts := &TypeScope{component: d.root, outer: d.within, index: uint32(len(d.scope.Space(SortType)))}
	inner := &sectionDecoder{Reader: d.Reader, scope: &ts.Scope, root: d.root, within: ts, depth: d.depth + 1}
	for range d.Count("declarations of a component or instance type", MaxTypeDecls) {
		if inner.declaration(imports); d.Err() != nil {
			break
		}
	}
	return ts
}

func (d *sectionDecoder) declaration(imports bool) {
	at := d.Offset()
	switch b := d.Byte(); {
	case b == 0x00:
		d.coreType()
	case b == 0x01:
		d.typeDef()
	case b == 0x02:
		d.alias()
	case b == 0x03 && imports:
		d.importDef()
	case b == 0x04:
		d.exportDecl()
	default:
		d.Fail(at, "declaration 0x%02x in a type, expected 0x00 (core type), 0x01 (type), 0x02 (alias), "+
			"0x03 (import, in component types only) or 0x04 (export)", b)
	}
}
