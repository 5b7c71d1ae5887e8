// Package appfiles finds the files that a component's manifest mounts, as Spin
// does: for the artifact that is packed of them, and for the host that shows them
// to the component.
//
//	c, err := appfiles.New(root.FS(), []string{"*.secret"})
//	err = c.Add(appfiles.Mount{Pattern: "assets/**/*"})
//	for _, f := range c.Files() {
//		// the component sees the file f.Name of root at f.Path
//	}
package appfiles

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/internal/glob"
)

// maxFiles bounds the files of one component.
const maxFiles = 100_000

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

// File is a file that a component sees.
type File struct {
	Path string // as the component sees it, without the leading slash
	Name string // in the file system
}

// Collection is the files of one component.
type Collection struct {
	fsys    fs.FS
	exclude []*glob.Pattern
	found   map[string]string // by the path that the component sees
}

// New makes a collection of files below fsys, the application's folder, without
// those that a pattern of exclude matches. Links to files are followed as far as
// fsys does, links to folders are not.
func New(fsys fs.FS, exclude []string) (*Collection, error) {
	c := &Collection{fsys: fsys, found: map[string]string{}}
	for _, text := range exclude {
		p, err := glob.Compile(text)
		if err != nil {
			return nil, fmt.Errorf("exclude_files: %w", err)
		}
		c.exclude = append(c.exclude, p)
	}
	return c, nil
}

// Add finds the files of a mount.
func (c *Collection) Add(m Mount) error {
	if m.Pattern != "" {
		return c.addPattern(m.Pattern)
	}
	return c.addPlacement(m.Source, m.Destination)
}

// Files are the files that were found, by path.
func (c *Collection) Files() []File {
	files := make([]File, 0, len(c.found))
	for path, name := range c.found {
		files = append(files, File{path, name})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files
}

// Directory is the folder of a mount that names one, and the path the component
// sees it at. ok is false for patterns and files.
func (c *Collection) Directory(m Mount) (name, seen string, ok bool, err error) {
	source, destination := m.Source, m.Destination
	if m.Pattern != "" {
		source, destination = m.Pattern, m.Pattern
	}
	if name, err = Inside(source); err != nil {
		return "", "", false, err
	}
	info, err := fs.Stat(c.fsys, name)
	if err != nil || !info.IsDir() {
		return "", "", false, nil //nolint:nilerr // it names no folder
	}
	return name, path.Clean("/" + destination), true, nil
}

func (c *Collection) addPattern(pattern string) error {
	switch path.Base(pattern) {
	case ".", "..":
		return fmt.Errorf("files: pattern %q ends in %q; write one ending in **/*, or source and destination",
			pattern, path.Base(pattern))
	}
	name, err := Inside(pattern)
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

func (c *Collection) addPlacement(source, destination string) error {
	name, err := Inside(source)
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

// Inside is the name of a manifest's path in the application's folder.
func Inside(p string) (string, error) {
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

func (c *Collection) walk(root, pattern string, seenAt func(file string) string) error {
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

func (c *Collection) excluded(name string) bool {
	return slices.ContainsFunc(c.exclude, func(p *glob.Pattern) bool { return p.MatchText(name) })
}

func (c *Collection) add(seen, name string) error {
	if other, ok := c.found[seen]; ok && other != name {
		return fmt.Errorf("files: both %s and %s are mounted at %s", other, name, seen)
	}
	if len(c.found) >= maxFiles {
		return fmt.Errorf("files: more than %d", maxFiles)
	}
	c.found[seen] = name
	return nil
}
