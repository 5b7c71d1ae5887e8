package core

func (b *body) callIndex(tail bool) {
	index := b.u32()
	if uint64(index) >= uint64(len(b.n.Module.Funcs)) {
		b.fail("unknown function %d", index)
		return
	}
	b.call(*b.sig(b.n.Module.Funcs[index]), tail)
}

// call takes the parameters off the stack and pushes the results, or returns
// with them.
func (b *body) call(sig FuncType, tail bool) {
	if tail && !b.n.types.listMatches(sig.Results, b.outer.Results) && b.err == nil {
		b.fail("type mismatch: the tail call of a %v must give results %v", sig, FuncType{Results: b.outer.Results})
	}
	b.popAll(sig.Params)
	if tail {
		b.unreachable()
		return
	}
	b.pushAll(sig.Results)
}

func (b *body) callIndirect(tail bool) {
	typeIndex := b.u32()
	var tableIndex uint32
	if !tail && !b.features.Has(CallIndirectOverlong) {
		if c := b.byte(); c != 0 {
			b.fail("a table other than 0x00 requires the reference-types feature")
		}
	} else {
		tableIndex = b.u32()
	}
	table := b.table(tableIndex)
	if b.err == nil && !b.n.types.isSubtype(table.Element, FuncRef) {
		b.fail("type mismatch: an indirect call needs a table of functions, not of %v", table.Element)
	}
	b.pop(table.IndexType())
	b.call(*b.sig(typeIndex), tail)
}

func (b *body) callRef(tail bool) {
	index := b.u32()
	b.popIndexed(index)
	b.call(*b.sig(index), tail)
}

// table is the type of a table; empty, after a fault, if there is none.
func (b *body) table(index uint32) TableType {
	if uint64(index) >= uint64(len(b.n.tables)) {
		b.fail("unknown table %d", index)
		return TableType{Element: FuncRef}
	}
	t := b.n.tables[index]
	if b.shared && !t.Shared {
		b.fail("a shared function cannot use table %d, which is not", index)
	}
	return t
}

// global is the type of a global; empty, after a fault, if there is none.
func (b *body) global(index uint32) GlobalType {
	if uint64(index) >= uint64(len(b.n.globals)) {
		b.fail("unknown global %d", index)
		return GlobalType{Type: I32}
	}
	g := b.n.globals[index]
	if b.shared && !g.Shared {
		b.fail("a shared function cannot use global %d, which is not", index)
	}
	return g
}

// variable validates the instructions on locals, globals and single elements of
// tables.
func (b *body) variable(code byte) {
	index := b.u32()
	switch code {
	case opLocalGet:
		b.getLocal(index)
	case opLocalSet:
		b.setLocal(index)
	case opLocalTee:
		b.setLocal(index)
		b.push(b.local(index))
	case opGlobalGet:
		b.push(b.global(index).Type)
	case opGlobalSet:
		g := b.global(index)
		if b.err == nil && !g.Mutable {
			b.fail("global %d is immutable", index)
		}
		b.pop(g.Type)
	case opTableGet:
		t := b.table(index)
		b.pop(t.IndexType())
		b.push(t.Element)
	case opTableSet:
		t := b.table(index)
		b.pop(t.Element)
		b.pop(t.IndexType())
	default:
		b.at = b.pos
		b.illegal(code)
	}
}
