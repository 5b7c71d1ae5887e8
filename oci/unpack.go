package oci

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/edgelint/edgelint/pack/artifact"
)

// Bounds on one archive layer, unpacked.
const (
	// maxUnpackFiles bounds the entries.
	maxUnpackFiles = 100_000
	// maxUnpackSize bounds the bytes of all of them together.
	maxUnpackSize = 4 << 30
	// maxUnpackRatio bounds the growth by decompression, once it matters.
	maxUnpackRatio = 200
	// unpackRatioFrom is when it matters, in bytes.
	unpackRatioFrom = 16 << 20
)

// ErrUnsafe is for an archive that reaches outside, holds more than plain
// files, or grows out of proportion.
var ErrUnsafe = errors.New("unsafe archive")

// ArchiveFile is one file of an archive layer. Its content must be read before
// the next one is asked for.
type ArchiveFile struct {
	// Name is a relative path with slashes that stays inside: no empty, "."
	// or ".." element, no backslash, no colon, no control character.
	Name string
	Size int64
	io.Reader
}

// Unpack reads a gzipped tar, as Spin makes of a component's files. Folders are
// passed over; links, devices, names that lead outside, names that occur twice
// and archives beyond the limits end the iteration with an error that wraps
// ErrUnsafe.
func Unpack(r io.Reader) iter.Seq2[ArchiveFile, error] {
	return func(yield func(ArchiveFile, error) bool) {
		if err := unpack(r, yield); err != nil {
			yield(ArchiveFile{}, err)
		}
	}
}

func unpack(r io.Reader, yield func(ArchiveFile, error) bool) error {
	packed := &countReader{r: r}
	zr, err := gzip.NewReader(packed)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	bounded := &ratioReader{r: zr, packed: packed}
	entries := tar.NewReader(bounded)
	seen := map[string]bool{}
	for n := 0; ; n++ {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return drain(bounded)
		}
		if err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		if n >= maxUnpackFiles {
			return fmt.Errorf("%w: more than %d entries", ErrUnsafe, maxUnpackFiles)
		}
		if h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		name, err := entryName(h)
		if err != nil {
			return err
		}
		if seen[name] {
			return fmt.Errorf("%w: entry %q occurs twice", ErrUnsafe, h.Name)
		}
		seen[name] = true
		if !yield(ArchiveFile{Name: name, Size: h.Size, Reader: entries}, nil) {
			return nil
		}
	}
}

// drain reads to the end of the archive, where the checksum is.
func drain(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

func entryName(h *tar.Header) (string, error) {
	if h.Typeflag != tar.TypeReg {
		return "", fmt.Errorf("%w: entry %q is not a plain file", ErrUnsafe, h.Name)
	}
	if h.Size < 0 || h.Size > maxUnpackSize {
		return "", fmt.Errorf("%w: entry %q has %d bytes", ErrUnsafe, h.Name, h.Size)
	}
	name := strings.TrimPrefix(h.Name, "./")
	if !artifact.SafePath(name) {
		return "", fmt.Errorf("%w: entry %q does not stay inside", ErrUnsafe, h.Name)
	}
	return name, nil
}

type countReader struct {
	r io.Reader
	n int64
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// ratioReader stops a stream that grows out of proportion.
type ratioReader struct {
	r      io.Reader
	packed *countReader
	n      int64
}

func (g *ratioReader) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.n += int64(n)
	switch {
	case g.n > maxUnpackSize:
		return 0, fmt.Errorf("%w: more than %d bytes", ErrUnsafe, int64(maxUnpackSize))
	case g.n > unpackRatioFrom && g.n/maxUnpackRatio > g.packed.n:
		return 0, fmt.Errorf("%w: %d bytes unpacked from %d", ErrUnsafe, g.n, g.packed.n)
	}
	return n, err
}
