package spin

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/internal/appfiles"
	"github.com/edgelint/edgelint/spin"
)

// mount gives a component the files of its manifest, and dependencies that inherit
// them the same.
func (a *App) mount(c *spin.Component) ([]wasi.Mount, error) {
	if len(c.Files) == 0 {
		return nil, nil
	}
	if mounts, ok := a.mounted[c.ID]; ok {
		return mounts, nil
	}
	mounts, err := a.mountFiles(c)
	if err == nil {
		a.mounted[c.ID] = mounts
	}
	return mounts, err
}

// mountFiles makes the mounts. Nothing outside of the folder of spin.toml can be
// among the files.
func (a *App) mountFiles(c *spin.Component) ([]wasi.Mount, error) {
	from, err := os.OpenRoot(a.config.Dir)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	var exclude []string
	for _, x := range c.ExcludeFiles {
		exclude = append(exclude, x.Value)
	}
	files, err := appfiles.New(from.FS(), exclude)
	if err != nil {
		return nil, fmt.Errorf("%s: component %s: %w", c.ExcludeFiles[0].Pos, c.ID, err)
	}
	if a.config.DirectMounts {
		return a.mountDirectly(c, from, files)
	}
	for _, f := range c.Files {
		if err := files.Add(appfiles.Mount{Pattern: f.Pattern, Source: f.Source, Destination: f.Destination}); err != nil {
			return nil, fmt.Errorf("%s: component %s: %w", f.Pos, c.ID, err)
		}
	}
	return a.mountCopy(c, from.FS(), files.Files())
}

// mountCopy copies files into a temporary folder, which the component sees as "/".
func (a *App) mountCopy(c *spin.Component, from fs.FS, files []appfiles.File) ([]wasi.Mount, error) {
	dir, err := os.MkdirTemp("", "edgerun-files-")
	if err != nil {
		return nil, err
	}
	a.temps = append(a.temps, dir)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	a.roots = append(a.roots, root)
	for _, f := range files {
		if err := copyFile(root, f.Path, from, f.Name); err != nil {
			return nil, fmt.Errorf("%s: component %s: files: %s: %w", c.Files[0].Pos, c.ID, f.Name, err)
		}
	}
	return []wasi.Mount{{Guest: "/", Root: root, Writable: a.config.WritableFiles}}, nil
}

// mountDirectly lets the component see folders themselves.
func (a *App) mountDirectly(c *spin.Component, from *os.Root, files *appfiles.Collection) ([]wasi.Mount, error) {
	if len(c.ExcludeFiles) > 0 {
		return nil, fmt.Errorf("%s: component %s: exclude_files needs copies of the files: leave --direct-mounts out",
			c.ExcludeFiles[0].Pos, c.ID)
	}
	var mounts []wasi.Mount
	for _, f := range c.Files {
		name, seen, ok, err := files.Directory(
			appfiles.Mount{Pattern: f.Pattern, Source: f.Source, Destination: f.Destination})
		if err == nil && !ok {
			err = fmt.Errorf("files: only folders can be mounted directly, and %q is none", f.Pattern+f.Source)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: component %s: %w", f.Pos, c.ID, err)
		}
		root, err := from.OpenRoot(name)
		if err != nil {
			return nil, fmt.Errorf("%s: component %s: files: %w", f.Pos, c.ID, err)
		}
		a.roots = append(a.roots, root)
		mounts = append(mounts, wasi.Mount{Guest: seen, Root: root})
	}
	return mounts, nil
}

func copyFile(to *os.Root, dest string, files fs.FS, name string) error {
	in, err := files.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := to.MkdirAll(path.Dir(dest), 0o755); err != nil {
		return err
	}
	out, err := to.Create(dest)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
