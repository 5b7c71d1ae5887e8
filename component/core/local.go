package core

import "sort"

// maxDirect is how many locals are looked up by their index alone: those whose
// index takes one byte. A function of few bytes may have fifty thousand.
const maxDirect = 0x80

// localRun is consecutive locals of one type, up to index end.
type localRun struct {
	end uint32
	t   ValType
}

// declareLocals reads the local declarations in front of the instructions.
func (b *body) declareLocals() {
	b.defaulted = MaxFunctionLocals
	for groups := b.u32(); groups > 0 && b.err == nil; groups-- {
		b.at = b.pos
		count := b.u32()
		t := b.valType()
		switch {
		case b.err != nil || count == 0:
			continue
		case uint64(b.numLocals)+uint64(count) > MaxFunctionLocals:
			b.fail("more than %d locals", MaxFunctionLocals)
			return
		}
		if !t.hasDefault() {
			b.defaulted = min(b.defaulted, b.numLocals)
		}
		b.numLocals += count
		b.runs = append(b.runs, localRun{b.numLocals, t})
		for uint32(len(b.locals)) < min(b.numLocals, maxDirect) {
			b.locals = append(b.locals, t)
		}
	}
}

// hasDefault reports whether locals, fields and elements of type t begin with a
// value.
func (t ValType) hasDefault() bool { return !t.IsRef() || t.Nullable() }

// directLocals are the first locals, as far as all of them always have a value.
func (b *body) directLocals() []ValType { return b.locals[:min(uint32(len(b.locals)), b.defaulted)] }

// local is the type of a local; i32, after a fault, if there is none.
func (b *body) local(index uint32) ValType {
	switch {
	case index < uint32(len(b.locals)):
		return b.locals[index]
	case index < b.numLocals:
		i := sort.Search(len(b.runs), func(i int) bool { return b.runs[i].end > index })
		return b.runs[i].t
	}
	b.fail("unknown local %d: there are %d", index, b.numLocals)
	return I32
}

// getLocal pushes a local, which must have a value.
func (b *body) getLocal(index uint32) {
	t := b.local(index)
	if b.err == nil && index >= b.defaulted && !t.hasDefault() && !b.set.has(index) {
		b.fail("local %d of type %v is read before it is set", index, t)
	}
	b.push(t)
}

// setLocal takes the value of a local off the stack, which it has until the block
// ends.
func (b *body) setLocal(index uint32) {
	t := b.local(index)
	b.pop(t)
	if index < b.defaulted || b.err != nil || t.hasDefault() || b.set.has(index) {
		return
	}
	for int(index/64) >= len(b.set) {
		b.set = append(b.set, 0)
	}
	b.set.add(index)
	b.inits = append(b.inits, index)
}
