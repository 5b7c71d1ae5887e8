package link

import (
	"fmt"

	"github.com/edgelint/edgelint/component/core"
)

// State is what of an instance of a module can change while it runs, apart from
// memories.
type State struct {
	// Globals are the mutable globals that the module defines, by index.
	Globals []uint32
	// Lasting says why an instance cannot be made as new by restoring memories
	// and globals; it is empty if it can.
	Lasting string
}

// State finds out what can change in instances of the module. It reads all of its
// code.
func (m *Module) State() (State, error) {
	var s State
	for i, g := range m.Source.Globals[m.Source.ImportedGlobals:] {
		if !g.Mutable {
			continue
		}
		switch g.Type {
		case core.I32, core.I64, core.F32, core.F64:
			s.Globals = append(s.Globals, uint32(m.Source.ImportedGlobals+i))
		default:
			s.Lasting = fmt.Sprintf("a mutable global of type %s", g.Type)
			return s, nil
		}
	}
	for _, mem := range m.Source.Memories[m.Source.ImportedMemories:] {
		if mem.Shared || mem.Is64 {
			s.Lasting = "a shared or 64-bit memory"
			return s, nil
		}
	}
	for index, body := range m.Source.Bodies() {
		code, err := m.Source.Bytes(body)
		if err != nil {
			return s, err
		}
		if s.Lasting, err = lasting(code); err != nil {
			return s, fmt.Errorf("%s: code of function %d: %w", m.Path, index, err)
		}
		if s.Lasting != "" {
			return s, nil
		}
	}
	return s, nil
}

// lasting names the first instruction of a function body that changes a table, or
// drops a segment.
func lasting(body []byte) (what string, err error) {
	_, err = walkBody(body, func(op opcode, _ int) {
		switch op {
		case opTableSet:
			what = "table.set"
		case opTableGrow, opTableFill, opTableCopy, opTableInit:
			what = "an instruction that changes tables"
		case opElemDrop, opDataDrop:
			what = "an instruction that drops segments"
		}
	})
	return what, err
}
