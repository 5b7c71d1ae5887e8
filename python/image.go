package python

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/python/heap"
)

const pageSize = 1 << 16

// ErrNotPython is returned for a component without a CPython in it.
var ErrNotPython = errors.New("not a Python component")

// Image is the memory of the core module that holds a component's interpreter.
// The error wraps [ErrNotPython] if there is no such module.
func Image(f *component.File) (*heap.Image, error) {
	m := interpreterModule(f)
	if m == nil {
		return nil, fmt.Errorf("%w: no core module keeps a CPython in its memory", ErrNotPython)
	}
	img := &heap.Image{Symbols: symbols(m)}
	for name, addr := range img.Symbols {
		lib, ok := strings.CutSuffix(name, ":memory_base")
		if ok && len(img.Libraries) < maxLibraries {
			img.Libraries = append(img.Libraries, heap.Library{Name: lib, Base: addr})
		}
	}
	slices.SortFunc(img.Libraries, func(a, b heap.Library) int {
		return cmp.Or(cmp.Compare(a.Base, b.Base), strings.Compare(a.Name, b.Name))
	})
	var err error
	img.Mem, err = memory(m)
	return img, err
}

// interpreterModule is the core module that defines a memory and names the
// interpreter's runtime; failing that, the one with the most data.
func interpreterModule(f *component.File) *core.Module {
	var best *core.Module
	most := int64(0)
	for m := range coreModules(f) {
		if len(m.Memories) == 0 || m.ImportedMemories > 0 {
			continue
		}
		if slices.ContainsFunc(m.Exports, func(e core.Export) bool { return strings.HasSuffix(e.Name, ":_PyRuntime") }) {
			return m
		}
		if n := dataBytes(m); n > most {
			best, most = m, n
		}
	}
	return best
}

// coreModules yields every core module of a file, nested components included.
func coreModules(f *component.File) iter.Seq[*core.Module] {
	return func(yield func(*core.Module) bool) {
		if f.Module != nil {
			yield(f.Module)
			return
		}
		if f.Root == nil {
			return
		}
		rest := []*component.Component{f.Root}
		for len(rest) > 0 {
			c := rest[0]
			rest = append(rest[1:], c.Components...)
			for _, m := range c.CoreModules {
				if m.Module != nil && !yield(m.Module) {
					return
				}
			}
		}
	}
}

// symbols are the exported globals that hold a constant address.
func symbols(m *core.Module) map[string]uint32 {
	out := map[string]uint32{}
	for _, e := range m.Exports {
		if e.Kind != core.ExternGlobal || uint64(e.Index) >= uint64(len(m.Globals)) {
			continue
		}
		if init := m.Globals[e.Index].Init; init.Op == core.ConstI32 && strings.Contains(e.Name, ":") {
			out[e.Name] = uint32(init.Value)
		}
	}
	return out
}

func dataBytes(m *core.Module) int64 {
	n := int64(0)
	for _, d := range m.Data {
		n += d.Content.Len
	}
	return n
}

// memory is the module's linear memory after its data segments are copied.
func memory(m *core.Module) ([]byte, error) {
	total := dataBytes(m)
	size := min(m.Memories[0].Min, maxImage/pageSize) * pageSize
	end := uint64(0)
	for _, d := range m.Data {
		if isPlaced(d) {
			end = max(end, min(size, uint64(uint32(d.Start.Value))+uint64(d.Content.Len)))
		}
	}
	if limit := uint64(max(minImage, maxSparsity*total)); end > limit {
		return nil, fmt.Errorf("%w: %d bytes of data spread over a memory of %d bytes", ErrNotPython, total, end)
	}
	mem := make([]byte, end)
	return mem, copySegments(m, mem)
}

func isPlaced(d core.Data) bool {
	return d.Mode == core.SegmentActive && d.Memory == 0 && d.Start.Op == core.ConstI32
}

// copySegments puts the active segments into the memory. Segments lie one
// after the other in the file: they are read in windows.
func copySegments(m *core.Module, mem []byte) error {
	if len(m.Data) == 0 {
		return nil
	}
	last := m.Data[len(m.Data)-1].Content
	base := m.Data[0].Content.Off
	src := m.Open(core.Range{Off: base, Len: last.End() - base})
	if src == nil {
		return nil
	}
	w := window{src: src, buf: make([]byte, readWindow)}
	for _, d := range m.Data {
		at := uint64(uint32(d.Start.Value))
		if !isPlaced(d) || at >= uint64(len(mem)) {
			continue
		}
		dst := mem[at:min(uint64(len(mem)), at+uint64(d.Content.Len))]
		if err := w.read(dst, d.Content.Off-base); err != nil {
			return err
		}
	}
	return nil
}

// window reads small pieces of a stream through a buffer.
type window struct {
	src        io.ReaderAt
	buf        []byte
	start, end int64 // the piece of the stream that the buffer holds
}

func (w *window) read(dst []byte, off int64) error {
	if off < w.start || off+int64(len(dst)) > w.end {
		if len(dst) >= len(w.buf)/2 {
			_, err := w.src.ReadAt(dst, off)
			return ignoreEOF(err)
		}
		n, err := w.src.ReadAt(w.buf, off)
		if err := ignoreEOF(err); err != nil {
			return err
		}
		w.start, w.end = off, off+int64(n)
	}
	if from := off - w.start; from < w.end-w.start {
		copy(dst, w.buf[from:w.end-w.start])
	}
	return nil
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
