package core

import (
	"io"
	"iter"

	"github.com/edgelint/edgelint/internal/binary"
)

// Range is a run of bytes of the file.
type Range struct {
	Off, Len int64
}

// End is the offset behind the last byte.
func (r Range) End() int64 { return r.Off + r.Len }

// SectionID is the kind of a section.
type SectionID byte

// The sections of a module.
const (
	SectionCustom SectionID = iota
	SectionType
	SectionImport
	SectionFunction
	SectionTable
	SectionMemory
	SectionGlobal
	SectionExport
	SectionStart
	SectionElement
	SectionCode
	SectionData
	SectionDataCount
	SectionTag
)

// Section is a section as it lies in the file.
type Section struct {
	ID      SectionID
	Name    string // of a custom section
	Offset  int64  // of the section's header
	Content Range  // of a custom section: what follows its name
}

// Import is an import of a module.
type Import struct {
	Module, Name string
	Type         ExternType
	Offset       int64
}

// Table is a table: imported, or defined with an optional initial element.
type Table struct {
	TableType
	Init   ConstExpr // absent unless written
	Offset int64
}

// Memory is a memory.
type Memory struct {
	MemoryType
	Offset int64
}

// Global is a global: imported, or defined with its initial value.
type Global struct {
	GlobalType
	Init   ConstExpr // absent for an imported global
	Offset int64
}

// Tag is a tag, by the index of its function type.
type Tag struct {
	Type   uint32
	Offset int64
}

// Export is an export: a name for an element of the index space of its kind.
type Export struct {
	Name   string
	Kind   ExternKind
	Index  uint32
	Offset int64
}

// SegmentMode is what instantiation does with a segment.
type SegmentMode byte

// The modes of segments. Data segments are never declared only.
const (
	SegmentActive   SegmentMode = iota // copied to its place
	SegmentPassive                     // kept for table.init or memory.init
	SegmentDeclared                    // only declares function references
)

// Element is an element segment. Its items stay in the file, see
// [Module.ElementFuncs] and [Module.ElementExprs].
type Element struct {
	Mode   SegmentMode
	Table  uint32    // of an active segment
	Start  ConstExpr // of an active segment: where it goes
	Type   ValType
	Exprs  bool // items are constant expressions, not function indices
	Count  int
	Items  Range
	Offset int64
}

// Data is a data segment. Its bytes stay in the file, see [Module.Open].
type Data struct {
	Mode    SegmentMode
	Memory  uint32    // of an active segment
	Start   ConstExpr // of an active segment: where it goes
	Content Range
	Offset  int64
}

// Module is a decoded core module. Its slices are shared: callers do not
// change them. Index spaces begin with the imports.
type Module struct {
	Range    Range // of the module in its file
	Sections []Section

	Types    []SubType // of all recursion groups, in order
	Groups   []Group   // the recursion groups of Types
	Imports  []Import
	Funcs    []uint32 // type index of every function
	Tables   []Table
	Memories []Memory
	Globals  []Global
	Tags     []Tag
	Exports  []Export
	Start    uint32 // start function, or NoIndex
	Elements []Element
	Data     []Data

	DataCount int // as announced before the code; negative if it was not

	ImportedFuncs, ImportedTables, ImportedMemories, ImportedGlobals, ImportedTags int

	compactImports int64 // offset of the first import in a compact form, or negative

	src    binary.Source
	code   Range // of the code section's content
	bodies []bodyRange
}

// Group is a recursion group: Len types from index First on.
type Group struct {
	First, Len uint32
	Explicit   bool
	Offset     int64
}

// bodyRange is the place of a function body behind the start of the code section,
// which is at most 4 GiB long.
type bodyRange struct{ off, len uint32 }

// NewModule decodes the module in the size bytes of r at off. Offsets in errors
// and in the module are those of r, which the module goes on reading: bodies
// and data stay where they are. No bytes are copied at all if r also has a
// method Bytes(off, n int64) ([]byte, error) that hands them out.
func NewModule(r io.ReaderAt, off, size int64) (*Module, error) {
	return decode(binary.NewSource(r, off, size))
}

// Parse decodes the module that data is. The module keeps data and aliases it.
func Parse(data []byte) (*Module, error) {
	return NewModule(binary.Data(data), 0, int64(len(data)))
}

// FuncType is the type of the i-th function, imports first. It is false if
// there is none, or its type is no function type.
func (m *Module) FuncType(i uint32) (FuncType, bool) {
	if uint64(i) >= uint64(len(m.Funcs)) {
		return FuncType{}, false
	}
	return m.funcTypeAt(m.Funcs[i])
}

func (m *Module) funcTypeAt(typeIndex uint32) (FuncType, bool) {
	if uint64(typeIndex) >= uint64(len(m.Types)) || m.Types[typeIndex].Kind != CompositeFunc {
		return FuncType{}, false
	}
	return m.Types[typeIndex].Func, true
}

// NumBodies is the number of function bodies. Body i is that of function
// ImportedFuncs + i.
func (m *Module) NumBodies() int { return len(m.bodies) }

// Body is where the i-th function body lies: local declarations and
// instructions, without the length in front.
func (m *Module) Body(i int) Range {
	b := m.bodies[i]
	return Range{Off: m.code.Off + int64(b.off), Len: int64(b.len)}
}

// Bodies yields the function bodies by function index.
func (m *Module) Bodies() iter.Seq2[uint32, Range] {
	return func(yield func(uint32, Range) bool) {
		for i := range m.bodies {
			if !yield(uint32(m.ImportedFuncs+i), m.Body(i)) {
				return
			}
		}
	}
}

// CodeSize is the size of the code section in bytes.
func (m *Module) CodeSize() int64 { return m.code.Len }

// Open is an independent stream over a range of the module: a function body, a
// data segment, a section. It is nil outside of the module.
func (m *Module) Open(r Range) *io.SectionReader { return m.src.Section(r.Off, r.Len) }

// Bytes is a range of the module. It is not copied if the file hands out its
// bytes; callers do not change it.
func (m *Module) Bytes(r Range) ([]byte, error) {
	b, err := m.src.Bytes(r.Off, r.Len)
	if err != nil {
		return nil, place(err, "")
	}
	return b, nil
}

// Custom yields the custom sections of one name.
func (m *Module) Custom(name string) iter.Seq[Section] {
	return func(yield func(Section) bool) {
		for _, s := range m.Sections {
			if s.ID == SectionCustom && s.Name == name && !yield(s) {
				return
			}
		}
	}
}
