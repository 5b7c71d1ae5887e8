package core

import (
	"slices"

	"github.com/edgelint/edgelint/internal/binary"
)

func (d *decoder) types(r *binary.Reader) {
	m := d.m
	n := r.Count("types", MaxTypes)
	m.Types, m.Groups = make([]SubType, 0, eager(n)), make([]Group, 0, eager(n))
	var vals valTypes
	for d.item = range n {
		g := Group{First: uint32(len(m.Types)), Offset: r.Offset()}
		m.Types, g.Explicit = readRecType(r, m.Types, &vals)
		g.Len = uint32(len(m.Types)) - g.First
		m.Groups = append(m.Groups, g)
		if len(m.Types) > MaxTypes {
			r.Fail(g.Offset, "more than %d types", MaxTypes)
		}
		if r.Err() != nil {
			return
		}
	}
}

// Codes in place of a sort that begin several imports of one module (compact
// import section proposal).
const (
	importsOfModule = 0x7f // a name and type each
	importsOfType   = 0x7e // a type, then names
)

func (d *decoder) imports(r *binary.Reader) {
	r.ShareNames()
	n := r.Count("imports", MaxImports)
	d.m.Imports = make([]Import, 0, eager(n))
	for d.item = range n {
		im := Import{Offset: r.Offset(), Module: r.Name(), Name: r.Name()}
		switch code := r.Peek(); {
		case im.Name == "" && code == importsOfModule:
			r.Byte()
			d.importsOf(r, im.Module, nil)
		case im.Name == "" && code == importsOfType:
			r.Byte()
			t := ReadExternType(r)
			d.importsOf(r, im.Module, &t)
		default:
			im.Type = ReadExternType(r)
			d.imported(r, im)
		}
		if r.Err() != nil {
			return
		}
	}
	d.m.placeImports()
}

// importsOf reads several imports of one module, and of one type if it is given.
func (d *decoder) importsOf(r *binary.Reader, module string, of *ExternType) {
	if d.m.compactImports < 0 {
		d.m.compactImports = r.Offset() - 1
	}
	n := r.Count("imports", MaxImports)
	for i := 0; i < n && r.Err() == nil; i++ {
		im := Import{Offset: r.Offset(), Module: module, Name: r.Name()}
		if of != nil {
			im.Type = *of
		} else {
			im.Type = ReadExternType(r)
		}
		d.imported(r, im)
	}
}

// imported adds an import.
func (d *decoder) imported(r *binary.Reader, im Import) {
	if len(d.m.Imports) >= MaxImports {
		r.Fail(im.Offset, "more than %d imports", MaxImports)
	}
	if r.Err() == nil {
		d.m.Imports = append(d.m.Imports, im)
	}
}

// placeImports puts the imports at the front of their index spaces.
func (m *Module) placeImports() {
	var count [ExternTag + 1]int
	for _, im := range m.Imports {
		count[im.Type.Kind]++
	}
	m.ImportedFuncs, m.ImportedTables = count[ExternFunc], count[ExternTable]
	m.ImportedMemories, m.ImportedGlobals, m.ImportedTags = count[ExternMemory], count[ExternGlobal], count[ExternTag]
	m.Funcs = make([]uint32, 0, m.ImportedFuncs)
	m.Globals = make([]Global, 0, m.ImportedGlobals)
	for _, im := range m.Imports {
		switch t := im.Type; t.Kind {
		case ExternFunc:
			m.Funcs = append(m.Funcs, t.Type)
		case ExternTable:
			m.Tables = append(m.Tables, Table{TableType: t.Table, Offset: im.Offset})
		case ExternMemory:
			m.Memories = append(m.Memories, Memory{MemoryType: t.Memory, Offset: im.Offset})
		case ExternGlobal:
			m.Globals = append(m.Globals, Global{GlobalType: t.Global, Offset: im.Offset})
		case ExternTag:
			m.Tags = append(m.Tags, Tag{Type: t.Type, Offset: im.Offset})
		}
	}
}

func (d *decoder) functions(r *binary.Reader) {
	n := r.Count("functions", MaxFunctions)
	funcs := slices.Grow(d.m.Funcs, min(n, 8*maxEager))
	for d.item = range n {
		funcs = append(funcs, r.U32())
		if r.Err() != nil {
			return
		}
	}
	d.m.Funcs = funcs
}

func (d *decoder) tables(r *binary.Reader) {
	for d.item = range r.Count("tables", MaxTables) {
		t := Table{Offset: r.Offset()}
		init := r.Peek() == 0x40
		if init {
			r.Byte()
			if c := r.Byte(); c != 0 {
				r.Fail(r.Offset()-1, "0x%02x after 0x40: a table with an initial element has 0x40 0x00", c)
			}
		}
		t.TableType = ReadTableType(r)
		if init {
			t.Init = readConstExpr(r)
		}
		d.m.Tables = append(d.m.Tables, t)
		if r.Err() != nil {
			return
		}
	}
}

func (d *decoder) memories(r *binary.Reader) {
	for d.item = range r.Count("memories", MaxMemories) {
		d.m.Memories = append(d.m.Memories, Memory{Offset: r.Offset(), MemoryType: ReadMemoryType(r)})
		if r.Err() != nil {
			return
		}
	}
}

func (d *decoder) tags(r *binary.Reader) {
	for d.item = range r.Count("tags", MaxTags) {
		d.m.Tags = append(d.m.Tags, Tag{Offset: r.Offset(), Type: ReadTagType(r)})
		if r.Err() != nil {
			return
		}
	}
}

func (d *decoder) globals(r *binary.Reader) {
	n := r.Count("globals", MaxGlobals)
	d.m.Globals = slices.Grow(d.m.Globals, eager(n))
	for d.item = range n {
		g := Global{Offset: r.Offset(), GlobalType: ReadGlobalType(r)}
		g.Init = readConstExpr(r)
		d.m.Globals = append(d.m.Globals, g)
		if r.Err() != nil {
			return
		}
	}
}

func (d *decoder) exports(r *binary.Reader) {
	r.ShareNames()
	n := r.Count("exports", MaxExports)
	d.m.Exports = make([]Export, 0, eager(n))
	for d.item = range n {
		e := Export{Offset: r.Offset(), Name: r.Name()}
		at := r.Offset()
		e.Kind = ExternKind(r.Byte())
		if e.Kind > ExternTag {
			r.Fail(at, "0x%02x is no sort of export", byte(e.Kind))
		}
		e.Index = r.U32()
		d.m.Exports = append(d.m.Exports, e)
		if r.Err() != nil {
			return
		}
	}
}

func (d *decoder) start(r *binary.Reader) { d.m.Start = r.U32() }

func (d *decoder) dataCount(r *binary.Reader) { d.m.DataCount = int(r.U32()) }
