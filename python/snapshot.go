package python

import (
	"errors"
	"fmt"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/python/bytecode"
	"github.com/edgelint/edgelint/python/heap"
)

// Snapshot is what is known about the interpreter frozen in a component. It
// does not change after [Read]; its slices are shared and not to be changed.
type Snapshot struct {
	// Python is the interpreter's version.
	Python heap.Version
	// Tier says how the facts were found.
	Tier Tier
	// Gaps says what keeps the facts from being complete, a line each.
	Gaps []string

	// Path is sys.path: "/0" is the first entry of the build's python path.
	Path []string
	// Modules are the entries of sys.modules, by name.
	Modules []*Module
	// Distributions are the packages installed on the python path, by name.
	Distributions []*Distribution
	// Native are the extension modules linked into the component.
	Native []NativeModule
	// Codes are all live code objects: those of functions, and those nested
	// in them.
	Codes []*Code
	// Classes are the live classes made at run time, in the order of memory.
	Classes []*Class
	// Handlers are the objects that answer the component's exports.
	Handlers []*Handler
	// Strings are the names that a scan for strings found; nil unless the
	// tier is TierStrings.
	Strings *StringFacts

	heap    *heap.Heap
	table   *bytecode.Table
	dirs    map[string]*directory
	byName  map[string]*Module
	files   map[string]*File
	fileAt  map[uint32]*File // by the address of the name
	codeAt  map[uint32]*Code
	builtin map[string]bool // modules compiled into the interpreter
	stdlib  map[string]bool // top-level names of the standard library
	frozen  map[string]bool // modules frozen into the interpreter
}

// Tier says how the facts of a snapshot were found.
type Tier uint8

// The tiers, from the best to nothing at all.
const (
	// TierFull starts from the symbols of the image.
	TierFull Tier = iota + 1
	// TierShapes finds the interpreter by the shape of its objects, since the
	// image has no symbols. The facts are the same.
	TierShapes
	// TierStrings knows the strings of the image only: the layout of the
	// objects is unknown, or the heap is damaged.
	TierStrings
)

var tierNames = map[Tier]string{
	TierFull: "full", TierShapes: "shapes", TierStrings: "strings",
}

// String is the tier's name.
func (t Tier) String() string {
	if name, ok := tierNames[t]; ok {
		return name
	}
	return "none"
}

// Partial reports that facts are missing that the snapshot may hold.
func (s *Snapshot) Partial() bool { return len(s.Gaps) > 0 }

// Heap is the interpreter's heap; nil in TierStrings.
func (s *Snapshot) Heap() *heap.Heap { return s.heap }

// Read reads the snapshot of a component. The error wraps [ErrNotPython] if
// there is none. A snapshot of an unknown version, or a damaged one, is no
// error: it has a lower tier and says so in Gaps.
func Read(f *component.File) (*Snapshot, error) {
	img, err := Image(f)
	if err != nil {
		return nil, err
	}
	return FromImage(img)
}

// FromImage reads the snapshot in a memory.
func FromImage(img *heap.Image) (*Snapshot, error) {
	h, err := heap.Open(img)
	switch {
	case errors.Is(err, heap.ErrNoPython):
		return nil, fmt.Errorf("%w: %w", ErrNotPython, err)
	case err != nil:
		return scanStrings(img, h, err), nil
	}
	s := &Snapshot{Python: h.Version(), Tier: TierFull, heap: h}
	if h.Scanned() {
		s.Tier = TierShapes
	}
	s.table, _ = bytecode.ForVersion(s.Python.Major, s.Python.Minor)
	s.readPaths()
	s.readModules()
	s.readObjects()
	s.placeAll()
	s.readNative()
	s.check()
	return s, nil
}

// check looks for signs that the walk did not see everything.
func (s *Snapshot) check() {
	if s.heap.Exhausted() {
		s.gap("the heap is damaged: walking it took more steps than any real one does")
	}
	const sample = 512
	tried, bad := 0, 0
	for i := 0; i < len(s.Codes); i += 1 + len(s.Codes)/sample {
		tried++
		if c := s.Codes[i]; c.File.Path == "" || !c.wellFormed() {
			bad++
		}
	}
	const tolerated = 10 // one in so many
	if bad*tolerated > tried {
		s.gap(fmt.Sprintf("the heap is damaged: %d of %d code objects tried do not decode", bad, tried))
	}
	if len(s.Codes) == 0 {
		s.gap("the heap is damaged: it holds no code")
	}
}

func (s *Snapshot) gap(text string) { s.Gaps = append(s.Gaps, text) }
