package syntax

// Limits on source text. They bound time and memory for any input; the depths
// are those of wasm-tools.
const (
	// MaxFileSize is the largest source file, in bytes.
	MaxFileSize = 64 << 20
	// MaxSourcesSize is the most that all files of a [Sources] may have
	// together, in bytes.
	MaxSourcesSize = 1 << 30
	// MaxTypeDepth is how deep type constructors may nest, as in
	// list<option<list<u8>>>.
	MaxTypeDepth = 100
	// MaxPackageDepth is how deep package blocks may nest.
	MaxPackageDepth = 100
	// MaxErrors is how many errors one parse collects before it gives up.
	MaxErrors = 50

	// maxExcerpt is how many bytes of a source line are shown with an error.
	maxExcerpt = 160
)
