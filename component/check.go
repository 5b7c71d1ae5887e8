package component

import (
	"github.com/edgelint/edgelint/component/core"
)

// CheckOptions adjust [Check].
type CheckOptions struct {
	// Features are the accepted proposals; zero is [DefaultFeatures].
	Features Features
}

// Check resolves all indices and types of a file and checks the rules that do not
// concern the inside of core modules: [Validate] does both. The Info is usable
// even if there are errors: what a faulty definition stands for is nil in it.
//
// A file that is a core module has nothing to check, its Info is empty.
func Check(f *File, opts CheckOptions) (*Info, ErrorList) {
	c := newChecker(ValidateOptions{Features: opts.Features})
	c.module = c.core.Interface
	if f.Root != nil {
		c.info.Root = c.component(f.Root, nil)
	}
	return c.info, c.errs
}

// checker checks one file.
type checker struct {
	features  Features
	info      *Info
	errs      ErrorList
	maxErrors int
	nested    int           // components and core modules met so far
	modules   []*CoreModule // in the order of their offsets
	spare     []*scope      // of types, to be used again

	resourceTypes map[resourceKey]*ResourceType
	core          *core.Validator
	module        func(*core.Module) (*core.Info, error)
	coreFuncs     map[core.TypeID]*CoreFuncType
	signatures    map[string]*CoreFuncType // of functions that are neither shared nor open
	key           []byte
	equal         map[[2]*ValueType]struct{} // value types found equal
	wide          map[*ValueType]wide
}

type resourceKey struct {
	resource *Resource
	alias    *aliasToken
}

func newChecker(opts ValidateOptions) *checker {
	if opts.Features == 0 {
		opts.Features = DefaultFeatures
	}
	if opts.MaxErrors <= 0 {
		opts.MaxErrors = MaxErrors
	}
	v := newValidator(opts)
	return &checker{
		features:      opts.Features,
		info:          newInfo(v),
		core:          v,
		maxErrors:     opts.MaxErrors,
		coreFuncs:     map[core.TypeID]*CoreFuncType{},
		signatures:    map[string]*CoreFuncType{},
		resourceTypes: map[resourceKey]*ResourceType{},
		equal:         map[[2]*ValueType]struct{}{},
	}
}

// resourceType is the one type of a resource with an alias token.
func (c *checker) resourceType(r *Resource, alias *aliasToken) *ResourceType {
	key := resourceKey{r, alias}
	if t := c.resourceTypes[key]; t != nil {
		return t
	}
	t := &ResourceType{Resource: r, alias: alias}
	c.resourceTypes[key] = t
	if alias != nil {
		t.AliasOf = c.resourceType(r, alias.of)
	}
	return t
}

// aliasOf is a new type that is equal to t, or t where types have no aliases.
func (c *checker) aliasOf(t AnyType) AnyType {
	switch t := t.(type) {
	case *ValueType:
		alias := *t
		alias.AliasOf = t
		return &alias
	case *ResourceType:
		return c.resourceType(t.Resource, &aliasToken{of: t.alias})
	}
	return t
}
