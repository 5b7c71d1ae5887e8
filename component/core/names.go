package core

import (
	"fmt"

	"github.com/edgelint/edgelint/internal/binary"
)

// Names are the debugging names of a module, from its name section (core
// specification, section 7.4.1, with the extended name section proposal). Maps
// are nil for what has no names.
type Names struct {
	Module string

	Funcs, Types, Tables, Memories, Globals, Elements, Data, Tags map[uint32]string

	// Locals and Labels are by function, Fields by type.
	Locals, Labels, Fields map[uint32]map[uint32]string
}

// Subsections of the name section.
const (
	namesModule = iota
	namesFuncs
	namesLocals
	namesLabels
	namesTypes
	namesTables
	namesMemories
	namesGlobals
	namesElements
	namesData
	namesFields
	namesTags
)

// Names decodes the name section. Without one, all is empty. An error leaves
// what came before it; it never makes a module invalid.
func (m *Module) Names() (Names, error) {
	var names Names
	for s := range m.Custom("name") {
		b, err := m.Bytes(s.Content)
		if err != nil {
			return names, err
		}
		r := binary.NewReader(b, s.Content.Off)
		r.ShareNames()
		if err := readNames(&r, &names); err != nil {
			return names, place(err, "name section")
		}
		break
	}
	return names, nil
}

// FuncName is the name of one function, read without the others; empty if it
// has none.
func (m *Module) FuncName(index uint32) string {
	for s := range m.Custom("name") {
		b, err := m.Bytes(s.Content)
		if err != nil {
			return ""
		}
		r := binary.NewReader(b, s.Content.Off)
		for r.More() {
			id := r.Byte()
			sub := r.Part(int64(r.U32()))
			if id == namesFuncs {
				return findName(&sub, index)
			}
		}
		break
	}
	return ""
}

func findName(r *binary.Reader, index uint32) string {
	for range r.Count("names", MaxFunctions) {
		if i := r.U32(); i == index {
			return r.LongName()
		}
		r.Skip(int64(r.U32()))
	}
	return ""
}

func readNames(r *binary.Reader, names *Names) error {
	last := -1
	for r.More() {
		at := r.Offset()
		id := int(r.Byte())
		size := r.U32()
		if id <= last {
			r.Fail(at, "subsection %d after subsection %d", id, last)
		}
		last = id
		content := r.Part(int64(size))
		readNameSubsection(&content, id, names)
		r.Adopt(content.Err())
	}
	return r.Err()
}

func readNameSubsection(r *binary.Reader, id int, names *Names) {
	maps := map[int]*map[uint32]string{
		namesFuncs: &names.Funcs, namesTypes: &names.Types, namesTables: &names.Tables,
		namesMemories: &names.Memories, namesGlobals: &names.Globals, namesElements: &names.Elements,
		namesData: &names.Data, namesTags: &names.Tags,
	}
	indirect := map[int]*map[uint32]map[uint32]string{
		namesLocals: &names.Locals, namesLabels: &names.Labels, namesFields: &names.Fields,
	}
	switch {
	case id == namesModule:
		names.Module = r.Name()
	case maps[id] != nil:
		*maps[id] = readNameMap(r)
	case indirect[id] != nil:
		*indirect[id] = readIndirectNameMap(r)
	default:
		return // of a later proposal
	}
	r.Finish(fmt.Sprintf("name subsection %d", id))
}

func readNameMap(r *binary.Reader) map[uint32]string {
	n := r.Count("names", MaxFunctions)
	names := make(map[uint32]string, eager(n))
	for last := int64(-1); n > 0 && r.Err() == nil; n-- {
		at, index := r.Offset(), r.U32()
		if int64(index) <= last {
			r.Fail(at, "name of index %d after that of %d", index, last)
		}
		last = int64(index)
		names[index] = r.LongName()
	}
	return names
}

func readIndirectNameMap(r *binary.Reader) map[uint32]map[uint32]string {
	n := r.Count("names", MaxFunctions)
	names := make(map[uint32]map[uint32]string, eager(n))
	for last := int64(-1); n > 0 && r.Err() == nil; n-- {
		at, index := r.Offset(), r.U32()
		if int64(index) <= last {
			r.Fail(at, "names of index %d after those of %d", index, last)
		}
		last = int64(index)
		names[index] = readNameMap(r)
	}
	return names
}
