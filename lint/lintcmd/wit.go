package lintcmd

import (
	"context"
	"errors"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/wit"
)

// wit prints the world of a component, or a binary WIT package, as WIT.
func (c *Command) wit(_ context.Context, args []string) (int, error) {
	fs := c.flags("wit", "edgelint wit FILE")
	if err := parse(fs, args); err != nil {
		return 0, err
	}
	if fs.NArg() != 1 {
		return 0, usagef("wit takes one file, found %d", fs.NArg())
	}
	f, err := component.Open(fs.Arg(0))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	resolve, pkg, err := packageOf(f)
	if err != nil {
		return 0, err
	}
	return ExitClean, wit.Print(c.Stdout, resolve, pkg, wit.PrintOptions{})
}

// packageOf is the package of a component's world, or the one that a binary WIT
// package holds.
func packageOf(f *component.File) (*wit.Resolve, wit.PackageID, error) {
	resolve, world, err := f.World()
	if errors.Is(err, component.ErrWITPackage) {
		return component.DecodePackage(f)
	}
	if err != nil {
		return nil, wit.NoPackage, err
	}
	return resolve, resolve.Worlds[world].Package, nil
}
