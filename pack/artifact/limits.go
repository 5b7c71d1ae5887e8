package artifact

// Bounds on what is believed of a manifest. Registries refuse manifests above
// 4 MiB, and the lowest known bound on layers is 500.
const (
	// MaxManifestSize bounds manifests and indexes, in bytes.
	MaxManifestSize = 4 << 20
	// MaxLayers bounds the layers of one manifest.
	MaxLayers = 1024
	// MaxIndexEntries bounds the manifests one index names.
	MaxIndexEntries = 4096
	// MaxConfigSize bounds config blobs and every other blob read whole, in bytes.
	MaxConfigSize = 8 << 20
	// MaxBlobSize bounds one blob, in bytes: what a 63-bit file offset and
	// every known registry can hold with room to spare.
	MaxBlobSize = 1 << 40
)
