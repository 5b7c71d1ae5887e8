package heap

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// types are the addresses of the types whose objects the package reads.
type types struct {
	typ, object, module, function, code       uint32
	set, frozenSet, float, none               uint32
	dict                                      uint32
	cell, method, builtin, property           uint32
	staticMethod, classMethod, member, getset uint32
}

// named pairs each field with its symbol and the name that the type carries.
func (t *types) named() []namedType {
	return []namedType{
		{&t.typ, "PyType_Type", "type"},
		{&t.object, "PyBaseObject_Type", "object"},
		{&t.module, "PyModule_Type", "module"},
		{&t.function, "PyFunction_Type", "function"},
		{&t.code, "PyCode_Type", "code"},
		{&t.dict, "PyDict_Type", "dict"},
		{&t.set, "PySet_Type", "set"},
		{&t.frozenSet, "PyFrozenSet_Type", "frozenset"},
		{&t.float, "PyFloat_Type", "float"},
		{&t.none, "_PyNone_Type", "NoneType"},
		{&t.cell, "PyCell_Type", "cell"},
		{&t.method, "PyMethod_Type", "method"},
		{&t.builtin, "PyCFunction_Type", "builtin_function_or_method"},
		{&t.property, "PyProperty_Type", "property"},
		{&t.staticMethod, "PyStaticMethod_Type", "staticmethod"},
		{&t.classMethod, "PyClassMethod_Type", "classmethod"},
		{&t.member, "PyMemberDescr_Type", "member_descriptor"},
		{&t.getset, "PyGetSetDescr_Type", "getset_descriptor"},
	}
}

type namedType struct {
	addr   *uint32
	symbol string
	name   string
}

// findTypes takes the types' addresses from the symbols and finds the rest by
// looking at every object whose type is "type".
func (h *Heap) findTypes() error {
	names := h.known.named()
	missing := 0
	for _, n := range names {
		*n.addr = h.img.Symbol(n.symbol)
		if !h.img.hasCString(h.img.u32(*n.addr+offTypeName), n.name) {
			*n.addr = 0
		}
		if *n.addr == 0 {
			missing++
		}
	}
	if h.known.typ == 0 {
		h.known.typ = h.findTypeType()
	}
	if h.known.typ == 0 {
		return fmt.Errorf("%w: the type object of type is missing", ErrDamaged)
	}
	if missing > 0 {
		h.scanTypes(names)
	}
	return nil
}

// findTypeType looks for the object that is its own type and is named "type".
func (h *Heap) findTypeType() uint32 {
	mem := h.img.Mem
	for p := 0; p+8 <= len(mem); p += 4 {
		if binary.LittleEndian.Uint32(mem[p+4:]) != uint32(p) || p == 0 {
			continue
		}
		addr := uint32(p)
		if h.img.u32(addr+offTypeFlags)&flagType != 0 &&
			h.img.hasCString(h.img.u32(addr+offTypeName), "type") {
			return addr
		}
	}
	return 0
}

func (h *Heap) scanTypes(names []namedType) {
	for addr := range h.instances(h.known.typ) {
		if h.img.u32(addr+offTypeFlags)&flagHeapType != 0 {
			continue
		}
		name := h.img.u32(addr + offTypeName)
		for _, n := range names {
			if *n.addr == 0 && h.img.hasCString(name, n.name) {
				*n.addr = addr
			}
		}
	}
}

// instances yields every address that has the shape of an object of a type:
// the type's address in its place, and a reference count before it.
func (h *Heap) instances(typ uint32) func(yield func(uint32) bool) {
	return func(yield func(uint32) bool) {
		var word [4]byte
		binary.LittleEndian.PutUint32(word[:], typ)
		mem := h.img.Mem
		for p := offType; p+4 <= len(mem); p += 4 {
			if !bytes.Equal(mem[p:p+4], word[:]) {
				continue
			}
			addr := uint32(p - offType)
			if addr != 0 && h.img.u32(addr+offRefcnt) != 0 && !yield(addr) {
				return
			}
		}
	}
}

// searchInterp finds the interpreter without the runtime: by a dict that is
// sys.modules, and a place that points to it as an interpreter does.
func (h *Heap) searchInterp() bool {
	h.scanned = true
	tries := 0
	for addr := range h.instances(h.known.dict) {
		d := h.Object(addr)
		if !h.isModulesDict(d) {
			continue
		}
		if h.searchOwner(d) {
			return true
		}
		if tries++; tries == maxInterps {
			break
		}
	}
	return false
}

// searchOwner finds the interpreter that keeps d as its sys.modules.
func (h *Heap) searchOwner(d Object) bool {
	var word [4]byte
	binary.LittleEndian.PutUint32(word[:], d.addr)
	mem := h.img.Mem
	lay := h.lay
	for p := int64(lay.importsModules); p+4 <= int64(len(mem)); p += 4 {
		if !bytes.Equal(mem[p:p+4], word[:]) {
			continue
		}
		interp := uint32(p - int64(lay.importsModules))
		if h.Object(h.img.u32(interp+lay.builtins)).IsDict() &&
			h.Object(h.img.u32(interp+lay.sysdict)).Get("modules") == d && h.tryInterp(interp) {
			return true
		}
	}
	return false
}

// looksLike312 tells a 3.12 without symbols by its version text.
func looksLike312(img *Image) bool {
	return bytes.Contains(img.Mem, []byte("3.12.")) && bytes.Contains(img.Mem, []byte("_frozen_importlib"))
}
