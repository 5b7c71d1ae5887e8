package link

import (
	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/component/core"
	"github.com/edgelint/edgelint/host/abi"
)

// Plan is a linked component.
type Plan struct {
	// Instances are the component instances, the root first.
	Instances []*abi.InstanceID
	// Modules are the core modules, each once for each way to import.
	Modules []*Module
	// Cores are the core instances in the order in which they are made.
	Cores []*CoreInstance
	// Canons are the functions that canonical definitions make for core
	// modules to import, by their number.
	Canons []*Canon
	// Resources are the resource types that component instances define.
	Resources map[*abi.ResourceType]*Resource
	// Exports are what the component exports.
	Exports *Instance
	// Gaps are the functions and resources that the component imports and the
	// host does not offer, or offers with other types. Calling such a function
	// is a trap; of such a resource there is never any.
	Gaps []Gap
}

// Source is a core module as it was found, in the component or with the host.
type Source struct {
	// Path is the place of the module in the file, or the name of its import.
	Path   string
	Module *core.Module
}

// Module is a core module with the imports renamed to what supplies them.
type Module struct {
	// Path is the place of the module in the file: "root/module[3]".
	Path   string
	Source *core.Module
	// Imports are, for each import of the module, its new names.
	Imports []ImportName
}

// ImportName is the name by which an import is resolved: From is a place in
// [CoreInstance.From], or Host for a canonical definition; Name is what the
// supplier exports it as.
type ImportName struct {
	From int
	Name string
}

// Host stands for the module that supplies the canonical definitions.
const Host = -1

// CoreInstance is one instantiation of a core module.
type CoreInstance struct {
	Module int // of Plan.Modules
	// From are the core instances that supply imports, by number.
	From []int
}

// CoreRef names a core function, memory, table, global or tag: an export of a
// core instance, or, if Core is Host, the canonical definition of number Canon.
// The zero value refers to nothing.
type CoreRef struct {
	Valid bool
	Core  int
	Name  string
	Canon int
}

// Canon is a canonical definition other than lift, in one component instance.
type Canon struct {
	Op       component.CanonOp
	Instance int
	Type     core.FuncType
	// Importers are the paths of the core modules that import it.
	Importers []string

	Func      *Func             // lower: what is called
	Options   CanonOptions      // lower, task.return, and the operations on streams and futures
	Resource  *abi.ResourceType // resource operations
	Value     *abi.Type         // task.return, stream and future operations; may be nil
	Table     CoreRef           // thread.new-indirect
	Info      *component.Canon  // the definition, for its remaining operands
	Signature abi.Signature     // lower
}

// CanonOptions are the options of a canonical definition, resolved.
type CanonOptions struct {
	Encoding   abi.Encoding
	Memory     CoreRef
	Realloc    CoreRef
	PostReturn CoreRef
	Callback   CoreRef
	Async      bool
}

// Func is a component function: lifted from a core function, or one of the host.
type Func struct {
	Type *abi.FuncType

	// Callee is the function of the host, nil for a lifted one.
	Callee abi.Callee
	// Import is the import that the function of the host is known by:
	// "wasi:io/poll@0.2.0#poll".
	Import string
	// Gap says why Callee is nil for a function of the host.
	Gap string

	// Lifted functions.
	Instance  int
	Core      CoreRef
	Options   CanonOptions
	Signature abi.Signature
}

// Instance is a component instance as seen from outside: what it exports.
type Instance struct {
	Names     []string
	Funcs     map[string]*Func
	Instances map[string]*Instance
	Resources map[string]*abi.ResourceType

	Modules map[string]*Source

	components map[string]*closure
}

// Resource is a resource type that a component instance defines.
type Resource struct {
	// Dtor is its destructor, a core function; not valid if there is none.
	Dtor CoreRef
}

// Gap is an import that the host cannot supply.
type Gap struct {
	// Interface is the interface, "" for functions imported by the world itself.
	Interface string
	// Item is the function or resource.
	Item string
	// Reason says what is wrong: it is missing, or has other types.
	Reason string
}
