package core

// contType is the function type of the continuation type of an index; empty,
// after a fault, if it is none.
func (b *body) contType(index uint32) FuncType {
	t := b.composite(index, CompositeCont)
	if b.err != nil {
		return FuncType{}
	}
	return b.n.types[t.Cont].Func
}

// contOf is the function type of the continuations a reference is to.
func (b *body) contOf(t ValType) FuncType {
	if b.err != nil {
		return FuncType{}
	}
	if !t.isIndexed() || b.n.types[t&indexMask].Kind != CompositeCont {
		b.fail("type mismatch: expected a reference to a continuation, found %v", t)
		return FuncType{}
	}
	return b.n.types[b.n.types[t&indexMask].Cont].Func
}

// continuation validates the instructions of the stack switching proposal.
func (b *body) continuation(code byte) {
	switch code {
	case opContNew:
		index := b.u32()
		b.contType(index)
		if t, ok := b.n.subType(index); ok && b.err == nil {
			b.pop(stored(t.Cont, true, false))
		}
		b.push(b.indexed(index, false, false))
	case opContBind:
		b.contBind()
	case opSuspend:
		b.call(b.tag(b.u32()), false)
	case opResume:
		index := b.u32()
		sig := b.resumeTable(index)
		b.popIndexed(index)
		b.call(sig, false)
	case opResumeThrow:
		index, tag := b.u32(), b.u32()
		sig := b.resumeTable(index)
		params := b.exceptionParams(tag)
		b.popIndexed(index)
		b.popAll(params)
		b.pushAll(sig.Results)
	case opResumeThrowRef:
		index := b.u32()
		sig := b.resumeTable(index)
		b.popIndexed(index)
		b.pop(ExnRef)
		b.pushAll(sig.Results)
	case opSwitch:
		b.switchTo()
	}
}

func (b *body) contBind() {
	from, to := b.u32(), b.u32()
	whole, rest := b.contType(from), b.contType(to)
	bound := len(whole.Params) - len(rest.Params)
	if b.err != nil {
		return
	}
	if bound < 0 || !b.n.types.funcMatches(FuncType{whole.Params[bound:], whole.Results}, rest) {
		b.fail("type mismatch: continuation type %d cannot be bound to %d", from, to)
		return
	}
	b.popIndexed(from)
	b.popAll(whole.Params[:bound])
	b.push(b.indexed(to, false, false))
}

// Kinds of handlers of resume.
const (
	handlerLabel  = 0
	handlerSwitch = 1
)

// resumeTable reads the handlers of a resume of the continuation type of an
// index, and gives the function type of that.
func (b *body) resumeTable(index uint32) FuncType {
	sig := b.contType(index)
	r := b.reader()
	n := r.Count("handlers", MaxHandlers)
	b.done(&r)
	for i := 0; i < n && b.err == nil; i++ {
		switch kind := b.byte(); kind {
		case handlerLabel:
			b.labelHandler(sig)
		case handlerSwitch:
			tag := b.tag(b.u32())
			want := FuncType{Results: sig.Results}
			if b.err == nil && !(b.n.types.funcMatches(tag, want) && b.n.types.funcMatches(want, tag)) {
				b.fail("type mismatch: the tag of a switch handler must be of type %v", want)
			}
		default:
			b.fail("0x%02x is no kind of handler", kind)
		}
	}
	return sig
}

// labelHandler checks that a handler's label takes the tag's parameters and the
// continuation that is left.
func (b *body) labelHandler(sig FuncType) {
	tag := b.tag(b.u32())
	types, last := b.refLabel(b.u32())
	left := b.contOf(last)
	switch {
	case b.err != nil:
	case !b.n.types.listMatches(tag.Params, types):
		b.fail("type mismatch: the handler's label does not take the parameters of its tag")
	case !b.n.types.funcMatches(FuncType{tag.Results, sig.Results}, left):
		b.fail("type mismatch: the handler's label does not take the continuation that is left")
	}
}

func (b *body) switchTo() {
	index, tagIndex := b.u32(), b.u32()
	sig, tag := b.contType(index), b.tag(tagIndex)
	switch {
	case b.err != nil:
		return
	case len(tag.Params) > 0:
		b.fail("tag %d has parameters, which one of a switch must not have", tagIndex)
		return
	case len(sig.Params) == 0:
		b.fail("type mismatch: continuation type %d takes no continuation to switch back to", index)
		return
	}
	last := len(sig.Params) - 1
	other := b.contOf(sig.Params[last])
	given, wanted := FuncType{tag.Results, tag.Results}, FuncType{sig.Results, other.Results}
	if b.err == nil && !b.n.types.funcMatches(given, wanted) {
		b.fail("type mismatch: the continuations of the switch do not give what its tag does")
	}
	b.popIndexed(index)
	b.popAll(sig.Params[:last])
	b.pushAll(other.Params)
}
