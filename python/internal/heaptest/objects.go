package heaptest

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/edgelint/edgelint/python/heap"
)

// keys is a table of dict keys; values of a split table lie elsewhere.
func (b *Builder) keys(kind byte, pairs [][2]uint32) uint32 {
	const logIndex = 3
	entry := uint32(8)
	if kind == 0 {
		entry = 12
	}
	addr := b.alloc(20 + 1<<logIndex + entry*uint32(len(pairs)))
	b.mem[addr+5], b.mem[addr+6] = logIndex, kind
	b.Put32(addr+16, uint32(len(pairs)))
	at := addr + 20 + 1<<logIndex
	for _, p := range pairs {
		if kind == 0 {
			at += 4
		}
		b.Put32(at, p[0])
		if kind != 2 {
			b.Put32(at+4, p[1])
		}
		at += 8
	}
	return addr
}

func (b *Builder) dict(kind byte, pairs [][2]uint32) uint32 {
	addr := b.trackedObject(b.types["dict"], 32)
	b.Put32(addr+8, uint32(len(pairs)))
	b.Put32(addr+24, b.keys(kind, pairs))
	return addr
}

// Dict is a dict with str keys, in the order of the names.
func (b *Builder) Dict(names Names) uint32 { return b.dict(1, b.pairs(names)) }

// Mapping is a dict with keys of any kind: key, value, key, value.
func (b *Builder) Mapping(items ...uint32) uint32 {
	var pairs [][2]uint32
	for i := 0; i+1 < len(items); i += 2 {
		pairs = append(pairs, [2]uint32{items[i], items[i+1]})
	}
	return b.dict(0, pairs)
}

func (b *Builder) pairs(names Names) [][2]uint32 {
	var pairs [][2]uint32
	for _, name := range slices.Sorted(maps.Keys(names)) {
		pairs = append(pairs, [2]uint32{b.Str(name), names[name]})
	}
	return pairs
}

// Class is a class made by a class statement, whose instances keep the
// attributes in shared, in that order.
func (b *Builder) Class(module, name string, base uint32, attrs Names, shared ...string) uint32 {
	t := b.trackedObject(b.types["type"], typeSize)
	if base == 0 {
		base = b.types["object"]
	}
	const heapType, managed, inline = 1 << 9, 1 << 4, 1 << 2
	flags := uint32(heapType | managed)
	if !b.is312() {
		flags |= inline
	}
	all := Names{"__module__": b.Str(module)}
	maps.Copy(all, attrs)
	keys := [][2]uint32{}
	for _, s := range shared {
		keys = append(keys, [2]uint32{b.Str(s)})
	}
	b.Put32(t+12, b.cstring(name))
	b.Put32(t+16, 8)
	b.Put32(t+84, flags)
	b.Put32(t+128, base)
	b.Put32(t+132, b.Dict(all))
	b.Put32(t+172, b.mro(t, base))
	b.Put32(t+428, b.Str(name))
	b.Put32(t+436, b.Str(name))
	b.Put32(t+440, b.keys(2, keys))
	return t
}

func (b *Builder) mro(t, base uint32) uint32 {
	classes := []uint32{t}
	for base != 0 {
		classes = append(classes, base)
		base = binary.LittleEndian.Uint32(b.mem[base+128:])
	}
	return b.Tuple(classes...)
}

// Instance is an instance of a class, with values for its shared attributes.
func (b *Builder) Instance(class uint32, values ...uint32) uint32 {
	if b.is312() {
		obj := b.trackedObject(class, 8)
		array := b.alloc(4*uint32(len(values)+1)) + 4
		b.words(array, values)
		b.Put32(obj-12, array-1)
		return obj
	}
	obj := b.trackedObject(class, 8+4+4*uint32(len(values)))
	b.mem[obj+8+3] = 1 // the values are valid
	b.words(obj+12, values)
	return obj
}

// Code describes a code object.
type Code struct {
	File, QualName string
	FirstLine      int
	Consts         []uint32
	Names          []string
	Units          []byte
	Lines          []byte
	Exceptions     []byte
}

// Code is a code object.
func (b *Builder) Code(c Code) uint32 {
	head := uint32(128)
	if b.is312() {
		head = 124
	}
	var names []uint32
	for _, n := range c.Names {
		names = append(names, b.Str(n))
	}
	addr := b.object("code", head+uint32(len(c.Units)))
	b.Put32(addr+8, uint32(len(c.Units)/2))
	b.Put32(addr+12, b.Tuple(c.Consts...))
	b.Put32(addr+16, b.Tuple(names...))
	b.Put32(addr+20, b.Bytes(c.Exceptions))
	b.Put32(addr+44, uint32(c.FirstLine))
	b.Put32(addr+72, b.Tuple())
	b.Put32(addr+76, b.Bytes(nil))
	b.Put32(addr+80, b.Str(c.File))
	b.Put32(addr+84, b.Str(c.QualName))
	b.Put32(addr+88, b.Str(c.QualName))
	b.Put32(addr+92, b.Bytes(c.Lines))
	copy(b.mem[addr+head:], c.Units)
	return addr
}

// Function is a function of a module.
func (b *Builder) Function(module string, globals, code uint32) uint32 {
	addr := b.trackedObject(b.types["function"], 72)
	b.Put32(addr+8, globals)
	b.Put32(addr+16, binary.LittleEndian.Uint32(b.mem[code+84:]))
	b.Put32(addr+20, binary.LittleEndian.Uint32(b.mem[code+88:]))
	b.Put32(addr+24, code)
	b.Put32(addr+52, b.Str(module))
	return addr
}

// Module is a module, put into sys.modules.
func (b *Builder) Module(name, file string, names Names) uint32 {
	all := Names{"__name__": b.Str(name)}
	if file != "" {
		all["__file__"] = b.Str(file)
	}
	maps.Copy(all, names)
	m := b.trackedObject(b.types["module"], 32)
	b.Put32(m+8, b.Dict(all))
	b.modules = append(b.modules, [2]uint32{b.Str(name), m})
	return m
}

// Globals is the dict of a module.
func (b *Builder) Globals(module uint32) uint32 {
	return binary.LittleEndian.Uint32(b.mem[module+8:])
}

// Image finishes the heap.
func (b *Builder) Image() *heap.Image {
	modules := b.dict(1, b.modules)
	imports, sysdict, builtins, gc, head := uint32(544), uint32(228), uint32(232), uint32(88), uint32(28)
	if !b.is312() {
		imports, sysdict, builtins, gc, head = 3896, 3884, 3888, 3740, 796
		copy(b.mem[runtime:], "xdebugpy")
		for field, v := range map[uint32]uint32{
			0: 0x030e00f0, 4: head, 7: 3648, 10: gc, 11: imports, 12: sysdict, 13: builtins, 56: 16,
		} {
			b.Put32(runtime+8+8*field, v)
		}
	}
	b.Put32(runtime+head, interp)
	b.Put32(interp+imports, modules)
	b.Put32(interp+sysdict, b.Dict(Names{"modules": modules}))
	b.Put32(interp+builtins, b.Dict(Names{"print": b.none}))
	b.link(interp + gc + 24)
	lib := map[bool]string{true: "libpython3.12.so", false: "libpython3.14.so"}[b.is312()]
	img := &heap.Image{
		Mem:       b.mem,
		Symbols:   map[string]uint32{lib + ":_PyRuntime": runtime},
		Libraries: []heap.Library{{Name: lib, Base: 0x100}},
	}
	for symbol, name := range typeSymbols {
		img.Symbols[lib+":"+symbol] = b.types[name]
	}
	return img
}

// link puts the tracked objects into the collector's list.
func (b *Builder) link(head uint32) {
	last := head
	for _, obj := range b.tracked {
		node := obj - 8
		b.Put32(last, node)
		b.Put32(node+4, last)
		last = node
	}
	b.Put32(last, head)
	b.Put32(head+4, last)
}
