package component

import (
	"context"
	"slices"

	"github.com/edgelint/edgelint/component/core"
)

// ValidateOptions adjust [Validate].
type ValidateOptions struct {
	// Features are the accepted proposals; zero is [DefaultFeatures].
	Features Features
	// Workers is how many function bodies are validated at once; zero is the
	// number of processors.
	Workers int
	// MaxErrors bounds the errors that are collected; zero is [MaxErrors].
	MaxErrors int
}

// Validate checks a file against the whole specification: what [Check] checks, and
// the core modules in it with their function bodies. The errors are those of
// definitions first, in their order, then those of function bodies by offset.
//
// When ctx ends, function bodies that are not validated yet stay so, and the last
// error says that.
func Validate(ctx context.Context, f *File, opts ValidateOptions) (*Info, ErrorList) {
	c := newChecker(opts)
	c.module = c.core.Module
	switch {
	case f.Root != nil:
		c.info.Root = c.component(f.Root, nil)
	case f.Module != nil:
		if _, err := c.module(f.Module); err != nil {
			c.failIn(rootPath, err)
		}
	}
	for _, fault := range c.core.Wait(ctx) {
		c.failIn(c.modulePath(fault.Offset), fault)
	}
	return c.info, c.errs
}

// rootPath is the path of a file's outermost component or module.
const rootPath = "root"

// modulePath is the path of the core module that lies around an offset.
func (c *checker) modulePath(off int64) string {
	i, found := slices.BinarySearchFunc(c.modules, off, func(m *CoreModule, off int64) int {
		switch {
		case m.Range.End() <= off:
			return -1
		case m.Range.Off > off:
			return 1
		}
		return 0
	})
	if !found {
		return rootPath
	}
	return c.modules[i].Path
}

// newValidator makes the validator of core modules.
func newValidator(opts ValidateOptions) *core.Validator {
	return core.NewValidator(core.Options{
		Features: opts.Features.Core(), Workers: opts.Workers, MaxErrors: opts.MaxErrors,
	})
}
