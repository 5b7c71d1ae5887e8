package abi

import (
	"context"
	"encoding/binary"
)

// Memory is a linear memory. Read gives a view of a part of it, which is good
// until the memory grows. (The memories of wazero are of this kind.)
type Memory interface {
	Size() uint32
	Read(offset, byteCount uint32) ([]byte, bool)
}

// Realloc is a component's allocator (CanonicalABI.md, "canonopt realloc").
type Realloc func(ctx context.Context, old, oldSize, align, newSize uint32) (uint32, error)

// Options are the options of a canonical definition that lifting and lowering
// need. A definition whose types need no memory may have none.
type Options struct {
	Memory   Memory
	Realloc  Realloc
	Encoding Encoding
}

// Context is one side of a call: whose memory and handles values are lifted from
// or lowered into. It belongs to one call at a time.
type Context struct {
	Ctx      context.Context
	Opts     *Options
	Instance *Instance
	// Lent collects the handles that lifting borrows lends; Task takes the
	// borrows that lowering hands out.
	Lent *Lenders
	Task *Task
	// Budget is how many bytes lifting may still allocate in the host.
	Budget int64

	mem []byte
}

// Start prepares the context for a call, with a fresh view of the memory.
func (cx *Context) Start(ctx context.Context, opts *Options, inst *Instance) {
	*cx = Context{Ctx: ctx, Opts: opts, Instance: inst, Budget: MaxHostBytes}
	cx.Refresh()
}

// Refresh renews the view of the memory, which must be done after the guest ran.
func (cx *Context) Refresh() {
	cx.mem = nil
	if m := cx.Opts.Memory; m != nil {
		cx.mem, _ = m.Read(0, m.Size())
	}
}

// Allocate asks the component for memory and checks what it gives.
func (cx *Context) Allocate(align, size uint32) (uint32, error) {
	return cx.reallocate(0, 0, align, size)
}

func (cx *Context) reallocate(old, oldSize, align, size uint32) (uint32, error) {
	if cx.Opts.Realloc == nil {
		return 0, Trapf("a value needs memory and the canonical definition has no realloc")
	}
	leave := cx.Instance.MayLeave
	cx.Instance.MayLeave = false
	ptr, err := cx.Opts.Realloc(cx.Ctx, old, oldSize, align, size)
	cx.Instance.MayLeave = leave
	if err != nil {
		return 0, err
	}
	cx.Refresh()
	return ptr, cx.CheckRange(ptr, uint64(size), align)
}

// CheckRange traps unless size bytes at ptr lie in memory and ptr is aligned.
func (cx *Context) CheckRange(ptr uint32, size uint64, align uint32) error {
	if ptr&(align-1) != 0 {
		return Trapf("unaligned pointer: %#x is not a multiple of %d", ptr, align)
	}
	if uint64(ptr)+size > uint64(len(cx.mem)) {
		return Trapf("pointer out of bounds: %d bytes at %#x, memory ends at %#x", size, ptr, len(cx.mem))
	}
	return nil
}

// Bytes is a view of checked memory.
func (cx *Context) Bytes(ptr, size uint32) []byte {
	return cx.mem[ptr : uint64(ptr)+uint64(size) : uint64(ptr)+uint64(size)]
}

// Spend takes n bytes from the budget of the host.
func (cx *Context) Spend(n uint64) error {
	if n > uint64(max(cx.Budget, 0)) {
		return Trapf("the values of one call take more than %d bytes in the host", int64(MaxHostBytes))
	}
	cx.Budget -= int64(n)
	return nil
}

// Load reads an unsigned integer of 1, 2, 4 or 8 bytes from checked memory.
func (cx *Context) Load(ptr, size uint32) uint64 {
	b := cx.mem[ptr:]
	switch size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.LittleEndian.Uint16(b))
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

// Store writes the low 1, 2, 4 or 8 bytes of v to checked memory.
func (cx *Context) Store(ptr, size uint32, v uint64) {
	b := cx.mem[ptr:]
	switch size {
	case 1:
		b[0] = byte(v)
	case 2:
		binary.LittleEndian.PutUint16(b, uint16(v))
	case 4:
		binary.LittleEndian.PutUint32(b, uint32(v))
	default:
		binary.LittleEndian.PutUint64(b, v)
	}
}
