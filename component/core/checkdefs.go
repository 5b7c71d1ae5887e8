package core

import "fmt"

func (c *checker) functions() error {
	m := c.Module
	if len(m.Funcs) > MaxFunctions {
		return at(m.Range.Off, "func", MaxFunctions, "more than %d functions", MaxFunctions)
	}
	for i, index := range m.Funcs[m.ImportedFuncs:] {
		if err := c.funcIndex(index, m.sectionOffset(SectionFunction), "func", m.ImportedFuncs+i); err != nil {
			return err
		}
	}
	c.declared = newBitset(len(m.Funcs))
	return nil
}

// sectionOffset is where a section's content begins.
func (m *Module) sectionOffset(id SectionID) int64 {
	for _, s := range m.Sections {
		if s.ID == id {
			return s.Content.Off
		}
	}
	return m.Range.Off
}

func (c *checker) defineTables() error {
	m := c.Module
	limit := MaxTables
	if !c.features.Has(ReferenceTypes) {
		limit = 1
	}
	if len(m.Tables) > limit {
		return at(m.Tables[limit].Offset, "table", limit, "more than %d tables", limit)
	}
	c.tables = make([]TableType, 0, len(m.Tables))
	for i, t := range m.Tables {
		if i >= m.ImportedTables {
			if err := c.defineTable(t, i); err != nil {
				return err
			}
		}
		t.Element = c.resolved(t.Element)
		c.tables = append(c.tables, t.TableType)
	}
	return nil
}

func (c *checker) defineTable(t Table, i int) error {
	if err := c.tableType(t.TableType, t.Offset, "table", i); err != nil {
		return err
	}
	if t.Init.Len == 0 {
		if !t.Element.Nullable() {
			return at(t.Offset, "table", i, "elements of type %v have no default: the table needs an initial element",
				t.Element)
		}
		return nil
	}
	if err := c.need(FunctionReferences, t.Offset, item("table", i), "an initial element"); err != nil {
		return err
	}
	return c.constant(t.Init, c.resolved(t.Element), "table", i)
}

func (c *checker) memories() error {
	m := c.Module
	limit := MaxMemories
	if !c.features.Has(MultiMemory) {
		limit = 1
	}
	if len(m.Memories) > limit {
		return at(m.Memories[limit].Offset, "memory", limit, "more than %d memories", limit)
	}
	for i, t := range m.Memories[m.ImportedMemories:] {
		if err := c.memoryType(t.MemoryType, t.Offset, "memory", m.ImportedMemories+i); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) defineTags() error {
	m := c.Module
	if len(m.Tags) > MaxTags {
		return at(m.Tags[MaxTags].Offset, "tag", MaxTags, "more than %d tags", MaxTags)
	}
	c.tags = make([]*FuncType, 0, len(m.Tags))
	for i, t := range m.Tags {
		if err := c.tagType(t.Type, t.Offset, "tag", i); err != nil {
			return err
		}
		c.tags = append(c.tags, c.sigs[t.Type])
	}
	return nil
}

func (c *checker) defineGlobals() error {
	m := c.Module
	if len(m.Globals) > MaxGlobals {
		return at(m.Globals[MaxGlobals].Offset, "global", MaxGlobals, "more than %d globals", MaxGlobals)
	}
	for i, g := range m.Globals[m.ImportedGlobals:] {
		i += m.ImportedGlobals
		if err := c.globalType(g.GlobalType, g.Offset, "global", i); err != nil {
			return err
		}
		g.Type = c.resolved(g.Type)
		if err := c.constant(g.Init, g.Type, "global", i); err != nil {
			return err
		}
		c.globals = append(c.globals, g.GlobalType)
	}
	return nil
}

// importedGlobals are the globals that initial elements of tables may read: the
// table section comes before the defined globals.
func (c *checker) importedGlobals() error {
	m := c.Module
	c.globals = make([]GlobalType, 0, len(m.Globals))
	for _, g := range m.Globals[:m.ImportedGlobals] {
		g.Type = c.resolved(g.Type)
		c.globals = append(c.globals, g.GlobalType)
	}
	return nil
}

func (c *checker) exports() error {
	m := c.Module
	if len(m.Exports) > MaxExports {
		return at(m.Exports[MaxExports].Offset, "export", MaxExports, "more than %d exports", MaxExports)
	}
	clear(c.names)
	for i, e := range m.Exports {
		spaces := [...]int{len(m.Funcs), len(m.Tables), len(m.Memories), len(m.Globals), len(m.Tags)}
		if uint64(e.Index) >= uint64(spaces[e.Kind]) {
			return at(e.Offset, "export", i, "%q is %v %d, but there are %d", e.Name, e.Kind, e.Index, spaces[e.Kind])
		}
		switch {
		case e.Kind == ExternFunc:
			c.declared.add(e.Index)
		case e.Kind == ExternGlobal && c.globals[e.Index].Mutable:
			if err := c.need(MutableGlobal, e.Offset, item("export", i), "a mutable global"); err != nil {
				return err
			}
		}
		if _, dup := c.names[e.Name]; dup {
			return at(e.Offset, "export", i, "duplicate export name %q", e.Name)
		}
		c.names[e.Name] = struct{}{}
		if err := c.addSize(c.Export(i), e.Offset, "export", i); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) start() error {
	m := c.Module
	if m.Start == NoIndex {
		return nil
	}
	f, ok := m.FuncType(m.Start)
	offset := m.sectionOffset(SectionStart)
	switch {
	case !ok:
		return &Error{Offset: offset, Path: "start", Err: fmt.Errorf("unknown function %d", m.Start)}
	case len(f.Params) > 0 || len(f.Results) > 0:
		return &Error{Offset: offset, Path: "start", Err: fmt.Errorf(
			"the start function must have no parameters and results, but function %d is %v", m.Start, f)}
	}
	return nil
}

func (c *checker) defineElements() error {
	m := c.Module
	c.elements = make([]ValType, 0, len(m.Elements))
	for i, e := range m.Elements {
		if e.Exprs {
			if err := c.valType(e.Type, e.Offset, "elem", i); err != nil {
				return err
			}
		}
		t := c.resolved(e.Type)
		if err := c.elementPlace(e, t, i); err != nil {
			return err
		}
		if err := c.elementItems(e, t, i); err != nil {
			return err
		}
		c.elements = append(c.elements, t)
	}
	return nil
}

func (c *checker) elementPlace(e Element, t ValType, i int) error {
	if e.Mode != SegmentActive {
		return c.need(BulkMemory, e.Offset, item("elem", i), "a segment that is not active")
	}
	if uint64(e.Table) >= uint64(len(c.tables)) {
		return at(e.Offset, "elem", i, "unknown table %d", e.Table)
	}
	table := c.tables[e.Table]
	if !c.types.isSubtype(t, table.Element) {
		return at(e.Offset, "elem", i, "elements of type %v do not fit table %d of %v", t, e.Table, table.Element)
	}
	return c.constant(e.Start, table.IndexType(), "elem", i)
}

func (c *checker) elementItems(e Element, t ValType, i int) error {
	for index, err := range c.Module.ElementFuncs(e) {
		if err != nil {
			return place(err, item("elem", i))
		}
		if uint64(index) >= uint64(len(c.Module.Funcs)) {
			return at(e.Offset, "elem", i, "unknown function %d", index)
		}
		c.declared.add(index)
	}
	for x, err := range c.Module.ElementExprs(e) {
		if err != nil {
			return place(err, item("elem", i))
		}
		if err := c.constant(x, t, "elem", i); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) data() error {
	m := c.Module
	if m.DataCount >= 0 {
		offset := m.sectionOffset(SectionDataCount)
		if err := c.need(BulkMemory, offset, "data count section", "the data count section"); err != nil {
			return err
		}
	}
	for i, d := range m.Data {
		if d.Mode == SegmentPassive {
			if err := c.need(BulkMemory, d.Offset, item("data", i), "a passive segment"); err != nil {
				return err
			}
			continue
		}
		if uint64(d.Memory) >= uint64(len(m.Memories)) {
			return at(d.Offset, "data", i, "unknown memory %d", d.Memory)
		}
		if err := c.constant(d.Start, m.Memories[d.Memory].IndexType(), "data", i); err != nil {
			return err
		}
	}
	return nil
}

// constant checks that an expression is constant and of type want.
func (c *checker) constant(x ConstExpr, want ValType, kind string, i int) error {
	if x.Op == ConstI32 && want == I32 || x.Op == ConstI64 && want == I64 {
		return nil
	}
	r, err := c.windows.Reader(x.Off, int(x.Len))
	if err != nil {
		return place(err, item(kind, i))
	}
	if fault := c.body.constant(c.Info, r.Bytes(int(x.Len)), x.Off, want); fault != nil {
		fault.Path = item(kind, i)
		return fault
	}
	return nil
}
