package pack

// Bounds on what is packed and on what is believed of a locked application.
const (
	// maxInline is the size up to which content stands in the locked
	// application itself, in bytes. Spin's rule.
	maxInline = 128
	// maxLayers is the number of layers from which a component's files become
	// one archive: one less than the lowest known limit of a registry, since
	// the locked application is a layer too. Spin's rule.
	maxLayers = 499
	// maxLockedSize bounds a locked application, in bytes.
	maxLockedSize = 8 << 20
)
