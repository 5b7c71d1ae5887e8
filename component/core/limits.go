package core

// Limits on what a module may hold. They are those of wasmparser, which agrees
// on them with the engines of browsers.
const (
	MaxTypes            = 1_000_000
	MaxSupertypes       = 5 // as decoded; a valid type has one at most
	MaxSubtypingDepth   = 63
	MaxFunctions        = 1_000_000
	MaxImports          = 1_000_000
	MaxExports          = 1_000_000
	MaxGlobals          = 1_000_000
	MaxTags             = 1_000_000
	MaxTables           = 100_000
	MaxTableEntries     = 10_000_000
	MaxMemories         = 100
	MaxElementSegments  = 100_000
	MaxDataSegments     = 100_000
	MaxFunctionSize     = 7_654_321 // bytes
	MaxFunctionLocals   = 50_000
	MaxFunctionParams   = 1_000
	MaxFunctionResults  = 1_000
	MaxStructFields     = 10_000
	MaxCatches          = 10_000
	MaxHandlers         = 10_000
	MaxSelectResults    = 10
	MaxBranchTargets    = MaxFunctionSize
	MaxSections         = 1_000_000
	MaxNameSubsections  = 256
	MaxProducerFields   = 1_000
	MaxProducerValues   = 10_000
	MaxDynamicLibraries = 10_000
)
