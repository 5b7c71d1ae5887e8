package component

import (
	"fmt"
	"io"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/binary"
)

// decoder decodes one file. It reads the sections of components whole, which are
// small, and leaves core modules to their own decoder.
type decoder struct {
	file       io.ReaderAt
	src        binary.Source
	modules    int // core modules met so far
	components int // nested components met so far
}

const maxSectionHeader = 1 + 5 // id and LEB128 size

// component decodes the component at where, whose preamble the caller has seen.
func (d *decoder) component(parent *Component, path string, where Range) (*Component, error) {
	c := &Component{Path: path, Parent: parent, Range: where}
	src, err := d.src.Part(where.Off, where.Len)
	if err != nil {
		return nil, located(path, err)
	}
	windows := binary.NewWindows(src)
	for off := where.Off + preambleSize; off < where.End(); {
		section, err := d.sectionHeader(c, windows, off)
		if err != nil {
			return nil, err
		}
		c.Sections = append(c.Sections, section)
		if err := d.section(c, windows, section); err != nil {
			return nil, located(path+"/"+section.ID.String()+" section", err)
		}
		off = section.Body.End()
	}
	return c, nil
}

func (d *decoder) sectionHeader(c *Component, windows *binary.Windows, off int64) (Section, error) {
	r, err := windows.Reader(off, maxSectionHeader)
	if err != nil {
		return Section{}, located(c.Path, err)
	}
	id, size := SectionID(r.Byte()), int64(r.U32())
	if err := r.Err(); err != nil {
		return Section{}, located(c.Path+"/section header", err)
	}
	if id > SectionValue {
		return Section{}, &Error{Offset: off, Path: c.Path, Err: fmt.Errorf("unknown section id %d", id)}
	}
	body := Range{Off: r.Offset(), Len: size}
	if missing := body.End() - c.Range.End(); missing > 0 {
		return Section{}, &Error{
			Offset: off, Path: c.Path, Missing: missing,
			Err: fmt.Errorf("unexpected end: the %s section claims %d bytes but %d remain, %d are missing",
				id, size, size-missing, missing),
		}
	}
	return Section{id, body}, nil
}

func (d *decoder) section(c *Component, windows *binary.Windows, s Section) error {
	switch s.ID {
	case SectionCustom:
		return d.custom(c, windows, s)
	case SectionCoreModule:
		return d.coreModule(c, s)
	case SectionComponent:
		return d.nested(c, s)
	}
	content, err := d.src.Bytes(s.Body.Off, s.Body.Len)
	if err != nil {
		return err
	}
	r := binary.NewReader(content, s.Body.Off)
	r.ShareNames()
	sd := &sectionDecoder{Reader: &r, c: c, scope: &c.Scope, root: c}
	sd.definitions(s.ID)
	r.Finish(s.ID.String() + " section")
	return r.Err()
}

func (d *decoder) custom(c *Component, windows *binary.Windows, s Section) error {
	want := int(min(s.Body.Len, binary.MaxString+5))
	r, err := windows.Reader(s.Body.Off, want)
	if err != nil {
		return err
	}
	body := r.Part(int64(want))
	name := body.Name()
	if err := body.Err(); err != nil {
		return err
	}
	off := body.Offset()
	c.Customs = append(c.Customs, Custom{name, Range{Off: off, Len: s.Body.End() - off}})
	return nil
}

func (d *decoder) coreModule(c *Component, s Section) error {
	if d.modules++; d.modules > MaxModules {
		return binary.Errorf(s.Body.Off, "more than %d core modules", MaxModules)
	}
	path := fmt.Sprintf("%s/module[%d]", c.Path, len(c.CoreModules))
	module, err := core.NewModule(d.file, s.Body.Off, s.Body.Len)
	if err != nil {
		return located(path, err)
	}
	c.Order = append(c.Order, Def{DefCoreModule, uint32(len(c.CoreModules))})
	c.define(SortCoreModule, DefCoreModule, len(c.CoreModules))
	c.CoreModules = append(c.CoreModules, &CoreModule{Path: path, Range: s.Body, Module: module})
	return nil
}

func (d *decoder) nested(c *Component, s Section) error {
	if d.components++; d.components > MaxComponents {
		return binary.Errorf(s.Body.Off, "more than %d nested components", MaxComponents)
	}
	path := fmt.Sprintf("%s/component[%d]", c.Path, len(c.Components))
	src, err := d.src.Part(s.Body.Off, s.Body.Len)
	if err != nil {
		return err
	}
	isModule, err := readPreamble(src)
	if err != nil {
		return located(path, err)
	}
	if isModule {
		return &Error{Offset: s.Body.Off + 4, Path: path, Err: fmt.Errorf("a core module where a component belongs")}
	}
	child, err := d.component(c, path, s.Body)
	if err != nil {
		return err
	}
	c.Order = append(c.Order, Def{DefComponent, uint32(len(c.Components))})
	c.define(SortComponent, DefComponent, len(c.Components))
	c.Components = append(c.Components, child)
	return nil
}

// define adds the index-th definition of a kind to the index space of a sort.
func (s *Scope) define(sort Sort, kind DefKind, index int) {
	def := Def{kind, uint32(index)}
	for i := range s.spaces {
		if s.spaces[i].sort == sort {
			s.spaces[i].defs = append(s.spaces[i].defs, def)
			return
		}
	}
	s.spaces = append(s.spaces, indexSpace{sort, []Def{def}})
}
