// Package heaptest builds small CPython heaps for tests, byte by byte, from its
// own statement of where the fields of each object lie.
//
//	b := heaptest.New(14)
//	b.Module("app", "/0/app.py", heaptest.Names{"LIMIT": b.Int(3)})
//	img := b.Image()
package heaptest

import (
	"encoding/binary"
	"unicode/utf16"
)

const (
	memSize  = 1 << 18
	typeSize = 480
	heapBase = 0x10000
	runtime  = 0x400
	interp   = 0x1000
)

// Builder lays objects out one after the other.
type Builder struct {
	mem     []byte
	at      uint32
	minor   int
	types   map[string]uint32
	tracked []uint32
	modules [][2]uint32
	none    uint32
}

// Names are the names of a namespace, and the addresses of their values.
type Names map[string]uint32

// Flags of the types that carry one.
var typeFlags = map[string]uint32{
	"int": 1 << 24, "list": 1 << 25, "tuple": 1 << 26, "bytes": 1 << 27, "str": 1 << 28, "dict": 1 << 29,
	"type": 1 << 31, "bool": 1 << 24,
}

var typeSymbols = map[string]string{
	"PyType_Type": "type", "PyBaseObject_Type": "object", "PyModule_Type": "module",
	"PyFunction_Type": "function", "PyCode_Type": "code", "PyDict_Type": "dict", "PySet_Type": "set",
	"PyFrozenSet_Type": "frozenset", "PyFloat_Type": "float", "PyBool_Type": "bool", "_PyNone_Type": "NoneType",
	"PyCell_Type": "cell", "PyMethod_Type": "method", "PyCFunction_Type": "builtin_function_or_method",
	"PyProperty_Type": "property", "PyStaticMethod_Type": "staticmethod", "PyClassMethod_Type": "classmethod",
	"PyMemberDescr_Type": "member_descriptor", "PyGetSetDescr_Type": "getset_descriptor",
}

// New starts a heap of CPython 3.12 or 3.14.
func New(minor int) *Builder {
	b := &Builder{mem: make([]byte, memSize), at: heapBase, minor: minor, types: map[string]uint32{}}
	b.types["type"] = b.alloc(typeSize)
	for _, name := range []string{
		"type", "object", "str", "bytes", "int", "bool", "float", "tuple", "list", "set", "frozenset",
		"dict", "module", "function", "code", "NoneType", "cell", "method", "builtin_function_or_method",
		"property", "staticmethod", "classmethod", "member_descriptor", "getset_descriptor",
	} {
		b.staticType(name)
	}
	b.none = b.object("NoneType", 8)
	return b
}

// Types that the heap's tests need the offsets of differ between versions.
func (b *Builder) is312() bool { return b.minor == 12 }

func (b *Builder) alloc(n uint32) uint32 {
	addr := b.at
	b.at = (b.at + n + 15) &^ 15
	if b.at > memSize {
		panic("heaptest: the memory is full") // a test asks for too much
	}
	return addr
}

// Put32 writes a word; tests use it to damage a heap.
func (b *Builder) Put32(addr, v uint32) { binary.LittleEndian.PutUint32(b.mem[addr:], v) }

func (b *Builder) cstring(s string) uint32 {
	addr := b.alloc(uint32(len(s)) + 1)
	copy(b.mem[addr:], s)
	return addr
}

func (b *Builder) staticType(name string) {
	t := b.types[name]
	if t == 0 {
		t = b.alloc(typeSize)
		b.types[name] = t
	}
	b.Put32(t, 1<<30)
	b.Put32(t+4, b.types["type"])
	b.Put32(t+12, b.cstring(name))
	b.Put32(t+84, typeFlags[name])
	if base := b.types["object"]; name != "object" && base != 0 {
		b.Put32(t+128, base)
	}
}

// object allocates an object of a static type.
func (b *Builder) object(typ string, size uint32) uint32 {
	addr := b.alloc(size)
	b.Put32(addr, 1)
	b.Put32(addr+4, b.types[typ])
	return addr
}

// trackedObject allocates an object that the collector knows, with 16 bytes
// before it for the collector's head and the instance's dict.
func (b *Builder) trackedObject(typ, size uint32) uint32 {
	addr := b.alloc(size+16) + 16
	b.Put32(addr, 1)
	b.Put32(addr+4, typ)
	b.tracked = append(b.tracked, addr)
	return addr
}

// None is the object None.
func (b *Builder) None() uint32 { return b.none }

// Str is a str, in the narrowest form that holds it.
func (b *Builder) Str(s string) uint32 {
	ascii, widest := true, rune(0)
	runes := []rune(s)
	for _, r := range runes {
		ascii = ascii && r < 0x80
		widest = max(widest, r)
	}
	width, offset := uint32(1), uint32(28)
	switch {
	case ascii:
		offset = 20
	case widest > 0xffff:
		width = 4
	case widest > 0xff:
		width = 2
	}
	addr := b.object("str", offset+width*uint32(len(runes)+1))
	b.Put32(addr+8, uint32(len(runes)))
	state := width<<2 | 1<<5
	if ascii {
		state |= 1 << 6
	}
	b.Put32(addr+16, state)
	for i, r := range runes {
		at := addr + offset + width*uint32(i)
		switch width {
		case 1:
			b.mem[at] = byte(r)
		case 2:
			binary.LittleEndian.PutUint16(b.mem[at:], utf16.Encode([]rune{r})[0])
		case 4:
			b.Put32(at, uint32(r))
		}
	}
	return addr
}

// Bytes is a bytes object.
func (b *Builder) Bytes(s []byte) uint32 {
	addr := b.object("bytes", 16+uint32(len(s))+1)
	b.Put32(addr+8, uint32(len(s)))
	copy(b.mem[addr+16:], s)
	return addr
}

// Int is an int.
func (b *Builder) Int(v int64) uint32 {
	sign, mag := uint32(0), uint64(v)
	if v < 0 {
		sign, mag = 2, uint64(-v)
	}
	var digits []uint32
	for ; mag > 0; mag >>= 30 {
		digits = append(digits, uint32(mag&(1<<30-1)))
	}
	if v == 0 {
		sign = 1
	}
	addr := b.object("int", 12+4*uint32(len(digits)+1))
	b.Put32(addr+8, uint32(len(digits))<<3|sign)
	for i, d := range digits {
		b.Put32(addr+12+4*uint32(i), d)
	}
	return addr
}

// Tuple is a tuple.
func (b *Builder) Tuple(items ...uint32) uint32 {
	head := uint32(16)
	if b.is312() {
		head = 12
	}
	addr := b.trackedObject(b.types["tuple"], head+4*uint32(len(items)))
	b.Put32(addr+8, uint32(len(items)))
	b.words(addr+head, items)
	return addr
}

// List is a list.
func (b *Builder) List(items ...uint32) uint32 {
	addr := b.trackedObject(b.types["list"], 20)
	array := b.alloc(4 * uint32(len(items)+1))
	b.words(array, items)
	b.Put32(addr+8, uint32(len(items)))
	b.Put32(addr+12, array)
	return addr
}

func (b *Builder) words(addr uint32, words []uint32) {
	for i, w := range words {
		b.Put32(addr+4*uint32(i), w)
	}
}

// Set is a set.
func (b *Builder) Set(items ...uint32) uint32 {
	slots := uint32(8)
	for slots < 2*uint32(len(items)) {
		slots *= 2
	}
	addr := b.trackedObject(b.types["set"], 100)
	table := b.alloc(8 * slots)
	for i, key := range items {
		b.Put32(table+16*uint32(i), key)
		b.Put32(table+16*uint32(i)+4, uint32(i)+100)
	}
	b.Put32(addr+12, uint32(len(items)))
	b.Put32(addr+16, slots-1)
	b.Put32(addr+20, table)
	return addr
}
