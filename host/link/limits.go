package link

// Limits on a plan, which guard against components that nest instantiations: a
// small file can ask for more instances than there are atoms.
const (
	// MaxCoreInstances is the most core modules that are instantiated.
	MaxCoreInstances = 10_000
	// MaxComponentInstances is the most component instances.
	MaxComponentInstances = 10_000
	// MaxCanons is the most canonical definitions, all instances together.
	MaxCanons = 1_000_000
)
