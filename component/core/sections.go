package core

import "github.com/edgelint/edgelint/internal/binary"

func (d *decoder) types(r *binary.Reader) {
	m := d.m
	d.each(r, "types", MaxTypes, func() {
		g := ReadRecType(r)
		m.Groups = append(m.Groups, Group{
			First: uint32(len(m.Types)), Len: uint32(len(g.Types)), Explicit: g.Explicit, Offset: g.Offset,
		})
		m.Types = append(m.Types, g.Types...)
		if len(m.Types) > MaxTypes {
			r.Fail(g.Offset, "more than %d types", MaxTypes)
		}
	})
}

// Codes in place of a sort that begin several imports of one module (compact
// import section proposal).
const (
	importsOfModule = 0x7f // a name and type each
	importsOfType   = 0x7e // a type, then names
)

func (d *decoder) imports(r *binary.Reader) {
	r.ShareNames()
	d.each(r, "imports", MaxImports, func() {
		at, module, name := r.Offset(), r.Name(), r.Name()
		code := r.Peek()
		if name != "" || code != importsOfModule && code != importsOfType {
			d.imported(r, Import{Module: module, Name: name, Type: ReadExternType(r), Offset: at})
			return
		}
		r.Byte()
		var t ExternType
		if code == importsOfType {
			t = ReadExternType(r)
		}
		n := r.Count("imports", MaxImports)
		for i := 0; i < n && r.Err() == nil; i++ {
			item := Import{Module: module, Type: t, Offset: r.Offset(), Name: r.Name()}
			if code == importsOfModule {
				item.Type = ReadExternType(r)
			}
			d.imported(r, item)
		}
	})
}

// imported puts an import at the front of its index space.
func (d *decoder) imported(r *binary.Reader, im Import) {
	m := d.m
	if r.Err() != nil {
		return
	}
	if len(m.Imports) >= MaxImports {
		r.Fail(im.Offset, "more than %d imports", MaxImports)
		return
	}
	m.Imports = append(m.Imports, im)
	switch t := im.Type; t.Kind {
	case ExternFunc:
		m.Funcs = append(m.Funcs, t.Type)
		m.ImportedFuncs++
	case ExternTable:
		m.Tables = append(m.Tables, Table{TableType: t.Table, Offset: im.Offset})
		m.ImportedTables++
	case ExternMemory:
		m.Memories = append(m.Memories, Memory{MemoryType: t.Memory, Offset: im.Offset})
		m.ImportedMemories++
	case ExternGlobal:
		m.Globals = append(m.Globals, Global{GlobalType: t.Global, Offset: im.Offset})
		m.ImportedGlobals++
	case ExternTag:
		m.Tags = append(m.Tags, Tag{Type: t.Type, Offset: im.Offset})
		m.ImportedTags++
	}
}

func (d *decoder) functions(r *binary.Reader) {
	n := r.Count("functions", MaxFunctions)
	funcs := make([]uint32, 0, len(d.m.Funcs)+n)
	funcs = append(funcs, d.m.Funcs...)
	for i := 0; i < n && r.Err() == nil; i++ {
		d.item = i
		funcs = append(funcs, r.U32())
	}
	d.m.Funcs = funcs
	if r.Err() == nil {
		d.item = -1
	}
}

func (d *decoder) tables(r *binary.Reader) {
	d.each(r, "tables", MaxTables, func() {
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
	})
}

func (d *decoder) memories(r *binary.Reader) {
	d.each(r, "memories", MaxMemories, func() {
		d.m.Memories = append(d.m.Memories, Memory{Offset: r.Offset(), MemoryType: ReadMemoryType(r)})
	})
}

func (d *decoder) tags(r *binary.Reader) {
	d.each(r, "tags", MaxTags, func() {
		d.m.Tags = append(d.m.Tags, Tag{Offset: r.Offset(), Type: ReadTagType(r)})
	})
}

func (d *decoder) globals(r *binary.Reader) {
	d.each(r, "globals", MaxGlobals, func() {
		g := Global{Offset: r.Offset(), GlobalType: ReadGlobalType(r)}
		g.Init = readConstExpr(r)
		d.m.Globals = append(d.m.Globals, g)
	})
}

func (d *decoder) exports(r *binary.Reader) {
	r.ShareNames()
	d.each(r, "exports", MaxExports, func() {
		e := Export{Offset: r.Offset(), Name: r.Name()}
		at := r.Offset()
		e.Kind = ExternKind(r.Byte())
		if e.Kind > ExternTag {
			r.Fail(at, "0x%02x is no sort of export", byte(e.Kind))
		}
		e.Index = r.U32()
		d.m.Exports = append(d.m.Exports, e)
	})
}

func (d *decoder) start(r *binary.Reader) { d.m.Start = r.U32() }

func (d *decoder) dataCount(r *binary.Reader) { d.m.DataCount = int(r.U32()) }
