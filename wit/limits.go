package wit

import "github.com/edgelint/edgelint/wit/syntax"

// Limits on input. They bound time and memory for any input; the numbers are
// those of wasm-tools where it has one.
const (
	// MaxPrintedSize is the most bytes that [Print] writes. Types that share
	// their parts are small in memory, and can be exponentially large in text.
	MaxPrintedSize = 32 << 20

	// MaxTypeDepth is how deep type constructors may nest, as in
	// list<option<list<u8>>>.
	MaxTypeDepth = syntax.MaxTypeDepth

	// MaxDependencyDepth is how long a chain of packages, or of interfaces, may
	// be of which each uses the next.
	MaxDependencyDepth = 1000

	// MaxTypes is the most types a set of packages may have, and MaxWorldItems
	// the most imports and exports that all its worlds may have together.
	// Includes and uses make more of them than there is text.
	MaxTypes      = 1_000_000
	MaxWorldItems = 200_000

	// MaxFlags is the most members flags may have.
	MaxFlags = 32

	// MaxFiles is the most files one package set is read from.
	MaxFiles = 100_000

	// MaxMismatches is the most mismatches that [Target] gives.
	MaxMismatches = 1000
)
