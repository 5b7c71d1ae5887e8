package component

import "github.com/edgelint/edgelint/component/core"

// Info is what [Check] found out about a file.
type Info struct {
	// Root is the type of the component, nil for a core module.
	Root *ComponentType

	components map[*Component]*ScopeInfo
	types      map[*TypeScope]*TypeInfo
	core       *core.Validator
}

func newInfo(v *core.Validator) *Info {
	return &Info{components: map[*Component]*ScopeInfo{}, types: map[*TypeScope]*TypeInfo{}, core: v}
}

// Component is the resolved view of a component of the file, nil if it is not
// part of it.
func (i *Info) Component(c *Component) *ScopeInfo { return i.components[c] }

// Type is the resolved view of the declarations of a component or instance type
// of the file.
func (i *Info) Type(t *TypeScope) TypeInfo {
	if info := i.types[t]; info != nil {
		return *info
	}
	return TypeInfo{}
}

// TypeInfo holds what the indices that the declarations of a component or instance
// type can use stand for, nil where that could not be found out.
type TypeInfo struct {
	Types     []AnyType
	CoreTypes []*CoreTypeDef
	Instances []*InstanceType

	// Imports and Exports are the entities of the declared imports and exports,
	// each at the place that it has in [Scope].
	Imports, Exports []Entity
}

// ScopeInfo holds what the indices of a component stand for, index spaces as slices,
// nil where that could not be found out.
type ScopeInfo struct {
	CoreFuncs     []*CoreFuncType
	CoreTables    []*core.TableType
	CoreMemories  []*core.MemoryType
	CoreGlobals   []*core.GlobalType
	CoreTags      []*CoreFuncType
	CoreTypes     []*CoreTypeDef
	CoreModules   []*CoreModuleType
	CoreInstances []*CoreInstanceType

	Types      []AnyType
	Funcs      []*FuncType
	Values     []*ValueType
	Instances  []*InstanceType
	Components []*ComponentType

	// Imports and Exports are the entities of the component's imports and exports,
	// each at the place that it has in [Scope].
	Imports, Exports []Entity

	// Canons are the definitions of [Component.Canons].
	Canons []*CanonInfo

	// Instantiations says for each of [Component.Instances] which resources it
	// was given and made, nil for a bag of exports.
	Instantiations []*Instantiation
}

// Instantiation is how a component was instantiated.
type Instantiation struct {
	Component *ComponentType
	// Resources maps the resources that the component imports to those that it
	// was given, and those it exports to the new ones of this instance.
	Resources map[*Resource]*Resource
}
