package python

// Bounds on what is read from a component. A real one stays far below each.
const (
	maxImage       = 1 << 30 // bytes of linear memory
	minImage       = 1 << 26 // bytes that a memory may always have
	maxSparsity    = 16      // bytes of memory for a byte of data, above minImage
	maxModules     = 1 << 16 // entries of sys.modules
	maxCodes       = 1 << 20 // code objects
	maxClasses     = 1 << 18 // classes made at run time
	maxNesting     = 64      // code objects within each other
	maxListing     = 1 << 16 // directory entries
	maxLibraries   = 1 << 12 // libraries linked in
	maxInstances   = 1 << 12 // instances of the app's own classes
	maxShared      = 64      // functions kept of those that share one code object
	readWindow     = 1 << 18 // bytes of data segments read at once
	maxStringFacts = 1 << 14 // names kept of a scan for strings
)
