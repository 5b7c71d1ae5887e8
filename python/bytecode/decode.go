package bytecode

import "iter"

// String is the operation's name as CPython has it, as in "LOAD_ATTR".
func (o Op) String() string {
	if int(o) >= len(opNames) {
		return opNames[Unknown]
	}
	return opNames[o]
}

// Table knows the opcodes of one minor version.
type Table struct {
	minor int
	ops   [256]opcode
}

type opcode struct {
	op     Op
	caches uint8 // inline cache units that follow
}

// ForVersion is the table for a CPython version; ok is false if there is none.
func ForVersion(major, minor int) (t *Table, ok bool) {
	for _, t := range []*Table{&table312, &table314} {
		if major == 3 && minor == t.minor {
			return t, true
		}
	}
	return nil, false
}

// Minor is the table's minor version, 12 or 14.
func (t *Table) Minor() int { return t.minor }

// Instr is one instruction. Offsets are in bytes from the first code unit, as
// in the output of Python's dis.
type Instr struct {
	Op    Op
	Arg   uint32 // with the EXTENDED_ARG prefixes applied
	Start int    // first prefix, or the instruction itself
	Pos   int    // the instruction itself
	Next  int    // after the inline caches
}

// unitSize is the size of a code unit: opcode, argument.
const unitSize = 2

// Instructions yields the instructions of a code object's units. EXTENDED_ARG
// is applied to the instruction after it and not yielded.
func (t *Table) Instructions(units []byte) iter.Seq[Instr] {
	return func(yield func(Instr) bool) {
		var arg uint32
		start := 0
		for pos := 0; pos+unitSize <= len(units); {
			o := t.ops[units[pos]]
			arg = arg<<8 | uint32(units[pos+1])
			next := pos + unitSize*(1+int(o.caches))
			if o.op == ExtendedArg {
				pos = next
				continue
			}
			if !yield(Instr{Op: o.op, Arg: arg, Start: start, Pos: pos, Next: next}) {
				return
			}
			arg, pos, start = 0, next, next
		}
	}
}

// Target is the offset that an instruction may jump to, other than by raising
// an exception; ok is false if it does not jump.
func (in Instr) Target() (offset int, ok bool) {
	delta := unitSize * int64(in.Arg)
	switch in.Op {
	case JumpForward, ForIter, Send, PopJumpIfFalse, PopJumpIfTrue, PopJumpIfNone, PopJumpIfNotNone:
	case JumpBackward, JumpBackwardNoInterrupt:
		delta = -delta
	default:
		return 0, false
	}
	to := int64(in.Next) + delta
	if to < 0 || to > maxOffset {
		return 0, false
	}
	return int(to), true
}

// maxOffset bounds jump targets: no code object is longer.
const maxOffset = 1 << 30

// Ends reports whether control never goes on to the next instruction.
func (in Instr) Ends() bool {
	switch in.Op {
	case ReturnValue, ReturnConst, RaiseVarargs, Reraise, JumpForward, JumpBackward,
		JumpBackwardNoInterrupt, InterpreterExit:
		return true
	}
	return false
}

// NameIndex is the index into co_names of an instruction that names a global,
// an attribute or a module.
func (in Instr) NameIndex() (int, bool) {
	switch in.Op {
	case LoadGlobal, LoadAttr:
		return int(in.Arg >> 1), true
	case LoadSuperAttr:
		return int(in.Arg >> 2), true
	case LoadName, StoreName, DeleteName, StoreGlobal, DeleteGlobal, StoreAttr, DeleteAttr,
		ImportName, ImportFrom, LoadFromDictOrGlobals:
		return int(in.Arg), true
	}
	return 0, false
}
