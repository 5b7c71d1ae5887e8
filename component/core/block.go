package core

// enter opens a block whose parameters are not on the stack.
func (b *body) enter(kind frameKind, sig *FuncType) {
	b.ctrl = append(b.ctrl, frame{sig: sig, base: uint32(b.sp), inits: uint32(len(b.inits)), kind: kind})
	b.base = b.sp
}

// leave closes a block: its results, and nothing else, are on the stack, and
// are taken off.
func (b *body) leave() frame {
	f := *b.top()
	b.popAll(f.sig.Results)
	if b.sp != b.base {
		b.fail("type mismatch: %d operands are left on the stack at the end of the block", b.sp-b.base)
	}
	for _, i := range b.inits[f.inits:] {
		b.set[i/64] &^= 1 << (i % 64)
	}
	b.inits = b.inits[:f.inits]
	b.ctrl = b.ctrl[:len(b.ctrl)-1]
	b.base, b.sp = 0, int(f.base)
	if len(b.ctrl) > 0 {
		b.base = int(b.top().base)
	}
	return f
}

// emptyBlock is the block type without parameters and results.
const emptyBlock = 0x40

// blockType reads a block type (core specification, section 5.4.1).
func (b *body) blockType() *FuncType {
	if b.pos < len(b.code) {
		switch c := b.code[b.pos]; {
		case c == emptyBlock:
			b.pos++
			return &b.noTypes
		case c&0xc0 == 0x40:
			return b.single(b.valType())
		}
	}
	r := b.reader()
	index := r.S33()
	b.done(&r)
	switch {
	case b.err != nil:
		return &b.noTypes
	case index < 0:
		b.fail("%d is no block type", index)
		return &b.noTypes
	case !b.features.Has(MultiValue):
		b.fail("a block of a function type requires the multi-value feature")
	}
	return b.sig(uint32(index))
}

// single is the type of a block with one result.
func (b *body) single(t ValType) *FuncType {
	sig := b.singles[t]
	if sig == nil {
		sig = &FuncType{Results: []ValType{t}}
		b.singles[t] = sig
	}
	return sig
}

// sig is the function type of an index; empty, after a fault, if it is none.
func (b *body) sig(index uint32) *FuncType {
	sig := b.n.sig(index)
	switch {
	case sig == nil:
		b.fail("type %d is no function type of the module", index)
		return &b.noTypes
	case b.shared && !b.n.types[b.n.ids[index]].Shared:
		b.fail("a shared function cannot use the function type %d, which is not", index)
	}
	return sig
}

func (b *body) block(code byte) {
	kinds := [...]frameKind{opBlock: frameBlock, opLoop: frameLoop, opIf: frameIf, opTry: frameTry}
	sig := b.blockType()
	if code == opIf {
		b.pop(I32)
	}
	b.popAll(sig.Params)
	b.enter(kinds[code], sig)
	b.pushAll(sig.Params)
}

func (b *body) elseBlock() {
	if b.top().kind != frameIf {
		b.fail("else outside of an if block")
		return
	}
	f := b.leave()
	b.enter(frameElse, f.sig)
	b.pushAll(f.sig.Params)
}

func (b *body) end() {
	f := b.leave()
	if f.kind == frameIf && f.sig != &b.noTypes {
		// Without else, the parameters are the results.
		b.enter(frameElse, f.sig)
		b.pushAll(f.sig.Params)
		b.leave()
	}
	b.pushAll(f.sig.Results)
}

// label is the types that a branch to the block of a depth takes.
func (b *body) label(depth uint32) []ValType {
	if f := b.target(depth); f != nil {
		return f.label()
	}
	return nil
}

func (b *body) target(depth uint32) *frame {
	if uint64(depth) >= uint64(len(b.ctrl)) {
		b.fail("unknown label %d: only %d blocks are open", depth, len(b.ctrl))
		return nil
	}
	return &b.ctrl[len(b.ctrl)-1-int(depth)]
}

// popPush takes operands of a list of types off the stack and pushes these types.
func (b *body) popPush(types []ValType) {
	if len(types) > 0 {
		b.popAll(types)
		b.pushAll(types)
	}
}

// brTable validates a branch table: all labels take as many operands, and those
// on the stack fit each of them.
func (b *body) brTable() {
	r := b.reader()
	n := r.Count("branch targets", MaxBranchTargets)
	targets := r // to be read once the default is known
	for range n {
		r.U32()
	}
	fallback := r.U32()
	b.done(&r)
	b.pop(I32)
	last := b.label(fallback)
	for i := 0; i < n && b.err == nil; i++ {
		types := b.label(targets.U32())
		if b.err == nil && len(types) != len(last) {
			b.fail("type mismatch: the labels of a branch table take %d operands and %d", len(types), len(last))
		}
		b.matchStack(types)
	}
	b.popAll(last)
	b.unreachable()
}

// matchStack checks that the operands fit a list of types and leaves them.
func (b *body) matchStack(types []ValType) {
	b.popped = b.popped[:0]
	for i := len(types) - 1; i >= 0; i-- {
		b.popped = append(b.popped, b.pop(types[i]))
	}
	for i := len(b.popped) - 1; i >= 0; i-- {
		b.push(b.popped[i])
	}
}

func (b *body) selectUntyped() {
	b.pop(I32)
	second, first := b.popAny(), b.popAny()
	switch {
	case first.IsRef() || second.IsRef():
		b.fail("type mismatch: select of references must state its type")
	case first == unknown:
		first = second
	case second != unknown && first != second:
		b.fail("type mismatch: select between %v and %v", first, second)
	}
	b.push(first)
}

func (b *body) selectTyped() {
	r := b.reader()
	n := r.Count("types of a select", MaxSelectResults)
	b.done(&r)
	if b.err == nil && n != 1 {
		b.fail("a select with %d result types: there must be one", n)
		return
	}
	t := b.valType()
	b.pop(I32)
	b.pop(t)
	b.pop(t)
	b.push(t)
}
