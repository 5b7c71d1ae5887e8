package heap

// Bounds on what a walk may visit. A real image stays far below each of them;
// a damaged one is cut off there.
const (
	maxName      = 4096    // bytes of a C string
	maxText      = 1 << 24 // characters of a str or bytes of a bytes object
	maxItems     = 1 << 22 // entries of one container
	maxTracked   = 1 << 23 // objects in the collector's lists
	maxBases     = 256     // classes on the way to the root
	maxDigits    = 1 << 12 // 30-bit digits of an int
	maxInterps   = 16      // interpreters of a runtime
	maxWork      = 1 << 27 // entries and characters that all walks over a heap may visit
	maxGuessed   = 1 << 12 // bytes of an object of a C type that are looked through
	maxFrozen    = 1 << 12 // rows of a table of frozen modules
	gcStateBytes = 512     // part of the collector's state that holds its lists
)
