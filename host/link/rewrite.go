package link

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/edgelint/edgelint/component/core"
	wasm "github.com/edgelint/edgelint/internal/binary"
)

// Rewrite says what [Module.Binary] changes besides the names of imports, and that
// the module traps soon after its global [StopName] is set to other than 0.
type Rewrite struct {
	// EmptyData leaves active data segments without their bytes: the memory is
	// made from an [Image].
	EmptyData bool
	// Globals are exported as [GlobalName] of their index.
	Globals []uint32
}

// Names by which a rewritten module exports what it did not export before.
const (
	// StopName is the global that interrupts the module, an i32.
	StopName = "edgelint:stop"
	// StartName is the start function, which the module does not call itself any
	// more.
	StartName = "edgelint:start"
)

// GlobalName is the name by which Rewrite exports a global.
func GlobalName(index uint32) string {
	return "edgelint:global:" + strconv.FormatUint(uint64(index), 10)
}

// HostModule is the module name of imports from canonical definitions.
const HostModule = "host"

// FromModule is the module name of imports from [CoreInstance.From].
func FromModule(place int) string { return strconv.Itoa(place) }

// Binary is the module with its imports renamed: from [HostModule] or
// [FromModule], and under the names that their suppliers export them by. Its start
// function is exported as [StartName] instead of being called.
func (m *Module) Binary(rw Rewrite) ([]byte, error) {
	w := &writer{module: m.Source, names: m.Imports, rewrite: rw, out: make([]byte, 0, m.Source.Range.Len+4096)}
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
	return w.out, w.insertBefore(len(order))
}

// writer writes a module section by section.
type writer struct {
	module  *core.Module
	names   []ImportName
	rewrite Rewrite
	out     []byte
	next    int // place in order of the first section that may come
}

// order is the order of sections in a module, which is not that of their numbers.
var order = []core.SectionID{
	core.SectionType, core.SectionImport, core.SectionFunction, core.SectionTable, core.SectionMemory,
	core.SectionTag, core.SectionGlobal, core.SectionExport, core.SectionStart, core.SectionElement,
	core.SectionDataCount, core.SectionCode, core.SectionData,
}

// edit writes a section anew: how many items there are and what they are, nil if
// the module has none. Without items to write, the section is left out.
type edit func(w *writer, count uint32, items []byte) (newCount uint32, newItems []byte, err error)

// edits are the sections that are changed, or added where they are missing.
func (w *writer) edit(id core.SectionID) edit {
	switch id {
	case core.SectionImport:
		return (*writer).imports
	case core.SectionExport:
		return (*writer).exports
	case core.SectionData:
		if w.rewrite.EmptyData {
			return (*writer).data
		}
	case core.SectionType, core.SectionFunction, core.SectionMemory, core.SectionGlobal, core.SectionCode:
		return interruption[id]
	}
	return nil
}

func (w *writer) copy(r core.Range) error {
	b, err := w.module.Bytes(r)
	w.out = append(w.out, b...)
	return err
}

func (w *writer) section(s core.Section, whole core.Range) error {
	if s.ID == core.SectionCustom {
		if s.Name != "name" {
			return nil // debugging information, which no engine needs
		}
		return w.copy(whole)
	}
	place := slices.Index(order, s.ID)
	if err := w.insertBefore(place); err != nil {
		return err
	}
	w.next = place + 1
	change := w.edit(s.ID)
	switch {
	case s.ID == core.SectionStart:
		return nil
	case change == nil:
		return w.copy(whole)
	}
	b, err := w.module.Bytes(whole)
	if err != nil {
		return err
	}
	r := wasm.NewReader(b, 0)
	r.Byte()
	r.U32()
	count := r.U32()
	if err := r.Err(); err != nil {
		return err
	}
	return w.changed(s.ID, change, count, b[r.Offset():])
}

// insertBefore writes sections that the module does not have, but must have now,
// if their place is before a place in order.
func (w *writer) insertBefore(place int) error {
	for ; w.next < place; w.next++ {
		id := order[w.next]
		if change := w.edit(id); change != nil {
			if err := w.changed(id, change, 0, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) changed(id core.SectionID, change edit, count uint32, items []byte) error {
	count, items, err := change(w, count, items)
	if err != nil || count == 0 {
		return err
	}
	var n []byte
	n = binary.AppendUvarint(n, uint64(count))
	w.out = append(w.out, byte(id))
	w.out = binary.AppendUvarint(w.out, uint64(len(n)+len(items)))
	w.out = append(append(w.out, n...), items...)
	return nil
}

func appendName(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func (w *writer) imports(count uint32, items []byte) (uint32, []byte, error) {
	r := wasm.NewReader(items, 0)
	var out []byte
	for _, name := range w.names {
		r.Name()
		r.Name()
		start := r.Offset()
		core.ReadExternType(&r)
		if err := r.Err(); err != nil {
			return 0, nil, err
		}
		from := HostModule
		if name.From != Host {
			from = FromModule(name.From)
		}
		out = appendName(appendName(out, from), name.Name)
		out = append(out, items[start:r.Offset()]...)
	}
	if r.More() {
		return 0, nil, errors.New("imports in the compact form are not supported by the engine")
	}
	return count, out, nil
}

// exports adds what the host needs.
func (w *writer) exports(count uint32, items []byte) (uint32, []byte, error) {
	var extra []core.Export
	for _, g := range w.rewrite.Globals {
		extra = append(extra, core.Export{Name: GlobalName(g), Kind: core.ExternGlobal, Index: g})
	}
	extra = append(extra, core.Export{Name: StopName, Kind: core.ExternGlobal, Index: w.stopGlobal()})
	if w.module.Start != core.NoIndex {
		extra = append(extra, core.Export{Name: StartName, Kind: core.ExternFunc, Index: w.module.Start})
	}
	out := append([]byte(nil), items...)
	for _, x := range extra {
		out = appendName(out, x.Name)
		out = append(out, byte(x.Kind))
		out = binary.AppendUvarint(out, uint64(x.Index))
	}
	return count + uint32(len(extra)), out, nil
}

// data leaves as many segments as there were, so that their indices stay, and the
// active ones empty.
func (w *writer) data(count uint32, _ []byte) (uint32, []byte, error) {
	segments := w.module.Data
	if w.module.DataCount < 0 && !hasPassive(segments) {
		return 0, nil, nil
	}
	var out []byte
	for _, s := range segments {
		if s.Mode == core.SegmentActive {
			out = append(out, 0, byte(opI32Const), 0, opEnd, 0)
			continue
		}
		b, err := w.module.Bytes(s.Content)
		if err != nil {
			return 0, nil, err
		}
		out = append(out, 1)
		out = binary.AppendUvarint(out, uint64(len(b)))
		out = append(out, b...)
	}
	return count, out, nil
}

func hasPassive(segments []core.Data) bool {
	return slices.ContainsFunc(segments, func(s core.Data) bool { return s.Mode == core.SegmentPassive })
}
