package core

import "github.com/edgelint/edgelint/internal/binary"

// Flags of limits (core specification, section 5.3, and the threads, memory64
// and custom page sizes proposals).
const (
	limitMax    = 1 << 0
	limitShared = 1 << 1
	limit64     = 1 << 2
	limitPage   = 1 << 3
)

const externExactFunc = 0x20 // custom descriptors proposal

// ReadExternType reads the description of an import: its sort and type.
func ReadExternType(r *binary.Reader) ExternType {
	at := r.Offset()
	code := r.Byte()
	t := ExternType{Kind: ExternKind(code)}
	switch {
	case code == externExactFunc:
		t.Kind, t.Exact, t.Type = ExternFunc, true, r.U32()
	case t.Kind == ExternFunc:
		t.Type = r.U32()
	case t.Kind == ExternTable:
		t.Table = ReadTableType(r)
	case t.Kind == ExternMemory:
		t.Memory = ReadMemoryType(r)
	case t.Kind == ExternGlobal:
		t.Global = ReadGlobalType(r)
	case t.Kind == ExternTag:
		t.Type = ReadTagType(r)
	default:
		r.Fail(at, "0x%02x is no sort of import or export", code)
	}
	return t
}

// ReadTableType reads a table's element type and limits.
func ReadTableType(r *binary.Reader) TableType {
	t := TableType{Element: ReadRefType(r)}
	t.Limits, _ = readLimits(r, "table", limitMax|limitShared|limit64)
	return t
}

// ReadMemoryType reads a memory's limits and page size.
func ReadMemoryType(r *binary.Reader) MemoryType {
	at := r.Offset()
	t := MemoryType{PageBits: DefaultPageBits}
	limits, flags := readLimits(r, "memory", limitMax|limitShared|limit64|limitPage)
	t.Limits, t.CustomPage = limits, flags&limitPage != 0
	if t.CustomPage {
		bits := r.U32()
		if bits >= 64 {
			r.Fail(at, "page size of 2^%d bytes", bits)
		}
		t.PageBits = uint8(bits)
	}
	return t
}

func readLimits(r *binary.Reader, what string, allowed byte) (l Limits, flags byte) {
	at := r.Offset()
	flags = r.Byte()
	if flags&^allowed != 0 {
		r.Fail(at, "0x%02x are no flags of %s limits", flags, what)
		return l, 0
	}
	l.HasMax, l.Shared, l.Is64 = flags&limitMax != 0, flags&limitShared != 0, flags&limit64 != 0
	l.Min = r.U64()
	if l.HasMax {
		l.Max = r.U64()
	}
	return l, flags
}

// ReadGlobalType reads a global's value type and flags.
func ReadGlobalType(r *binary.Reader) GlobalType {
	t := GlobalType{Type: ReadValType(r)}
	flags := r.Byte()
	if flags > 3 {
		r.Fail(r.Offset()-1, "0x%02x are no flags of a global: mutability must be 0x00 or 0x01", flags)
	}
	t.Mutable, t.Shared = flags&1 != 0, flags&2 != 0
	return t
}

// ReadTagType reads a tag's attribute, which must be that of an exception, and
// gives its function type.
func ReadTagType(r *binary.Reader) uint32 {
	if c := r.Byte(); c != 0 {
		r.Fail(r.Offset()-1, "0x%02x is no tag attribute", c)
	}
	return r.U32()
}
