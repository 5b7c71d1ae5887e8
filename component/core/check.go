package core

import (
	"fmt"
	"math"

	"github.com/edgelint/edgelint/internal/binary"
)

// checker checks the declarations of one module, in the order of its sections.
type checker struct {
	*Info
	store *TypeStore
	body  *body               // runs constant expressions
	names map[string]struct{} // of exports
	size  int                 // effective type size

	windows *binary.Windows // over the module, for constant expressions
}

func (c *checker) check() error {
	for _, step := range []func(*checker) error{
		(*checker).defineTypes, (*checker).imports, (*checker).functions, (*checker).importedGlobals,
		(*checker).defineTables,
		(*checker).memories, (*checker).defineTags, (*checker).defineGlobals, (*checker).exports,
		(*checker).start, (*checker).defineElements, (*checker).data,
	} {
		if err := step(c); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) need(f Features, offset int64, path, what string) error {
	if c.features.Has(f) {
		return nil
	}
	return &Error{Offset: offset, Path: path, Err: fmt.Errorf("%s requires the %v feature", what, f&^c.features)}
}

func item(kind string, i int) string { return fmt.Sprintf("%s[%d]", kind, i) }

// at makes an error about the i-th thing of a kind.
func at(offset int64, kind string, i int, format string, args ...any) error {
	return &Error{Offset: offset, Path: item(kind, i), Err: fmt.Errorf(format, args...)}
}

func (c *checker) defineTypes() error {
	m := c.Module
	c.ids = make([]TypeID, 0, len(m.Types))
	lookup := func(i uint32) (TypeID, bool) { return c.TypeID(i) }
	for _, g := range m.Groups {
		group := RecGroup{Explicit: g.Explicit, Types: m.Types[g.First : g.First+g.Len], Offset: g.Offset}
		id, err := c.store.Intern(group, TypeScope{Base: g.First, Lookup: lookup}, c.features)
		if err != nil {
			fault := place(err, "")
			fault.Path = item("type", m.typeAt(fault.Offset, g))
			return fault
		}
		for i := range g.Len {
			c.ids = append(c.ids, id+TypeID(i))
		}
	}
	c.types = c.store.types
	c.sigs = make([]*FuncType, len(c.ids))
	for i, id := range c.ids {
		if t := &c.types[id]; t.Kind == CompositeFunc {
			c.sigs[i] = &t.Func
		}
	}
	return nil
}

// typeAt is the index of the type of a group that is defined at an offset.
func (m *Module) typeAt(offset int64, g Group) int {
	for i := g.First; i < g.First+g.Len; i++ {
		if m.Types[i].Offset == offset {
			return int(i)
		}
	}
	return int(g.First)
}

func (c *checker) imports() error {
	m := c.Module
	if m.compactImports >= 0 {
		if err := c.need(CompactImports, m.compactImports, "import section", "this form of imports"); err != nil {
			return err
		}
	}
	funcs := uint32(0)
	for i, im := range m.Imports {
		if err := c.importType(im, i); err != nil {
			return err
		}
		if im.Type.Kind == ExternFunc {
			if im.Type.Exact {
				if c.exact == nil {
					c.exact = newBitset(m.ImportedFuncs)
				}
				c.exact.add(funcs)
			}
			funcs++
		}
		if err := c.addSize(c.Import(i), im.Offset, "import", i); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) importType(im Import, i int) error {
	t := im.Type
	switch t.Kind {
	case ExternFunc:
		if t.Exact {
			if err := c.need(CustomDescriptors, im.Offset, item("import", i), "an exact function"); err != nil {
				return err
			}
		}
		return c.funcIndex(t.Type, im.Offset, "import", i)
	case ExternTable:
		return c.tableType(t.Table, im.Offset, "import", i)
	case ExternMemory:
		return c.memoryType(t.Memory, im.Offset, "import", i)
	case ExternGlobal:
		if t.Global.Mutable {
			if err := c.need(MutableGlobal, im.Offset, item("import", i), "a mutable global"); err != nil {
				return err
			}
		}
		return c.globalType(t.Global, im.Offset, "import", i)
	}
	return c.tagType(t.Type, im.Offset, "import", i)
}

// addSize adds to the effective type size.
func (c *checker) addSize(t ExternType, offset int64, kind string, i int) error {
	size := 1
	if t.Kind == ExternFunc || t.Kind == ExternTag {
		f := c.types[t.Type].Func
		size = 2 + len(f.Params) + len(f.Results)
	}
	if c.size += size; c.size+1 >= MaxTypeSize {
		return at(offset, kind, i, "effective type size exceeds the limit of %d", MaxTypeSize)
	}
	return nil
}

func (c *checker) funcIndex(index uint32, offset int64, kind string, i int) error {
	t, ok := c.subType(index)
	switch {
	case !ok:
		return at(offset, kind, i, "unknown type %d", index)
	case t.Kind != CompositeFunc:
		return at(offset, kind, i, "type %d is of kind %v, not func", index, t.Kind)
	}
	return nil
}

// valType checks that the features allow a type and the module has it.
func (c *checker) valType(t ValType, offset int64, kind string, i int) error {
	if need := c.features.missing(t); need != 0 {
		return at(offset, kind, i, "type %v requires the %v feature", t, need)
	}
	if _, ok := c.resolve(t); !ok {
		return at(offset, kind, i, "unknown type %d", t&indexMask)
	}
	return nil
}

func (c *checker) tableType(t TableType, offset int64, kind string, i int) error {
	if t.Element != FuncRef {
		if err := c.valType(t.Element, offset, kind, i); err != nil {
			return err
		}
	}
	limit := uint64(math.MaxUint32)
	if t.Is64 {
		limit = math.MaxUint64
		if err := c.need(Memory64, offset, item(kind, i), "a 64-bit table"); err != nil {
			return err
		}
	}
	if t.Shared {
		if err := c.need(SharedEverythingThreads, offset, item(kind, i), "a shared table"); err != nil {
			return err
		}
		if !c.types.isShared(c.resolved(t.Element)) {
			return at(offset, kind, i, "a shared table must have shared elements, not %v", t.Element)
		}
	}
	return c.limits(t.Limits, limit, "elements", offset, kind, i)
}

func (c *checker) limits(l Limits, limit uint64, unit string, offset int64, kind string, i int) error {
	switch {
	case l.HasMax && l.Min > l.Max:
		return at(offset, kind, i, "minimum of %d %s exceeds the maximum of %d", l.Min, unit, l.Max)
	case l.Min > limit || l.HasMax && l.Max > limit:
		return at(offset, kind, i, "size must be at most %d %s", limit, unit)
	}
	return nil
}

func (c *checker) memoryType(t MemoryType, offset int64, kind string, i int) error {
	path := item(kind, i)
	if t.Is64 {
		if err := c.need(Memory64, offset, path, "a 64-bit memory"); err != nil {
			return err
		}
	}
	if t.Shared {
		if err := c.need(Threads, offset, path, "a shared memory"); err != nil {
			return err
		}
		if !t.HasMax {
			return at(offset, kind, i, "a shared memory must have a maximum size")
		}
	}
	if t.CustomPage {
		if err := c.need(CustomPageSizes, offset, path, "a page size"); err != nil {
			return err
		}
		if t.PageBits != 0 && t.PageBits != DefaultPageBits {
			return at(offset, kind, i, "page size of 2^%d bytes: only 1 and 65536 bytes are valid", t.PageBits)
		}
	}
	return c.limits(t.Limits, maxPages(t), "pages", offset, kind, i)
}

// maxPages is the number of pages that fill a memory's address space.
func maxPages(t MemoryType) uint64 {
	switch {
	case t.Is64 && t.PageBits == 0:
		return math.MaxUint64
	case t.Is64:
		return 1 << (64 - t.PageBits)
	case t.PageBits == 0:
		return math.MaxUint32
	}
	return 1 << (32 - t.PageBits)
}

func (c *checker) globalType(t GlobalType, offset int64, kind string, i int) error {
	if err := c.valType(t.Type, offset, kind, i); err != nil {
		return err
	}
	if t.Shared {
		if err := c.need(SharedEverythingThreads, offset, item(kind, i), "a shared global"); err != nil {
			return err
		}
		if !c.types.isShared(c.resolved(t.Type)) {
			return at(offset, kind, i, "a shared global must have a shared type, not %v", t.Type)
		}
	}
	return nil
}

func (c *checker) tagType(index uint32, offset int64, kind string, i int) error {
	if err := c.need(Exceptions, offset, item(kind, i), "a tag"); err != nil {
		return err
	}
	if err := c.funcIndex(index, offset, kind, i); err != nil {
		return err
	}
	if len(c.sigs[index].Results) > 0 && !c.features.Has(StackSwitching) {
		return at(offset, kind, i, "the type of an exception must have no results")
	}
	return nil
}
