package flow

import bc "github.com/edgelint/edgelint/python/bytecode"

// step interprets one instruction.
func (m *machine) step() {
	switch m.in.Op {
	case bc.Nop, bc.Resume, bc.Cache, bc.NotTaken, bc.MakeCell, bc.CopyFreeVars, bc.SetupAnnotations,
		bc.JumpBackward, bc.JumpBackwardNoInterrupt, bc.DeleteFast, bc.DeleteDeref, bc.DeleteGlobal,
		bc.DeleteName, bc.Unknown:
		m.deletes()
	case bc.PopTop:
		m.pop().mark(RoleDropped)
	case bc.PushNull:
		m.push(one(&node{kind: nodeNull}))
	case bc.Copy:
		m.push(m.peek(m.in.Arg))
	case bc.Swap:
		m.swap()
	case bc.JumpForward:
		m.carry()
	case bc.PopJumpIfFalse, bc.PopJumpIfTrue, bc.PopJumpIfNone, bc.PopJumpIfNotNone:
		m.pop().mark(RoleChecked)
		m.carry()
	case bc.ForIter:
		m.carry(nil)
		m.push(nil)
	case bc.Send:
		m.pop()
		m.push(nil)
		m.carry()
	case bc.EndSend:
		m.pop()
	case bc.CompareOp, bc.IsOp, bc.ContainsOp:
		m.compare()
	case bc.CheckExcMatch:
		m.pop().mark(RoleChecked)
		m.push(nil)
	default:
		m.stepLoad()
	}
}

// deletes records `del` of a global name.
func (m *machine) deletes() {
	if m.in.Op == bc.DeleteGlobal {
		m.writeGlobal(m.name(), "deleted")
	}
}

// swap exchanges the top of the stack with a value below it.
func (m *machine) swap() {
	if n := int(min(m.in.Arg, maxStack)); n > 0 && n <= len(m.stack) {
		top, other := len(m.stack)-1, len(m.stack)-n
		m.stack[top], m.stack[other] = m.stack[other], m.stack[top]
	}
}

func (m *machine) compare() {
	m.pop().mark(RoleChecked)
	m.pop().mark(RoleChecked)
	m.push(nil)
}

// stepLoad interprets what loads and stores.
func (m *machine) stepLoad() {
	arg := m.in.Arg
	switch m.in.Op {
	case bc.LoadConst, bc.ReturnConst:
		m.push(one(&node{kind: nodeConst, obj: m.constant(arg)}))
	case bc.LoadSmallInt:
		m.push(one(&node{kind: nodeSmall, small: int(arg)}))
	case bc.LoadFast, bc.LoadFastCheck, bc.LoadFastAndClear, bc.LoadFastBorrow, bc.LoadDeref:
		m.loadLocal(arg)
	case bc.LoadFastLoadFast, bc.LoadFastBorrowLoadFastBorrow:
		m.loadLocal(arg >> 4)
		m.loadLocal(arg & 15)
	case bc.StoreFast, bc.StoreDeref:
		m.storeLocal(arg)
	case bc.StoreFastLoadFast:
		m.storeLocal(arg >> 4)
		m.loadLocal(arg & 15)
	case bc.StoreFastStoreFast:
		m.storeLocal(arg >> 4)
		m.storeLocal(arg & 15)
	case bc.LoadGlobal:
		m.loadGlobal(m.name(), arg&1 != 0)
	case bc.LoadName:
		m.loadName(m.name())
	case bc.LoadFromDictOrGlobals:
		m.pop()
		m.loadGlobal(m.name(), false)
	case bc.LoadFromDictOrDeref:
		m.pop()
		m.loadLocal(arg)
	case bc.StoreName:
		m.pop().mark(RolePassed)
	case bc.StoreGlobal:
		m.pop().mark(RolePassed)
		m.writeGlobal(m.name(), "assigned")
	default:
		m.stepObject()
	}
}

// stepObject interprets what works on attributes, calls and builds objects.
func (m *machine) stepObject() {
	switch m.in.Op {
	case bc.LoadAttr:
		m.loadAttr(m.name(), m.in.Arg&1 != 0)
	case bc.LoadSuperAttr:
		m.loadSuper(m.name(), m.in.Arg&1 != 0)
	case bc.StoreAttr:
		m.storeAttr(m.name())
	case bc.StoreSubscr:
		m.storeSubscr()
	case bc.DeleteSubscr:
		m.pop()
		m.writeObject(m.pop(), "item deleted")
	case bc.ImportName:
		m.importName()
	case bc.ImportFrom:
		m.importFrom()
	case bc.KwNames:
		m.kwNames = m.constant(m.in.Arg)
	case bc.Call, bc.CallKw, bc.CallFunctionEx:
		m.call()
	case bc.CallIntrinsic1, bc.GetAwaitable:
		// The value stays: a list becomes a tuple, an awaitable is awaited.
	case bc.BinaryOp, bc.BuildString:
		m.concatenate()
	case bc.FormatSimple, bc.FormatValue:
		m.format()
	case bc.MakeFunction, bc.SetFunctionAttribute:
		m.makeFunction()
	case bc.BuildTuple, bc.BuildList:
		m.push(one(&node{kind: nodeItems, items: m.popN(m.in.Arg)}))
	case bc.UnpackSequence:
		m.unpack()
	case bc.BeforeWith, bc.BeforeAsyncWith:
		subject := m.pop()
		m.push(nil)
		m.push(m.entered(subject))
	case bc.LoadSpecial:
		m.loadSpecial()
	default:
		m.apply()
	}
}

// makeFunction leaves a function on the stack, and takes what it is made of.
func (m *machine) makeFunction() {
	fn := m.pop()
	n := 0
	switch {
	case m.in.Op == bc.SetFunctionAttribute:
		n = 1
	case m.minor == 12:
		for flags := m.in.Arg & 0xf; flags > 0; flags &= flags - 1 {
			n++
		}
	}
	for range n {
		m.pop().mark(RolePassed)
	}
	if m.in.Op == bc.MakeFunction {
		fn = one(&node{kind: nodeLambda, obj: fn.object()})
	}
	m.push(fn)
}

func (m *machine) unpack() {
	v := m.pop()
	n := min(m.in.Arg, maxStack)
	if len(v) == 1 && v[0].kind == nodeItems && uint32(len(v[0].items)) == n {
		for i := int(n) - 1; i >= 0; i-- {
			m.push(v[0].items[i])
		}
		return
	}
	for range n {
		m.push(nil)
	}
}

// entered is what a with statement binds: as a rule the subject itself.
func (m *machine) entered(subject value) value {
	m.guards.suppress(m.in, subject)
	return subject
}

// loadSpecial gets the method that opens or closes a with statement (3.14).
func (m *machine) loadSpecial() {
	subject := m.pop()
	const enter, asyncEnter = 0, 2
	n := &node{kind: nodeAttr}
	if m.in.Arg == enter || m.in.Arg == asyncEnter {
		n = &node{kind: nodeEnter, base: m.entered(subject)}
	}
	m.push(one(n))
	m.push(nil)
}
