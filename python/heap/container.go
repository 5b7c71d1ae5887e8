package heap

import "iter"

// spend charges steps to the heap's budget of work and reports whether some is
// left. The budget makes a walk over a hostile heap end.
func (h *Heap) spend(steps uint64) bool {
	return h.work.Add(int64(steps)) < maxWork
}

// Exhausted reports that the walks over this heap used up their budget of
// work: what they answer from then on is incomplete.
func (h *Heap) Exhausted() bool { return h.work.Load() >= maxWork }

// Len is the number of elements of a tuple, list, set or dict, or the number
// of characters of a str or bytes; 0 for any other object.
func (o Object) Len() int {
	switch {
	case o.IsTuple(), o.IsList(), o.IsBytes():
		return int(min(o.u32(offSize), maxItems))
	case o.IsStr():
		return int(min(o.u32(offStrLength), maxText))
	case o.IsDict():
		return int(min(o.u32(offDictUsed), maxItems))
	case o.IsSet():
		return int(min(o.u32(offSetUsed), maxItems))
	}
	return 0
}

// Elems yields the elements of a tuple, list, set or frozenset, in the order of
// memory.
func (o Object) Elems() iter.Seq[Object] {
	switch {
	case o.IsTuple():
		return o.vector(o.addr+o.h.lay.tupleItems, o.u32(offSize))
	case o.IsList():
		return o.vector(o.u32(offListItems), o.u32(offSize))
	case o.IsSet():
		return o.setElems()
	}
	return func(func(Object) bool) {}
}

// Elem is element i of a tuple or list.
func (o Object) Elem(i int) Object {
	if i < 0 || uint64(i) >= uint64(o.u32(offSize)) || i >= maxItems {
		return Object{}
	}
	switch {
	case o.IsTuple():
		return o.ref(o.h.lay.tupleItems + 4*uint32(i))
	case o.IsList():
		return o.h.Object(o.h.img.u32(o.u32(offListItems) + 4*uint32(i)))
	}
	return Object{}
}

// vector yields n pointers from addr on.
func (o Object) vector(addr, n uint32) iter.Seq[Object] {
	return func(yield func(Object) bool) {
		raw := o.h.img.span(addr, 4*uint64(min(n, maxItems)))
		steps := uint64(0)
		defer func() { o.h.spend(steps) }()
		for ; len(raw) >= 4 && !o.h.Exhausted(); raw = raw[4:] {
			steps++
			if !yield(o.h.Object(word(raw))) {
				return
			}
		}
	}
}

// setElems yields the keys of a set's table.
func (o Object) setElems() iter.Seq[Object] {
	return func(yield func(Object) bool) {
		const entry = 8 // key, hash
		slots := uint64(o.u32(offSetMask)) + 1
		raw := o.h.img.span(o.u32(offSetTable), entry*min(slots, maxItems))
		steps := uint64(0)
		defer func() { o.h.spend(steps) }()
		for ; len(raw) >= entry && !o.h.Exhausted(); raw = raw[entry:] {
			steps++
			key := o.h.Object(word(raw))
			if key.addr == 0 || word(raw[4:]) == ^uint32(0) { // free, or deleted
				continue
			}
			if !yield(key) {
				return
			}
		}
	}
}

func word(b []byte) uint32 {
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}
