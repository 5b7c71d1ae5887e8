package abi

// Limits of the canonical ABI (CanonicalABI.md).
const (
	// MaxFlatParams is the most core values that parameters are passed in;
	// more go through memory.
	MaxFlatParams = 16
	// MaxFlatAsyncParams is the same for functions lowered with async.
	MaxFlatAsyncParams = 4
	// MaxFlatResults is the most core values that a result is returned in.
	MaxFlatResults = 1
	// MaxStringBytes is the largest encoded string, in bytes.
	MaxStringBytes = 1<<28 - 1
	// MaxListBytes is the largest list, in bytes of its elements' layout.
	MaxListBytes = 1<<28 - 1
	// MaxHandles is the highest index of a handle table. The specification allows
	// 2^28 - 1, which would be gigabytes of the host's memory.
	MaxHandles = 1<<20 - 1
	// MaxBackpressure is the highest value of the backpressure counter.
	MaxBackpressure = 1<<16 - 1
)

// MaxHostBytes is how much memory the values lifted for one call may take in the
// host. It is Wasmtime's default.
const MaxHostBytes = 128 << 20
