package oci

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/edgelint/edgelint/internal/atomicfile"
	"github.com/edgelint/edgelint/pack/artifact"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// LayoutDir is an OCI image layout in a folder, a Source and a Target. One
// LayoutDir may be used by several goroutines; two for the same folder may not
// write at the same time.
type LayoutDir struct {
	layout
	dir string
	mu  sync.Mutex // of index.json
}

// OpenLayout opens the layout in an existing folder.
func OpenLayout(dir string) (*LayoutDir, error) {
	l := &LayoutDir{layout: newLayout(dirFiles(dir), dir), dir: dir}
	return l, l.checkVersion()
}

// CreateLayout makes dir a layout, unless it is one. A folder that holds
// something else is refused.
func CreateLayout(dir string) (*LayoutDir, error) {
	l, err := OpenLayout(dir)
	if err == nil {
		return l, nil
	}
	entries, readErr := os.ReadDir(dir)
	if readErr != nil && !errors.Is(readErr, fs.ErrNotExist) {
		return nil, readErr
	}
	if len(entries) > 0 {
		return nil, err
	}
	for _, sub := range []string{ocispec.ImageBlobsDir, filepath.Join(ocispec.ImageBlobsDir, "sha256")} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	if err := l.writeIndex(nil); err != nil {
		return nil, err
	}
	return l, l.write(ocispec.ImageLayoutFile, []byte(layoutVersionFile))
}

// dirFiles are the files below a folder.
type dirFiles string

func (d dirFiles) open(name string) (io.ReadCloser, int64, error) {
	f, err := os.Open(filepath.Join(string(d), filepath.FromSlash(name)))
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", f.Name())
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

func (l *LayoutDir) write(name string, data []byte) error {
	return atomicfile.Write(filepath.Join(l.dir, name), 0o644, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// PutBlob implements Target. The content is compared with its digest before it
// gets its name.
func (l *LayoutDir) PutBlob(_ context.Context, b artifact.Blob) error {
	d := b.Descriptor
	if err := artifact.CheckDescriptor(d); err != nil {
		return err
	}
	path := filepath.Join(l.dir, filepath.FromSlash(blobPath(d.Digest)))
	if info, err := os.Stat(path); err == nil && info.Size() == d.Size {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	r, err := b.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if r, err = newVerifyReader(d, r); err != nil {
		return err
	}
	return atomicfile.Write(path, 0o644, func(w io.Writer) error {
		_, err := io.Copy(w, r)
		return err
	})
}

// PutManifest implements Target. index.json lists every manifest put here,
// except those that an index put later names.
func (l *LayoutDir) PutManifest(ctx context.Context, d artifact.Descriptor, data []byte, tag string) error {
	if err := check(d, data); err != nil {
		return err
	}
	if err := l.PutBlob(ctx, artifact.NewBlob(d.MediaType, data)); err != nil {
		return err
	}
	m, err := artifact.ParseManifest(d.MediaType, data)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	entries, err := l.index()
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e artifact.Descriptor) bool {
		name := e.Annotations[ocispec.AnnotationRefName]
		if name != "" {
			return name == tag
		}
		return e.Digest == d.Digest ||
			slices.ContainsFunc(m.Manifests, func(c artifact.Descriptor) bool { return c.Digest == e.Digest })
	})
	return l.writeIndex(append(entries, indexEntry(d, m, tag)))
}

// indexEntry is a manifest as index.json names it.
func indexEntry(d artifact.Descriptor, m artifact.Manifest, tag string) artifact.Descriptor {
	entry := bare(d)
	entry.ArtifactType = m.ArtifactType
	if tag != "" {
		entry.Annotations = map[string]string{ocispec.AnnotationRefName: tag}
	}
	return entry
}

func (l *LayoutDir) writeIndex(entries []artifact.Descriptor) error {
	data, err := indexText(entries)
	if err != nil {
		return err
	}
	return l.write(ocispec.ImageIndexFile, data)
}

// indexText is index.json for entries, sorted by tag, then digest. An entry
// without a tag is left out if the manifest has another with one.
func indexText(entries []artifact.Descriptor) ([]byte, error) {
	tagged := map[artifact.Digest]bool{}
	for _, d := range entries {
		if d.Annotations[ocispec.AnnotationRefName] != "" {
			tagged[d.Digest] = true
		}
	}
	entries = slices.DeleteFunc(slices.Clone(entries), func(d artifact.Descriptor) bool {
		return tagged[d.Digest] && d.Annotations[ocispec.AnnotationRefName] == ""
	})
	slices.SortFunc(entries, func(a, b artifact.Descriptor) int {
		name := ocispec.AnnotationRefName
		return cmp.Or(cmp.Compare(a.Annotations[name], b.Annotations[name]), cmp.Compare(a.Digest, b.Digest))
	})
	if entries == nil {
		entries = []artifact.Descriptor{}
	}
	return artifact.Manifest{MediaType: artifact.TypeIndex, Manifests: entries}.JSON()
}

// Dir is the folder.
func (l *LayoutDir) Dir() string { return l.dir }
