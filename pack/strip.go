package pack

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/component/core"
)

// Strip is w without what only debuggers read: the sections with names and debug
// information, in every module and component at any depth. Everything else stays
// byte for byte, in its order. The result reads from w.
func Strip(w Wasm) (Wasm, error) {
	f, err := component.NewFile(w, w.Size)
	if err != nil {
		return Wasm{}, err
	}
	s := splice{source: w}
	if f.Root != nil {
		s.component(f.Root)
	} else {
		s.module(f.Module)
	}
	return Wasm{&s, s.size}, nil
}

// droppable reports whether a custom section is for debuggers alone.
func droppable(name string) bool {
	switch name {
	case "name", "component-name", "sourceMappingURL", "external_debug_info":
		return true
	}
	return strings.HasPrefix(name, ".debug_") || strings.HasPrefix(name, "reloc..debug_")
}

// preambleSize is that of modules and components alike.
const preambleSize = 8

// splice is a binary put together of runs of another one and of new bytes. It is
// an io.ReaderAt.
type splice struct {
	source io.ReaderAt
	parts  []part
	size   int64
}

// part is a run of the source, or new bytes.
type part struct {
	at    int64 // in the splice
	bytes []byte
	run   core.Range
}

func (p part) size() int64 {
	if p.bytes != nil {
		return int64(len(p.bytes))
	}
	return p.run.Len
}

func (s *splice) run(r core.Range) { s.add(part{run: r}) }

func (s *splice) add(p part) {
	p.at = s.size
	s.parts = append(s.parts, p)
	s.size += p.size()
}

// header writes a section's id and size.
func (s *splice) header(id byte, size int64) {
	s.add(part{bytes: binary.AppendUvarint([]byte{id}, uint64(size))})
}

// nest adds a section whose body is another splice.
func (s *splice) nest(id byte, body splice) {
	s.header(id, body.size)
	for _, p := range body.parts {
		s.add(p)
	}
}

func (s *splice) component(c *component.Component) {
	s.run(core.Range{Off: c.Range.Off, Len: preambleSize})
	customs, modules, components := c.Customs, c.CoreModules, c.Components
	for _, section := range c.Sections {
		switch section.ID {
		case component.SectionCustom:
			name := customs[0].Name
			customs = customs[1:]
			if !droppable(name) {
				s.header(byte(section.ID), section.Body.Len)
				s.run(section.Body)
			}
		case component.SectionCoreModule:
			var body splice
			body.module(modules[0].Module)
			modules = modules[1:]
			s.nest(byte(section.ID), body)
		case component.SectionComponent:
			var body splice
			body.component(components[0])
			components = components[1:]
			s.nest(byte(section.ID), body)
		default:
			s.header(byte(section.ID), section.Body.Len)
			s.run(section.Body)
		}
	}
}

func (s *splice) module(m *core.Module) {
	s.run(core.Range{Off: m.Range.Off, Len: preambleSize})
	for i, section := range m.Sections {
		end := m.Range.Off + m.Range.Len
		if i+1 < len(m.Sections) {
			end = m.Sections[i+1].Offset
		}
		if section.ID != core.SectionCustom || !droppable(section.Name) {
			s.run(core.Range{Off: section.Offset, Len: end - section.Offset})
		}
	}
}

// ReadAt implements io.ReaderAt.
func (s *splice) ReadAt(p []byte, off int64) (n int, err error) {
	i, found := slices.BinarySearchFunc(s.parts, off, func(p part, off int64) int {
		switch {
		case p.at+p.size() <= off:
			return -1
		case p.at > off:
			return 1
		}
		return 0
	})
	for ; found && n < len(p) && i < len(s.parts); i++ {
		m, err := s.readPart(s.parts[i], p[n:], off+int64(n))
		n += m
		if err != nil {
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (s *splice) readPart(part part, p []byte, off int64) (int, error) {
	skip := off - part.at
	if part.bytes != nil {
		return copy(p, part.bytes[skip:]), nil
	}
	want := min(int64(len(p)), part.run.Len-skip)
	n, err := s.source.ReadAt(p[:want], part.run.Off+skip)
	if int64(n) == want || err == nil {
		return n, nil
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
