package core

import "slices"

// Info is a module whose declarations are valid, with its types resolved in a
// [TypeStore].
type Info struct {
	Module *Module

	features Features
	types    typeList    // of the store, as they were when the module was checked
	ids      []TypeID    // by type index
	sigs     []*FuncType // by type index; nil for other types
	globals  []GlobalType
	tables   []TableType
	elements []ValType // by element segment
	tags     []*FuncType
	exact    bitset // imported functions of an exact type
	declared bitset // functions that ref.func may refer to
	size     int    // effective type size of imports and exports
}

// TypeSize is how large the module's type is if every type in its imports and
// exports is written out.
func (n *Info) TypeSize() int { return n.size + 1 }

// TypeID is the identity of the module's type of an index.
func (n *Info) TypeID(index uint32) (TypeID, bool) {
	if uint64(index) >= uint64(len(n.ids)) {
		return 0, false
	}
	return n.ids[index], true
}

// Import is the resolved type of the i-th import.
func (n *Info) Import(i int) ExternType { return n.extern(n.Module.Imports[i].Type) }

// extern is a checked type with the store's types in place of indices.
func (n *Info) extern(t ExternType) ExternType {
	switch t.Kind {
	case ExternFunc, ExternTag:
		t.Type = uint32(n.ids[t.Type])
	case ExternTable:
		t.Table.Element = n.resolved(t.Table.Element)
	case ExternGlobal:
		t.Global.Type = n.resolved(t.Global.Type)
	}
	return t
}

// Export is the resolved type of the i-th export.
func (n *Info) Export(i int) ExternType {
	e := n.Module.Exports[i]
	t := ExternType{Kind: e.Kind}
	switch e.Kind {
	case ExternFunc:
		t.Type = uint32(n.ids[n.Module.Funcs[e.Index]])
		t.Exact = n.features.Has(CustomDescriptors) && n.isExact(e.Index)
	case ExternTable:
		t.Table = n.tables[e.Index]
	case ExternMemory:
		t.Memory = n.Module.Memories[e.Index].MemoryType
	case ExternGlobal:
		t.Global = n.globals[e.Index]
	case ExternTag:
		t.Type = uint32(n.ids[n.Module.Tags[e.Index].Type])
	}
	return t
}

// isExact reports whether the function has its type exactly: it is defined here,
// or imported so.
func (n *Info) isExact(index uint32) bool {
	return int(index) >= n.Module.ImportedFuncs || n.exact.has(index)
}

// resolve is a type of the module as one of the store, false if it refers to a
// type the module does not have.
func (n *Info) resolve(t ValType) (ValType, bool) {
	if !t.isIndexed() {
		return t, true
	}
	index := uint32(t & indexMask)
	if uint64(index) >= uint64(len(n.ids)) {
		return t, false
	}
	return t&^indexMask | storeBit | ValType(n.ids[index]), true
}

func (n *Info) resolved(t ValType) ValType {
	t, _ = n.resolve(t)
	return t
}

// local is a type of the store as one of the module, for people to read.
func (n *Info) local(t ValType) ValType {
	if !t.isIndexed() || t&storeBit == 0 {
		return t
	}
	if i := slices.Index(n.ids, TypeID(t&indexMask)); i >= 0 {
		return t&^(indexMask|storeBit) | ValType(i)
	}
	return t
}

func (n *Info) locals(types []ValType) []ValType {
	list := make([]ValType, len(types))
	for i, t := range types {
		list[i] = n.local(t)
	}
	return list
}

// subType is the type of an index.
func (n *Info) subType(index uint32) (*SubType, bool) {
	if uint64(index) >= uint64(len(n.ids)) {
		return nil, false
	}
	return &n.types[n.ids[index]], true
}

// sig is the function type of a type index.
func (n *Info) sig(index uint32) *FuncType {
	if uint64(index) >= uint64(len(n.sigs)) {
		return nil
	}
	return n.sigs[index]
}

// bitset is a set of small numbers.
type bitset []uint64

func newBitset(size int) bitset { return make(bitset, size/64+1) }

func (b bitset) has(i uint32) bool {
	w := int(i / 64)
	return w < len(b) && b[w]&(1<<(i%64)) != 0
}

func (b bitset) add(i uint32) { b[i/64] |= 1 << (i % 64) }
