package heap

import "iter"

// Frozen yields the names in the tables of modules frozen into the
// interpreter, which can be imported although no file has them.
func (h *Heap) Frozen() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, table := range []string{
			"_PyImport_FrozenBootstrap", "_PyImport_FrozenStdlib", "_PyImport_FrozenTest",
		} {
			at := h.img.u32(h.img.Symbol(table))
			for range maxFrozen {
				name := h.img.cstring(h.img.u32(at))
				if name == "" {
					break
				}
				if !yield(name) {
					return
				}
				at += h.lay.frozenRow
			}
		}
	}
}
