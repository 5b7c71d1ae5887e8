package wit

import (
	"errors"
	"fmt"
	"strings"

	"github.com/edgelint/edgelint/wit/syntax"
)

// SelectWorld finds a world by what a person writes: the name of a world of
// package main, or ns:pkg/world with or without a version, which may be left out
// as long as only one version is there. With "" it is the only world of main.
func (r *Resolve) SelectWorld(main PackageID, name string) (WorldID, error) {
	switch {
	case name == "":
		return r.onlyWorld(main)
	case !strings.Contains(name, ":"):
		return r.findWorld(main, name)
	}
	n, ok := ParseInterfaceName(name)
	if !ok {
		return NoWorld, fmt.Errorf("%q is no name of a world: write world, or ns:pkg/world@version", name)
	}
	pkg, err := r.findPackage(n.Package)
	if err != nil {
		return NoWorld, err
	}
	return r.findWorld(pkg, n.Interface)
}

func (r *Resolve) onlyWorld(id PackageID) (WorldID, error) {
	pkg := r.Packages[id]
	switch pkg.Worlds.Len() {
	case 0:
		return NoWorld, fmt.Errorf("the package `%s` has no world", pkg.Name)
	case 1:
		_, world := pkg.Worlds.At(0)
		return world, nil
	}
	return NoWorld, fmt.Errorf("the package `%s` has several worlds, name one: %s",
		pkg.Name, strings.Join(pkg.Worlds.keys, ", "))
}

func (r *Resolve) findWorld(id PackageID, name string) (WorldID, error) {
	pkg := r.Packages[id]
	world, ok := pkg.Worlds.Get(name)
	if ok {
		return world, nil
	}
	text := fmt.Sprintf("the package `%s` has no world `%s`", pkg.Name, name)
	if help := didYouMean(name, pkg.Worlds.keys); help != "" {
		text += ": " + help
	} else if problem := syntax.CheckIdent(name); problem != "" {
		text += ": " + problem
	} else if len(pkg.Worlds.keys) > 0 {
		text += ", but " + strings.Join(pkg.Worlds.keys, ", ")
	}
	return NoWorld, errors.New(text)
}

// findPackage finds a package; a name without version stands for the only
// version there is.
func (r *Resolve) findPackage(name PackageName) (PackageID, error) {
	if id, ok := r.PackageNames.Get(name); ok {
		return id, nil
	}
	var others []PackageName
	for other := range r.PackageNames.Keys() {
		if other.Namespace == name.Namespace && other.Name == name.Name {
			others = append(others, other)
		}
	}
	switch {
	case len(others) == 0:
		return NoPackage, fmt.Errorf("the package `%s` is not here", name)
	case name.Version != "":
		return NoPackage, fmt.Errorf("the package `%s` is not here; other versions are: %s",
			name, joinNames(others))
	case len(others) > 1:
		return NoPackage, fmt.Errorf("the package `%s` is here in several versions, name one: %s",
			name, joinNames(others))
	}
	id, _ := r.PackageNames.Get(others[0])
	return id, nil
}
