package component

import (
	"fmt"
	"iter"

	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/internal/binary"
)

// Custom yields a component's custom sections of one name, in file order.
func (c *Component) Custom(name string) iter.Seq[Custom] {
	return func(yield func(Custom) bool) {
		for _, s := range c.Customs {
			if s.Name == name && !yield(s) {
				return
			}
		}
	}
}

// Producers decodes a component's producers section: the tools that made it. Without
// one, all is empty. An error never makes the component invalid.
func (f *File) Producers(c *Component) (core.Producers, error) {
	for s := range c.Custom("producers") {
		data, err := f.Bytes(s.Body)
		if err != nil {
			return core.Producers{}, err
		}
		p, err := core.ReadProducers(data, s.Body.Off)
		return p, located(c.Path, err)
	}
	return core.Producers{}, nil
}

// Names are the debugging names of a component (Binary.md, "Name Section").
type Names struct {
	Component string
	// Items holds, by sort, the names of indices; nil for a sort without names.
	Items [NumSorts]map[uint32]string
}

// Names decodes a component's component-name section. Without one, all is empty. An
// error leaves what came before it; it never makes the component invalid.
func (f *File) Names(c *Component) (Names, error) {
	var names Names
	for s := range c.Custom("component-name") {
		data, err := f.Bytes(s.Body)
		if err != nil {
			return names, err
		}
		r := binary.NewReader(data, s.Body.Off)
		r.ShareNames()
		for r.More() {
			id, size := r.Byte(), r.U32()
			part := r.Part(int64(size))
			names.subsection(id, &part)
			r.Adopt(part.Err())
		}
		if r.Err() != nil {
			return names, located(c.Path+"/component-name section", r.Err())
		}
	}
	return names, nil
}

func (n *Names) subsection(id byte, r *binary.Reader) {
	switch id {
	case 0:
		n.Component = r.LongName()
	case 1:
		if sort, ok := nameSort(r); ok {
			n.Items[sort] = nameMap(r, fmt.Sprintf("names of sort %s", sort))
		}
	}
}

// nameSort reads the sort whose indices a subsection names; ok is false for one
// that is not known, which is no fault.
func nameSort(r *binary.Reader) (sort Sort, ok bool) {
	b := r.Byte()
	if b != 0x00 {
		return SortFunc + Sort(b-1), b <= 0x05
	}
	switch b := r.Byte(); b {
	case 0x00, 0x01, 0x02, 0x03, 0x04:
		return SortCoreFunc + Sort(b), true
	case 0x10, 0x11, 0x12:
		return SortCoreType + Sort(b-0x10), true
	}
	return 0, false
}

func nameMap(r *binary.Reader, what string) map[uint32]string {
	names := map[uint32]string{}
	for range r.Count(what, MaxIndexSpace) {
		index, name := r.U32(), r.LongName()
		if r.Err() != nil {
			break
		}
		names[index] = name
	}
	return names
}
