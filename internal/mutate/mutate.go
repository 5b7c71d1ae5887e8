package mutate

import (
	"bytes"
	"math/rand/v2"
	"slices"
)

// Mutate is a variant of the tree with one to three changes, and their names. The
// same random numbers give the same variant. Parts of donor may be taken over; it
// may be t itself.
func (t *Tree) Mutate(r *rand.Rand, donor *Tree) (variant []byte, changes []string) {
	m := &mutator{Rand: r, tree: t.clone(), donor: donor}
	for range 1 + r.IntN(3) {
		op := operations[r.IntN(len(operations))]
		if op.apply(m) {
			changes = append(changes, op.name)
		}
	}
	variant = m.tree.Encode()
	if len(changes) == 0 || r.IntN(16) == 0 {
		variant = m.breakBytes(variant)
		changes = append(changes, "bytes")
	}
	return variant, changes
}

type mutator struct {
	*rand.Rand
	tree, donor *Tree
}

// operations change the tree; they report whether they could.
var operations = []struct {
	name  string
	apply func(*mutator) bool
}{
	{"byte", (*mutator).changeByte},
	{"index", (*mutator).changeIndex},
	{"index", (*mutator).changeIndex},
	{"index", (*mutator).changeIndex},
	{"insert byte", (*mutator).insertByte},
	{"delete byte", (*mutator).deleteByte},
	{"delete item", (*mutator).deleteItem},
	{"copy item", (*mutator).copyItem},
	{"swap items", (*mutator).swapItems},
	{"foreign item", (*mutator).foreignItem},
	{"splice items", (*mutator).spliceItems},
	{"delete section", (*mutator).deleteSection},
	{"copy section", (*mutator).copySection},
	{"swap sections", (*mutator).swapSections},
	{"foreign section", (*mutator).foreignSection},
}

// item picks an item of some section, each section alike.
func (m *mutator) item() (s *section, i int, ok bool) {
	var with []*section
	for _, s := range m.tree.all() {
		if len(s.items) > 0 {
			with = append(with, s)
		}
	}
	if len(with) == 0 {
		return nil, 0, false
	}
	s = with[m.IntN(len(with))]
	return s, m.IntN(len(s.items)), true
}

// edit replaces an item by what change makes of a copy.
func (m *mutator) edit(change func(item []byte) []byte) bool {
	s, i, ok := m.item()
	if !ok || len(s.items[i]) == 0 {
		return false
	}
	s.items[i] = change(bytes.Clone(s.items[i]))
	return true
}

func (m *mutator) changeByte() bool {
	return m.edit(func(item []byte) []byte {
		item[m.IntN(len(item))] = byte(m.Uint32())
		return item
	})
}

// changeIndex changes a byte to a near or small number, as indices and counts are.
func (m *mutator) changeIndex() bool {
	return m.edit(func(item []byte) []byte {
		b := &item[m.IntN(len(item))]
		switch m.IntN(3) {
		case 0:
			*b++
		case 1:
			*b--
		default:
			*b = byte(m.IntN(max(2, int(*b)+2)))
		}
		return item
	})
}

func (m *mutator) insertByte() bool {
	return m.edit(func(item []byte) []byte {
		return slices.Insert(item, m.IntN(len(item)+1), byte(m.Uint32()>>m.IntN(8)))
	})
}

func (m *mutator) deleteByte() bool {
	return m.edit(func(item []byte) []byte {
		i := m.IntN(len(item))
		return slices.Delete(item, i, i+1)
	})
}

func (m *mutator) deleteItem() bool {
	s, i, ok := m.item()
	if ok {
		s.items = slices.Delete(s.items, i, i+1)
	}
	return ok
}

func (m *mutator) copyItem() bool {
	s, i, ok := m.item()
	if ok {
		s.items = slices.Insert(s.items, m.IntN(len(s.items)+1), s.items[i])
	}
	return ok
}

func (m *mutator) swapItems() bool {
	s, i, ok := m.item()
	if !ok || len(s.items) < 2 {
		return false
	}
	j := m.IntN(len(s.items))
	s.items[i], s.items[j] = s.items[j], s.items[i]
	return true
}

// foreignItem puts an item of the donor's section of the same kind in place.
func (m *mutator) foreignItem() bool {
	s, i, ok := m.item()
	if !ok {
		return false
	}
	from, ok := m.like(s)
	if ok {
		s.items[i] = from.items[m.IntN(len(from.items))]
	}
	return ok
}

// like picks a section of the donor with items of the same kind.
func (m *mutator) like(s *section) (*section, bool) {
	var same []*section
	for _, d := range m.donor.all() {
		if d.id == s.id && d.sized == s.sized && len(d.items) > 0 {
			same = append(same, d)
		}
	}
	if len(same) == 0 {
		return nil, false
	}
	return same[m.IntN(len(same))], true
}

// spliceItems joins the beginning of one item to the end of another.
func (m *mutator) spliceItems() bool {
	s, i, ok := m.item()
	if !ok {
		return false
	}
	from, ok := m.like(s)
	if !ok {
		return false
	}
	a, b := s.items[i], from.items[m.IntN(len(from.items))]
	s.items[i] = slices.Concat(a[:m.IntN(len(a)+1)], b[m.IntN(len(b)+1):])
	return true
}

// host picks a tree that has sections.
func (m *mutator) host() *Tree {
	trees := []*Tree{m.tree}
	for _, s := range m.tree.all() {
		if s.nested != nil && len(s.nested.sections) > 0 {
			trees = append(trees, s.nested)
		}
	}
	return trees[m.IntN(len(trees))]
}

func (m *mutator) deleteSection() bool {
	t := m.host()
	if len(t.sections) == 0 {
		return false
	}
	i := m.IntN(len(t.sections))
	t.sections = slices.Delete(t.sections, i, i+1)
	return true
}

func (m *mutator) copySection() bool {
	t := m.host()
	if len(t.sections) == 0 {
		return false
	}
	s := t.sections[m.IntN(len(t.sections))].clone()
	t.sections = slices.Insert(t.sections, m.IntN(len(t.sections)+1), s)
	return true
}

func (m *mutator) swapSections() bool {
	t := m.host()
	if len(t.sections) < 2 {
		return false
	}
	i, j := m.IntN(len(t.sections)), m.IntN(len(t.sections))
	t.sections[i], t.sections[j] = t.sections[j], t.sections[i]
	return i != j
}

func (m *mutator) foreignSection() bool {
	t := m.host()
	all := m.donor.all()
	if len(all) == 0 {
		return false
	}
	t.sections = slices.Insert(t.sections, m.IntN(len(t.sections)+1), all[m.IntN(len(all))].clone())
	return true
}

// breakBytes damages the binary without regard to its structure.
func (m *mutator) breakBytes(b []byte) []byte {
	at := m.IntN(len(b))
	switch m.IntN(3) {
	case 0:
		return b[:at]
	case 1:
		b[at] ^= 1 << m.IntN(8)
	default:
		b[at] = byte(m.Uint32())
	}
	return b
}
