package component

// Limits on what a file may define; a file beyond one is refused. The numbers are
// those of wasm-tools.
const (
	MaxTypes             = 1_000_000 // types of a scope
	MaxIndexSpace        = 1_000_000 // entries of an index space
	MaxModules           = 1_000     // core modules of a file
	MaxComponents        = 1_000     // nested components of a file
	MaxTypeDecls         = 1_000_000 // declarations of a component or instance type
	MaxModuleTypeDecls   = 100_000   // declarations of a module type
	MaxParams            = 1_000     // parameters of a function
	MaxResults           = 1_000     // results of a start function
	MaxRecordFields      = 10_000    // fields of a record
	MaxVariantCases      = 10_000    // cases of a variant
	MaxTupleTypes        = 10_000    // elements of a tuple
	MaxFlagNames         = 1_000     // labels of a flags type, when decoding
	MaxEnumCases         = 10_000    // cases of an enum
	MaxCanonOptions      = 10        // options of a canonical definition
	MaxInstantiationArgs = 100_000   // arguments of an instantiation, exports of a bag
	MaxStartArgs         = 1_000     // arguments of a start function
	MaxNameAttributes    = 16        // attributes of an import or export name
	MaxNesting           = 100       // components inside components, types inside types
)
