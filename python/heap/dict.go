package heap

import "iter"

// table is a table of dict keys.
type table struct {
	kind    uint8
	entries []byte // what is inside the memory of the entries
	size    int    // bytes of an entry
	indices int64  // bytes of the indices before the entries
}

// keys reads the table of keys at an address.
func (h *Heap) keys(addr uint32) table {
	logIndex := h.img.u8(addr + offKeysLogIndex)
	if addr == 0 || logIndex >= 32 {
		return table{}
	}
	t := table{kind: h.img.u8(addr + offKeysKind), size: 8, indices: 1 << logIndex}
	if t.kind == keysGeneral {
		t.size = 12
	}
	n := uint64(min(h.img.u32(addr+offKeysEntries), maxItems))
	start := uint64(addr) + offKeysIndices + 1<<logIndex
	if t.kind > keysSplit || start >= uint64(len(h.img.Mem)) {
		return table{}
	}
	t.entries = h.img.span(uint32(start), n*uint64(t.size))
	return t
}

// next takes the first entry off the table.
func (t *table) next() (key, value uint32, ok bool) {
	if len(t.entries) < t.size || t.size == 0 {
		return 0, 0, false
	}
	e := t.entries[:t.size]
	t.entries = t.entries[t.size:]
	if t.kind == keysGeneral {
		e = e[4:] // hash
	}
	return word(e), word(e[4:]), true
}

// Items yields the keys and values of a dict in the order of insertion.
func (o Object) Items() iter.Seq2[Object, Object] {
	if !o.IsDict() {
		return func(func(Object, Object) bool) {}
	}
	keys := o.h.keys(o.u32(offDictKeys))
	values := o.u32(offDictValues)
	if values != 0 {
		values += o.h.lay.valuesHead
	}
	return o.h.pairs(keys, values)
}

// pairs yields the live entries of a table; values, if not 0, is the address
// of the array that holds a split table's values.
func (h *Heap) pairs(t table, values uint32) iter.Seq2[Object, Object] {
	return func(yield func(Object, Object) bool) {
		steps := uint32(0)
		defer func() { h.spend(uint64(steps)) }()
		for !h.Exhausted() {
			key, value, ok := t.next()
			if !ok {
				return
			}
			if values != 0 {
				value = h.img.u32(values + 4*steps)
			}
			steps++
			if key == 0 || value == 0 {
				continue
			}
			if !yield(h.Object(key), h.Object(value)) {
				return
			}
		}
	}
}

// Get is the value that a dict has for a str key, or no object. On a module it
// looks into the module's names.
func (o Object) Get(key string) Object {
	d := o
	if !d.IsDict() {
		d = o.Dict()
	}
	for k, v := range d.Items() {
		if k.Is(key) {
			return v
		}
	}
	return Object{}
}
