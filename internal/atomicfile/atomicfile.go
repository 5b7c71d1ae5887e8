// Package atomicfile writes files that appear under their name only when they
// are whole.
package atomicfile

import (
	"bufio"
	"errors"
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
	w := bufio.NewWriterSize(onlyWriter{f}, bufferSize)
	if err := errors.Join(write(w), w.Flush()); err != nil {
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

// bufferSize is what is written at once, in bytes.
const bufferSize = 256 << 10

// onlyWriter hides that a file can read from others, which it does in smaller
// pieces.
type onlyWriter struct{ io.Writer }
