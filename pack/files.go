package pack

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/internal/glob"
)

// Mount is one entry of a component's files: a pattern, or a source and a
// destination.
type Mount struct {
	// Pattern finds files below the application's folder, which keep their
	// paths; "" for the other form.
	Pattern string
	// Source is a file or folder below the application's folder, Destination
	// the path the component sees it at.
	Source, Destination string
}

// Collect finds the files of mounts below fsys, the application's folder, except
// those that a pattern of exclude matches, sorted by path. Links to files are
// followed as far as fsys does, links to folders are not.
func Collect(fsys fs.FS, mounts []Mount, exclude []string) ([]File, error) {
	c := collection{fsys: fsys, found: map[string]string{}}
	for _, text := range exclude {
		p, err := glob.Compile(text)
		if err != nil {
			return nil, fmt.Errorf("exclude_files: %w", err)
		}
		c.exclude = append(c.exclude, p)
	}
	for _, m := range mounts {
		var err error
		if m.Pattern != "" {
			err = c.addPattern(m.Pattern)
		} else {
			err = c.addPlacement(m.Source, m.Destination)
		}
		if err != nil {
			return nil, err
		}
	}
	files := make([]File, 0, len(c.found))
	for seen, name := range c.found {
		files = append(files, FSFile(seen, fsys, name))
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// collection is the state of one Collect.
type collection struct {
	fsys    fs.FS
	exclude []*glob.Pattern
	found   map[string]string // path seen by the component to name in fsys
}

func (c *collection) addPattern(pattern string) error {
	switch path.Base(pattern) {
	case ".", "..":
		return fmt.Errorf("files: pattern %q ends in %q; write one ending in **/*, or source and destination",
			pattern, path.Base(pattern))
	}
	name, err := inside(pattern)
	if err != nil {
		return err
	}
	info, err := fs.Stat(c.fsys, name)
	switch {
	case err == nil && info.IsDir():
		// The path is put before itself: what Spin does.
		return c.walk(name, name+"/**/*", func(file string) string { return name + "/" + file })
	case err == nil:
		return c.add(name, name)
	case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid):
		return err
	case !glob.HasMeta(name):
		return fmt.Errorf("files: %q does not exist and is not a pattern", pattern)
	}
	return c.walk(literalPrefix(name), name, func(file string) string { return file })
}

func (c *collection) addPlacement(source, destination string) error {
	name, err := inside(source)
	if err != nil {
		return err
	}
	at := strings.Trim(path.Clean("/"+destination), "/")
	info, err := fs.Stat(c.fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("files: source %q does not exist", source)
	}
	if err != nil {
		return err
	}
	if info.IsDir() {
		prefix := ""
		if name != "." {
			prefix = name + "/"
		}
		return c.walk(name, prefix+"**/*", func(file string) string {
			return path.Join(at, strings.TrimPrefix(file, prefix))
		})
	}
	if at == "" || strings.HasSuffix(destination, "/") {
		return fmt.Errorf("files: destination %q of the file %q is not a file name", destination, source)
	}
	return c.add(at, name)
}

// inside is the name of a manifest's path in the application's folder.
func inside(p string) (string, error) {
	name := path.Clean(strings.ReplaceAll(p, `\`, "/"))
	if path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../") {
		return "", fmt.Errorf("files: %q is outside of the application's folder", p)
	}
	return name, nil
}

// literalPrefix is the folder above the first element with a special character.
func literalPrefix(pattern string) string {
	dir := pattern[:strings.IndexAny(pattern, "*?[")]
	if i := strings.LastIndexByte(dir, '/'); i >= 0 {
		return dir[:i]
	}
	return "."
}

func (c *collection) walk(root, pattern string, seenAt func(file string) string) error {
	p, err := glob.Compile(pattern)
	if err != nil {
		return fmt.Errorf("files: %w", err)
	}
	return fs.WalkDir(c.fsys, root, func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name == root {
			return nil
		}
		if err != nil || entry.IsDir() || !p.Match(name) || c.excluded(name) {
			return err
		}
		if entry.Type()&fs.ModeSymlink != 0 {
			info, err := fs.Stat(c.fsys, name)
			if err != nil {
				return fmt.Errorf("files: link %s: %w", name, err)
			}
			if !info.Mode().IsRegular() {
				return nil
			}
		} else if !entry.Type().IsRegular() {
			return nil
		}
		return c.add(seenAt(name), name)
	})
}

func (c *collection) excluded(name string) bool {
	return slices.ContainsFunc(c.exclude, func(p *glob.Pattern) bool { return p.MatchText(name) })
}

func (c *collection) add(seen, name string) error {
	if other, ok := c.found[seen]; ok && other != name {
		return fmt.Errorf("files: both %s and %s are mounted at %s", other, name, seen)
	}
	if len(c.found) >= maxFiles {
		return fmt.Errorf("files: more than %d", maxFiles)
	}
	c.found[seen] = name
	return nil
}
