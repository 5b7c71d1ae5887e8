package pack

import (
	"io/fs"

	"github.com/edgelint/edgelint/internal/appfiles"
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
	c, err := appfiles.New(fsys, exclude)
	if err != nil {
		return nil, err
	}
	for _, m := range mounts {
		if err := c.Add(appfiles.Mount(m)); err != nil {
			return nil, err
		}
	}
	found := c.Files()
	files := make([]File, 0, len(found))
	for _, f := range found {
		files = append(files, FSFile(f.Path, fsys, f.Name))
	}
	return files, nil
}
