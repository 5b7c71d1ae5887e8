package core

// exceptionParams are the values of an exception: the parameters of a tag that
// has no results.
func (b *body) exceptionParams(index uint32) []ValType {
	sig := b.tag(index)
	if len(sig.Results) > 0 {
		b.fail("tag %d has results, so it is none of an exception", index)
	}
	return sig.Params
}

// tag is the type of a tag; empty, after a fault, if there is none.
func (b *body) tag(index uint32) FuncType {
	if uint64(index) >= uint64(len(b.n.tags)) {
		b.fail("unknown tag %d", index)
		return FuncType{}
	}
	return *b.n.tags[index]
}

// Kinds of catch clauses of try_table.
const (
	catchTag    = 0
	catchTagRef = 1
	catchAll    = 2
	catchAllRef = 3
)

func (b *body) tryTable() {
	sig := b.blockType()
	b.popAll(sig.Params)
	r := b.reader()
	n := r.Count("catch clauses", MaxCatches)
	b.done(&r)
	for i := 0; i < n && b.err == nil; i++ {
		b.catchClause()
	}
	b.enter(frameBlock, sig)
	b.pushAll(sig.Params)
}

// catchClause checks that a clause's label takes what it catches.
func (b *body) catchClause() {
	kind := b.byte()
	var caught []ValType
	switch kind {
	case catchTag, catchTagRef:
		caught = b.exceptionParams(b.u32())
	case catchAll, catchAllRef:
	default:
		b.fail("0x%02x is no kind of catch clause", kind)
	}
	b.popped = append(b.popped[:0], caught...)
	if kind == catchTagRef || kind == catchAllRef {
		b.popped = append(b.popped, ExnRef.AsNonNull())
	}
	label := b.label(b.u32())
	if b.err == nil && !b.n.types.listMatches(b.popped, label) {
		b.fail("type mismatch: the clause catches %v, but its label takes %v",
			FuncType{Params: b.popped}, FuncType{Params: label})
	}
}

// catch begins a handler of a legacy try block.
func (b *body) catch(code byte) {
	if k := b.top().kind; k != frameTry && k != frameCatch {
		b.fail("catch outside of a try block")
		return
	}
	f := b.leave()
	if code == opCatchAll {
		b.enter(frameCatchAll, f.sig)
		return
	}
	b.enter(frameCatch, f.sig)
	b.pushAll(b.exceptionParams(b.u32()))
}

func (b *body) rethrow() {
	depth := b.u32()
	f := b.target(depth)
	if f != nil && f.kind != frameCatch && f.kind != frameCatchAll {
		b.fail("rethrow to label %d, which is no catch block", depth)
	}
	b.unreachable()
}

func (b *body) delegate() {
	if b.top().kind != frameTry {
		b.fail("delegate outside of a try block")
		return
	}
	depth := b.u32()
	f := b.leave()
	b.target(depth)
	b.pushAll(f.sig.Results)
}
