package oci

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/edgelint/edgelint/pack/artifact"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// LayoutArchive is an OCI image layout in a tar file, a Source.
type LayoutArchive struct {
	layout
	file io.Closer
}

// OpenLayoutArchive opens the layout in a tar file, not compressed. Close it
// when done.
func OpenLayoutArchive(name string) (*LayoutArchive, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	a, err := newLayoutArchive(f, info.Size(), name)
	if err != nil {
		f.Close()
		return nil, err
	}
	a.file = f
	return a, nil
}

// newLayoutArchive reads a layout from size bytes of tar; name is for errors.
func newLayoutArchive(r io.ReaderAt, size int64, name string) (*LayoutArchive, error) {
	files, err := tarTable(r, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	a := &LayoutArchive{layout: newLayout(files, name)}
	return a, a.checkVersion()
}

// Close closes the file; readers of blobs fail afterwards.
func (a *LayoutArchive) Close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

// tarFiles are the regular files of a tar by their cleaned names.
type tarFiles map[string]*io.SectionReader

func (t tarFiles) open(name string) (io.ReadCloser, int64, error) {
	section, ok := t[name]
	if !ok {
		return nil, 0, fs.ErrNotExist
	}
	return io.NopCloser(io.NewSectionReader(section, 0, section.Size())), section.Size(), nil
}

func tarTable(r io.ReaderAt, size int64) (tarFiles, error) {
	files := tarFiles{}
	at := io.NewSectionReader(r, 0, size)
	reader := tar.NewReader(at)
	for n := 0; ; n++ {
		h, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("not a tar archive, or cut short: %w", err)
		}
		if n >= maxArchiveEntries {
			return nil, fmt.Errorf("more than %d entries", maxArchiveEntries)
		}
		name := path.Clean(strings.TrimPrefix(h.Name, "./"))
		if h.Typeflag == tar.TypeDir {
			continue
		}
		if h.Typeflag != tar.TypeReg || !fs.ValidPath(name) {
			return nil, fmt.Errorf("entry %q is not a plain file inside the layout", h.Name)
		}
		if _, twice := files[name]; twice {
			return nil, fmt.Errorf("entry %q occurs twice", h.Name)
		}
		// The reader stands at the first byte of the entry: it reads headers
		// in blocks and skips contents by seeking.
		offset, err := at.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		if h.Size < 0 || h.Size > size-offset {
			return nil, fmt.Errorf("entry %q ends after the file", h.Name)
		}
		files[name] = io.NewSectionReader(r, offset, h.Size)
	}
}

// WriteLayoutArchive writes what roots name in src as a layout in a tar. Equal
// content gives equal bytes: entries are sorted and carry no time or owner.
func WriteLayoutArchive(ctx context.Context, w io.Writer, src Source, roots []Root, o CopyOptions) error {
	plan, err := newPlan(ctx, src, roots, o)
	if err != nil {
		return err
	}
	index, err := indexText(plan.entries())
	if err != nil {
		return err
	}
	var blobs []artifact.Blob
	for _, d := range plan.layers {
		blobs = append(blobs, blobFrom(ctx, src, d))
	}
	for _, m := range plan.manifests {
		blobs = append(blobs, artifact.NewBlob(m.d.MediaType, m.data))
	}
	slices.SortFunc(blobs, func(a, b artifact.Blob) int {
		return strings.Compare(a.Descriptor.Digest.String(), b.Descriptor.Digest.String())
	})
	blobs = slices.CompactFunc(
		blobs, func(a, b artifact.Blob) bool { return a.Descriptor.Digest == b.Descriptor.Digest },
	)
	out := &layoutWriter{tar: tar.NewWriter(w)}
	out.bytes(ocispec.ImageLayoutFile, []byte(layoutVersionFile))
	out.bytes(ocispec.ImageIndexFile, index)
	for _, b := range blobs {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		out.blob(b)
	}
	if out.err != nil {
		return out.err
	}
	return out.tar.Close()
}

// layoutWriter writes the entries of a layout archive; the first error stays.
type layoutWriter struct {
	tar *tar.Writer
	err error
}

func (l *layoutWriter) header(name string, size int64) {
	if l.err == nil {
		l.err = l.tar.WriteHeader(&tar.Header{
			Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, Format: tar.FormatUSTAR,
		})
	}
}

func (l *layoutWriter) bytes(name string, data []byte) {
	l.header(name, int64(len(data)))
	if l.err == nil {
		_, l.err = l.tar.Write(data)
	}
}

func (l *layoutWriter) blob(b artifact.Blob) {
	l.header(blobPath(b.Descriptor.Digest), b.Descriptor.Size)
	if l.err != nil {
		return
	}
	r, err := b.Open()
	if err == nil {
		defer r.Close()
		if r, err = newVerifyReader(b.Descriptor, r); err == nil {
			_, err = io.Copy(l.tar, r)
		}
	}
	l.err = err
}
