package core

// instruction validates the instruction whose opcode was just read.
func (b *body) instruction(code byte) {
	b.at = b.pos - 1
	if need := b.opcodes.missing[code]; need != 0 {
		b.fail("instruction 0x%02x requires the %v feature", code, need)
		return
	}
	if b.constOnly && !b.isConst(code) {
		return
	}
	switch {
	case code <= opTryTable:
		b.control(code)
	case code <= opTableSet:
		b.variable(code)
	case code <= opMemoryGrow:
		b.memory(code)
	case code <= 0xc4:
		b.numeric(code)
	case code >= opRefNull && code <= opBrOnNonNull:
		b.reference(code)
	case code >= opContNew && code <= opSwitch:
		b.continuation(code)
	case code == opPrefixGC:
		b.aggregate(b.u32())
	case code == opPrefixMisc:
		b.misc(b.u32())
	case code == opPrefixV:
		b.vector(b.u32())
	case code == opPrefixT:
		b.atomic(b.u32())
	default:
		b.illegal(code)
	}
}

func (b *body) illegal(code byte) { b.fail("illegal opcode 0x%02x", code) }

// control validates the instructions up to 0x1f.
func (b *body) control(code byte) {
	switch code {
	case opUnreachable:
		b.unreachable()
	case opNop:
	case opBlock, opLoop, opIf, opTry:
		b.block(code)
	case opElse:
		b.elseBlock()
	case opEnd:
		b.end()
	case opBr:
		b.popAll(b.label(b.u32()))
		b.unreachable()
	case opBrIf:
		depth := b.u32()
		b.pop(I32)
		b.popPush(b.label(depth))
	case opBrTable:
		b.brTable()
	case opReturn:
		b.popAll(b.outer.Results)
		b.unreachable()
	case opDrop:
		b.popAny()
	case opSelect:
		b.selectUntyped()
	case opSelectTyped:
		b.selectTyped()
	default:
		b.controlRest(code)
	}
}

func (b *body) controlRest(code byte) {
	switch code {
	case opCall, opReturnCall:
		b.callIndex(code == opReturnCall)
	case opCallIndirect, opReturnCallIndirect:
		b.callIndirect(code == opReturnCallIndirect)
	case opCallRef, opReturnCallRef:
		b.callRef(code == opReturnCallRef)
	case opThrow:
		b.popAll(b.exceptionParams(b.u32()))
		b.unreachable()
	case opThrowRef:
		b.pop(ExnRef)
		b.unreachable()
	case opTryTable:
		b.tryTable()
	case opCatch, opCatchAll:
		b.catch(code)
	case opRethrow:
		b.rethrow()
	case opDelegate:
		b.delegate()
	default:
		b.illegal(code)
	}
}

// numeric validates instructions of fixed typing and the constants.
func (b *body) numeric(code byte) {
	o := &b.opcodes.ops[code]
	switch {
	case o.shape == shapeUnary:
		b.pop(ValType(o.in))
	case o.shape == shapeBinary:
		b.pop(ValType(o.in))
		b.pop(ValType(o.in))
	case o.shape == shapeConst32:
		r := b.reader()
		r.S32()
		b.done(&r)
	case o.shape == shapeConst64:
		r := b.reader()
		r.S64()
		b.done(&r)
	case code == opF32Const:
		b.skip(4)
		b.push(F32)
		return
	case code == opF64Const:
		b.skip(8)
		b.push(F64)
		return
	default:
		b.illegal(code)
		return
	}
	b.push(ValType(o.out))
}

// isConst checks that an instruction may occur in a constant expression, but for
// those with a prefix: the decoder lets only the constant ones of them pass.
func (b *body) isConst(code byte) bool {
	switch code {
	case opEnd, opI32Const, opI64Const, opF32Const, opF64Const, opRefNull, opRefFunc, opPrefixV:
		return true
	case opGlobalGet:
		return b.isConstGlobal()
	case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e:
		return b.constNeeds(ExtendedConst)
	case opPrefixGC:
		return b.constNeeds(GC)
	case opPrefixT:
		return b.constNeeds(SharedEverythingThreads)
	}
	b.fail("constant expression required: 0x%02x is no constant instruction", code)
	return false
}

func (b *body) constNeeds(f Features) bool {
	if !b.features.Has(f) {
		b.fail("constant expression required: such an instruction in one requires the %v feature", f)
		return false
	}
	return true
}

// isConstGlobal checks the global that a constant expression is about to read.
func (b *body) isConstGlobal() bool {
	pos := b.pos
	index := b.u32()
	b.pos = pos
	g := b.global(index)
	switch {
	case b.err != nil:
	case g.Mutable:
		b.fail("constant expression required: global %d is mutable", index)
	case int(index) >= b.n.Module.ImportedGlobals:
		return b.constNeeds(GC)
	}
	return b.err == nil
}
