package spin

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/host/wasi"
	"github.com/edgelint/edgelint/spin"
)

// mount copies the files of a component into a temporary folder, which the
// component sees as "/" and can only read.
func (a *App) mount(c *spin.Component) ([]wasi.Mount, error) {
	if len(c.Files) == 0 {
		return nil, nil
	}
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
	for _, f := range c.Files {
		if err := a.copyFiles(root, c, f); err != nil {
			return nil, fmt.Errorf("%s: component %s: files: %w", f.Pos, c.ID, err)
		}
	}
	return []wasi.Mount{{Guest: "/", Root: root}}, nil
}

// copyFiles copies what one entry of files names.
func (a *App) copyFiles(to *os.Root, c *spin.Component, f spin.Files) error {
	base, pattern, dest := a.config.Dir, f.Pattern, "."
	if f.Source != "" {
		base, pattern = filepath.Join(base, f.Source), "**"
		dest = path.Join(".", path.Clean("/"+f.Destination))
		if info, err := os.Stat(base); err == nil && !info.IsDir() {
			return copyFile(to, dest, os.DirFS(filepath.Dir(base)), filepath.Base(base))
		}
	}
	from, err := os.OpenRoot(base)
	if err != nil {
		return err
	}
	defer from.Close()
	files := from.FS()
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !globMatch(pattern, name) {
			return err
		}
		excluded := func(x spin.String) bool { return globMatch(x.Value, path.Join(filepath.ToSlash(f.Source), name)) }
		if slices.ContainsFunc(c.ExcludeFiles, excluded) {
			return nil
		}
		return copyFile(to, path.Join(dest, name), files, name)
	})
}

func copyFile(to *os.Root, dest string, files fs.FS, name string) error {
	in, err := files.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	if info, err := in.Stat(); err != nil || !info.Mode().IsRegular() {
		return err
	}
	dest = strings.TrimPrefix(dest, "/")
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

// globMatch matches a slash-separated name with a pattern, whose segment "**"
// stands for any number of them.
func globMatch(pattern, name string) bool {
	return matchSegments(strings.Split(path.Clean(pattern), "/"), strings.Split(path.Clean(name), "/"))
}

func matchSegments(pattern, name []string) bool {
	for len(pattern) > 0 && pattern[0] != "**" {
		if len(name) == 0 {
			return false
		}
		if ok, err := path.Match(pattern[0], name[0]); err != nil || !ok {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	if len(pattern) == 0 {
		return len(name) == 0
	}
	for i := range len(name) + 1 {
		if matchSegments(pattern[1:], name[i:]) {
			return true
		}
	}
	return false
}
