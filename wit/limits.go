package wit

// Limits on input. They bound time and memory for any input; the numbers are
// those of wasm-tools where it has one.
const (
	// MaxPrintedSize is the most bytes that [Print] writes. Types that share
	// their parts are small in memory, and can be exponentially large in text.
	MaxPrintedSize = 256 << 20

	// MaxTypeDepth is how deep type constructors may nest, as in
	// list<option<list<u8>>>.
	MaxTypeDepth = 100
)

// MaxMismatches is the most mismatches that [Target] gives.
const MaxMismatches = 1000
