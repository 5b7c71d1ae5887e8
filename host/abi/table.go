package abi

import "iter"

// Table is the table of a component instance: handles to resources, and what
// else the instance knows by a number. Index 0 is never given out; indices that
// were given back are used again, the last one first.
type Table struct {
	entries []Entry
	free    []uint32
}

// Entry is one entry of a table.
type Entry struct {
	// Type is the type of a handle's resource; it is nil for entries that are
	// no handles, which Rep.Obj tells apart.
	Type  *ResourceType
	Rep   Rep
	Own   bool
	Lends uint32 // how often the handle is lent at the moment
	// Task is the call that a borrow was made for.
	Task *Task

	used bool
}

// Get is the entry of an index, which stays valid until the table changes.
func (t *Table) Get(i uint32) (*Entry, error) {
	if uint64(i) >= uint64(len(t.entries)) || !t.entries[i].used {
		return nil, Trapf("unknown handle index %d", i)
	}
	return &t.entries[i], nil
}

// Add puts an entry at a free index.
func (t *Table) Add(e Entry) (uint32, error) {
	e.used = true
	if n := len(t.free); n > 0 {
		i := t.free[n-1]
		t.free = t.free[:n-1]
		t.entries[i] = e
		return i, nil
	}
	if len(t.entries) == 0 {
		t.entries = append(t.entries, Entry{})
	}
	if len(t.entries) > MaxHandles {
		return 0, Trapf("the handle table is full")
	}
	t.entries = append(t.entries, e)
	return uint32(len(t.entries) - 1), nil
}

// Remove takes an entry out.
func (t *Table) Remove(i uint32) (Entry, error) {
	p, err := t.Get(i)
	if err != nil {
		return Entry{}, err
	}
	e := *p
	*p = Entry{}
	t.free = append(t.free, i)
	return e, nil
}

// All lists the entries by index.
func (t *Table) All() iter.Seq2[uint32, *Entry] {
	return func(yield func(uint32, *Entry) bool) {
		for i := range t.entries {
			if t.entries[i].used && !yield(uint32(i), &t.entries[i]) {
				return
			}
		}
	}
}

// Reset empties the table as if it were new.
func (t *Table) Reset() {
	clear(t.entries)
	t.entries, t.free = t.entries[:0], t.free[:0]
}
