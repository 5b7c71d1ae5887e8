// Package mutate makes variants of WebAssembly binaries that are broken in small
// ways, for tests that compare the verdicts of validators. A variant keeps the
// sizes of sections and nested modules right, so that faults reach the rules
// behind the decoder, unless the size is the fault.
//
//	tree, err := mutate.Parse(data)
//	if err != nil {
//		return err
//	}
//	variant := tree.Mutate(rand.New(rand.NewPCG(seed, 0)), donor)
package mutate

import (
	"encoding/binary"
	"slices"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/component/core"
)

// Tree is a binary taken apart: a component or module, its sections, and their
// items.
type Tree struct {
	preamble []byte
	sections []*section
}

// section is one section. It has a nested binary, or items behind a count, or
// neither and then raw content.
type section struct {
	id     byte
	nested *Tree
	items  [][]byte
	sized  bool // items have their length in front, as function bodies do
	vector bool
	raw    []byte
}

const preambleSize = 8

// Parse takes a binary apart, which must decode. The tree refers to data.
func Parse(data []byte) (*Tree, error) {
	f, err := component.Parse(data)
	if err != nil {
		return nil, err
	}
	if f.Module != nil {
		return moduleTree(data, f.Module), nil
	}
	return componentTree(data, f.Root), nil
}

func componentTree(data []byte, c *component.Component) *Tree {
	t := &Tree{preamble: data[c.Range.Off : c.Range.Off+preambleSize]}
	modules, components := c.CoreModules, c.Components
	offsets := definitions(c)
	for _, s := range c.Sections {
		out := &section{id: byte(s.ID)}
		switch s.ID {
		case component.SectionCoreModule:
			out.nested, modules = moduleTree(data, modules[0].Module), modules[1:]
		case component.SectionComponent:
			out.nested, components = componentTree(data, components[0]), components[1:]
		default:
			out.cut(data, s.Body.Off, s.Body.End(), offsets)
		}
		t.sections = append(t.sections, out)
	}
	return t
}

// definitions are the offsets of a component's definitions, in order.
func definitions(c *component.Component) []int64 {
	var offs []int64
	add(&offs, c.Types, func(t *component.Type) int64 { return t.Off })
	add(&offs, c.CoreTypes, func(t *component.CoreType) int64 { return t.Off })
	add(&offs, c.Aliases, func(a *component.Alias) int64 { return a.Off })
	add(&offs, c.Imports, func(i *component.Import) int64 { return i.Off })
	add(&offs, c.Exports, func(e *component.Export) int64 { return e.Off })
	add(&offs, c.CoreInstances, func(i *component.CoreInstance) int64 { return i.Off })
	add(&offs, c.Instances, func(i *component.Instance) int64 { return i.Off })
	add(&offs, c.Canons, func(d *component.Canon) int64 { return d.Off })
	slices.Sort(offs)
	return offs
}

func add[T any](offs *[]int64, list []T, off func(*T) int64) {
	for i := range list {
		*offs = append(*offs, off(&list[i]))
	}
}

func moduleTree(data []byte, m *core.Module) *Tree {
	t := &Tree{preamble: data[m.Range.Off : m.Range.Off+preambleSize]}
	var offs []int64
	add(&offs, m.Groups, func(g *core.Group) int64 { return g.Offset })
	add(&offs, m.Imports, func(i *core.Import) int64 { return i.Offset })
	add(&offs, m.Tables, func(t *core.Table) int64 { return t.Offset })
	add(&offs, m.Memories, func(t *core.Memory) int64 { return t.Offset })
	add(&offs, m.Globals, func(g *core.Global) int64 { return g.Offset })
	add(&offs, m.Tags, func(g *core.Tag) int64 { return g.Offset })
	add(&offs, m.Exports, func(e *core.Export) int64 { return e.Offset })
	add(&offs, m.Elements, func(e *core.Element) int64 { return e.Offset })
	add(&offs, m.Data, func(d *core.Data) int64 { return d.Offset })
	slices.Sort(offs)
	offs = slices.Compact(offs)
	for _, s := range m.Sections {
		out := &section{id: byte(s.ID)}
		switch s.ID {
		case core.SectionCode:
			out.vector, out.sized = true, true
			for _, body := range m.Bodies() {
				out.items = append(out.items, data[body.Off:body.End()])
			}
		case core.SectionCustom:
			out.raw = customContent(data, s)
		default:
			out.cut(data, s.Content.Off, s.Content.End(), offs)
		}
		t.sections = append(t.sections, out)
	}
	return t
}

// customContent is a custom section's content, name included.
func customContent(data []byte, s core.Section) []byte {
	_, n := binary.Uvarint(data[s.Offset+1:])
	return data[s.Offset+1+int64(n) : s.Content.End()]
}

// cut takes the content between two offsets apart at the definitions in it.
func (s *section) cut(data []byte, from, to int64, offsets []int64) {
	s.raw = data[from:to]
	i, _ := slices.BinarySearch(offsets, from)
	j, _ := slices.BinarySearch(offsets, to)
	count, n := binary.Uvarint(s.raw)
	if n <= 0 || i == j || int(count) != j-i || offsets[i] != from+int64(n) {
		return
	}
	s.vector = true
	for ; i < j; i++ {
		end := to
		if i+1 < j {
			end = offsets[i+1]
		}
		s.items = append(s.items, data[offsets[i]:end])
	}
}

// Encode puts the binary together.
func (t *Tree) Encode() []byte { return t.append(nil) }

func (t *Tree) append(b []byte) []byte {
	b = append(b, t.preamble...)
	for _, s := range t.sections {
		content := s.content()
		b = append(b, s.id)
		b = binary.AppendUvarint(b, uint64(len(content)))
		b = append(b, content...)
	}
	return b
}

func (s *section) content() []byte {
	switch {
	case s.nested != nil:
		return s.nested.Encode()
	case !s.vector:
		return s.raw
	}
	b := binary.AppendUvarint(nil, uint64(len(s.items)))
	for _, item := range s.items {
		if s.sized {
			b = binary.AppendUvarint(b, uint64(len(item)))
		}
		b = append(b, item...)
	}
	return b
}

// clone copies the structure; items are shared, and replaced but never written to.
func (t *Tree) clone() *Tree {
	c := &Tree{preamble: t.preamble, sections: make([]*section, len(t.sections))}
	for i, s := range t.sections {
		c.sections[i] = s.clone()
	}
	return c
}

func (s *section) clone() *section {
	c := *s
	c.items = slices.Clone(s.items)
	if s.nested != nil {
		c.nested = s.nested.clone()
	}
	return &c
}

// all lists the sections of the tree and the trees nested in it.
func (t *Tree) all() []*section {
	var list []*section
	for _, s := range t.sections {
		list = append(list, s)
		if s.nested != nil {
			list = append(list, s.nested.all()...)
		}
	}
	return list
}
