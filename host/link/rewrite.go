package link

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/edgelint/edgelint/component/core"
	wasm "github.com/edgelint/edgelint/internal/binary"
)

// Rewrite says what [Module.Binary] changes besides the names of imports.
type Rewrite struct {
	// EmptyData leaves active data segments without their bytes: the memory is
	// made from an [Image].
	EmptyData bool
	// Globals are exported as [GlobalName] of their index.
	Globals []uint32
}

// GlobalName is the name by which Rewrite exports a global.
func GlobalName(index uint32) string {
	return "edgelint:global:" + strconv.FormatUint(uint64(index), 10)
}

// HostModule is the module name of imports from canonical definitions.
const HostModule = "host"

// FromModule is the module name of imports from [CoreInstance.From].
func FromModule(place int) string { return strconv.Itoa(place) }

// Binary is the module with its imports renamed: from [HostModule] or
// [FromModule], and under the names that their suppliers export them by.
func (m *Module) Binary(rw Rewrite) ([]byte, error) {
	w := &writer{module: m, rewrite: rw, out: make([]byte, 0, m.Source.Range.Len+4096)}
	if err := w.copy(core.Range{Off: m.Source.Range.Off, Len: 8}); err != nil {
		return nil, err
	}
	sections := m.Source.Sections
	for i, s := range sections {
		end := m.Source.Range.End()
		if i+1 < len(sections) {
			end = sections[i+1].Offset
		}
		if err := w.section(s, core.Range{Off: s.Offset, Len: end - s.Offset}); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Path, err)
		}
	}
	if err := w.exportGlobals(nil); err != nil {
		return nil, err
	}
	return w.out, nil
}

// writer writes a module section by section.
type writer struct {
	module   *Module
	rewrite  Rewrite
	out      []byte
	exported bool // the section of exports was written
}

func (w *writer) copy(r core.Range) error {
	b, err := w.module.Source.Bytes(r)
	w.out = append(w.out, b...)
	return err
}

func (w *writer) section(s core.Section, whole core.Range) error {
	if s.ID >= core.SectionStart && s.ID <= core.SectionDataCount {
		// The section of exports comes before these.
		if err := w.exportGlobals(nil); err != nil {
			return err
		}
	}
	switch s.ID {
	case core.SectionCustom:
		if s.Name != "name" {
			return nil // debugging information, which no engine needs
		}
	case core.SectionImport:
		return w.imports(whole)
	case core.SectionExport:
		return w.exportGlobals(&whole)
	case core.SectionData:
		if w.rewrite.EmptyData {
			return w.data()
		}
	}
	return w.copy(whole)
}

// content is a section's content behind its header.
func (w *writer) content(whole core.Range) (wasm.Reader, []byte, error) {
	b, err := w.module.Source.Bytes(whole)
	if err != nil {
		return wasm.Reader{}, nil, err
	}
	r := wasm.NewReader(b, 0)
	r.Byte()
	r.U32()
	return r, b, r.Err()
}

func (w *writer) put(id core.SectionID, content []byte) {
	w.out = append(w.out, byte(id))
	w.out = binary.AppendUvarint(w.out, uint64(len(content)))
	w.out = append(w.out, content...)
}

func appendName(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func (w *writer) imports(whole core.Range) error {
	r, b, err := w.content(whole)
	if err != nil {
		return err
	}
	r.U32()
	out := binary.AppendUvarint(nil, uint64(len(w.module.Imports)))
	for _, name := range w.module.Imports {
		r.Name()
		r.Name()
		start := r.Offset()
		core.ReadExternType(&r)
		if err := r.Err(); err != nil {
			return err
		}
		from := HostModule
		if name.From != Host {
			from = FromModule(name.From)
		}
		out = appendName(appendName(out, from), name.Name)
		out = append(out, b[start:r.Offset()]...)
	}
	if r.More() {
		return fmt.Errorf("imports in the compact form are not supported by the engine")
	}
	w.put(core.SectionImport, out)
	return nil
}

// exportGlobals writes the section of exports, unless it has been written; whole
// is the one that the module has.
func (w *writer) exportGlobals(whole *core.Range) error {
	switch {
	case w.exported:
		return nil
	case len(w.rewrite.Globals) == 0 && whole != nil:
		w.exported = true
		return w.copy(*whole)
	case len(w.rewrite.Globals) == 0:
		return nil
	}
	w.exported = true
	out := binary.AppendUvarint(nil, uint64(len(w.module.Source.Exports)+len(w.rewrite.Globals)))
	if whole != nil {
		r, b, err := w.content(*whole)
		if err != nil {
			return err
		}
		r.U32()
		out = append(out, b[r.Offset():]...)
	}
	for _, g := range w.rewrite.Globals {
		out = appendName(out, GlobalName(g))
		out = append(out, byte(core.ExternGlobal))
		out = binary.AppendUvarint(out, uint64(g))
	}
	w.put(core.SectionExport, out)
	return nil
}

// data writes the section of data with as many segments as there were, so that
// their indices stay, and the active ones empty.
func (w *writer) data() error {
	segments := w.module.Source.Data
	if w.module.Source.DataCount < 0 && !hasPassive(segments) {
		return nil
	}
	out := binary.AppendUvarint(nil, uint64(len(segments)))
	for _, s := range segments {
		if s.Mode == core.SegmentActive {
			out = append(out, 0, byte(opI32Const), 0, opEnd, 0)
			continue
		}
		b, err := w.module.Source.Bytes(s.Content)
		if err != nil {
			return err
		}
		out = append(out, 1)
		out = binary.AppendUvarint(out, uint64(len(b)))
		out = append(out, b...)
	}
	w.put(core.SectionData, out)
	return nil
}

const opEnd = 0x0b

func hasPassive(segments []core.Data) bool {
	for _, s := range segments {
		if s.Mode == core.SegmentPassive {
			return true
		}
	}
	return false
}
