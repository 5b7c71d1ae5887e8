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
	MaxNesting           = 100       // component and instance types inside such types

	MaxModulesAndComponents = 1_000     // core modules and components of a file together
	MaxInstances            = 4_096     // core and component instances of a component
	MaxFunctions            = 1_000_000 // core and component functions of a component
	MaxExports              = 1_000_000 // exports of a component or type
	MaxValues               = 1_000     // values of a component
	MaxFlags                = 32        // labels of a valid flags type
	MaxFixedListLen         = 1 << 30   // elements of a fixed-length list
	MaxTypeSize             = 1_000_000 // parts of a type, counted as if nothing were shared
	MaxTypeDepth            = 100       // nesting of types
	MaxValueBytes           = 1 << 28   // bytes of a value in memory
	MaxErrors               = 100       // errors that checking a file collects
)

// MaxPackageDocs is the most bytes that the package-docs section of a binary WIT
// package may take.
const MaxPackageDocs = 64 << 20
