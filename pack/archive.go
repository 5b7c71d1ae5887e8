package pack

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/edgelint/edgelint/pack/artifact"
)

// archive is a gzipped tar that depends on the names and contents of its entries
// alone. It is made anew each time it is read.
type archive []archiveEntry

type archiveEntry struct {
	path string
	blob artifact.Blob
}

func (a archive) open() (io.ReadCloser, error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(a.write(w)) }()
	return r, nil
}

func (a archive) write(w io.Writer) error {
	zw := gzip.NewWriter(w)
	tw := tar.NewWriter(zw)
	for _, e := range a {
		if err := e.write(tw); err != nil {
			return fmt.Errorf("%s: %w", e.path, err)
		}
	}
	return errors.Join(tw.Close(), zw.Close())
}

func (e archiveEntry) write(w *tar.Writer) error {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: e.path, Size: e.blob.Descriptor.Size, Mode: 0o644}
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	r, err := e.blob.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(w, r)
	return err
}
