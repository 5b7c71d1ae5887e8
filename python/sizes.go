package python

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/python/heap"
)

// Sizes tell what fills the memory that the component holds.
type Sizes struct {
	// Image is the memory up to its last byte that is not zero.
	Image int64
	// Heap is what objects take that a module's names lead to.
	Heap int64
	// Modules are the sizes by module, the largest first.
	Modules []Share
	// Types are the sizes by the objects' types, the largest first.
	Types []Share
}

// Share is a part of the heap.
type Share struct {
	Name    string
	Bytes   int64
	Objects int
}

// Sizes measures the heap. Each object counts once, for the first module whose
// names lead to it: the app's own modules go first, then those of
// distributions, the SDK's and the standard library's. Classes and functions
// count for the module that defines them.
func (s *Snapshot) Sizes() *Sizes {
	if s.heap == nil {
		return &Sizes{}
	}
	m := &meter{
		snap: s, seen: make([]uint64, len(s.heap.Image().Mem)/(64*4)+1),
		modules: map[string]*Share{}, types: map[heap.Object]*Share{},
	}
	order := slices.Clone(s.Modules)
	slices.SortStableFunc(order, func(a, b *Module) int { return cmp.Compare(rank(a.Origin), rank(b.Origin)) })
	for _, mod := range order {
		m.module(mod)
	}
	out := &Sizes{Image: int64(len(s.heap.Image().Mem))}
	out.Modules = sortShares(slices.Collect(maps.Values(m.modules)))
	byName := map[string]*Share{}
	for _, sh := range m.types {
		if old := byName[sh.Name]; old != nil {
			old.Bytes, old.Objects = old.Bytes+sh.Bytes, old.Objects+sh.Objects
			continue
		}
		byName[sh.Name] = sh
	}
	out.Types = sortShares(slices.Collect(maps.Values(byName)))
	for _, sh := range out.Modules {
		out.Heap += sh.Bytes
	}
	return out
}

// rank orders origins by who counts first for what several share.
func rank(o Origin) int {
	return slices.Index([]Origin{
		OriginUser, OriginThirdParty, OriginNative, OriginSDK, OriginUnknown, OriginStdlib, OriginBuiltin,
	}, o)
}

func sortShares(shares []*Share) []Share {
	out := make([]Share, 0, len(shares))
	for _, s := range shares {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), strings.Compare(a.Name, b.Name))
	})
	return out
}

// meter walks the objects.
type meter struct {
	snap    *Snapshot
	seen    []uint64 // a bit for each word of the memory
	modules map[string]*Share
	types   map[heap.Object]*Share
	queue   []heap.Object
}

// first reports whether an object is met for the first time.
func (m *meter) first(o heap.Object) bool {
	word := o.Addr() / 4
	i, bit := word/64, uint64(1)<<(word%64)
	if uint64(i) >= uint64(len(m.seen)) || m.seen[i]&bit != 0 {
		return false
	}
	m.seen[i] |= bit
	return true
}

// module counts what a module's names lead to.
func (m *meter) module(mod *Module) {
	share := &Share{Name: mod.Name}
	m.modules[mod.Name] = share
	m.queue = append(m.queue[:0], mod.Object)
	for len(m.queue) > 0 {
		o := m.queue[len(m.queue)-1]
		m.queue = m.queue[:len(m.queue)-1]
		if !m.first(o) || !o.Valid() {
			continue
		}
		size := o.Size()
		share.Bytes += size
		share.Objects++
		m.addType(o, size)
		o.Refs(func(r heap.Object) { m.push(mod, r) })
	}
}

func (m *meter) addType(o heap.Object, size int64) {
	t := o.Type()
	share := m.types[t]
	if share == nil {
		share = &Share{Name: o.TypeName()}
		m.types[t] = share
	}
	share.Bytes += size
	share.Objects++
}

// push queues what an object refers to, unless it counts for another module.
func (m *meter) push(mod *Module, o heap.Object) {
	if o.IsNull() || o.IsModule() && o != mod.Object {
		return
	}
	if o.IsClass() || o.IsFunction() {
		if name := o.ModuleName(); name != mod.Name && m.snap.byName[name] != nil {
			return
		}
	}
	m.queue = append(m.queue, o)
}

// Weigh is the number of bytes of an object and all that it leads to, classes,
// functions and modules left out. It stops counting at most.
func (s *Snapshot) Weigh(o heap.Object, most int64) int64 {
	seen := map[heap.Object]bool{}
	queue := []heap.Object{o}
	total := int64(0)
	for len(queue) > 0 && total < most && !s.heap.Exhausted() {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if at.IsNull() || seen[at] || at.IsModule() || at.IsClass() || at.IsFunction() || !at.Valid() {
			continue
		}
		seen[at] = true
		total += at.Size()
		at.Refs(func(r heap.Object) { queue = append(queue, r) })
	}
	return min(total, most)
}
