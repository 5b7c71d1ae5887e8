package link

import (
	"encoding/binary"
	"fmt"

	"github.com/edgelint/edgelint/component/core"
)

// A module is made interruptible by counting down at the head of every loop, and at
// the beginning of every function that calls others. When the count is used up, the
// guest calls a function that is added to the module. It grows the memory by 0
// pages, for which the engine leaves the guest for Go code, and then looks whether
// the host has asked the module to stop.
//
// Leaving for Go matters by itself: Go's collector has to stop all goroutines, and
// cannot stop one that runs machine code of the guest. A guest that computed for
// a second without calling the host would stop the whole process for that time.
//
// The engine's own way to end calls (WithCloseOnContextDone) leaves the guest at
// each of these places, which doubles the time of a typical request.

// quantum is how many loop heads and calls a guest may pass between two visits to
// the host: well below a millisecond.
const quantum = 1 << 15

// interruption are the edits that make a module interruptible.
var interruption = map[core.SectionID]edit{
	core.SectionType:     (*writer).interruptType,
	core.SectionFunction: (*writer).interruptFunction,
	core.SectionMemory:   (*writer).interruptMemory,
	core.SectionGlobal:   (*writer).interruptGlobals,
	core.SectionCode:     (*writer).interruptCode,
}

// The indices of what is added, all behind what the module has.
func (w *writer) visitType() uint32   { return uint32(len(w.module.Types)) }
func (w *writer) visitFunc() uint32   { return uint32(len(w.module.Funcs)) }
func (w *writer) countGlobal() uint32 { return uint32(len(w.module.Globals)) }
func (w *writer) stopGlobal() uint32  { return uint32(len(w.module.Globals)) + 1 }

func (w *writer) interruptType(count uint32, items []byte) (uint32, []byte, error) {
	return count + 1, append(items[:len(items):len(items)], byte(core.CompositeFunc), 0, 0), nil
}

func (w *writer) interruptFunction(count uint32, items []byte) (uint32, []byte, error) {
	return count + 1, binary.AppendUvarint(items[:len(items):len(items)], uint64(w.visitType())), nil
}

// interruptMemory gives a module without memory one of no pages, to grow by 0.
func (w *writer) interruptMemory(count uint32, items []byte) (uint32, []byte, error) {
	if len(w.module.Memories) > 0 {
		return count, items, nil
	}
	const hasMax = 1
	return 1, []byte{hasMax, 0, 0}, nil
}

func (w *writer) interruptGlobals(count uint32, items []byte) (uint32, []byte, error) {
	out := append(items[:len(items):len(items)], byte(core.I32), globalMutable)
	out = appendI32Const(out, quantum)
	out = append(out, opEnd)
	out = append(out, byte(core.I32), globalMutable)
	out = appendI32Const(out, 0)
	return count + 2, append(out, opEnd), nil
}

func appendI32Const(out []byte, v int32) []byte {
	out = append(out, byte(opI32Const))
	for v >= 64 { // a signed number keeps its sign in bit 6 of the last byte
		out = append(out, byte(v)|0x80)
		v >>= 7
	}
	return append(out, byte(v))
}

func (w *writer) appendGlobal(out []byte, op byte, index uint32) []byte {
	return binary.AppendUvarint(append(out, op), uint64(index))
}

// interruptCode puts checks into all function bodies and adds the function that
// they call.
func (w *writer) interruptCode(count uint32, items []byte) (uint32, []byte, error) {
	check := w.check()
	out := make([]byte, 0, len(items)+len(items)/8)
	var body []byte
	for index, r := range w.module.Bodies() {
		b, err := w.module.Bytes(r)
		if err != nil {
			return 0, nil, err
		}
		if body, err = interruptible(body[:0], b, check); err != nil {
			return 0, nil, fmt.Errorf("code of function %d: %w", index, err)
		}
		out = binary.AppendUvarint(out, uint64(len(body)))
		out = append(out, body...)
	}
	visit := w.visit()
	out = binary.AppendUvarint(out, uint64(len(visit)))
	return count + 1, append(out, visit...), nil
}

// Opcodes of the added code.
const (
	globalMutable = 1
	blockEmpty    = 0x40
	opUnreachable = 0x00
	opEnd         = 0x0b
	opDrop        = 0x1a
	opGlobalGet   = 0x23
	opGlobalSet   = 0x24
	opI32Eqz      = 0x45
	opI32Sub      = 0x6b
)

// check counts down and visits the host when the count is used up.
func (w *writer) check() []byte {
	out := w.appendGlobal(nil, opGlobalGet, w.countGlobal())
	out = append(appendI32Const(out, 1), opI32Sub)
	out = w.appendGlobal(out, opGlobalSet, w.countGlobal())
	out = w.appendGlobal(out, opGlobalGet, w.countGlobal())
	out = append(out, opI32Eqz, byte(opIf), blockEmpty)
	out = w.appendGlobal(out, byte(opCall), w.visitFunc())
	return append(out, opEnd)
}

// visit is the body of the function that visits the host.
func (w *writer) visit() []byte {
	zero := opI32Const
	if len(w.module.Memories) > 0 && w.module.Memories[0].Is64 {
		zero = opI64Const
	}
	out := []byte{0, byte(zero), 0, byte(opMemoryGrow), 0, opDrop} // no locals
	out = w.appendGlobal(out, opGlobalGet, w.stopGlobal())
	out = append(out, byte(opIf), blockEmpty, opUnreachable, opEnd)
	out = appendI32Const(out, quantum)
	out = w.appendGlobal(out, opGlobalSet, w.countGlobal())
	return append(out, opEnd)
}

// interruptible appends a function body with the checks put in.
func interruptible(out, body, check []byte) ([]byte, error) {
	calls := false
	var loops []int
	start, err := walkBody(body, func(op opcode, end int) {
		switch op {
		case opLoop:
			loops = append(loops, end)
		case opCall, opCallTable, opCallRef, opTailCall, opTailTable, opTailRef:
			calls = true
		}
	})
	if err != nil {
		return nil, err
	}
	done := 0
	if calls {
		out = append(append(out, body[:start]...), check...)
		done = start
	}
	for _, at := range loops {
		out = append(append(out, body[done:at]...), check...)
		done = at
	}
	return append(out, body[done:]...), nil
}
