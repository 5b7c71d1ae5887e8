package heap

import "bytes"

// Version is the version of a CPython interpreter.
type Version struct {
	Major, Minor, Micro int
	// Suffix is the level of a version that is no final release, as in "rc1".
	Suffix string
}

// The table of offsets that CPython 3.13 and later keep at the start of the
// runtime for debuggers: a cookie, then fields of 8 bytes.
var debugCookie = []byte("xdebugpy")

const (
	debugVersion    = 0
	debugInterpHead = 4
	debugNext       = 7
	debugGC         = 10
	debugImports    = 11
	debugSysDict    = 12
	debugBuiltins   = 13
	debugTupleItems = 56
)

// debugTable reads fields of the table of offsets at a runtime's address.
type debugTable struct {
	img  *Image
	addr uint32
}

func (t debugTable) present() bool {
	return bytes.Equal(t.img.span(t.addr, uint64(len(debugCookie))), debugCookie)
}

// field is a field's value; offsets of a sane table fit in 32 bits.
func (t debugTable) field(i uint32) uint32 {
	return uint32(t.img.u64(t.addr + uint32(len(debugCookie)) + 8*i))
}

func (t debugTable) version() Version { return versionOfHex(t.field(debugVersion)) }

// layout is the layout of 3.14 with the runtime's own offsets.
func (t debugTable) layout() layout {
	l := layout314
	l.interpHead = t.field(debugInterpHead)
	l.next = t.field(debugNext)
	l.gc = t.field(debugGC)
	l.importsModules = t.field(debugImports)
	l.sysdict = t.field(debugSysDict)
	l.builtins = t.field(debugBuiltins)
	l.tupleItems = t.field(debugTupleItems)
	return l
}

// findDebugTable looks for the cookie in the whole memory.
func findDebugTable(img *Image) (debugTable, bool) {
	i := bytes.Index(img.Mem, debugCookie)
	for i >= 0 && uint64(i) <= uint64(len(img.Mem)) {
		t := debugTable{img, uint32(i)}
		if i%8 == 0 && t.version().Major == 3 {
			return t, true
		}
		next := bytes.Index(img.Mem[i+1:], debugCookie)
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return debugTable{}, false
}
