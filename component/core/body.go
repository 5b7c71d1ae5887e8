package core

import (
	"fmt"

	"github.com/edgelint/edgelint/internal/binary"
)

// body validates instruction sequences in one pass, by the algorithm of the
// core specification's appendix: a stack of operand types and one of blocks. It
// is used for one function after the other and keeps its room.
type body struct {
	n        *Info
	features Features
	opcodes  *opTable

	code   []byte
	offset int64 // of code in the file
	pos    int
	at     int // position of the instruction at hand

	stack []ValType // operand types below sp
	sp    int
	base  int // operands below belong to outer blocks
	ctrl  []frame
	err   *Error

	locals    []ValType  // parameters and the first locals
	runs      []localRun // all locals behind the parameters
	numLocals uint32     // parameters included
	defaulted uint32     // locals below always have a value
	set       bitset     // the others that need one and have it by now
	inits     []uint32   // members of set, in order

	outer     FuncType              // the function as a block: its results
	popped    []ValType             // operands to push again
	noTypes   FuncType              // of blocks without parameters and results
	singles   map[ValType]*FuncType // of blocks with one result
	mem0      ValType               // index type of memory 0, zero without one
	shared    bool                  // the function may run on several threads
	constOnly bool                  // a constant expression
}

// frame is a block that is open. There may be millions, so it is small.
type frame struct {
	sig         *FuncType
	base        uint32 // operands at its start
	inits       uint32 // locals set at its start
	kind        frameKind
	unreachable bool
}

type frameKind uint8

const (
	frameBlock frameKind = iota
	frameLoop
	frameIf
	frameElse
	frameTry
	frameCatch
	frameCatchAll
)

// label is the types a branch to the block takes.
func (f *frame) label() []ValType {
	if f.kind == frameLoop {
		return f.sig.Params
	}
	return f.sig.Results
}

func newBody(features Features) *body {
	return &body{
		features: features, opcodes: newOpTable(features),
		stack: make([]ValType, 64), ctrl: make([]frame, 0, 16), singles: map[ValType]*FuncType{},
	}
}

func (b *body) reset(n *Info, code []byte, offset int64) {
	b.n, b.code, b.offset, b.pos, b.at = n, code, offset, 0, 0
	b.sp, b.base, b.ctrl, b.err = 0, 0, b.ctrl[:0], nil
	b.locals, b.runs, b.numLocals, b.defaulted = b.locals[:0], b.runs[:0], 0, 0
	b.set, b.inits = b.set[:0], b.inits[:0]
	b.shared, b.constOnly = false, false
	b.mem0 = 0
	if len(n.Module.Memories) > 0 {
		b.mem0 = n.Module.Memories[0].IndexType()
	}
}

// function validates the body of a function, which lies at offset.
func (b *body) function(n *Info, index uint32, code []byte, offset int64) *Error {
	b.reset(n, code, offset)
	typeIndex := n.Module.Funcs[index]
	sig := n.sigs[typeIndex]
	b.shared = n.types[n.ids[typeIndex]].Shared
	b.locals = append(b.locals, sig.Params...)
	b.numLocals = uint32(len(b.locals))
	b.declareLocals()
	b.outer.Results = sig.Results
	b.enter(frameBlock, &b.outer)
	if b.err == nil {
		b.run()
	}
	return b.finish()
}

// constant validates a constant expression of type want.
func (b *body) constant(n *Info, code []byte, offset int64, want ValType) *Error {
	b.reset(n, code, offset)
	b.constOnly = true
	b.enter(frameBlock, b.single(want))
	for b.err == nil && len(b.ctrl) > 0 && b.pos < len(b.code) {
		b.pos++
		b.instruction(b.code[b.pos-1])
	}
	return b.finish()
}

func (b *body) finish() *Error {
	switch {
	case b.err != nil:
	case len(b.ctrl) > 0:
		b.at = b.pos
		b.fail("%d blocks are open at the end: an end instruction is missing", len(b.ctrl))
	case b.pos < len(b.code):
		b.at = b.pos
		b.fail("instructions after the end of the function or expression")
	}
	return b.err
}

// fail records the first fault, at the instruction at hand. Types are shown with
// the module's indices.
func (b *body) fail(format string, args ...any) {
	if b.err != nil {
		return
	}
	for i, arg := range args {
		switch t := arg.(type) {
		case ValType:
			args[i] = b.n.local(t)
		case FuncType:
			args[i] = FuncType{b.n.locals(t.Params), b.n.locals(t.Results)}
		}
	}
	b.err = &Error{Offset: b.offset + int64(b.at), Err: fmt.Errorf(format, args...)}
}

// run validates instructions to the end of the function. It treats those with a
// fixed typing, as long as they do what is usual, and leaves the rest to
// instruction.
func (b *body) run() {
	code, stack, ops, locals := b.code, b.stack, &b.opcodes.ops, b.directLocals()
	pos, sp, base := uint(b.pos), uint(b.sp), uint(b.base)
	for pos < uint(len(code)) {
		o := &ops[code[pos]]
		pos++
		switch o.shape {
		case shapeLocalGet:
			if pos < uint(len(code)) && sp < uint(len(stack)) {
				if i := code[pos]; i < 0x80 && uint(i) < uint(len(locals)) {
					stack[sp] = locals[i]
					sp++
					pos++
					continue
				}
			}
		case shapeLocalSet, shapeLocalTee:
			if pos < uint(len(code)) && sp > base {
				if i := code[pos]; i < 0x80 && uint(i) < uint(len(locals)) && stack[sp-1] == locals[i] {
					if o.shape == shapeLocalSet {
						sp--
					}
					pos++
					continue
				}
			}
		case shapeConst32, shapeConst64:
			if end := lebEnd(code, pos); end > 0 && sp < uint(len(stack)) {
				stack[sp] = ValType(o.out)
				sp++
				pos = end
				continue
			}
		case shapeUnary:
			if sp > base && stack[sp-1] == ValType(o.in) {
				stack[sp-1] = ValType(o.out)
				continue
			}
		case shapeBinary:
			if sp > base+1 && stack[sp-1] == ValType(o.in) && stack[sp-2] == ValType(o.in) {
				sp--
				stack[sp-1] = ValType(o.out)
				continue
			}
		case shapeLoad:
			if sp > base && pos < uint(len(code)) && code[pos] <= o.align && stack[sp-1] == b.mem0 {
				if end := lebEnd(code, pos+1); end > 0 {
					stack[sp-1] = ValType(o.out)
					pos = end
					continue
				}
			}
		case shapeStore:
			if sp > base+1 && pos < uint(len(code)) && code[pos] <= o.align &&
				stack[sp-1] == ValType(o.in) && stack[sp-2] == b.mem0 {
				if end := lebEnd(code, pos+1); end > 0 {
					sp -= 2
					pos = end
					continue
				}
			}
		}
		b.pos, b.sp = int(pos), int(sp)
		b.instruction(code[pos-1])
		pos, sp, base, stack = uint(b.pos), uint(b.sp), uint(b.base), b.stack
		if b.err != nil || len(b.ctrl) == 0 {
			return
		}
	}
	b.pos, b.sp = int(pos), int(sp)
}

// lebEnd is the position behind the LEB128 integer at pos if that is of at most
// four bytes, which are valid whatever they hold; else zero.
func lebEnd(code []byte, pos uint) uint {
	for end := pos; end < pos+4 && end < uint(len(code)); end++ {
		if code[end] < 0x80 {
			return end + 1
		}
	}
	return 0
}

// reader reads immediates that are seldom; done takes it back.
func (b *body) reader() binary.Reader {
	return binary.NewReader(b.code[b.pos:], b.offset+int64(b.pos))
}

func (b *body) done(r *binary.Reader) {
	if err := r.Err(); err != nil && b.err == nil {
		b.err = place(err, "")
	}
	b.pos = int(r.Offset() - b.offset)
}
