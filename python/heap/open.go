package heap

import (
	"errors"
	"fmt"
	"sync/atomic"
)

// Errors that callers branch on.
var (
	// ErrNoPython is returned for a memory without a CPython runtime.
	ErrNoPython = errors.New("no CPython runtime in the memory")
	// ErrVersion is returned for a CPython whose object layout is unknown.
	ErrVersion = errors.New("unsupported CPython version")
	// ErrDamaged is returned when the runtime is there but its roots are not.
	ErrDamaged = errors.New("damaged CPython heap")
)

// Heap is the heap of one interpreter.
type Heap struct {
	img *Image
	lay layout

	version Version
	known   types
	interp  uint32 // address of the interpreter's state
	modules Object // sys.modules
	scanned bool

	work atomic.Int64 // steps that walks have taken
}

// Open finds the interpreter of a memory. It starts from the symbols of the
// image; without them it looks for the runtime by its shape (then
// [Heap.Scanned] is true). The error wraps ErrNoPython, ErrVersion or
// ErrDamaged; with ErrVersion the returned heap is not nil, but knows its
// version only.
func Open(img *Image) (*Heap, error) {
	h := &Heap{img: img}
	runtime, err := h.findLayout()
	if err != nil {
		return h, err
	}
	if err := h.findTypes(); err != nil {
		return nil, err
	}
	if runtime != 0 && h.follow(runtime) || h.searchInterp() {
		h.refineVersion()
		return h, nil
	}
	return nil, fmt.Errorf("%w: sys.modules is not where CPython %s keeps it", ErrDamaged, h.version)
}

// findLayout chooses the layout and gives the runtime's address, 0 if only
// its version is known.
func (h *Heap) findLayout() (uint32, error) {
	addr := h.img.Symbol("_PyRuntime")
	h.scanned = addr == 0
	table := debugTable{h.img, addr}
	found := addr != 0 && table.present()
	if addr == 0 {
		table, found = findDebugTable(h.img)
	}
	if found {
		h.version = table.version()
		h.lay = table.layout()
		return table.addr, h.checkVersion()
	}
	v, named := versionOfLibrary(h.img.PythonLibrary())
	if !named && !looksLike312(h.img) {
		return 0, ErrNoPython
	}
	h.version, h.lay = Version{Major: 3, Minor: 12}, layout312
	if named {
		h.version = v
	}
	return addr, h.checkVersion()
}

func (h *Heap) checkVersion() error {
	if h.version.Major == 3 && h.version.Minor == h.lay.minor {
		return nil
	}
	return fmt.Errorf("%w: CPython %s (3.12 and 3.14 are known)", ErrVersion, h.version)
}

// follow goes from the runtime to sys.modules.
func (h *Heap) follow(runtime uint32) bool {
	interp := h.img.u32(runtime + h.lay.interpHead)
	for range maxInterps { // new interpreters go to the head: the main one is last
		next := h.img.u32(interp + h.lay.next)
		if next == 0 {
			break
		}
		interp = next
	}
	return h.tryInterp(interp)
}

// tryInterp accepts an interpreter whose sys.modules looks like one.
func (h *Heap) tryInterp(interp uint32) bool {
	if interp == 0 {
		return false
	}
	modules := h.Object(h.img.u32(interp + h.lay.importsModules))
	if !h.isModulesDict(modules) {
		return false
	}
	h.interp, h.modules = interp, modules
	return true
}

func (h *Heap) isModulesDict(d Object) bool {
	return d.IsDict() && d.Get("sys").IsModule() && d.Get("builtins").IsModule() &&
		d.Get("_imp").IsModule()
}

func (h *Heap) refineVersion() {
	if hex, ok := h.modules.Get("sys").Attr("hexversion").Int(); ok && uint64(hex)>>24 == 3 {
		h.version = versionOfHex(uint32(hex))
	}
}

// Version is the interpreter's version.
func (h *Heap) Version() Version { return h.version }

// Scanned reports that the image had no symbols to start from.
func (h *Heap) Scanned() bool { return h.scanned }

// Image is the memory that the heap was found in.
func (h *Heap) Image() *Image { return h.img }

// Modules is the dict sys.modules.
func (h *Heap) Modules() Object { return h.modules }

// Builtins is the dict of the built-in names.
func (h *Heap) Builtins() Object { return h.Object(h.img.u32(h.interp + h.lay.builtins)) }

// Object is the handle of the object at an address.
func (h *Heap) Object(addr uint32) Object {
	if addr == 0 {
		return Object{}
	}
	return Object{h, addr}
}
