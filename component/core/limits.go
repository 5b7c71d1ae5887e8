package core

// Limits on what a module may hold, with the numbers of wasmparser, which agrees
// on them with the engines of browsers.
const (
	MaxTypes           = 1_000_000
	MaxSupertypes      = 5 // as decoded; a valid type has one at most
	MaxSubtypingDepth  = 63
	MaxTypeSize        = 1_000_000 // of a module, if each type of its imports and exports is written out
	MaxFunctions       = 1_000_000
	MaxImports         = 1_000_000
	MaxExports         = 1_000_000
	MaxGlobals         = 1_000_000
	MaxTags            = 1_000_000
	MaxTables          = 100_000
	MaxTableEntries    = 10_000_000
	MaxMemories        = 100
	MaxElementSegments = 100_000
	MaxDataSegments    = 100_000
	MaxFunctionSize    = 7_654_321 // bytes
	MaxFunctionLocals  = 50_000
	MaxFunctionParams  = 1_000
	MaxFunctionResults = 1_000
	MaxStructFields    = 10_000
	MaxCatches         = 10_000
	MaxHandlers        = 10_000
	MaxSelectResults   = 10
	MaxBranchTargets   = MaxFunctionSize
)

// Limits of this package alone: on sections, and on what custom sections list.
const (
	MaxSections         = 1_000_000
	MaxProducerFields   = 1_000
	MaxProducerValues   = 10_000
	MaxDynamicLibraries = 10_000
)
