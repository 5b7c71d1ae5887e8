package heap

// LocalFree is the bit of a free variable in co_localspluskinds.
const LocalFree = 0x80

// Consts is the tuple of a code object's constants.
func (o Object) Consts() Object { return o.codeRef(offCodeConsts) }

// Names is the tuple of the names that a code object uses.
func (o Object) Names() Object { return o.codeRef(offCodeNames) }

// Locals is the tuple of the names of a code object's local variables, cells
// and free variables.
func (o Object) Locals() Object { return o.codeRef(offCodeLocals) }

// LocalKinds is co_localspluskinds, with a byte for each of Locals.
func (o Object) LocalKinds() []byte { return o.codeRef(offCodeLocalKinds).Bytes() }

// FileName is a code object's co_filename.
func (o Object) FileName() string { return o.codeRef(offCodeFileName).Text() }

// FileNameObject is the str that FileName reads; code objects of one file
// mostly share it.
func (o Object) FileNameObject() Object { return o.codeRef(offCodeFileName) }

// FirstLine is a code object's co_firstlineno, from 1.
func (o Object) FirstLine() int { return int(int32(o.codeWord(offCodeFirstLine))) }

// CodeFlags is a code object's co_flags.
func (o Object) CodeFlags() uint32 { return o.codeWord(offCodeFlags) }

// ArgCount is the number of positional arguments, those by position only
// included.
func (o Object) ArgCount() int { return int(min(o.codeWord(offCodeArgCount), maxItems)) }

// LineTable is co_linetable, in the form of CPython 3.11 and later.
func (o Object) LineTable() []byte { return o.codeRef(offCodeLineTable).Bytes() }

// ExceptionTable is co_exceptiontable.
func (o Object) ExceptionTable() []byte { return o.codeRef(offCodeExceptions).Bytes() }

// CodeUnits are the code units, two bytes each, as they are in memory:
// specialized instructions and inline caches included.
func (o Object) CodeUnits() []byte {
	if !o.IsCode() {
		return nil
	}
	return o.h.img.span(o.addr+o.h.lay.codeUnits, 2*uint64(min(o.u32(offSize), maxItems)))
}

func (o Object) codeRef(off uint32) Object {
	if !o.IsCode() {
		return Object{}
	}
	return o.ref(off)
}

func (o Object) codeWord(off uint32) uint32 {
	if !o.IsCode() {
		return 0
	}
	return o.u32(off)
}
