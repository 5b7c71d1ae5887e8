package core

import (
	"errors"
	"fmt"

	"github.com/edgelint/edgelint/internal/binary"
)

const (
	preambleSize = 8
	magic        = "\x00asm"
	version      = 1           // of a core module; the upper half is the layer
	layerOne     = 0x0001_000d // version and layer of a component
)

// sectionKind is what the decoder knows about the sections of one id.
type sectionKind struct {
	name  string
	item  string // its elements in error paths
	order int    // sections come in this order, each at most once
	read  func(*decoder, *binary.Reader)
}

func kindOf(id SectionID) (sectionKind, bool) {
	switch id {
	case SectionType:
		return sectionKind{"type", "type", 1, (*decoder).types}, true
	case SectionImport:
		return sectionKind{"import", "import", 2, (*decoder).imports}, true
	case SectionFunction:
		return sectionKind{"function", "func", 3, (*decoder).functions}, true
	case SectionTable:
		return sectionKind{"table", "table", 4, (*decoder).tables}, true
	case SectionMemory:
		return sectionKind{"memory", "memory", 5, (*decoder).memories}, true
	case SectionTag:
		return sectionKind{"tag", "tag", 6, (*decoder).tags}, true
	case SectionGlobal:
		return sectionKind{"global", "global", 7, (*decoder).globals}, true
	case SectionExport:
		return sectionKind{"export", "export", 8, (*decoder).exports}, true
	case SectionStart:
		return sectionKind{"start", "", 9, (*decoder).start}, true
	case SectionElement:
		return sectionKind{"element", "elem", 10, (*decoder).elements}, true
	case SectionDataCount:
		return sectionKind{"data count", "", 11, (*decoder).dataCount}, true
	case SectionCode:
		return sectionKind{"code", "func", 12, nil}, true
	case SectionData:
		return sectionKind{"data", "data", 13, nil}, true
	}
	return sectionKind{}, false
}

// decoder reads a module section by section.
type decoder struct {
	m       *Module
	src     binary.Source
	windows *binary.Windows
	order   int // of the last section
	item    int // element being read; negative outside of the vector
}

func decode(src binary.Source) (*Module, error) {
	d := &decoder{
		src: src, windows: binary.NewWindows(src), item: -1,
		m: &Module{
			Range: Range{src.Offset(), src.Size()}, Start: NoIndex, DataCount: -1, compactImports: -1, src: src,
		},
	}
	if err := d.preamble(); err != nil {
		return nil, place(err, "")
	}
	for off := src.Offset() + preambleSize; off < src.End(); {
		next, err := d.section(off)
		if err != nil {
			return nil, err
		}
		off = next
	}
	if err := d.counts(); err != nil {
		return nil, err
	}
	return d.m, nil
}

func (d *decoder) preamble() error {
	r, err := d.windows.Reader(d.src.Offset(), preambleSize)
	if err != nil {
		return err
	}
	at := r.Offset()
	if b := r.Bytes(4); r.Err() == nil && string(b) != magic {
		r.Fail(at, "no WebAssembly: it begins with %q, not with %q", b, magic)
	}
	switch v := r.Word(); {
	case r.Err() != nil:
	case v == layerOne:
		r.Fail(at+4, "a component, where a core module was expected")
	case v != version:
		r.Fail(at+4, "unknown binary version 0x%08x: a core module has version 1", v)
	}
	return r.Err()
}

// maxHeader is the length in bytes of a section's id and size.
const maxHeader = 1 + 5

// section reads the section at off and gives the offset of the next one.
func (d *decoder) section(off int64) (int64, error) {
	r, err := d.windows.Reader(off, maxHeader)
	if err != nil {
		return 0, place(err, "")
	}
	id := SectionID(r.Byte())
	kind, known := kindOf(id)
	size := int64(r.U32())
	s := Section{ID: id, Offset: off, Content: Range{r.Offset(), size}}
	left := d.src.End() - r.Offset()
	switch {
	case r.Err() != nil:
	case !known && id != SectionCustom:
		r.Fail(off, "unknown section id 0x%02x", byte(id))
	case size > left:
		return 0, &Error{
			Offset: off, Missing: size - left,
			Err: fmt.Errorf("truncated: the %s claims %d bytes but %d remain", sectionTitle(id, kind), size, left),
		}
	case len(d.m.Sections) >= MaxSections:
		r.Fail(off, "more than %d sections", MaxSections)
	}
	if r.Err() != nil {
		return 0, place(r.Err(), "")
	}
	next := s.Content.End()
	if id == SectionCustom {
		err = d.custom(&s)
	} else {
		err = d.known(s, kind)
	}
	d.m.Sections = append(d.m.Sections, s)
	return next, err
}

func sectionTitle(id SectionID, kind sectionKind) string {
	if id == SectionCustom {
		return "custom section"
	}
	return kind.name + " section"
}

// custom takes the name off a custom section's content.
func (d *decoder) custom(s *Section) error {
	src, err := d.src.Part(s.Content.Off, s.Content.Len)
	if err != nil {
		return place(err, "custom section")
	}
	n := int(min(s.Content.Len, binary.MaxString+5))
	if !src.InMemory() {
		n = min(n, 256) // enough for the usual name
	}
	for {
		r, err := binary.NewWindows(src).Reader(s.Content.Off, n)
		if err != nil {
			return place(err, "custom section")
		}
		s.Name = r.Name()
		if r.Err() == nil {
			s.Content = Range{r.Offset(), s.Content.End() - r.Offset()}
			return nil
		}
		if int64(n) >= s.Content.Len || n > binary.MaxString {
			return place(r.Err(), "custom section")
		}
		n = int(min(s.Content.Len, binary.MaxString+5))
	}
}

func (d *decoder) known(s Section, kind sectionKind) error {
	if kind.order <= d.order {
		return &Error{Offset: s.Offset, Path: kind.name + " section", Err: errors.New("out of order, or a second one")}
	}
	d.order, d.item = kind.order, -1
	var err error
	switch s.ID {
	case SectionCode:
		err = d.code(s.Content)
	case SectionData:
		err = d.data(s.Content)
	default:
		err = d.vector(s.Content, kind)
	}
	if err == nil {
		return nil
	}
	path := kind.name + " section"
	if d.item >= 0 && kind.item != "" {
		path = item(kind.item, d.m.firstDefined(s.ID)+d.item)
	}
	return place(err, path)
}

// firstDefined is how many imports are in front of a section's elements in their
// index space.
func (m *Module) firstDefined(id SectionID) int {
	switch id {
	case SectionFunction, SectionCode:
		return m.ImportedFuncs
	case SectionTable:
		return m.ImportedTables
	case SectionMemory:
		return m.ImportedMemories
	case SectionGlobal:
		return m.ImportedGlobals
	case SectionTag:
		return m.ImportedTags
	}
	return 0
}

// vector reads a section that is read at once.
func (d *decoder) vector(content Range, kind sectionKind) error {
	b, err := d.src.Bytes(content.Off, content.Len)
	if err != nil {
		return err
	}
	r := binary.NewReader(b, content.Off)
	if kind.read(d, &r); r.Err() == nil {
		d.item = -1
	}
	r.Finish("section")
	return r.Err()
}

// counts checks what sections say about each other's length.
func (d *decoder) counts() error {
	m := d.m
	switch defined := len(m.Funcs) - m.ImportedFuncs; {
	case defined != len(m.bodies):
		return &Error{Offset: d.src.End(), Path: "code section", Err: fmt.Errorf(
			"%d function bodies for %d functions of the function section", len(m.bodies), defined)}
	case m.DataCount >= 0 && m.DataCount != len(m.Data):
		return &Error{Offset: d.src.End(), Path: "data section", Err: fmt.Errorf(
			"%d data segments, but the data count section announced %d", len(m.Data), m.DataCount)}
	}
	return nil
}
