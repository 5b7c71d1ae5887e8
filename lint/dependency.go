package lint

import (
	"path/filepath"

	"github.com/edgelint/edgelint/component"
	"github.com/edgelint/edgelint/spin"
)

// AppDependency is a dependency of a component of an application.
type AppDependency struct {
	*spin.Dependency
	// File is its binary; nil if that is not fetched, or if it cannot be, or cannot
	// be decoded, which Err tells.
	File *component.File
	Err  error
}

// openDependencies opens the binaries of the components' dependencies.
func (o *opener) openDependencies(src Source, app *App) {
	type opened struct {
		file *component.File
		err  error
	}
	binaries := map[string]opened{}
	for _, c := range app.Components {
		for i := range c.Dependencies {
			d := AppDependency{Dependency: &c.Dependencies[i]}
			path, err := app.dependencyPath(d.Dependency, src.Fetch)
			b, ok := binaries[path]
			if !ok && err == nil && path != "" {
				b.file, b.err = o.openFile(path)
				binaries[path] = b
			}
			if d.File, d.Err = b.file, b.err; err != nil {
				d.Err = err
			}
			c.Depends = append(c.Depends, d)
		}
	}
}

// dependencyPath is the file of a dependency's binary, "" if it is not fetched or
// if it is that of a component without one.
func (a *App) dependencyPath(d *spin.Dependency, fetch func(spin.Source) (string, error)) (string, error) {
	for _, c := range a.Components {
		switch {
		case c.ID != d.Component:
		case c.SourceErr != nil:
			return "", nil // which is told of the component
		default:
			return c.Path, nil
		}
	}
	s := d.Source()
	switch {
	case filepath.IsAbs(s.Path):
		return s.Path, nil
	case s.Path != "":
		return filepath.Join(a.Dir, filepath.FromSlash(s.Path)), nil
	case fetch == nil || s.URL == "" && s.Package == "":
		return "", nil
	}
	return fetch(s)
}

func (o *opener) openFile(path string) (*component.File, error) {
	if err := regular(path); err != nil {
		return nil, err
	}
	f, err := component.Open(path)
	if err != nil {
		return nil, err
	}
	o.closers = append(o.closers, f)
	return f, nil
}
