package heap

import "iter"

// Tracked yields every object that the collector knows: all containers,
// functions, classes and instances, but no str, int, bytes or code object.
//
// The lists' heads are found inside the collector's state by their shape, a
// pair of words that is a consistent circular list, so that the state's own
// layout does not matter.
func (h *Heap) Tracked() iter.Seq[Object] {
	return func(yield func(Object) bool) {
		if h.interp == 0 {
			return
		}
		state := h.interp + h.lay.gc
		left := maxTracked
		for off := uint32(0); off < gcStateBytes; off += 4 {
			if !h.isListHead(state + off) {
				continue
			}
			if !h.list(state+off, &left, yield) {
				return
			}
			off += 4
		}
	}
}

// linkMask clears the bits in which the collector keeps its notes.
const linkMask = ^uint32(3)

func (h *Heap) link(addr uint32) uint32 { return h.img.u32(addr) & linkMask }

// isListHead reports whether the two words at addr head a list of one element
// or more that is linked both ways.
func (h *Heap) isListHead(addr uint32) bool {
	next, prev := h.link(addr), h.link(addr+4)
	return next != 0 && prev != 0 && next != addr &&
		h.link(next+4) == addr && h.link(prev) == addr &&
		h.Object(next+headSize).Valid()
}

func (h *Heap) list(head uint32, left *int, yield func(Object) bool) bool {
	steps := uint64(0)
	defer func() { h.spend(steps) }()
	last := head
	for at := h.link(head); at != head && at != 0; at = h.link(at) {
		steps++
		if *left--; *left < 0 || h.link(at+4) != last {
			return true // the chain is broken: what follows is not to be trusted
		}
		if o := h.Object(at + headSize); o.Valid() && !yield(o) {
			return false
		}
		last = at
	}
	return true
}

// Functions yields everything that looks like a function written in Python,
// anywhere in the memory. It serves when the collector's lists are broken.
func (h *Heap) Functions() iter.Seq[Object] {
	return func(yield func(Object) bool) {
		for addr := range h.instances(h.known.function) {
			if o := h.Object(addr); o.Code().IsCode() && !yield(o) {
				return
			}
		}
	}
}
