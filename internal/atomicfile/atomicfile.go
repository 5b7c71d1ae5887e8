// Package atomicfile writes files that appear under their name only when they
// are whole.
package atomicfile

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write lets write fill a temporary file in the folder of path, which must
// exist, and gives it the name path when write succeeds. Otherwise nothing is
// left behind. A file of that name is replaced.
func Write(path string, perm fs.FileMode, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".partial-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(perm); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
