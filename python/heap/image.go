package heap

import (
	"encoding/binary"
	"strings"
)

// Image is a linear memory as it is right after instantiation, together with
// the addresses that the module gives names to.
type Image struct {
	// Mem is the memory from address 0 on.
	Mem []byte
	// Symbols maps "library:symbol" (as in "libpython3.14.so:_PyRuntime") to
	// an address.
	Symbols map[string]uint32
	// Libraries lists the libraries linked into the memory, by address.
	Libraries []Library
}

// Library is one dynamic library of the image.
type Library struct {
	// Name is the guest path for an extension module
	// ("/0/native/_x.cpython-314-wasm32-wasi.so"), else a bare file name.
	Name string
	// Base is where the library's data starts.
	Base uint32
}

// u8 reads a byte; outside of the memory everything is zero.
func (m *Image) u8(addr uint32) uint8 {
	if uint64(addr) >= uint64(len(m.Mem)) {
		return 0
	}
	return m.Mem[addr]
}

func (m *Image) u32(addr uint32) uint32 {
	if uint64(addr)+4 > uint64(len(m.Mem)) {
		return 0
	}
	return binary.LittleEndian.Uint32(m.Mem[addr:])
}

func (m *Image) u64(addr uint32) uint64 {
	if uint64(addr)+8 > uint64(len(m.Mem)) {
		return 0
	}
	return binary.LittleEndian.Uint64(m.Mem[addr:])
}

// span is the n bytes at addr, cut off at the end of the memory.
func (m *Image) span(addr uint32, n uint64) []byte {
	size := uint64(len(m.Mem))
	if uint64(addr) >= size {
		return nil
	}
	end := min(uint64(addr)+n, size)
	if end < uint64(addr) {
		end = size
	}
	return m.Mem[addr:end:end]
}

// cstring is the text up to the zero byte at addr, at most maxName bytes.
func (m *Image) cstring(addr uint32) string {
	if addr == 0 {
		return ""
	}
	b := m.span(addr, maxName)
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return ""
}

// hasCString reports whether the text at addr is name, with its zero byte.
func (m *Image) hasCString(addr uint32, name string) bool {
	b := m.span(addr, uint64(len(name))+1)
	return addr != 0 && len(b) == len(name)+1 && b[len(name)] == 0 && string(b[:len(name)]) == name
}

// Symbol is the address of a symbol of the Python library, or 0.
func (m *Image) Symbol(name string) uint32 {
	return m.Symbols[m.PythonLibrary()+":"+name]
}

// PythonLibrary is the name of the library that holds the interpreter, as in
// "libpython3.14.so", or "".
func (m *Image) PythonLibrary() string {
	for _, lib := range m.Libraries {
		if strings.HasPrefix(lib.Name, "libpython") {
			return lib.Name
		}
	}
	return ""
}
